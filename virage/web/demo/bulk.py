"""Multiply the demo world for benchmarks: rows written in bulk, without journal, pictures or messages."""

import random
from datetime import datetime, timedelta

from django.db import transaction

from virage.acts.models import Act, Kind, Report
from virage.questionnaires.models import QuestionnaireVersion, Response
from virage.records.models import CareReason, CareTeamMember, Consent, ConsentBy, Patient, Wound
from virage.teleexpertise.models import Expertise, Form
from virage.teleexpertise.states import ACCEPTED, CLOSED, SENT, WITHDRAWN
from virage.web.demo.world import World

ACTS_PER_STEP = 100
PATIENTS_PER_STEP = 20
STATES = (CLOSED,) * 90 + (WITHDRAWN,) * 8 + (SENT, ACCEPTED)


def multiply(world: World, scale: int) -> int:
    """Add 100 acts per unit of `scale`, for 20 patients of the cast's EHPAD; returns the number of acts added."""
    dice = random.Random(2014)  # noqa: S311 - a world to measure, not a secret
    model = Report.objects.order_by("id").first()
    for step in range(scale):
        with transaction.atomic():
            _step(world, dice, step, model)
    return scale * ACTS_PER_STEP


def _step(world: World, dice: random.Random, step: int, model: Report | None) -> None:
    patients = _patients(world, step)
    wounds = Wound.objects.bulk_create(
        Wound(patient=patient, name="Plaie du talon", site="talon_gauche", x=440, y=960, created_at=world.at)
        for patient in patients
    )
    drawn = [(dice.choice(wounds), dice.choice(STATES), _moment(world.at, dice)) for _ in range(ACTS_PER_STEP)]
    acts = Act.objects.bulk_create(_act(world, wound, state, moment) for wound, state, moment in drawn)
    version = QuestionnaireVersion.objects.filter(url__endswith=Form.FOLLOW_UP).latest("id")
    nurse = world.people["ehpad_nurse"]
    responses = Response.objects.bulk_create(
        Response(
            version=version,
            author_id=nurse.user_id,
            author_label=str(nurse.user),
            created_at=moment,
            updated_at=moment,
            completed_at=moment,
        )
        for _wound, _state, moment in drawn
    )
    Expertise.objects.bulk_create(
        Expertise(
            act=act,
            form=Form.FOLLOW_UP,
            wound=wound,
            assessment=response,
            to_team=world.teams["dermatology"],
            due_at=moment + timedelta(hours=72),
            accepted_at=None if state == SENT else moment,
        )
        for act, response, (wound, state, moment) in zip(acts, responses, drawn, strict=True)
    )
    _scopes(world, acts)
    _consents(world, acts)
    if model:
        Report.objects.bulk_create(_report(act, model) for act in acts if act.performed_at)


def _patients(world: World, step: int) -> list[Patient]:
    patients = Patient.objects.bulk_create(
        Patient(
            birth_name=f"NOMBRE{step}",
            first_names=f"Numéro{index}",
            sex="F",
            birth_date=world.patients["paule"].birth_date,
            place="ehpad",
            residence=world.places["tilleuls"],
            region="42",
            sort_name=f"NOMBRE{step:05d} NUMERO{index:03d}",
            search_names=f" NOMBRE{step} NUMERO{index}",
            created_at=world.at,
        )
        for index in range(PATIENTS_PER_STEP)
    )
    CareTeamMember.objects.bulk_create(
        CareTeamMember(
            patient=patient,
            organisation=world.places["tilleuls"],
            reason=CareReason.RESIDENCE,
            starts_at=world.at - timedelta(days=800),
            granted_by="Monde de démonstration",
        )
        for patient in patients
    )
    return patients


def _moment(at: datetime, dice: random.Random) -> datetime:
    return at - timedelta(minutes=dice.randrange(60, 700 * 1440))


def _act(world: World, wound: Wound, state: str, moment: datetime) -> Act:
    done = moment + timedelta(hours=20) if state == CLOSED else None
    return Act(
        kind=Kind.TELEEXPERTISE,
        state=state,
        patient_id=wound.patient_id,
        requester=world.people["ehpad_nurse"],
        requester_organisation=world.places["tilleuls"],
        performer=world.people["dermatologist"] if state in (CLOSED, ACCEPTED) else None,
        setting="esms",
        place="ehpad",
        specialty="dermatologie",
        pathology="plaie",
        project=world.projects["wounds"],
        created_at=moment,
        requested_at=moment,
        performed_at=done,
        closed_at=done,
    )


def _scopes(world: World, acts: list[Act]) -> None:
    CareTeamMember.objects.bulk_create(
        CareTeamMember(
            patient_id=act.patient_id,
            team=world.teams["dermatology"],
            reason=CareReason.EXPERTISE,
            scope=act.ref,
            starts_at=act.created_at,
            granted_by="Monde de démonstration",
        )
        for act in acts
        if act.state != WITHDRAWN
    )


def _consents(world: World, acts: list[Act]) -> None:
    Consent.objects.bulk_create(
        Consent(
            patient_id=act.patient_id,
            subject=act.ref,
            given_by=ConsentBy.PATIENT,
            informed_on_exchange=True,
            recorded_by=world.people["ehpad_nurse"],
            recorded_at=act.created_at,
            created_at=act.created_at,
        )
        for act in acts
        if act.state != WITHDRAWN
    )


def _report(act: Act, model: Report) -> Report:
    return Report(
        act=act,
        version=1,
        content=model.content,
        content_hash=model.content_hash,
        signed_by=act.performer,
        signed_at=act.performed_at,
        created_at=act.performed_at,
    )
