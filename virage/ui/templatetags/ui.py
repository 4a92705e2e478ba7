"""Tags that every template has (they are built in): icons, badges, dates in words, money, pages, form keys."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField, CheckboxInput
from django.http import QueryDict
from django.template.loader import render_to_string
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from virage.kernel import phones
from virage.kernel.references import new_reference
from virage.ui.errors import error_lines as lines_of

register = template.Library()

STATUS_ICONS = {
    "todo": "hand-index-thumb",
    "wait": "hourglass-split",
    "late": "clock-history",
    "danger": "exclamation-octagon-fill",
    "ok": "check-circle-fill",
    "info": "info-circle",
    "off": "slash-circle",
    "draft": "pencil",
}
CALLOUT_ICONS = {
    "info": "info-circle-fill",
    "ok": "check-circle-fill",
    "success": "check-circle-fill",
    "warning": "exclamation-triangle-fill",
    "danger": "exclamation-octagon-fill",
    "error": "exclamation-octagon-fill",
    "law": "bank",
}
MESSAGE_KINDS = {"success": "ok", "warning": "warning", "error": "danger"}
MINUTE, HOUR, DAY = 60, 3600, 86400  # seconds


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """An icon of the sprite; silent for screen readers unless it has a label."""
    return _icon(name, str(label), css)


@lru_cache(maxsize=512)
def _icon(name: str, label: str, css: str) -> SafeString:
    speech = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    sprite = static("ui/vendor/icons.svg")
    return format_html('<svg class="icon {}" {}><use href="{}#{}"></use></svg>', css, speech, sprite, name)


@register.filter
def phone(number: str) -> str:
    """A kept number as one dials it."""
    return phones.shown(number)


@register.simple_tag
def status(kind: str, label: str, name: str = "") -> SafeString:
    """A badge: icon, word and colour. An unknown kind is a programming error (KeyError)."""
    return _status(kind, str(label), name)


@lru_cache(maxsize=512)
def _status(kind: str, label: str, name: str) -> SafeString:
    """Badges are few and stand on every line of every list: each is put together once per process."""
    return format_html('<span class="status status-{}">{}{}</span>', kind, icon(name or STATUS_ICONS[kind]), label)


@register.simple_tag
def fixed(name: str) -> SafeString:
    """A template that depends on nothing but the language, drawn once per process."""
    return _fixed(name, get_language() or "")


@lru_cache(maxsize=64)
def _fixed(name: str, language: str) -> SafeString:
    return render_to_string(name)


@register.simple_tag
def callout_icon(kind: str = "") -> SafeString:
    return icon(CALLOUT_ICONS.get(kind, "info-circle-fill"))


@register.simple_tag
def message_kind(message: Any) -> str:
    """The look of one of Django's messages."""
    return MESSAGE_KINDS.get(message.level_tag, "info")


@register.simple_tag
def once() -> SafeString:
    """The key that makes two presses one; see virage.ui.once."""
    return format_html('<input type="hidden" name="once" value="{}">', new_reference())


@register.simple_tag
def error_lines(form: Any = None, forms: Any = None) -> list[dict[str, Any]]:
    """Errors for the summary, of `form` or of the list `forms`."""
    return lines_of(*[one for one in (forms or [form]) if isinstance(one, BaseForm)])


@register.filter
def optional(field: BoundField) -> bool:
    """Whether to say "(facultatif)": the form may switch it off with `mark_optional = False`."""
    return not field.field.required and not field.field.disabled and getattr(field.form, "mark_optional", True)


@register.filter
def single_box(field: BoundField) -> bool:
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def unit(attrs: dict[str, Any]) -> str:
    """The unit that stands after a field: the attribute `data-unit` of its widget."""
    return str(attrs.get("data-unit", ""))


def _local(moment: datetime) -> datetime:
    return moment.astimezone(timezone.get_current_timezone())


def _clock() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 (words like "hier" are those of the moment the page is drawn)


@lru_cache(maxsize=2048)
def _day_words(value: date, language: str) -> str:
    """A day in words; kept, since lists name the same days again and again."""
    return formats.date_format(value, "j F Y")


def _full(moment: datetime) -> str:
    words = _day_words(moment.date(), get_language() or "")
    return _("%(day)s à %(hour)s") % {"day": words, "hour": f"{moment:%H:%M}"}


def _time_tag(moment: datetime, words: str) -> SafeString:
    zone = moment.tzname() or ""
    return format_html('<time datetime="{}" title="{} ({})">{}</time>', moment.isoformat(), _full(moment), zone, words)


@register.simple_tag
def when(moment: datetime | None, at: datetime | None = None) -> SafeString | str:
    """A moment in the zone of the page: "aujourd'hui à 14:02", "hier à 9:10", "12 mars 2026 à 9:10"."""
    if moment is None:
        return "—"
    local = _local(moment)
    days = (local.date() - _local(at or _clock()).date()).days
    near = {0: _("aujourd’hui à %(hour)s"), -1: _("hier à %(hour)s"), 1: _("demain à %(hour)s")}
    words = near[days] % {"hour": f"{local:%H:%M}"} if days in near else _full(local)
    return _time_tag(local, words)


@register.simple_tag
def ago(moment: datetime | None, at: datetime | None = None) -> SafeString | str:
    """How long since, or until: "il y a 3 h", "dans 2 jours"."""
    if moment is None:
        return "—"
    seconds = int((moment - (at or _clock())).total_seconds())
    if abs(seconds) < MINUTE:
        return _time_tag(_local(moment), _("à l’instant"))
    words = _("dans %(span)s") if seconds > 0 else _("il y a %(span)s")
    return _time_tag(_local(moment), words % {"span": _span(abs(seconds))})


def _span(seconds: int) -> str:
    if seconds < HOUR:
        return _("%(number)s min") % {"number": seconds // MINUTE}
    if seconds < 2 * DAY:
        return _("%(number)s h") % {"number": seconds // HOUR}
    number = seconds // DAY
    return ngettext("%(number)s jour", "%(number)s jours", number) % {"number": number}


@register.simple_tag
def day(value: date | None) -> SafeString | str:
    """A day in words. A datetime is taken in the zone of the page."""
    if value is None:
        return "—"
    if isinstance(value, datetime):
        value = _local(value).date()
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), _day_words(value, get_language() or ""))


@register.simple_tag
def money(value: Any) -> str:
    """An amount of euros as it is written in the language of the page. None says "—"."""
    if value is None:
        return "—"
    amount = Decimal(getattr(value, "amount", value))
    number = formats.number_format(amount, decimal_pos=2, use_l10n=True, force_grouping=True)
    return _("%(amount)s €") % {"amount": number}


def _query(context: template.Context, changes: dict[str, Any]) -> str:
    request = context.get("request")
    query = request.GET.copy() if request is not None else QueryDict(mutable=True)
    for key, value in changes.items():
        if value in (None, ""):
            query.pop(key, None)
        else:
            query[key] = str(value)
    return "?" + urlencode([(key, value) for key, values in query.lists() for value in values])


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: Any) -> str:
    """The address's own parameters with these changed; None takes one away."""
    return _query(context, changes)


@register.inclusion_tag("ui/pager.html", takes_context=True)
def pager(context: template.Context, page: Page, parameter: str = "page") -> dict[str, Any]:
    """Previous and next, keeping the filters that are in the address."""
    previous = _query(context, {parameter: page.previous_page_number()}) if page.has_previous() else ""
    following = _query(context, {parameter: page.next_page_number()}) if page.has_next() else ""
    return {"page": page, "previous": previous, "next": following}


@register.simple_tag(takes_context=True)
def block_text(context: template.Context, name: str) -> SafeString:
    """What a page put in the block `name`, or nothing: lets a layout show a block twice, or leave out its frame."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    block = blocks.get_block(name) if blocks is not None else None
    return SafeString(block.render(context).strip()) if block is not None else SafeString("")


@register.simple_tag(takes_context=True)
def page_before(context: template.Context) -> str:
    """Where to look again: this page, or the one whose form was sent; the home page when it is not known."""
    request = context.get("request")
    if request is None:
        return "/"
    address = request.get_full_path() if request.method == "GET" else request.META.get("HTTP_REFERER", "")
    allowed = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if allowed else "/"
