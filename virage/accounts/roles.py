"""Who may do what: the whole table on one screen. Slugs are stored, so they never change.

A permission says what a role may do at all; on which patient is the care team's matter (`records.access`).
"""

from enum import StrEnum
from functools import cache


class Permission(StrEnum):
    """What can be asked of `Actor.may`."""

    SEE_IDENTITY = "see_identity"
    SEE_PATIENTS = "see_patients"
    EDIT_PATIENTS = "edit_patients"
    MERGE_PATIENTS = "merge_patients"
    BREAK_GLASS = "break_glass"
    RECORD_CONSENT = "record_consent"
    PREPARE_REQUEST = "prepare_request"
    ASK_EXPERTISE = "ask_expertise"
    ANSWER_EXPERTISE = "answer_expertise"
    VALIDATE_ADVICE = "validate_advice"
    DECIDE_ITEM = "decide_item"
    DO_TASK = "do_task"
    SEE_OWN_LINES = "see_own_lines"
    SEE_REGION_LINES = "see_region_lines"
    PAY_LINES = "pay_lines"
    SEE_REGION_STATE = "see_region_state"
    SEE_ALL_STATES = "see_all_states"
    MANAGE_ORGANISATION = "manage_organisation"
    READ_JOURNAL = "read_journal"
    SEE_PROJECTS = "see_projects"


class Role(StrEnum):
    """What a person is in one organisation; one membership may hold several."""

    NURSE = "nurse"
    DOCTOR = "doctor"
    EXPERT = "expert"
    INTERN = "intern"
    TEMPORARY = "temporary"
    SECRETARY = "secretary"
    COORDINATOR = "coordinator"
    ADMINISTRATOR = "administrator"
    PRIVACY = "privacy"
    ARS = "ars"
    NATIONAL = "national"
    PAYER = "payer"
    EVALUATOR = "evaluator"


P = Permission
_RECORD = frozenset({P.SEE_IDENTITY, P.SEE_PATIENTS})
_CARE = _RECORD | {P.RECORD_CONSENT, P.EDIT_PATIENTS, P.SEE_OWN_LINES, P.SEE_PROJECTS, P.BREAK_GLASS}

TABLE: dict[Role, frozenset[Permission]] = {
    Role.NURSE: _CARE | {P.PREPARE_REQUEST, P.ASK_EXPERTISE, P.DO_TASK},
    Role.DOCTOR: _CARE | {P.PREPARE_REQUEST, P.ASK_EXPERTISE, P.DECIDE_ITEM, P.VALIDATE_ADVICE, P.MERGE_PATIENTS},
    Role.COORDINATOR: _CARE | {P.PREPARE_REQUEST, P.ASK_EXPERTISE, P.DECIDE_ITEM, P.MERGE_PATIENTS},
    Role.EXPERT: _RECORD | {P.ANSWER_EXPERTISE, P.SEE_OWN_LINES, P.SEE_PROJECTS, P.BREAK_GLASS},
    Role.INTERN: _RECORD | {P.PREPARE_REQUEST},
    Role.TEMPORARY: _RECORD | {P.RECORD_CONSENT, P.PREPARE_REQUEST, P.DO_TASK},
    Role.SECRETARY: frozenset({P.SEE_IDENTITY, P.EDIT_PATIENTS}),
    Role.ADMINISTRATOR: frozenset({P.MANAGE_ORGANISATION}),
    Role.PRIVACY: frozenset({P.READ_JOURNAL}),
    Role.ARS: frozenset({P.SEE_REGION_LINES, P.SEE_REGION_STATE, P.SEE_PROJECTS}),
    Role.NATIONAL: frozenset({P.SEE_ALL_STATES, P.SEE_PROJECTS}),
    Role.PAYER: frozenset({P.PAY_LINES}),
    Role.EVALUATOR: frozenset({P.SEE_ALL_STATES}),
}

PASSING = frozenset({Role.INTERN, Role.TEMPORARY})
"""Who is there for a time: such a membership says until when."""

_HOUSE = (Role.ADMINISTRATOR, Role.PRIVACY)
_CARERS = (Role.NURSE, Role.DOCTOR, Role.EXPERT, Role.COORDINATOR, Role.INTERN, Role.TEMPORARY, Role.SECRETARY)
PUBLIC_ROLES = {
    "agence": Role.ARS,
    "ministere": Role.NATIONAL,
    "caisse": Role.PAYER,
    "autorite": Role.EVALUATOR,
}
"""What one may be in a public body, by its category: no structure of care hands out its rights."""


def assignable(category: str) -> tuple[Role, ...]:
    """The roles that the administrator of a structure of this category may give."""
    if category in PUBLIC_ROLES:
        return (PUBLIC_ROLES[category], *_HOUSE)
    return (*_CARERS, *_HOUSE)


def roles_with(permission: Permission) -> tuple[Role, ...]:
    """The roles that allow it, in the order of the table."""
    return tuple(role for role in TABLE if permission in TABLE[role])


def permissions(roles: list[str]) -> frozenset[Permission]:
    """What these roles allow together; an unknown slug allows nothing."""
    return _together(tuple(roles))


@cache
def _together(roles: tuple[str, ...]) -> frozenset[Permission]:
    known = {role.value for role in Role}
    return frozenset().union(*(TABLE[Role(role)] for role in roles if role in known))
