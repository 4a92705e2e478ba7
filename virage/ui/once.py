"""Twice is once: a form that writes carries a key, unique in the database.

The whole request runs in one transaction. Of two equal presses the second waits for the first, then is
led to the same page; a press whose form was refused gives its key back, so that it can be sent again.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _

from virage.ui.models import Submission

View = Callable[..., HttpResponse]


def once(view: View) -> View:
    """Decorate a view whose POST writes. The form holds `{% once %}`."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        key = request.POST.get("once", "")[:64]
        if not key:
            return HttpResponseBadRequest(_("Ce formulaire est incomplet : rechargez la page et recommencez."))
        with transaction.atomic():
            submission = _claim(key, request.user.pk or 0)
            if submission.location:
                return HttpResponseRedirect(submission.location)
            response = view(request, *args, **kwargs)
            _keep(submission, response)
            return response

    return guarded


def _claim(key: str, user_id: int) -> Submission:
    try:
        with transaction.atomic():
            return Submission.objects.create(key=key, user_id=user_id, created_at=timezone.now())  # noqa: TID251 (the web's own clock)
    except IntegrityError:
        return Submission.objects.select_for_update().get(key=key, user_id=user_id)


def _keep(submission: Submission, response: HttpResponse) -> None:
    target = response.headers.get("HX-Redirect") or response.headers.get("Location", "")
    if target:
        submission.location = target
        submission.save(update_fields=["location"])
    else:
        submission.delete()
