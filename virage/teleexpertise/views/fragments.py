"""Parts of pages: what a draft lacks and what the law says of it; a patient's téléexpertises."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.law import regimes, safety
from virage.law.requester import may_request, requester_rule
from virage.law.verdicts import FAILED, MET, NOT_APPLICABLE, UNKNOWN, Reason
from virage.questionnaires.reports.drawing import fields
from virage.questionnaires.rules.validation import Problem as Fault
from virage.records.access import patient_for
from virage.teleexpertise import access, record
from virage.teleexpertise.actions import sending
from virage.teleexpertise.actions.common import legal_day
from virage.teleexpertise.models import Expertise
from virage.teleexpertise.states import BEFORE
from virage.teleexpertise.views.door import acting, opened
from virage.teleexpertise.views.requests import shown

KIND = "teleexpertise"
MOST_ACTS = 50

WORDS = {
    "no_addressee": (gettext_lazy("Choisissez à qui vous demandez l’avis"), "destinataire"),
    "addressee_cannot_answer": (
        gettext_lazy("Personne ne peut répondre à l’adresse choisie : choisissez-en une autre"),
        "destinataire",
    ),
    "patient_opposes": (gettext_lazy("Le patient s’oppose à l’échange avec ce destinataire"), "destinataire"),
    "no_consent": (gettext_lazy("Enregistrez le consentement"), "consentement"),
    "red_flags_unseen": (gettext_lazy("Lisez l’alerte et dites-le"), "alertes"),
    "relevance_unconfirmed": (gettext_lazy("Confirmez qu’un avis à distance convient"), "verifications"),
    "push": (gettext_lazy("Le score PUSH est commencé : finissez-le, ou retirez-le"), "push"),
    "requester_not_allowed": (
        gettext_lazy("À cette date, un professionnel médical envoie la demande : transmettez-la au médecin"),
        "envoi",
    ),
}
"""What a draft lacks: the words, and the part of the page that it is about."""

STATUSES = {
    "law": ("ok", gettext_lazy("lu dans le texte")),
    "secondary": ("info", gettext_lazy("source secondaire")),
    "project": ("info", gettext_lazy("choix du projet")),
    "to_verify": ("wait", gettext_lazy("à vérifier")),
}
OUTCOMES = {
    MET: ("check-circle-fill", gettext_lazy("rempli")),
    FAILED: ("x-circle", gettext_lazy("non rempli")),
    NOT_APPLICABLE: ("slash-circle", gettext_lazy("sans objet")),
    UNKNOWN: ("question-circle", gettext_lazy("à vérifier")),
}


def state_of(by: Membership, expertise: Expertise, at: datetime) -> dict[str, Any]:
    """What may be done, what is missing, which alerts are raised, and what the law says."""
    on, lang = legal_day(expertise.act, at), get_language() or "fr"
    problems = sending.problems(by, expertise, at)
    return {
        "expertise": expertise,
        "act": expertise.act,
        "verbs": access.may(by, expertise, at),
        "may_ask": may_request(by.user.profession, on),
        "asker_rule": requester_rule(by.user.profession, on),
        "missing": _missing(expertise, problems, lang),
        "flags": [_sign(flag, lang) for flag in sending.raised_flags(expertise)],
        "call": safety.call_label().of(lang),
        "prompts": [_sign(prompt, lang) for prompt in safety.prompts(KIND)],
        "needs_relevance": sending.needs_relevance(expertise, at),
        **law_of(expertise, on),
    }


def _sign(sign: safety.SafetySign, lang: str) -> dict[str, Any]:
    return {"text": sign.label.of(lang), "citation": sign.citation, "status": STATUSES[sign.status]}


def _missing(expertise: Expertise, problems: list[sending.Problem], lang: str) -> list[dict[str, str]]:
    lines = []
    for problem in problems:
        if problem.code == "assessment":
            lines += _faults(expertise, problem.params["problems"], lang)
        elif problem.code == "pictures_not_ready":
            count = problem.params["count"]
            text = ngettext(
                "Un document est encore en préparation", "%(count)s documents sont encore en préparation", count
            )
            lines.append({"text": text % {"count": count}, "target": "photos"})
        else:
            text, part = WORDS[problem.code]
            lines.append({"text": str(text), "target": part})
    return lines


def _faults(expertise: Expertise, faults: tuple[Fault, ...], lang: str) -> list[dict[str, str]]:
    """Each question that lacks an answer, with the id of its control."""
    drawn = [inside for one in fields(expertise.assessment, lang, faults) for inside in one.every()]
    unanswered = {fault.key for fault in faults if fault.code == "required"}
    lines = []
    for one in drawn:
        for text in one.errors:
            plain = (
                one.label
                if one.key in unanswered
                else _("%(field)s : %(fault)s") % {"field": one.label, "fault": text}
            )
            lines.append({"text": str(plain), "target": one.focus})
    return lines


def law_of(expertise: Expertise, on: date) -> dict[str, Any]:
    """Under which text the act falls, whether it is payable, to whom, and why. It stops nothing."""
    lang = get_language() or "fr"
    name = record.regime_of(expertise, on)
    regime = regimes.regime(name) if name else None
    return {
        "regime": regime.label.of(lang) if regime else "",
        "programme": expertise.act.project.programme if expertise.act.project else None,
        "regime_is_ours": bool(regime and regime.project),
        "prospects": [_prospect(one, lang) for one in record.prospects(expertise, on)] if regime else [],
        "law_on": on,
    }


def _prospect(one: record.Prospect, lang: str) -> dict[str, Any]:
    verdict = one.verdict
    if verdict is None:
        return {"names": one.names, "lacking": True}
    price = verdict.price
    return {
        "names": one.names,
        "eligible": verdict.eligible,
        "price": price,
        "price_status": STATUSES[price.status] if price else None,
        "to_employer": bool(price and price.payee == "employeur"),
        "decisive": verdict.decisive.explanation(lang),
        "reasons": [_reason(reason, lang) for reason in verdict.reasons],
    }


def _reason(reason: Reason, lang: str) -> dict[str, Any]:
    icon, word = OUTCOMES[reason.outcome]
    return {
        "text": reason.explanation(lang),
        "icon": icon,
        "outcome": word,
        "citation": reason.citation,
        "status": STATUSES[reason.status],
    }


@acting
@require_GET
def state(request: HttpRequest, ref: str) -> HttpResponse:
    """What the draft lacks, its alerts and the panel of the law, drawn again after each change."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    if expertise.act.state not in BEFORE:
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    return render(request, "teleexpertise/ask/_state.html", state_of(by, expertise, at))


@acting
@require_GET
def patient_acts(request: HttpRequest, ref: str) -> HttpResponse:
    """For the patient's page: the latest téléexpertises, sent by anyone or drafted in one's own structure."""
    by, at = request.membership, timezone.now()
    patient = patient_for(by, ref, at=at)
    rows = access.detailed(access.visible(by, at)).filter(act__patient=patient)
    rows = rows.exclude(act__closed_at__isnull=False, act__requested_at__isnull=True)
    context = {
        "patient": patient,
        "rows": shown(rows.order_by("-act__created_at", "-pk")[:MOST_ACTS], by, at),
        "may_ask": by.may(Permission.PREPARE_REQUEST),
    }
    return render(request, "teleexpertise/ask/patient_acts.html", context)
