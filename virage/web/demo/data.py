"""The demo world's structures, cast and patients, read from the YAML files beside this one."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from virage.kernel.identifiers import OID_INS_NIR_TEST, ins_key

PASSWORD = "demo-virage-2026"  # noqa: S105 - shown on the sign-in page of the demo, which is nowhere else
PATIENT_EMAIL = "patient@virage.invalid"
"""Where the link to the own page of the demo's patient goes."""


@dataclass(frozen=True)
class Place:
    key: str
    name: str
    category: str
    sector: str
    city: str
    region: str = ""
    finess: str = ""
    phone: str = ""
    time_zone: str = "Europe/Paris"


@dataclass(frozen=True)
class Person:
    """`part` is the name by which the tests call the person; `fr` and `en` say it to who signs in."""

    part: str
    fr: str
    en: str
    title: str
    first: str
    last: str
    place: str
    roles: tuple[str, ...] = ()
    profession: str = ""
    specialty: str = ""
    rpps: str = ""
    sector: str = ""
    employment: str = "salarie"

    @property
    def email(self) -> str:
        return f"{self.part.replace('_', '-')}@virage.invalid"


@dataclass(frozen=True)
class Character:
    """A patient; `home` is the key of the structure where he or she lives or is cared for."""

    key: str
    birth_name: str
    first_names: str
    sex: str
    birth_date: date
    home: str
    body: str
    used_name: str = ""
    status: str = "qualified"
    region: str = "42"

    @property
    def ins(self) -> str:
        """13 characters and their key (97 - n modulo 97)."""
        return f"{self.body}{ins_key(self.body):02d}"

    @property
    def birth_place(self) -> str:
        """Département and commune of the matricule: none that exists."""
        return self.body[5:10]

    @property
    def ins_oid(self) -> str:
        return OID_INS_NIR_TEST


def _rows(name: str) -> list[dict[str, Any]]:
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return [
        {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
        for row in yaml.safe_load(text)
    ]


PLACES = tuple(Place(**row) for row in _rows("places.yaml"))
CAST = tuple(Person(**row) for row in _rows("cast.yaml"))
CHARACTERS = tuple(Character(**row) for row in _rows("patients.yaml"))
