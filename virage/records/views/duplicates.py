"""Records that may be about one person: the list, a pair to compare, what two people decide about it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from virage.accounts.access import require
from virage.accounts.roles import Permission
from virage.records.access import identities_of, identity_for, trace_read
from virage.records.actions import duplicates as actions
from virage.records.actions.merging import count
from virage.records.forms import ProposeForm, SearchForm
from virage.records.models import Duplicate, DuplicateState, Patient
from virage.records.reports import patients as found
from virage.records.reports.duplicates import cases, compared, twins
from virage.records.states import DUPLICATE
from virage.records.views.patients import acting, strip
from virage.ui.once import once

OPEN = (DuplicateState.SUSPECTED, DuplicateState.PROPOSED)
CLOSED = (DuplicateState.MERGED, DuplicateState.UNDONE, DuplicateState.SET_ASIDE)
VERBS = {
    "withdraw_proposal": (actions.withdraw_proposal, gettext_lazy("La proposition est retirée.")),
    "set_aside": (actions.set_aside, gettext_lazy("C’est noté : ce sont deux personnes.")),
    "merge": (actions.merge, gettext_lazy("Les deux dossiers n’en font plus qu’un.")),
    "undo_merge": (actions.undo_merge, gettext_lazy("La fusion est annulée : chacun a retrouvé ce qui était à lui.")),
}
KINDS = {
    "acts.Act": gettext_lazy("Actes"),
    "records.Wound": gettext_lazy("Plaies"),
    "records.Document": gettext_lazy("Documents"),
    "records.Consent": gettext_lazy("Consentements"),
    "records.CareTeamMember": gettext_lazy("Accès ouverts"),
    "records.Contact": gettext_lazy("Proches et représentants"),
}


@require_GET
@acting
def listing(request: HttpRequest) -> HttpResponse:
    """What is to be looked at; or what was decided, to undo it."""
    by, decided = request.membership, request.GET.get("show") == "decided"
    require(by, Permission.EDIT_PATIENTS)
    context = {"cases": cases(by, CLOSED if decided else OPEN, at=timezone.now()), "decided": decided}
    return render(request, "records/duplicates/list.html", context | {"may_merge": by.may(Permission.MERGE_PATIENTS)})


@require_http_methods(["GET", "POST"])
@acting
@once
def point_out(request: HttpRequest, ref: str) -> HttpResponse:
    """Find the other record of this person, and put the pair on the list."""
    by, at = request.membership, timezone.now()
    patient = identity_for(by, ref, at=at)
    require(by, Permission.EDIT_PATIENTS)
    if "other" in request.POST:
        other = identity_for(by, request.POST["other"], at=at)
        return redirect("records:duplicate", actions.point_out(by=by, patient=patient, other=other, at=at).ref)
    form = SearchForm(request.POST or None)
    others = identities_of(by, at).exclude(pk=patient.pk)
    context = {
        **strip(patient),
        "form": form,
        "q": request.POST.get("q", ""),
        "twins": twins(by, patient.traits, at=at, but=patient),
        "found": found.page_of(found.matching(others, form.wanted)).patients if request.POST.get("q") else [],
    }
    return render(request, "records/duplicates/point_out.html", context)


@require_http_methods(["GET", "POST"])
@acting
@once
def case(request: HttpRequest, ref: str) -> HttpResponse:
    """Both records side by side, and what this person may do about them. A button `do` says what."""
    by, at = request.membership, timezone.now()
    pair = _pair(request, ref)
    do = request.POST.get("do", "")
    if request.method == "POST" and do not in (*VERBS, "propose_merge"):
        raise Http404
    if do in VERBS:
        action, said = VERBS[do]
        action(by=by, case=pair, at=at)
        messages.success(request, said)
        return redirect("records:duplicate", pair.ref)
    form = ProposeForm(request.POST if do else None, case=pair)
    if form.is_bound and form.is_valid():
        actions.propose_merge(by=by, case=pair, kept=form.chosen, reason=form.cleaned_data["reason"], at=at)
        messages.success(request, _("C’est proposé : une autre personne doit le confirmer."))
        return redirect("records:duplicate", pair.ref)
    return render(request, "records/duplicates/case.html", {"form": form, **_about(request, pair)})


def _about(request: HttpRequest, pair: Duplicate) -> dict[str, Any]:
    by = request.membership
    may_merge, own = (
        by.may(Permission.MERGE_PATIENTS),
        bool(pair.proposed_by) and pair.proposed_by.user_id == by.user_id,
    )
    allowed = {
        "propose_merge": by.may(Permission.EDIT_PATIENTS),
        "withdraw_proposal": may_merge or own,
        "merge": may_merge and not own,
    }
    verbs = [verb for verb in DUPLICATE.verbs(pair.state) if allowed.get(verb, may_merge)]
    return {
        "pair": pair,
        "verbs": verbs,
        "is_own": own,
        "rows": compared(*pair.patients),
        "counts": [_counts(patient) for patient in pair.patients],
        "left": sum(len(part["rows"]) for part in pair.manifest.get("left", ())),
    }


def _counts(patient: Patient) -> list[tuple[str, int]]:
    """How much of what is at a record: what would move."""
    numbers = count(patient)
    named = [(str(label), numbers[kind]) for kind, label in KINDS.items() if kind in numbers]
    rest = sum(number for kind, number in numbers.items() if kind not in KINDS)
    return [*named, (_("Autres"), rest)] if rest else named


def _pair(request: HttpRequest, ref: str) -> Duplicate:
    """The pair of that reference, if both of its records (or the one that both have become) are open to this person;
    looking at it is a reading of each. 404 otherwise."""
    by, at = request.membership, timezone.now()
    joined = ("one__residence", "other__residence", "kept", "proposed_by__user", "decided_by__user")
    pair = get_object_or_404(Duplicate.objects.select_related(*joined), ref=ref)
    wanted = {pair.kept_id} if pair.state == DuplicateState.MERGED else {pair.one_id, pair.other_id}
    for patient in (seen := list(identities_of(by, at).filter(pk__in=wanted))):
        trace_read(
            by, subject_kind="patient", subject_ref=patient.ref, patient_ref=patient.ref, at=at, purpose="duplicate"
        )
    if not by.may(Permission.EDIT_PATIENTS) or len(seen) < len(wanted):
        raise Http404
    return pair
