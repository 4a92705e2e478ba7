"""What a patient reads on the own page, in plain words: acts of all kinds, consents, who read the record."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from virage.acts.access import acts_of_visit, reports_of_visit
from virage.acts.models import Act, Kind, Report
from virage.records.models import Consent, PatientVisit

PLAIN = {
    Kind.TELECONSULTATION: _("Une consultation à distance"),
    Kind.TELEEXPERTISE: _("Un avis demandé à un autre professionnel"),
    Kind.TELESURVEILLANCE: _("Un suivi à distance"),
    Kind.TELEASSISTANCE: _("Une aide à distance pendant un soin"),
    Kind.REGULATION: _("Un appel au 15"),
}
"""The five acts as one says them at home."""


@dataclass(frozen=True)
class Told:
    """One act as the patient reads it. `look` is a kind of badge; `report` the one that may be read."""

    act: Act
    what: str | Promise
    state: str | Promise
    look: str
    report: Report | None = None


def acts_told(visit: PatientVisit, at: datetime) -> list[Told]:
    """All of them, latest first, in two statements."""
    reports = {report.act_id: report for report in reports_of_visit(visit, at)}
    return [_told(act, reports.get(act.pk)) for act in _rows(visit)]


def act_told(visit: PatientVisit, ref: str, at: datetime) -> Told | None:
    """One of them, or None."""
    act = _rows(visit).filter(ref=ref).first()
    return _told(act, reports_of_visit(visit, at).filter(act=act).first()) if act else None


def _rows(visit: PatientVisit) -> QuerySet[Act]:
    rows = acts_of_visit(visit).select_related(
        "requester__user", "requester_organisation", "performer__user", "performer__organisation"
    )
    return rows.order_by("-requested_at", "-pk")


def _told(act: Act, report: Report | None) -> Told:
    state, look = _state(act, report)
    return Told(act, PLAIN[act.kind], state, look, report)


def _state(act: Act, report: Report | None) -> tuple[str | Promise, str]:
    if report:
        return _("Compte rendu à lire"), "ok"
    if act.performed_at:
        return _("Fait"), "info"
    if act.closed_at:
        return _("Annulé"), "off"
    return _("Pas encore fait"), "wait"


@dataclass(frozen=True)
class Agreed:
    """One consent, and the act that it is about (None when that was never asked for)."""

    consent: Consent
    act: Act | None
    what: str | Promise


def consents_told(visit: PatientVisit) -> list[Agreed]:
    """What was agreed to, latest first, also what was withdrawn."""
    rows = Consent.objects.filter(patient=visit.access.patient_id).select_related("recorded_by__user")
    acts = {act.ref: act for act in _rows(visit)}
    found = [(consent, acts.get(consent.subject)) for consent in rows.order_by("-recorded_at", "-pk")]
    return [Agreed(consent, act, PLAIN[act.kind] if act else "") for consent, act in found]
