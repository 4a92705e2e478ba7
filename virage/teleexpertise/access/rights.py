"""Who may do what with a téléexpertise: one table for the buttons of the pages and for the verbs."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from virage.accounts.models import Membership, Team
from virage.accounts.roles import Permission
from virage.acts import record
from virage.law import lists
from virage.records.access import care_rows
from virage.records.models import Consent
from virage.teleexpertise.models import Expertise
from virage.teleexpertise.states import ACCEPTED, BEFORE, FINISHED, OPEN, SENT, TO_VALIDATE, WAITING, WORKFLOW

STATE, ROLE, SIDE = "state", "role", "side"
CONSENT_WITHDRAWN = "consent_withdrawn"
NO_PROTOCOL = "no_protocol"
MEMBERSHIP_ENDED = "membership_ended"
DECEASED = "patient_deceased"
NEW = frozenset({"prepare", "send", "resend"})
"""The verbs that ask somebody for something: not for a patient who has died."""

ASKS, ADDRESSED, PERFORMS, VALIDATES, EITHER = "asks", "addressed", "performs", "validates", "either"
P = Permission


@dataclass(frozen=True)
class Rule:
    """Who may do a verb: on which side, with one of which permissions, in which states beside the workflow's."""

    side: str
    permissions: tuple[Permission, ...]
    states: tuple[str, ...] = ()
    needs_consent: bool = False


RULES: dict[str, Rule] = {
    "revise": Rule(ASKS, (P.PREPARE_REQUEST,), BEFORE),
    "choose_addressee": Rule(ASKS, (P.PREPARE_REQUEST,), BEFORE),
    "confirm_red_flags": Rule(ASKS, (P.PREPARE_REQUEST,), BEFORE),
    "confirm_relevance": Rule(ASKS, (P.PREPARE_REQUEST,), BEFORE),
    "prepare": Rule(ASKS, (P.PREPARE_REQUEST,)),
    "return_to_draft": Rule(ASKS, (P.PREPARE_REQUEST,)),
    "discard": Rule(ASKS, (P.PREPARE_REQUEST,)),
    "send": Rule(ASKS, (P.ASK_EXPERTISE,)),
    "resend": Rule(ASKS, (P.ASK_EXPERTISE,)),
    "withdraw": Rule(ASKS, (P.PREPARE_REQUEST,)),
    "give_complements": Rule(ASKS, (P.PREPARE_REQUEST,)),
    "acknowledge": Rule(ASKS, (P.PREPARE_REQUEST,)),
    "note": Rule(EITHER, (P.PREPARE_REQUEST, P.ANSWER_EXPERTISE), OPEN),
    "accept": Rule(ADDRESSED, (P.ANSWER_EXPERTISE,), needs_consent=True),
    "decline": Rule(ADDRESSED, (P.ANSWER_EXPERTISE,)),
    "pass_on": Rule(ADDRESSED, (P.ANSWER_EXPERTISE,), needs_consent=True),
    "ask_complements": Rule(PERFORMS, (P.ANSWER_EXPERTISE,), needs_consent=True),
    "draft_advice": Rule(PERFORMS, (P.ANSWER_EXPERTISE,), (ACCEPTED, WAITING), needs_consent=True),
    "complete_assessment": Rule(PERFORMS, (P.ANSWER_EXPERTISE,), (ACCEPTED, WAITING), needs_consent=True),
    "score_request": Rule(ASKS, (P.PREPARE_REQUEST,), BEFORE),
    "score_answer": Rule(PERFORMS, (P.ANSWER_EXPERTISE,), (ACCEPTED, WAITING), needs_consent=True),
    "propose": Rule(PERFORMS, (P.ANSWER_EXPERTISE,), needs_consent=True),
    "sign": Rule(PERFORMS, (P.ANSWER_EXPERTISE,), needs_consent=True),
    "validate": Rule(VALIDATES, (P.VALIDATE_ADVICE, P.ANSWER_EXPERTISE), needs_consent=True),
    "refuse_validation": Rule(VALIDATES, (P.VALIDATE_ADVICE, P.ANSWER_EXPERTISE)),
    "correct": Rule(PERFORMS, (P.ANSWER_EXPERTISE,)),
    "validate_correction": Rule(VALIDATES, (P.VALIDATE_ADVICE, P.ANSWER_EXPERTISE), FINISHED),
}


@dataclass(frozen=True)
class Standing:
    """Where a membership stands towards a téléexpertise at a moment; `consent` is whether one is in force."""

    sides: frozenset[str]
    in_force: bool
    consent: bool
    may_answer: bool
    medical: bool


def standing(by: Membership, expertise: Expertise, at: datetime) -> Standing:
    """Everything that a right may hang on, read once."""
    act = expertise.act
    teams = set(by.teams.values_list("pk", flat=True))
    sides = set()
    if _is_asking(by, expertise) and care_rows(by, at).filter(scope="", patient=act.patient_id).exists():
        sides.add(ASKS)
    if act.performer_id == by.pk:
        sides |= {PERFORMS, ADDRESSED}
    to_me = expertise.to_member_id == by.pk or expertise.to_team_id in teams
    if act.state == SENT and to_me and act.requester.user_id != by.user_id:  # nobody answers oneself
        sides.add(ADDRESSED)
    if _may_validate(by, expertise, teams):
        sides.add(VALIDATES)
    medical = is_medical(by)
    consent = act.performed_at is not None or has_consent(expertise)
    may_answer = medical or record.authorised(by, _protocol(expertise), day(by, at))
    return Standing(frozenset(sides), in_force(by, at), consent, may_answer, medical)


def may(by: Membership, expertise: Expertise, at: datetime) -> frozenset[str]:
    """The verbs that this membership may do now: the buttons of the page."""
    where = standing(by, expertise, at)
    return frozenset(verb for verb in RULES if not reason_against(verb, by, expertise, where))


def why_not(by: Membership, expertise: Expertise, verb: str, at: datetime) -> str:
    """The code of the first reason against it, or an empty text."""
    return reason_against(verb, by, expertise, standing(by, expertise, at))


def reason_against(verb: str, by: Membership, expertise: Expertise, where: Standing) -> str:
    """Refusals in the order in which they help: who you are, what you may, then what has become of the request."""
    rule, state = RULES[verb], expertise.act.state
    if not where.in_force:
        return MEMBERSHIP_ENDED
    if not any(by.may(permission) for permission in rule.permissions):
        return ROLE
    if not (where.sides & ({ASKS, ADDRESSED} if rule.side == EITHER else {rule.side})):
        return SIDE
    if state not in (rule.states or WORKFLOW.sources(verb)):
        return STATE
    return _reason_of_care(verb, rule, where, expertise)


def _reason_of_care(verb: str, rule: Rule, where: Standing, expertise: Expertise) -> str:
    if verb in NEW and expertise.act.patient.deceased_on:
        return DECEASED
    if rule.needs_consent and not where.consent:
        return CONSENT_WITHDRAWN
    if rule.side in (ADDRESSED, PERFORMS) and verb != "decline" and not where.may_answer:
        return NO_PROTOCOL
    if (verb == "sign" and not where.medical) or (verb == "propose" and where.medical):
        return ROLE
    return ""


def has_consent(expertise: Expertise) -> bool:
    """Whether a consent to this act is in force."""
    return Consent.objects.filter(subject=expertise.act.ref, withdrawn_at__isnull=True).exists()


def day(by: Membership, at: datetime) -> date:
    """The day it is where this membership works."""
    return at.astimezone(ZoneInfo(by.organisation.time_zone)).date()


def in_force(by: Membership, at: datetime) -> bool:
    """Whether the person is still there: account open, membership begun, neither suspended nor ended."""
    on = day(by, at)
    there = by.starts_on <= on and (by.ends_on is None or on < by.ends_on)
    return there and by.suspended_at is None and by.user.is_active


def is_medical(by: Membership) -> bool:
    """Of a medical profession (doctor, dental surgeon, midwife), which gives its opinion in its own name."""
    entry = lists.profession(by.user.profession)
    return entry is not None and entry.medical


def is_doctor(by: Membership) -> bool:
    return lists.canonical("professions", by.user.profession) == "medecin"


def pools_of(by: Membership) -> list[Team]:
    """The experts' pools that this membership belongs to."""
    return [team for team in by.teams.all() if team.specialty]


def _is_asking(by: Membership, expertise: Expertise) -> bool:
    ours = {expertise.act.requester_organisation_id}
    if expertise.preparer:
        ours.add(expertise.preparer.organisation_id)
    return by.organisation_id in ours


def _protocol(expertise: Expertise) -> str:
    return expertise.act.project.protocol if expertise.act.project else ""


def _may_validate(by: Membership, expertise: Expertise, teams: set[int]) -> bool:
    performer = expertise.act.performer
    if performer is None or performer.pk == by.pk or not teams or not is_doctor(by):
        return False
    if expertise.act.state not in (TO_VALIDATE, *FINISHED) or is_medical(performer):
        return False
    pools = {team.pk for team in pools_of(performer)} | {expertise.to_team_id}
    return bool(pools & teams)
