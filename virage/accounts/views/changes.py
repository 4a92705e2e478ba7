"""What the views that change how one signs in share: one change at a time, noted and told in the same transaction."""

from typing import Any

from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from virage.accounts.actions import security
from virage.accounts.models import User


class Noted:
    """Before a form view of allauth. `what` is a verb of `actions.security.changed`, `how` the kind of factor."""

    what = ""
    how = ""
    request: HttpRequest

    @property
    def owner(self) -> User:
        return self.request.user

    @transaction.atomic
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        User.objects.select_for_update().get(pk=self.owner.pk)
        return super().post(request, *args, **kwargs)  # type: ignore[misc]

    def form_valid(self, form: BaseForm) -> HttpResponse:
        response = super().form_valid(form)  # type: ignore[misc]
        security.changed(user=self.owner, what=self.what, how=self.how, at=timezone.now())
        return response
