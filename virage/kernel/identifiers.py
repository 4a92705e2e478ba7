"""Keys of the French identifiers of health care.

Each check returns the codes of the problems found, an empty tuple when there is none; none raises. Anonymised
examples published by the national agencies fail these keys: callers warn, they don't block.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from stdnum import luhn
from stdnum.exceptions import ValidationError
from stdnum.fr import siren as stdnum_siren
from stdnum.fr import siret as stdnum_siret

# Which authority and which kind of matricule (référentiel INS of the Agence du numérique en santé).
OID_INS_NIR = "1.2.250.1.213.1.4.8"
OID_INS_NIA = "1.2.250.1.213.1.4.9"
OID_INS_NIR_TEST = "1.2.250.1.213.1.4.10"
OID_INS_NIR_DEMO = "1.2.250.1.213.1.4.11"
REAL_OIDS = (OID_INS_NIR, OID_INS_NIA)
TEST_OIDS = (OID_INS_NIR_TEST, OID_INS_NIR_DEMO)
INS_OIDS = REAL_OIDS + TEST_OIDS

MISSING = "missing"
LENGTH = "length"
CHARACTERS = "characters"
KEY = "key"
UNKNOWN_OID = "unknown_oid"

# Sex, year, month (20 and more where the month is not known), département (2A, 2B), commune, order: 13; key: 2.
_MATRICULE = re.compile(r"[0-9]{5}(?:[0-9]{2}|2[AB])[0-9]{6}[0-9]{2}")
_CORSICA = {"2A": 19, "2B": 18}


def compact(text: str) -> str:
    """Without the spaces, dots and hyphens that people type; upper case."""
    return re.sub(r"[\s.\-]", "", text).upper()


def ins_key(body: str) -> int | None:
    """Key of 13 characters of NIR or NIA: 97 - (number modulo 97). None when they are not such a number."""
    for letters, digits in _CORSICA.items():
        if body[5:7] == letters:
            body = f"{body[:5]}{digits}{body[7:]}"
    if len(body) != 13 or not _digits(body):
        return None
    return 97 - int(body) % 97


def ins_problems(matricule: str, oid: str = OID_INS_NIR) -> tuple[str, ...]:
    """Problems of an INS matricule (13 characters and 2 of key) with its OID. A wrong key is no problem under a
    test OID: published test identities carry some."""
    value = compact(matricule)
    if not value:
        return (MISSING,)
    problems = [] if oid in INS_OIDS else [UNKNOWN_OID]
    if len(value) != 15:
        problems.append(LENGTH)
    elif not (value.isascii() and _MATRICULE.fullmatch(value)):
        problems.append(CHARACTERS)
    elif oid not in TEST_OIDS and ins_key(value[:13]) != int(value[13:]):
        problems.append(KEY)
    return tuple(problems)


def is_test_ins(oid: str) -> bool:
    """True for the OIDs of test and demonstration identities, which must never be passed on as real."""
    return oid in TEST_OIDS


def rpps_problems(number: str) -> tuple[str, ...]:
    """Problems of an RPPS number: 11 digits, Luhn key."""
    return _luhn_problems(number, 11)


def finess_problems(number: str) -> tuple[str, ...]:
    """Problems of a FINESS number: 9 digits with Luhn key; Corsican numbers start with 2A or 2B."""
    value = compact(number)
    if value[:2] in _CORSICA and len(value) == 9:
        return () if _digits(value[2:]) else (CHARACTERS,)
    return _luhn_problems(value, 9)


def siren_problems(number: str) -> tuple[str, ...]:
    """Problems of a SIREN number: 9 digits, Luhn key."""
    return _stdnum_problems(number, 9, stdnum_siren.validate)


def siret_problems(number: str) -> tuple[str, ...]:
    """Problems of a SIRET number: 14 digits, Luhn key (or the sum rule of La Poste)."""
    return _stdnum_problems(number, 14, stdnum_siret.validate)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _shape_problem(value: str, length: int) -> str | None:
    if not value:
        return MISSING
    if not _digits(value):
        return CHARACTERS
    return LENGTH if len(value) != length else None


def _luhn_problems(number: str, length: int) -> tuple[str, ...]:
    value = compact(number)
    problem = _shape_problem(value, length)
    if problem:
        return (problem,)
    return () if luhn.is_valid(value) else (KEY,)


def _stdnum_problems(number: str, length: int, validate: Callable[[str], object]) -> tuple[str, ...]:
    value = compact(number)
    problem = _shape_problem(value, length)
    if problem:
        return (problem,)
    try:
        validate(value)
    except ValidationError:
        return (KEY,)
    return ()
