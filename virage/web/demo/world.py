"""Build the demo world: structures, cast, patients and projects (their history is in `history.py`)."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from virage.accounts.models import CooperationAuthorisation, Membership, Organisation, Team, User
from virage.projects.models import Programme, Project
from virage.records.access import open_record
from virage.records.actions.own_page import Asked, give_access
from virage.records.models import CareReason, IdDocument, IdentityStatus, InsSource, Patient
from virage.web.demo.data import CAST, CHARACTERS, PASSWORD, PATIENT_EMAIL, PLACES, Character, Person

SINCE = date(2014, 1, 1)
PROTOCOL = "cicat-lr"
REGIME = "demonstration"
DERMATOLOGISTS = ("dermatologist", "dermatologist_3")


@dataclass
class World:
    """What was built, by key: `at` is today, `opened` when its people and patients came in."""

    at: datetime
    places: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, Membership] = field(default_factory=dict)
    patients: dict[str, Patient] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    projects: dict[str, Project] = field(default_factory=dict)

    @property
    def opened(self) -> datetime:
        return self.at - timedelta(days=800)


def exists() -> bool:
    return Programme.objects.filter(slug=REGIME).exists()


@transaction.atomic
def build(at: datetime) -> World:
    """Everything but the history (`history.play`)."""
    world = World(at)
    for place in PLACES:
        fields = {name: value for name, value in vars(place).items() if name != "key"}
        world.places[place.key] = Organisation.objects.create(**fields, created_at=world.opened)
    password = make_password(PASSWORD)
    for person in CAST:
        world.people[person.part] = _person(world, person, password)
    _teams(world)
    _projects(world)
    for character in CHARACTERS:
        world.patients[character.key] = _patient(world, character)
    asked = Asked(way="email", email=PATIENT_EMAIL)
    give_access(by=world.people["ehpad_nurse"], patient=world.patients["paule"], asked=asked, at=at)
    return world


def _person(world: World, person: Person, password: str) -> Membership:
    user = User(
        email=person.email,
        password=password,
        title=person.title,
        first_name=person.first,
        last_name=person.last,
        profession=person.profession,
        specialty=person.specialty,
        rpps=person.rpps,
        agreement_sector=person.sector,
        created_at=world.opened,
    )
    user.save()
    return Membership.objects.create(
        user=user,
        organisation=world.places[person.place],
        roles=list(person.roles),
        employment=person.employment,
        starts_on=SINCE,
        created_at=world.opened,
    )


def _teams(world: World) -> None:
    pools = {
        "dermatology": (
            "lilas",
            "Plaies – dermatologues d’Alsace",
            "dermatologie",
            ("dermatologist", "dermatologist_3"),
        ),
        "wounds": ("ill", "Plaies et cicatrisation", "dermatologie", ("wound_nurse", "wound_doctor")),
        "cardiology": ("ill", "Avis de cardiologie", "cardiologie", ("cardiologist",)),
        "day": ("tilleuls", "Infirmiers du rez-de-chaussée", "", ("ehpad_nurse",)),
    }
    for key, (place, name, specialty, members) in pools.items():
        team = Team.objects.create(
            organisation=world.places[place], name=name, specialty=specialty, created_at=world.opened
        )
        team.members.add(*(world.people[part] for part in members))
        world.teams[key] = team
    CooperationAuthorisation.objects.create(
        user=world.people["wound_nurse"].user, protocol=PROTOCOL, region="42", starts_on=SINCE, created_at=world.opened
    )


def _projects(world: World) -> None:
    programme = Programme.objects.create(
        slug=REGIME, title="Programme de démonstration", regime=REGIME, is_demo=True, created_at=world.opened
    )
    wounds = Project.objects.create(
        programme=programme,
        name="Plaies à distance en Alsace (fictif)",
        region="42",
        theme="Plaies chroniques et complexes",
        pathology="plaie",
        protocol=PROTOCOL,
        starts_on=SINCE,
        created_at=world.opened,
    )
    wounds.organisations.add(*(world.places[key] for key in ("tilleuls", "soins", "pont", "lilas", "ill", "lagon")))
    wounds.pools.add(world.teams["dermatology"], world.teams["wounds"])
    heart = Project.objects.create(
        programme=programme,
        name="Avis de cardiologie pour les EHPAD (fictif)",
        region="42",
        theme="cardiologie",
        starts_on=SINCE,
        created_at=world.opened,
    )
    heart.organisations.add(world.places["tilleuls"], world.places["ill"])
    heart.pools.add(world.teams["cardiology"])
    world.projects = {"wounds": wounds, "heart": heart}


def _identity(character: Character, on: date) -> dict[str, Any]:
    """Where the identity stands: its matricule was obtained and a document was seen, or neither."""
    if character.status != IdentityStatus.QUALIFIED:
        return {"identity_status": character.status}
    return {
        "identity_status": IdentityStatus.QUALIFIED,
        "ins": character.ins,
        "ins_oid": character.ins_oid,
        "ins_source": InsSource.CARD,
        "ins_recovered_on": on,
        "id_document": IdDocument.CARD,
        "id_seen_on": on,
    }


def _patient(world: World, character: Character) -> Patient:
    home = world.places[character.home]
    resident = home.category == "ehpad"
    followed = character.region == "42"
    patient = Patient.objects.create(
        birth_name=character.birth_name,
        first_names=character.first_names,
        used_name=character.used_name,
        sex=character.sex,
        birth_date=character.birth_date,
        birth_place=character.birth_place,
        **_identity(character, world.opened.date()),
        place="ehpad" if resident else "domicile",
        residence=home if resident else None,
        region=character.region,
        attending_doctor=world.people["gp"] if followed else None,
        nir=character.ins,
        fund="990000001",
        created_at=world.opened,
    )
    reason = CareReason.RESIDENCE if resident else CareReason.FOLLOW_UP
    by = "Monde de démonstration"
    open_record(patient, reason=reason, at=world.opened, by=by, organisation_id=home.pk)
    if followed:
        open_record(patient, reason=CareReason.ATTENDING, at=world.opened, by=by, user_id=world.people["gp"].user_id)
    return patient
