"""What happened before the visitor comes: requests and opinions, played by the verbs of the platform.

Each story is a wound or a question followed over some weeks. Moments are counted back from the day the world is built.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.core.files.base import ContentFile

from virage.accounts.models import Membership
from virage.questionnaires.actions import save_answers
from virage.records.actions import documents
from virage.records.actions.consents import record_consent
from virage.records.models import BodyView, ConsentBy, Wound
from virage.records.models.documents import Document, DocumentKind
from virage.teleexpertise.actions import advising, answering, closing, drafts, sending, signing
from virage.teleexpertise.models import Expertise, Form, Item, Urgency
from virage.web.demo.pictures import wound_picture
from virage.web.demo.world import World

SHOTS = (
    (DocumentKind.OVERVIEW, True, False),
    (DocumentKind.CLOSE_UP, False, False),
    (DocumentKind.RULER, False, True),
)


@dataclass(frozen=True)
class Look:
    """How the wound looks on one day: centimetres, shares in %, pain 0-10."""

    length: float
    width: float
    necrosis: int
    slough: int
    granulation: int
    exudate: str
    pain: int
    signs: tuple[str, ...] = ("aucun",)

    @property
    def area(self) -> float:
        return self.length * self.width * 0.785

    def posted(self, question: str, kind: str, onset: str) -> dict[str, list[str]]:
        epithelium = 100 - self.necrosis - self.slough - self.granulation
        values = {
            "type": kind,
            "apparition": onset,
            "longueur": f"{self.length:g}".replace(".", ","),
            "largeur": f"{self.width:g}".replace(".", ","),
            "necrose": str(self.necrosis),
            "fibrine": str(self.slough),
            "bourgeonnement": str(self.granulation),
            "epithelialisation": str(epithelium),
            "exsudat": self.exudate,
            "douleur": str(self.pain),
            "question": question,
        }
        return {key: [value] for key, value in values.items()} | {"signes": list(self.signs)}


@dataclass(frozen=True)
class Opinion:
    diagnosis: str
    text: str
    dressing: str
    treatment: str = ""


@dataclass(frozen=True)
class Episode:
    """One request: how many days ago, what was seen and asked, what was answered, and how far it went."""

    days: float
    look: Look | None
    question: str
    opinion: Opinion | None = None
    upto: str = "closed"
    urgency: str = Urgency.ROUTINE


@dataclass(frozen=True)
class Story:
    patient: str
    asker: str
    pool: str
    expert: str
    episodes: tuple[Episode, ...]
    wound: str = ""
    site: str = ""
    view: str = BodyView.BACK
    spot: tuple[int, int] = (500, 500)
    kind: str = "inconnu"
    onset_days: int = 60
    project: str = "wounds"
    specialty: str = "dermatologie"


def play(world: World, stories: tuple[Story, ...]) -> None:
    """Play every story; the whole world is built in one transaction of the command."""
    for number, story in enumerate(stories):
        wound = _wound(world, story) if story.wound else None
        former = None
        for step, episode in enumerate(story.episodes):
            former = _Scene(world, story, episode, wound, seed=number * 10 + step).play(former)


def _wound(world: World, story: Story) -> Wound:
    return Wound.objects.create(
        patient=world.patients[story.patient],
        name=story.wound,
        site=story.site,
        view=story.view,
        x=story.spot[0],
        y=story.spot[1],
        onset=(world.at - timedelta(days=story.onset_days)).date(),
        created_at=world.at - timedelta(days=story.onset_days - 10),
    )


class _Scene:
    """One request, verb after verb, up to where its story stops."""

    def __init__(self, world: World, story: Story, episode: Episode, wound: Wound | None, *, seed: int) -> None:
        self.world, self.story, self.episode, self.wound, self.seed = world, story, episode, wound, seed
        self.clock = world.at - timedelta(days=episode.days)
        self.asker: Membership = world.people[story.asker]
        self.expert: Membership = world.people[story.expert]

    def later(self, **delta: float) -> datetime:
        self.clock = min(self.clock + timedelta(**delta), self.world.at)
        return self.clock

    def play(self, former: Expertise | None) -> Expertise:
        expertise = self._draft(former)
        if self.episode.upto == "draft":
            return expertise
        sending.send(by=self.asker, expertise=expertise, at=self.later(minutes=3))
        if self.episode.upto == "sent":
            return expertise
        answering.accept(by=self.expert, expertise=expertise, at=self.later(hours=5))
        if self.episode.upto == "accepted":
            return expertise
        if self.episode.upto == "waiting":
            text = "Pouvez-vous ajouter une photographie avec une règle et préciser la douleur la nuit ?"
            answering.ask_complements(by=self.expert, expertise=expertise, text=text, at=self.later(hours=1))
            return expertise
        self._answer(expertise)
        return expertise

    def _draft(self, former: Expertise | None) -> Expertise:
        episode, story, patient = self.episode, self.story, self.world.patients[self.story.patient]
        form = Form.SHORT if episode.look is None else Form.FOLLOW_UP if former else Form.WOUND
        follows = former if form == Form.FOLLOW_UP else None
        expertise = drafts.start(
            by=self.asker, patient=patient, form=form, wound=self.wound, follows=follows, at=self.later()
        )
        drafts.revise(
            by=self.asker,
            expertise=expertise,
            urgency=episode.urgency,
            project=self.world.projects[story.project],
            specialty=story.specialty,
            pathology="plaie" if self.wound else "",
            at=self.later(minutes=1),
        )
        drafts.choose_addressee(
            by=self.asker, expertise=expertise, to_team=self.world.teams[story.pool], at=self.later(minutes=1)
        )
        save_answers(response=expertise.assessment, posted=self._posted(), at=self.later(minutes=2))
        if episode.look:
            self._photographs(expertise, episode.look)
        record_consent(
            by=self.asker,
            patient=patient,
            subject=expertise.act.ref,
            given_by=ConsentBy.PATIENT,
            informed_on_exchange=True,
            at=self.later(minutes=1),
        )
        sending.confirm_relevance(by=self.asker, expertise=expertise, at=self.later(minutes=1))
        return expertise

    def _posted(self) -> dict[str, list[str]]:
        if self.episode.look is None:
            return {
                "question": [self.episode.question],
                "contexte": ["Résident connu, traitement inchangé depuis un mois."],
            }
        onset = (self.world.at - timedelta(days=self.story.onset_days)).strftime("%d/%m/%Y")
        return self.episode.look.posted(self.episode.question, self.story.kind, onset)

    def _photographs(self, expertise: Expertise, look: Look) -> None:
        for number, (kind, wide, ruler) in enumerate(SHOTS):
            picture = wound_picture(seed=self.seed * 3 + number, area=look.area, ruler=ruler, wide=wide)
            document = self._received(expertise, kind, number, picture)
            documents.process(document=document, at=self.clock)

    def _received(self, expertise: Expertise, kind: str, number: int, picture: bytes) -> Document:
        place = documents.Place(patient=expertise.act.patient, folder=expertise.act.ref, wound=self.wound)
        client_id = uuid5(NAMESPACE_URL, f"{expertise.act.ref}/{number}")
        return documents.receive(
            by=self.asker.actor,
            place=place,
            file=ContentFile(picture, name="photo.jpg"),
            client_id=client_id,
            kind=kind,
            at=self.later(minutes=1),
        )

    def _answer(self, expertise: Expertise) -> None:
        opinion = self.episode.opinion
        if opinion is None:
            raise ValueError("an answered episode needs an opinion")
        advice = advising.draft_advice(by=self.expert, expertise=expertise, at=self.later(hours=2))
        advising.save_advice(
            by=self.expert,
            advice=advice,
            revision=advice.revision,
            diagnosis=opinion.diagnosis,
            free_text=opinion.text,
            follow_up="Nouvelle demande dans deux semaines, plus tôt si la plaie s’aggrave.",
            at=self.later(minutes=6),
        )
        doctor = expertise.act.patient.attending_doctor
        for kind, text in ((Item.Kind.DRESSING, opinion.dressing), (Item.Kind.TREATMENT, opinion.treatment)):
            if text:
                advising.add_item(
                    by=self.expert, advice=advice, kind=kind, text=text, prescriber=doctor, at=self.later(minutes=1)
                )
        self._sign(expertise)
        if self.episode.upto == "closed":
            told = "Expliqué le changement de pansement ; le patient est d’accord."
            closing.acknowledge(by=self.asker, expertise=expertise, told_patient=told, at=self.later(hours=4))
            self._carry_out(expertise)

    def _carry_out(self, expertise: Expertise) -> None:
        """The médecin traitant decides what was proposed; the nurse has done all but the last thing."""
        items = list(Item.objects.filter(advice__expertise=expertise).select_related("advice").order_by("pk"))
        for item in items:
            closing.decide_item(by=self.world.people["gp"], item=item, prescribe=True, at=self.later(hours=1))
        for item in items[:-1]:
            closing.do_item(by=self.asker, item=item, at=self.later(hours=2))

    def _sign(self, expertise: Expertise) -> None:
        """A doctor signs; an article 51 nurse proposes, and a doctor validates."""
        if self.story.expert != "wound_nurse":
            signing.sign(by=self.expert, expertise=expertise, at=self.later(minutes=2))
            return
        signing.propose(by=self.expert, expertise=expertise, at=self.later(minutes=2))
        if self.episode.upto != "to_validate":
            doctor = self.world.people["wound_doctor"]
            signing.validate(by=doctor, expertise=expertise, note="", at=self.later(hours=3))
