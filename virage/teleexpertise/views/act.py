"""The page of one téléexpertise, by side; and what the requérant's side does once it is sent."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from virage.accounts.access import Refused
from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.journal.models import Entry
from virage.notifications.access import messages_about
from virage.records.access import patients_of
from virage.records.actions import slots
from virage.records.models import Consent
from virage.records.models.documents import Document, DocumentKind
from virage.teleexpertise import access
from virage.teleexpertise.access.rights import ADDRESSED, ASKS, PERFORMS, VALIDATES
from virage.teleexpertise.actions import answering, sending
from virage.teleexpertise.forms.addressee import REFUSALS, AddresseeForm, candidates
from virage.teleexpertise.forms.ask import ReasonForm, WordsForm
from virage.teleexpertise.models import Expertise, Form, Remark
from virage.teleexpertise.states import BEFORE, FINISHED, OPEN, WAITING
from virage.teleexpertise.views.answer import answer_page
from virage.teleexpertise.views.beside import beside
from virage.teleexpertise.views.door import acting, opened
from virage.teleexpertise.views.requests import about_of, addressee_of, badge_of, specialty_of
from virage.ui.once import once

REFUSED = 422
MOST_ENTRIES = 200

STORY: dict[str, tuple[str, str, Any]] = {
    "open_act": ("pencil", "", gettext_lazy("Brouillon ouvert")),
    "prepare": ("person-check", "", gettext_lazy("Préparée, confiée à un professionnel médical")),
    "return_to_draft": ("arrow-return-left", "", gettext_lazy("Rendue à son auteur")),
    "record_consent": ("check-lg", "ok", gettext_lazy("Consentement enregistré")),
    "withdraw_consent": ("x-circle", "danger", gettext_lazy("Consentement retiré")),
    "confirm_red_flags": ("exclamation-triangle-fill", "late", gettext_lazy("Alerte lue avant l’envoi")),
    "confirm_relevance": ("check-lg", "", gettext_lazy("Pertinence de l’avis à distance confirmée")),
    "send": ("send", "info", gettext_lazy("Demande envoyée")),
    "resend": ("send", "info", gettext_lazy("Demande renvoyée à un autre destinataire")),
    "accept": ("check-lg", "info", gettext_lazy("Acceptée")),
    "decline": ("x-circle", "late", gettext_lazy("Déclinée")),
    "pass_on": ("arrow-right", "info", gettext_lazy("Transmise à un autre destinataire")),
    "ask_complements": ("question-circle", "wait", gettext_lazy("Complément demandé")),
    "give_complements": ("reply", "info", gettext_lazy("Complément donné")),
    "hand_back": ("arrow-counterclockwise", "late", gettext_lazy("Remise au groupe, faute de réponse")),
    "give_back": ("arrow-counterclockwise", "late", gettext_lazy("Revenue, faute de réponse")),
    "propose": ("pen", "wait", gettext_lazy("Avis proposé à la validation d’un médecin")),
    "refuse_validation": ("x-circle", "late", gettext_lazy("Avis renvoyé à l’infirmier")),
    "validate": ("patch-check", "ok", gettext_lazy("Avis validé")),
    "complete_assessment": ("card-checklist", "ok", gettext_lazy("Évaluation complétée par l’expert")),
    "sign": ("pen", "ok", gettext_lazy("Avis signé")),
    "write_report": ("file-earmark-medical", "ok", gettext_lazy("Compte rendu établi")),
    "correct": ("pencil-square", "info", gettext_lazy("Correction commencée")),
    "acknowledge": ("check-circle", "ok", gettext_lazy("Réponse lue, patient informé")),
    "withdraw": ("slash-circle", "off", gettext_lazy("Demande retirée")),
    "record_incident": ("exclamation-triangle-fill", "late", gettext_lazy("Incident enregistré")),
}
"""Verb of the journal → icon, kind of the entry, words. Other verbs are no part of the story."""


@acting
@require_GET
def act(request: HttpRequest, ref: str) -> HttpResponse:
    """The page of whoever looks: the one who answers, or the side that asked and cares for the patient."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    if expertise.act.state in BEFORE:
        return redirect("teleexpertise:draft", ref)
    return (
        asked_page(request, expertise, at) if is_asked_side(by, expertise, at) else answer_page(request, expertise, at)
    )


def is_asked_side(by: Membership, expertise: Expertise, at: datetime) -> bool:
    """Those who answer see the answering page, also when they belong to the structure that asks; then those who asked,
    and whoever follows the patient."""
    sides = access.standing(by, expertise, at).sides
    if sides & {PERFORMS, ADDRESSED, VALIDATES}:
        return False
    return ASKS in sides or patients_of(by, at).filter(pk=expertise.act.patient_id).exists()


def asked_page(request: HttpRequest, expertise: Expertise, at: datetime, **changes: Any) -> HttpResponse:
    """The requérant's page; `changes` are forms that were refused, with what was typed in them."""
    by, act_ = request.membership, expertise.act
    verbs = access.may(by, expertise, at)
    kind, word = badge_of(expertise, at)
    context = {
        "expertise": expertise,
        "act": act_,
        "patient": act_.patient,
        "age": act_.patient.age(at.date()),
        "about": about_of(expertise),
        "to": addressee_of(expertise),
        "specialty": specialty_of(expertise),
        "badge": (kind, word),
        "verbs": verbs,
        **beside(expertise, by, verbs),
        "open": act_.state in OPEN,
        "late": kind == "late",
        "may_follow": act_.state in FINISHED and expertise.form != Form.SHORT and by.may(Permission.PREPARE_REQUEST),
        "consent": Consent.objects.filter(subject=act_.ref).select_related("recorded_by__user").last(),
        "reports": list(act_.reports.select_related("signed_by__user").order_by("-version")),
        "remarks": list(expertise.remarks.select_related("author__user", "author__organisation")),
        "story": story_of(expertise),
        "deliveries": messages_about("act", act_.ref)[:MOST_ENTRIES],
        "may_send_again": by.may(Permission.PREPARE_REQUEST),
        "complement": WordsForm(label=_("Votre réponse à l’expert")),
        "note": WordsForm(),
        "Kind": Remark.Kind,
        "may_record_consent": by.may(Permission.RECORD_CONSENT),
    }
    if act_.state == WAITING and "give_complements" in verbs:
        context["uploader"] = slots.uploader(
            by=by, patient=act_.patient, folder=act_.ref, at=at, wound=expertise.wound, shots=False
        )
    else:
        context["pictures"] = list(Document.objects.in_folder(act_.ref).exclude(kind=DocumentKind.REPORT))
    status = REFUSED if changes else 200
    return render(request, "teleexpertise/ask/act.html", context | changes, status=status)


def story_of(expertise: Expertise) -> list[dict[str, Any]]:
    """What happened, from the journal, the latest first."""
    ref = expertise.act.ref
    rows = Entry.objects.filter(verb__in=STORY, patient_ref=expertise.act.patient.ref)
    ours = rows.filter(subject_kind="act", subject_ref=ref) | rows.filter(subject_kind="consent", data__act=ref)
    lines = []
    for entry in ours.order_by("-at", "-id")[:MOST_ENTRIES]:
        icon, kind, what = STORY[entry.verb]
        who = " · ".join(part for part in (entry.actor_label, entry.organisation_label) if part)
        lines.append({"at": entry.at, "who": who, "what": what, "icon": icon, "kind": kind})
    return lines


@acting
@require_POST
@once
def complements(request: HttpRequest, ref: str) -> HttpResponse:
    """Answer the expert who asked for more; photographs added on the page go with it."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    form = WordsForm(request.POST, label=_("Votre réponse à l’expert"))
    waiting = Document.objects.in_folder(ref).filter(state="received").exists()
    if not form.is_valid() or waiting:
        if waiting:
            form.add_error(None, _("Un document est encore en préparation : attendez quelques secondes."))
        return asked_page(request, expertise, at, complement=form)
    answering.give_complements(by=by, expertise=expertise, text=form.cleaned_data["text"], at=at)
    messages.success(request, _("Complément envoyé : l’expert reprend son avis."))
    return _thread(ref)


@acting
@require_POST
@once
def note(request: HttpRequest, ref: str) -> HttpResponse:
    """A message to the expert."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    form = WordsForm(request.POST)
    if not form.is_valid():
        return asked_page(request, expertise, at, note=form)
    answering.note(by=by, expertise=expertise, text=form.cleaned_data["text"], at=at)
    messages.success(request, _("Message envoyé."))
    return _thread(ref)


@acting
@require_http_methods(["GET", "POST"])
@once
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    """Take the request back before it is answered, with the reason; what that does is said before."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sending.withdraw(by=by, expertise=expertise, reason=form.cleaned_data["reason"], at=at)
        messages.success(request, _("Demande retirée : le destinataire n’y a plus accès."))
        return redirect("teleexpertise:act", ref)
    if "withdraw" not in access.may(by, expertise, at):
        return redirect("teleexpertise:act", ref)
    context = {"form": form, "expertise": expertise, "patient": expertise.act.patient, "to": addressee_of(expertise)}
    return render(request, "teleexpertise/ask/withdraw.html", context, status=REFUSED if form.is_bound else 200)


@acting
@require_http_methods(["GET", "POST"])
@once
def resend(request: HttpRequest, ref: str) -> HttpResponse:
    """Send to somebody else a request that came back; what was written and photographed goes with it."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    form = AddresseeForm(request.POST or None)
    why, words = "", ""
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["who"]
        if request.POST.get("do") != "search":
            why = _resend(by, expertise, form, at)
            if not why:
                messages.success(request, _("Demande renvoyée."))
                return redirect("teleexpertise:act", ref)
    if "resend" not in access.may(by, expertise, at):
        return redirect("teleexpertise:act", ref)
    context = {
        "form": form,
        "why": why,
        "expertise": expertise,
        "patient": expertise.act.patient,
        "candidates": candidates(expertise, by, words, at),
    }
    return render(request, "teleexpertise/ask/resend.html", context, status=REFUSED if why else 200)


def _resend(by: Membership, expertise: Expertise, form: AddresseeForm, at: datetime) -> str:
    """Why it was not sent, in words; empty when it was."""
    chosen = form.addressee
    if not any(chosen.values()):
        return _("Choisissez à qui renvoyer la demande.")
    try:
        sending.resend(by=by, expertise=expertise, at=at, **chosen)
    except Refused as refused:
        if refused.reason == "consent_withdrawn":
            return _("Le consentement a été retiré : la demande ne peut plus être renvoyée.")
        if refused.reason not in REFUSALS:
            raise
        return str(REFUSALS[refused.reason])
    return ""


def _thread(ref: str) -> HttpResponse:
    return redirect(f"{reverse('teleexpertise:act', args=[ref])}#echanges")
