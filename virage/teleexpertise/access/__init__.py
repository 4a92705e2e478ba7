"""The door to téléexpertises (`doors`) and what may be done with them (`rights`)."""

from virage.teleexpertise.access.doors import (
    decisions_of,
    detailed,
    expertise_for,
    history_of,
    inbox_of,
    listed,
    prescribers_of,
    requests_of,
    tasks_of,
    to_validate,
    visible,
)
from virage.teleexpertise.access.rights import (
    RULES,
    has_consent,
    in_force,
    is_doctor,
    is_medical,
    may,
    pools_of,
    standing,
    why_not,
)

__all__ = [
    "RULES",
    "decisions_of",
    "detailed",
    "expertise_for",
    "has_consent",
    "history_of",
    "in_force",
    "inbox_of",
    "is_doctor",
    "is_medical",
    "listed",
    "may",
    "pools_of",
    "prescribers_of",
    "requests_of",
    "standing",
    "tasks_of",
    "to_validate",
    "visible",
    "why_not",
]
