"""Conditions on the act, the patient and the professionals. Each rule is one function of a Case."""

from __future__ import annotations

from datetime import date

from virage.law import lists, parameters
from virage.law.data import TO_VERIFY, Label, period_of
from virage.law.findings import Case
from virage.law.perimeters import perimeter as perimeter_of
from virage.law.requester import requester_rule
from virage.law.texts import Citation
from virage.law.verdicts import Reason

TELECONSULTATION, TELEEXPERTISE = "teleconsultation", "teleexpertise"
WOUND = "plaie"
# Where the patient may be, for the wound tariffs of 2015.
WOUND_PLACES = {
    TELECONSULTATION: ("esms", "coordinated"),
    TELEEXPERTISE: ("esms", "coordinated", "own_doctor", "home"),
}


def _date(value: date | None) -> Label:
    return Label("", "") if value is None else Label(value.strftime("%d/%m/%Y"), value.isoformat())


def period(case: Case) -> tuple[Reason, ...]:
    """Is the day within the regime (for this act)?"""
    found, on = case.regime.period(case.facts.act), case.facts.on
    if found.after(on):
        return (case.failed("period.before", start=_date(found.start), on=_date(on)),)
    if found.before(on):
        return (case.failed("period.after", end=_date(found.end), on=_date(on)),)
    return (case.met("period.met", on=_date(on)),)


def programme(case: Case) -> tuple[Reason, ...]:
    """A programme of ours says that it is one."""
    return (case.met("programme.note"),)


def perimeter(case: Case) -> tuple[Reason, ...]:
    """The project's perimeter; a payment waits for the facts that a project need not say."""
    strict = case.regime.kind == "payment"
    return perimeter_of(case.regime.perimeter or "").judge(case.facts, strict=strict)


def act(case: Case) -> tuple[Reason, ...]:
    """Does the regime pay this act at all?"""
    label = lists.label("acts", case.facts.act)
    row = case.regime.acts.get(case.facts.act)
    if row is not None and not row.get("unread"):
        return (case.met("act.met", act=label),)
    if row is None:
        return (case.failed("act.failed", act=label),)
    citation = case.basis.citation
    return (case.on(citation, TO_VERIFY).waits("act.unread", act=label),) if citation else ()


def pathology(case: Case) -> tuple[Reason, ...]:
    """The tariffs of 2015 are for wounds."""
    name = case.facts.pathology
    if name is None:
        return (case.missing("wound.unknown", "pathology"),)
    label = lists.label("pathologies", name)
    if lists.family("pathologies", name) == WOUND:
        return (case.met("wound.met", name=label),)
    return (case.failed("wound.failed", name=label),)


def place(case: Case) -> tuple[Reason, ...]:
    """Where the patient is, for the wound tariffs: the place decides, the setting when no place is said."""
    facts = case.facts
    setting = lists.label("settings", facts.setting)
    if facts.setting == "etablissement_de_sante":
        return (case.failed("place.failed", place=setting),)
    if facts.place is None:
        if facts.setting == "esms":
            return (case.met("place.met", place=setting),)
        return (case.missing("place.unknown", "place"),)
    label = lists.label("places", facts.place)
    entry = lists.find("places", facts.place)
    if entry is None:
        return (case.missing("place.unlisted", "place", place=label),)
    if facts.setting not in entry.settings:
        return (case.missing("place.contradiction", "place", place=label, setting=setting),)
    if entry.group in WOUND_PLACES.get(facts.act, ()):
        return (case.met("place.met", place=label),)
    if entry.group == "practice" and facts.act == TELEEXPERTISE:
        return _practice(case, label)
    return (case.failed("place.failed", place=label),)


def _practice(case: Case, label: Label) -> tuple[Reason, ...]:
    """Only the practice of the médecin traitant is admitted: that of a doctor who asks is taken as such."""
    if lists.canonical("professions", case.facts.requester_profession or "") == "medecin":
        return (case.met("place.asking_doctor", place=label),)
    return (case.missing("place.maybe_own_doctor", "place", place=label),)


def requester(case: Case) -> tuple[Reason, ...]:
    """Who may ask a téléexpertise on that day, by the text of that day."""
    facts = case.facts
    found = requester_rule(facts.requester_profession or "", facts.on)
    if found.citation is None:
        return (case.on(Citation("csp-2010", "R. 6316-1, 2°"), "law").failed("requester.no_text"),)
    case = case.on(found.citation, found.status)
    if facts.act != TELEEXPERTISE:
        return (case.not_applicable("requester.not_applicable"),)
    if facts.requester_profession is None:
        return (case.missing("requester.unknown", "requester_profession"),)
    label = lists.label("professions", facts.requester_profession)
    if found.allowed is None:
        return (case.missing("requester.not_health", "requester_profession", profession=label),)
    if found.allowed:
        return (case.met("requester.met", profession=label),)
    return (case.failed("requester.failed", profession=label),)


def performer(case: Case) -> tuple[Reason, ...]:
    """The requis: a doctor, or a nurse under an authorised cooperation protocol (article 51)."""
    facts = case.facts
    if facts.performer_profession is None:
        return (case.missing("performer.unknown", "performer_profession"),)
    if facts.performer_profession == "medecin":
        return (case.met("performer.doctor"),)
    if facts.performer_profession != "infirmier":
        label = lists.label("professions", facts.performer_profession)
        return (case.failed("performer.failed", profession=label),)
    if facts.protocol is None:
        return (case.missing("performer.protocol_unknown", "protocol"),)
    return (case.met("performer.nurse") if facts.protocol else case.failed("performer.no_protocol"),)


def experience(case: Case) -> tuple[Reason, ...]:
    """A doctor's proven experience of wounds (téléconsultation): no fact says it, people check it."""
    facts = case.facts
    if facts.act == TELECONSULTATION and facts.performer_profession in (None, "medecin"):
        return (case.to_check("experience.to_check"),)
    return (case.not_applicable("experience.not_applicable"),)


def occasion(case: Case) -> tuple[Reason, ...]:
    """The three cases of recourse to a téléconsultation; not said, it is shown and does not block."""
    facts = case.facts
    if facts.act != TELECONSULTATION:
        return (case.not_applicable("occasion.not_applicable"),)
    if facts.occasion is None:
        return (case.to_check("occasion.unknown"),)
    if facts.occasion == "non_prescrite":
        return (case.failed("occasion.failed"),)
    return (case.met("occasion.met", occasion=lists.label("occasions", facts.occasion)),)


def patient_condition(case: Case) -> tuple[Reason, ...]:
    """Patients to whom the act was open at first: medico-social, or a listed situation."""
    facts, rule = case.facts, case.regime.settings["patient_conditions"]
    other_act = rule.get("only_act", facts.act) != facts.act
    if other_act or period_of({"to": rule.get("to")}).before(facts.on):
        return (case.not_applicable("patient_condition.not_applicable"),)
    if facts.setting == "esms":
        return (case.met("patient_condition.esms"),)
    allowed = Label.listing([lists.label("patient_conditions", name) for name in rule["accepted"]])
    if facts.patient_condition is None:
        return (case.missing("patient_condition.unknown", "patient_condition", allowed=allowed),)
    label = lists.label("patient_conditions", facts.patient_condition)
    if facts.patient_condition in rule["accepted"]:
        return (case.met("patient_condition.met", condition=label),)
    return (case.failed("patient_condition.failed", condition=label, allowed=allowed),)


def _billing(case: Case, side: str, name: str | None) -> tuple[Reason, ...]:
    """Is the profession one that the agreement pays (or whose request it foresees) on that day?"""
    parameter = f"billing.{case.facts.act}.{side}s"
    if parameter not in parameters.parameters():
        return (case.not_applicable("billing.not_applicable"),)
    found = parameters.at(parameter, case.facts.on)
    if found is None:
        return (case.not_applicable("billing.no_text"),)
    case = case.on(found.citation, found.status)
    if name is None:
        return (case.missing(f"billing_{side}.unknown", f"{side}_profession"),)
    label = lists.label("professions", name)
    if name in found.value:
        return (case.met(f"billing_{side}.met", profession=label),)
    return (case.failed(f"billing_{side}.failed", profession=label),)


def billing_requester(case: Case) -> tuple[Reason, ...]:
    return _billing(case, "requester", case.facts.requester_profession)


def billing_performer(case: Case) -> tuple[Reason, ...]:
    return _billing(case, "performer", case.facts.performer_profession)


def unread(case: Case) -> tuple[Reason, ...]:
    """The sections that were not read: listed, never held for or against."""
    found = case.regime.unread.get(case.facts.act, ())
    return tuple(case.on(citation, TO_VERIFY).to_check("unread.to_verify") for citation in found)
