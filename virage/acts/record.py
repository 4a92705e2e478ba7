"""What an act's record holds, computed from what was done: facts for the law, items of R. 6316-3 and R. 6316-4.

Nothing here is typed in by anyone: each item is looked for where the act left it (consent, journal, care team,
report, entries in each professional's file), under the list in force on the act's date.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from virage.accounts.models import CooperationAuthorisation, Membership
from virage.acts.models import Act, Part, RecordEntry, Report
from virage.journal.models import Entry
from virage.law import eligibility
from virage.law.facts import Facts, facts_from_mapping
from virage.law.record import RecordItem, required_items
from virage.law.regimes import regimes_on
from virage.law.verdicts import Verdict
from virage.records.models import CareTeamMember, Consent

PRESCRIPTIONS = "items"
"""Key of a report's content: the acts and prescriptions made, or proposed; an empty list says there was none."""
RELEVANCE = "confirm_relevance"
"""Verb of the journal by which a professional confirmed that telemedicine suits this request."""


@dataclass(frozen=True)
class Held:
    """One item of the legal record: is it there, and where (a text for people, in the language of the page)."""

    item: RecordItem
    present: bool
    where: str


@dataclass(frozen=True)
class Evidence:
    """What an act left behind, read once."""

    consent: Consent | None
    report: Report | None
    parts: frozenset[tuple[str, int]]
    files: frozenset[int]
    signed_in: frozenset[int]
    relevance: bool
    access: bool
    incidents: int


def time_zone(act: Act) -> ZoneInfo:
    """The patient's place: that of the structure where he or she lives, else of the one that asks."""
    residence = act.patient.residence
    return ZoneInfo((residence or act.requester_organisation).time_zone)


def legal_date(act: Act, at: datetime | None = None) -> date | None:
    """The day of the act at the patient's place (or of the moment `at` there); None while it is not performed."""
    moment = at or act.performed_at
    return moment.astimezone(time_zone(act)).date() if moment else None


def regime_of(act: Act, on: date) -> str | None:
    """That of the act's programme; outside a project, the most recent regime of law; None where no text pays it."""
    if act.project:
        return act.project.programme.regime
    found = regimes_on(act.kind, on)
    return found[-1].id if found else None


def facts(act: Act, on: date, regime: str | None = None) -> Facts:
    """What is known of the act, for `law.eligibility`. Raises FactError when no regime judges it."""
    performer = act.performer
    said = {
        "regime": regime or regime_of(act, on),
        "on": on,
        "act": act.kind,
        "setting": act.setting,
        "place": act.place,
        "specialty": act.specialty,
        "pathology": act.pathology,
        "patient_region": act.patient.region,
        "requester_region": act.requester_organisation.region,
        "requester_profession": act.requester.user.profession,
    }
    if performer:
        said |= {
            "performer_region": performer.organisation.region,
            "performer_profession": performer.user.profession,
            "performer_employment": performer.employment,
            "agreement_sector": performer.user.agreement_sector,
            "protocol": authorised(performer, act.project.protocol if act.project else "", on),
        }
    return facts_from_mapping(said)


def authorised(performer: Membership, protocol: str, on: date) -> bool:
    """Does this professional act under a cooperation protocol authorised by the ARS of the region of practice?

    With a project that names its protocol, under that one.
    """
    rows = CooperationAuthorisation.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=on),
        user_id=performer.user_id,
        region=performer.organisation.region,
        starts_on__lte=on,
    )
    return (rows.filter(protocol=protocol) if protocol else rows).exists()


def verdict(act: Act, on: date, regime: str | None = None) -> Verdict | None:
    """What the law says of this act on that day; None when no regime judges it."""
    judged_by = regime or regime_of(act, on)
    return eligibility.judge(facts(act, on, judged_by)) if judged_by else None


def items(act: Act) -> list[Held]:
    """The items that the text in force on the act's date asks for; empty while the act is not performed."""
    on = legal_date(act)
    if on is None:
        return []
    evidence = _evidence(act)
    found = _found(act, evidence)
    return [Held(item, *_answer(item, found)) for item in required_items(on)]


def missing(act: Act) -> list[RecordItem]:
    """The compulsory items that are not there: a performed act that lacks one is shown as incomplete."""
    return [held.item for held in items(act) if not held.present]


def _answer(item: RecordItem, found: dict[str, str]) -> tuple[bool, str]:
    where = found.get(item.code, "")
    if where:
        return True, where
    return (True, _("rien à signaler")) if item.if_any else (False, _("manque"))


def _evidence(act: Act) -> Evidence:
    report = act.reports.order_by("-version").first()
    entries = Entry.objects.filter(subject_kind="act", subject_ref=act.ref).exclude(verb="read")
    done = set(entries.values_list("verb", "actor_id"))
    return Evidence(
        consent=_consent(act),
        report=report,
        parts=frozenset(act.participants.values_list("part", "membership_id")),
        files=frozenset(RecordEntry.objects.filter(report=report).values_list("membership_id", flat=True)),
        signed_in=frozenset(actor for _verb, actor in done if actor),
        relevance=any(verb == RELEVANCE for verb, _actor in done),
        access=_had_access(act),
        incidents=act.incidents.count(),
    )


def _consent(act: Act) -> Consent | None:
    """The consent in force when the act was performed; what is withdrawn later erases no finished act."""
    return (
        Consent.objects.filter(subject=act.ref, recorded_at__lte=act.performed_at)
        .filter(Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=act.performed_at))
        .first()
    )


def _had_access(act: Act) -> bool:
    if act.performer is None or act.performed_at is None:
        return False
    rows = CareTeamMember.objects.at(act.performed_at).of(act.performer)
    return rows.filter(patient=act.patient_id, scope__in=["", act.ref]).exists()


def _found(act: Act, evidence: Evidence) -> dict[str, str]:
    """Where each item is, by its code; an item that is not there is not in the answer."""
    consent, report = evidence.consent, evidence.report
    present = {
        "consent": consent is not None,
        "exchange_information": consent is not None and consent.informed_on_exchange,
        "relevance": evidence.relevance,
        "authentication": _people(act) <= evidence.signed_in,
        "identification": bool(act.patient.birth_name and act.patient.first_names and act.patient.birth_date),
        "access_to_data": evidence.access,
        "report": report is not None and _writers(evidence) <= evidence.files,
        "prescriptions": report is not None and PRESCRIPTIONS in report.content,
        "identities": {Part.REQUESTER, Part.PERFORMER} <= {part for part, _who in evidence.parts},
        "date_time": act.performed_at is not None,
        "incidents": evidence.incidents > 0,
    }
    return {code: WHERE[code] for code, there in present.items() if there}


def _people(act: Act) -> set[int]:
    """Users whose signed-in deeds the journal must hold: who asked and who performed."""
    return {who.user_id for who in (act.requester, act.performer) if who}


def _writers(evidence: Evidence) -> set[int]:
    """R. 6316-4: the report is written in the file kept by each professional involved."""
    involved = {Part.REQUESTER, Part.PERFORMER, Part.VALIDATOR}
    return {who for part, who in evidence.parts if part in involved}


WHERE = {
    "consent": _("consentement enregistré"),
    "exchange_information": _("enregistré avec le consentement"),
    "relevance": _("confirmée avant l’envoi"),
    "authentication": _("journal : chacun a agi avec son compte"),
    "identification": _("traits d’identité du patient"),
    "access_to_data": _("dossier ouvert au requis"),
    "report": _("compte rendu signé, inscrit au dossier de chacun"),
    "prescriptions": _("dans le compte rendu"),
    "identities": _("participants de l’acte"),
    "date_time": _("date et heure de la signature"),
    "incidents": _("incidents enregistrés"),
}
