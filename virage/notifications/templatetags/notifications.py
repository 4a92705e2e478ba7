"""What became of messages, on any page of who sent them: `{% load notifications %}{% delivery messages %}`."""

from collections.abc import Iterable
from typing import Any

from django import template

from virage.notifications.models import Message, MessageState

register = template.Library()


@register.inclusion_tag("notifications/_delivery.html", takes_context=True)
def delivery(context: template.Context, messages: Iterable[Message], again: str = "", ref: str = "") -> dict[str, Any]:
    """The messages, unfolded when one failed. `again`: the name of the address that sends a failed one again, opened
    with `ref` and the message's reference; where one may."""
    found = list(messages)
    failed = any(message.state == MessageState.FAILED for message in found)
    return {"deliveries": found, "failed": failed, "again": again, "ref": ref, "csrf_token": context.get("csrf_token")}
