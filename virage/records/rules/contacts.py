"""Who stands near a patient: what a row must say, and who may speak in the patient's place.

A trusted person (CSP L.1111-6) is told and consulted, and decides nothing. A minor's parents decide; an adult's
representative is whom a judge, or a mandate that took effect, has charged with it (Code civil, 459).
"""

from __future__ import annotations

TRUSTED, REPRESENTATIVE, EMERGENCY = "trusted_person", "representative", "emergency"
PARENT, GUARDIAN, EMPOWERED, AGENT = "parent", "guardian", "empowered", "agent"
MAY_REPRESENT = (PARENT, GUARDIAN, EMPOWERED, AGENT)
ADULT = 18  # years (Code civil, 414)


def problems(kind: str, quality: str, *, age: int, phone: str, email: str) -> tuple[str, ...]:
    """What does not hold together; `age` is the patient's, in years."""
    found = []
    if kind == REPRESENTATIVE and quality not in MAY_REPRESENT:
        found.append("cannot_represent")
    elif kind == REPRESENTATIVE and quality == PARENT and age >= ADULT:
        found.append("patient_is_adult")
    if kind == TRUSTED and age < ADULT:
        found.append("patient_is_minor")
    if kind != REPRESENTATIVE and not (phone or email):
        found.append("unreachable")
    return tuple(found)


def may_represent(kind: str, quality: str, *, age: int) -> bool:
    """Whether this person may consent in the patient's place: a parent no longer may once the child is of age."""
    return kind == REPRESENTATIVE and quality in MAY_REPRESENT and (quality != PARENT or age < ADULT)
