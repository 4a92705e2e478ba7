"""A signed téléexpertise with a real photograph that is drawn over, for the tests of what follows the answer."""

from datetime import datetime, timedelta
from io import BytesIO
from uuid import uuid4

from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from tests.teleexpertise.world import World
from virage.accounts.models import Membership
from virage.acts.models import Report
from virage.records.actions import documents
from virage.records.models.documents import Document
from virage.teleexpertise.actions import advising, answering, sending, signing
from virage.teleexpertise.models import Expertise

SHAPES = [
    {"kind": "arrow", "points": [[100, 100], [500, 500]], "colour": "yellow"},
    {"kind": "text", "points": [[100, 80]], "text": "berges <décollées> #x", "colour": "white"},
]
WORDS = 'Décharger le talon.\n#panic("non") $x$ *gras* @cite'
"""What Typst would read as markup, if data were markup."""


def photograph(world: World, expertise: Expertise) -> Document:
    raw = BytesIO()
    Image.new("RGB", (400, 300), (190, 120, 100)).save(raw, "JPEG")
    place = documents.Place(patient=expertise.act.patient, folder=expertise.act.ref, wound=expertise.wound)
    document = documents.receive(
        by=world.nurse.actor,
        place=place,
        file=ContentFile(raw.getvalue()),
        client_id=uuid4(),
        kind="photo_closeup",
        at=world.at,
    )
    return documents.process(document=document, at=world.at)


def signed(world: World, *, at: datetime | None = None, items: int = 1, photo: bool = False) -> Report:
    """Asked at `world.at`, signed a quarter of an hour later unless said otherwise; items go to the EHPAD's doctor."""
    expertise = world.ready()
    picture = photograph(world, expertise) if photo else None
    sending.send(by=world.nurse, expertise=expertise, at=world.at)
    answering.accept(by=world.dermatologist, expertise=expertise, at=world.at)
    by = world.dermatologist
    advice = advising.draft_advice(by=by, expertise=expertise, at=world.at)
    fields = {"diagnosis": "Escarre de stade 2", "free_text": WORDS, "follow_up": "Photographie dans deux semaines"}
    advising.save_advice(by=by, advice=advice, revision=0, at=world.at, **fields)
    for number in range(items):
        text = f"Hydrocolloïde {number + 1}"
        advising.add_item(by=by, advice=advice, kind="dressing", text=text, prescriber=world.doctor, at=world.at)
    if picture:
        advising.save_drawing(by=by, expertise=expertise, document=picture, shapes=SHAPES, at=world.at)
    return signing.sign(by=by, expertise=expertise, at=at or world.at + timedelta(minutes=15))


def corrected(world: World, report: Report, at: datetime) -> Report:
    expertise = Expertise.objects.select_related("act__patient").get(act=report.act_id)
    signing.correct(by=world.dermatologist, expertise=expertise, reason="Pansement mal nommé", at=at)
    return signing.sign_correction(by=world.dermatologist, expertise=expertise, at=at)


def client_of(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client


def address(name: str, *args: str) -> str:
    return reverse(f"teleexpertise:{name}", args=args)


def press(client: Client, where: str, **fields: str):
    return client.post(where, {"once": uuid4().hex, **fields})
