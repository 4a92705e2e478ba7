"""Rows for tests, by plain functions. Names are fictional; RPPS, FINESS and INS are in test ranges or made up with a valid key."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from virage.accounts.models import Employment, Membership, Organisation, Team, User
from virage.projects.models import Programme, Project
from virage.records.models import BodyView, CareReason, CareTeamMember, Patient, Sex, Wound

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
PASSWORD = "essai-fictif-2026"
_numbers = count(1)


def organisation(**fields: Any) -> Organisation:
    number = next(_numbers)
    defaults = {
        "name": f"EHPAD de l’Essai {number}",
        "category": "ehpad",
        "sector": "esms",
        "region": "42",
        "city": "Essaiville",
        "created_at": NOW,
    }
    return Organisation.objects.create(**(defaults | fields))


def user(**fields: Any) -> User:
    number = next(_numbers)
    defaults = {
        "email": f"personne{number}@essai.invalid",
        "first_name": "Camille",
        "last_name": f"Fictive{number}",
        "profession": "infirmier",
        "created_at": NOW,
    }
    password = fields.pop("password", None)
    return User.objects.create_user(password=password, **(defaults | fields))


def member(
    *roles: str, organisation_: Organisation | None = None, user_: User | None = None, **fields: Any
) -> Membership:
    """A person in a structure; user fields may be given as `user__rpps=…`."""
    user_fields = {name[6:]: fields.pop(name) for name in list(fields) if name.startswith("user__")}
    defaults = {
        "user": user_ or user(**user_fields),
        "organisation": organisation_ or organisation(),
        "roles": list(roles),
        "starts_on": date(2014, 1, 1),
        "employment": Employment.SALARIED,
        "created_at": NOW,
    }
    return Membership.objects.create(**(defaults | fields))


def nurse(**fields: Any) -> Membership:
    return member("nurse", **fields)


def doctor(**fields: Any) -> Membership:
    return member("doctor", **({"user__profession": "medecin", "user__specialty": "medecine_generale"} | fields))


def dermatologist(**fields: Any) -> Membership:
    """A liberal dermatologist, sector 1, in a practice of Alsace."""
    fields.setdefault(
        "organisation_", organisation(name="Cabinet de dermatologie de l’Essai", category="cabinet", sector="ville")
    )
    defaults = {
        "user__profession": "medecin",
        "user__specialty": "dermatologie",
        "user__agreement_sector": "1",
        "user__rpps": "99700218896",
        "employment": Employment.LIBERAL,
    }
    return member("expert", **(defaults | fields))


def team(organisation_: Organisation | None = None, members: tuple[Membership, ...] = (), **fields: Any) -> Team:
    defaults = {"organisation": organisation_ or organisation(), "name": f"Équipe {next(_numbers)}", "created_at": NOW}
    row = Team.objects.create(**(defaults | fields))
    row.members.add(*members)
    return row


def patient(cared_by: Organisation | None = None, **fields: Any) -> Patient:
    """A resident; `cared_by` opens the whole record to that structure."""
    number = next(_numbers)
    defaults = {
        "birth_name": f"EXEMPLE{number}",
        "first_names": "Paule",
        "sex": Sex.FEMALE,
        "birth_date": date(1940, 3, 14),
        "place": "ehpad",
        "region": "42",
        "residence": cared_by,
        "nir": "279035121518989",
        "fund": "670000000",
        "created_at": NOW,
    }
    row = Patient.objects.create(**(defaults | fields))
    if cared_by:
        CareTeamMember.objects.create(
            patient=row,
            organisation=cared_by,
            reason=CareReason.RESIDENCE,
            starts_at=datetime(2014, 1, 1, tzinfo=UTC),
            granted_by="essai",
        )
    return row


def wound(patient_: Patient, **fields: Any) -> Wound:
    defaults = {
        "name": f"Plaie {next(_numbers)}",
        "site": "talon_gauche",
        "view": BodyView.BACK,
        "x": 440,
        "y": 960,
        "created_at": NOW,
    }
    return Wound.objects.create(patient=patient_, **(defaults | fields))


def programme(**fields: Any) -> Programme:
    number = next(_numbers)
    defaults = {
        "slug": f"programme-{number}",
        "title": "Programme d’essai",
        "regime": "demonstration",
        "created_at": NOW,
    }
    return Programme.objects.create(**(defaults | fields))


def project(**fields: Any) -> Project:
    defaults = {
        "name": f"Plaies à distance {next(_numbers)}",
        "region": "42",
        "theme": "plaies_chroniques_et_complexes",
        "pathology": "plaies",
        "starts_on": date(2014, 1, 1),
        "created_at": NOW,
    }
    if "programme" not in fields:
        fields["programme"] = programme()
    return Project.objects.create(**(defaults | fields))
