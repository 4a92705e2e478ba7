"""The national identity of a patient: where it stands, and what takes it a step on or back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from virage.accounts.access import require
from virage.accounts.roles import Permission
from virage.records.access import identity_for
from virage.records.actions import identity as actions
from virage.records.actions.death import note_death, undo_death
from virage.records.forms import CheckForm, DeathForm, InsForm
from virage.records.models import Patient
from virage.records.rules.identity import ins_warnings
from virage.records.states import IDENTITY
from virage.records.views.patients import acting, strip
from virage.ui.once import once

WITHDRAW = {"withdraw_ins": actions.withdraw_ins, "withdraw_check": actions.withdraw_check}


@require_http_methods(["GET", "POST"])
@acting
@once
def page(request: HttpRequest, ref: str) -> HttpResponse:
    """The status, and the one or two forms that it allows. A button `do` says which of them was sent."""
    by, at, on = request.membership, timezone.now(), timezone.localdate()
    patient = identity_for(by, ref, at=at)
    require(by, Permission.EDIT_PATIENTS)
    do = request.POST.get("do", "")
    if request.method == "POST" and do not in (*WITHDRAW, "recover_ins", "check_identity"):
        raise Http404
    if do in WITHDRAW:
        WITHDRAW[do](by=by, patient=patient, at=at)
        return _saved(request, patient)
    sent = request.POST if do else None
    ins_form = InsForm(sent if do == "recover_ins" else None, on=on, initial={"on": on})
    check_form = CheckForm(sent if do == "check_identity" else None, on=on, initial={"seen_on": on})
    context: dict[str, Any] = {"doubts": ()}
    if ins_form.is_bound and ins_form.is_valid():
        context["doubts"] = _doubts(request, patient, ins_form)
        if not context["doubts"] and _recovered(request, patient, ins_form):
            return _saved(request, patient)
    if check_form.is_bound and check_form.is_valid():
        seen = check_form.cleaned_data
        actions.check_identity(by=by, patient=patient, document=seen["document"], on=seen["seen_on"], at=at)
        return _saved(request, patient)
    context |= {**strip(patient), "ins_form": ins_form, "check_form": check_form}
    context["verbs"] = IDENTITY.verbs(patient.identity_status)
    return render(request, "records/patients/ins.html", context)


@require_http_methods(["GET", "POST"])
@acting
@once
def death(request: HttpRequest, ref: str) -> HttpResponse:
    """Note a death, or that it was noted by mistake."""
    by, at, on = request.membership, timezone.now(), timezone.localdate()
    patient = identity_for(by, ref, at=at)
    require(by, Permission.EDIT_PATIENTS)
    if request.POST.get("do") == "undo_death":
        undo_death(by=by, patient=patient, at=at)
        messages.success(request, _("C’est corrigé : ce patient n’est plus noté décédé."))
        return redirect("records:patient", patient.ref)
    form = DeathForm(request.POST or None, born=patient.birth_date, on=on)
    if request.method == "POST" and form.is_valid():
        note_death(by=by, patient=patient, on=form.cleaned_data["on"], at=at)
        messages.success(request, _("Le décès est noté."))
        return redirect("records:patient", patient.ref)
    return render(request, "records/patients/death.html", {**strip(patient), "form": form})


def _recovered(request: HttpRequest, patient: Patient, form: InsForm) -> bool:
    if not patient.birth_place:
        form.add_error(None, _("Écrivez d’abord le lieu de naissance : il est l’un des traits de l’INS."))
        return False
    found, at = form.cleaned_data, timezone.now()
    facts = {name: found[name] for name in ("ins", "oid", "source", "on")}
    actions.recover_ins(by=request.membership, patient=patient, at=at, **facts)
    return True


def _doubts(request: HttpRequest, patient: Patient, form: InsForm) -> tuple[str, ...]:
    """What does not fit between matricule and traits, until the user has said that it was looked at."""
    if request.POST.get("confirmed"):
        return ()
    words = {
        "sex": _("Le matricule INS commence par un chiffre qui ne correspond pas au sexe indiqué."),
        "year": _("L’année du matricule INS n’est pas celle de la date de naissance."),
    }
    found = ins_warnings(form.cleaned_data["ins"], form.cleaned_data["oid"], patient.traits)
    return tuple(words[code] for code in found if code in words)


def _saved(request: HttpRequest, patient: Patient) -> HttpResponse:
    status = patient.get_identity_status_display().lower()
    messages.success(request, _("C’est noté : l’identité est %(status)s.") % {"status": status})
    return redirect("records:identity", patient.ref)
