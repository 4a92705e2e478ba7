"""A structure's own page and its teams, for its administrator."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from virage.accounts.actions import structures as actions
from virage.accounts.forms.fields import doubts
from virage.accounts.forms.structures import OrganisationForm, TeamForm
from virage.accounts.models import Team
from virage.accounts.reports import members as reports
from virage.accounts.views.members import managing
from virage.ui.once import once


@require_GET
@managing
def structure(request: HttpRequest) -> HttpResponse:
    """Who the structure is, and its teams."""
    organisation = request.membership.organisation
    context = {
        "organisation": organisation,
        "facts": reports.facts_of(organisation),
        "teams": reports.teams_of(organisation, timezone.localdate()),
    }
    return render(request, "accounts/structure/page.html", context)


@require_http_methods(["GET", "POST"])
@managing
@once
def edit(request: HttpRequest) -> HttpResponse:
    """Correct the structure's facts."""
    by = request.membership
    form = OrganisationForm(request.POST or None, organisation=by.organisation)
    said: list[str] = []
    if request.method == "POST" and form.is_valid():
        said = doubts(form)
        if not said:
            actions.edit_organisation(by=by, facts=form.cleaned_data, at=timezone.now())
            messages.success(request, _("C’est enregistré."))
            return redirect("accounts:structure")
    return render(request, "accounts/structure/edit.html", {"form": form, "doubts": said})


@require_http_methods(["GET", "POST"])
@managing
@once
def team_add(request: HttpRequest) -> HttpResponse:
    """A new team."""
    return _team(request, None)


@require_http_methods(["GET", "POST"])
@managing
@once
def team(request: HttpRequest, ref: str) -> HttpResponse:
    """A team's name, specialty and members."""
    return _team(request, get_object_or_404(Team, ref=ref, organisation=request.membership.organisation_id))


def _team(request: HttpRequest, row: Team | None) -> HttpResponse:
    by, on = request.membership, timezone.localdate()
    form = TeamForm(request.POST or None, organisation=by.organisation, team=row, on=on)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        actions.save_team(
            by=by,
            team=row,
            name=said["name"],
            specialty=said["specialty"],
            members=list(said["members"]),
            at=timezone.now(),
        )
        messages.success(request, _("C’est enregistré."))
        return redirect("accounts:structure")
    return render(request, "accounts/structure/team.html", {"form": form, "team": row})
