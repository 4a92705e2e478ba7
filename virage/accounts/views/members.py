"""The people of a structure, for its administrator."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from virage.accounts.access import Refused, require
from virage.accounts.actions import members as actions
from virage.accounts.forms.fields import doubts
from virage.accounts.forms.members import (
    AuthorisationForm,
    MemberFilter,
    PlaceForm,
    ProfessionForm,
    RemoveForm,
    place_of,
)
from virage.accounts.models import CooperationAuthorisation, Invitation, Membership
from virage.accounts.reports import members as reports
from virage.accounts.reports import role_words
from virage.accounts.roles import Permission
from virage.ui.csvfile import csv_response
from virage.ui.once import once
from virage.ui.paging import page_of

PAGE = 50
View = Callable[..., HttpResponse]


def managing(view: View) -> View:
    """These pages are for who runs the structure; one without any structure is led home, where that is said."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.membership is None:
            return redirect("home")
        require(request.membership, Permission.MANAGE_ORGANISATION)
        return view(request, *args, **kwargs)

    return guarded


def member_of(by: Membership, ref: str) -> Membership:
    """Someone of this administrator's structure, now or formerly; 404 for anyone else."""
    rows = Membership.objects.filter(organisation=by.organisation_id).select_related("user", "organisation")
    return get_object_or_404(rows, ref=ref)


def _wanted(request: HttpRequest, form: MemberFilter) -> QuerySet[Membership]:
    said = form.values
    return reports.members_of(
        request.membership.organisation,
        timezone.localdate(),
        state=said.get("etat", ""),
        role=said.get("role", ""),
        text=said.get("q", ""),
    ).prefetch_related("teams")


@require_GET
@managing
def listing(request: HttpRequest) -> HttpResponse:
    """Who works in my structure, in what role; who is invited."""
    by: Membership = request.membership
    form = MemberFilter(request.GET, organisation=by.organisation)
    page = page_of(_wanted(request, form), request.GET.get("page"), PAGE)
    context = {
        "form": form,
        "page": page,
        "rows": [reports.card(row, timezone.localdate()) for row in page],
        "invitations": _waiting(by),
        "at": timezone.now(),
    }
    return render(request, "accounts/members/list.html", context)


def _waiting(by: Membership) -> list[dict[str, Any]]:
    rows = Invitation.objects.open().filter(organisation=by.organisation_id).order_by("-sent_at")
    at = timezone.now()
    return [{"row": row, "roles": role_words(row.roles), "over": not row.holds(at)} for row in rows]


@require_GET
@managing
def listing_csv(request: HttpRequest) -> HttpResponse:
    """The same list, all of it, for a spreadsheet."""
    form = MemberFilter(request.GET, organisation=request.membership.organisation)
    rows = [reports.csv_row(row, timezone.localdate()) for row in _wanted(request, form)]
    return csv_response("personnes", reports.csv_header(), rows)


@require_GET
@managing
def member(request: HttpRequest, ref: str) -> HttpResponse:
    """One person: place here, profession, authorisations, and what can be done."""
    on = timezone.localdate()
    row = member_of(request.membership, ref)
    context = {
        "one": reports.card(row, on),
        "authorisations": reports.authorisations_of(row.user, on),
        "oneself": row.user_id == request.user.pk,
        "elsewhere": actions.works_elsewhere(row.user, row.organisation_id, on),
    }
    return render(request, "accounts/members/page.html", context)


@require_http_methods(["GET", "POST"])
@managing
@once
def change(request: HttpRequest, ref: str) -> HttpResponse:
    """Other roles, teams, dates."""
    by, row = request.membership, member_of(request.membership, ref)
    form = PlaceForm(request.POST or None, organisation=by.organisation, initial=place_of(row))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_place(by=by, member=row, place=form.place, at=timezone.now())
        except Refused as refusal:
            if refusal.reason != "last_administrator":
                raise
            form.add_error(
                None, _("C’est la dernière personne qui administre la structure : nommez-en une autre d’abord.")
            )
        else:
            messages.success(request, _("C’est enregistré."))
            return redirect("accounts:member", ref)
    return render(request, "accounts/members/change.html", {"form": form, "one": row})


@require_http_methods(["GET", "POST"])
@managing
@once
def profession(request: HttpRequest, ref: str) -> HttpResponse:
    """Profession, specialty, RPPS, agreement sector."""
    row = member_of(request.membership, ref)
    if actions.works_elsewhere(row.user, row.organisation_id, timezone.localdate()):
        raise Refused("works_elsewhere")
    initial = {name: getattr(row.user, name) for name in ProfessionForm.base_fields}
    form = ProfessionForm(request.POST or None, user=row.user, initial=initial)
    said: list[str] = []
    if request.method == "POST" and form.is_valid():
        said = doubts(form)
        if not said:
            actions.change_profession(by=request.membership, member=row, facts=form.facts, at=timezone.now())
            messages.success(request, _("C’est enregistré."))
            return redirect("accounts:member", ref)
    return render(request, "accounts/members/profession.html", {"form": form, "one": row, "doubts": said})


@require_POST
@managing
@once
def suspend(request: HttpRequest, ref: str) -> HttpResponse:
    actions.suspend(by=request.membership, member=member_of(request.membership, ref), at=timezone.now())
    messages.success(request, _("L’accès est suspendu."))
    return redirect("accounts:member", ref)


@require_POST
@managing
@once
def resume(request: HttpRequest, ref: str) -> HttpResponse:
    actions.resume(by=request.membership, member=member_of(request.membership, ref), at=timezone.now())
    messages.success(request, _("L’accès est rendu."))
    return redirect("accounts:member", ref)


@require_http_methods(["GET", "POST"])
@managing
@once
def remove(request: HttpRequest, ref: str) -> HttpResponse:
    """End a membership: what that does is said before."""
    by, row, on = request.membership, member_of(request.membership, ref), timezone.localdate()
    form = RemoveForm(request.POST or None, on=on, starts_on=row.starts_on, initial={"ends_on": on})
    if request.method == "POST" and form.is_valid():
        actions.remove(by=by, member=row, ends_on=form.cleaned_data["ends_on"], at=timezone.now())
        messages.success(request, _("La fin est notée."))
        return redirect("home" if row.user_id == by.user_id else "accounts:members")
    return render(request, "accounts/members/remove.html", {"form": form, "one": row})


@require_http_methods(["GET", "POST"])
@managing
@once
def authorise(request: HttpRequest, ref: str) -> HttpResponse:
    """Note an article 51 authorisation."""
    by, row = request.membership, member_of(request.membership, ref)
    form = AuthorisationForm(request.POST or None, initial={"region": by.organisation.region})
    if request.method == "POST" and form.is_valid():
        actions.authorise(by=by, member=row, **form.cleaned_data, at=timezone.now())
        messages.success(request, _("L’autorisation est notée."))
        return redirect("accounts:member", ref)
    return render(request, "accounts/members/authorise.html", {"form": form, "one": row})


@require_POST
@managing
@once
def end_authorisation(request: HttpRequest, ref: str, authorisation: str) -> HttpResponse:
    """The authorisation ends today."""
    by, row, on = request.membership, member_of(request.membership, ref), timezone.localdate()
    held = get_object_or_404(CooperationAuthorisation, ref=authorisation, user=row.user_id)
    actions.end_authorisation(by=by, member=row, authorisation=held, ends_on=on, at=timezone.now())
    messages.success(request, _("L’autorisation prend fin aujourd’hui."))
    return redirect("accounts:member", ref)
