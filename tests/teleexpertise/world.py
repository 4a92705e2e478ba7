"""A small world for the tests of téléexpertise: an EHPAD, a nurse, a doctor, experts, a wound; and each step of the way."""

from datetime import datetime, timedelta
from typing import Any

from tests import factories
from virage.accounts.models import CooperationAuthorisation, Membership
from virage.notifications.models import Message
from virage.questionnaires.actions import load_library, save_answers
from virage.questionnaires.models import QuestionnaireVersion
from virage.records.models import Consent
from virage.teleexpertise.actions import advising, answering, drafts, sending, signing
from virage.teleexpertise.models import Advice, Expertise, Form

NOW = factories.NOW
LATER = NOW + timedelta(hours=1)

WOUND_ANSWERS = {
    "type": "escarre",
    "apparition": "01/10/2014",
    "longueur": "4",
    "longueur.unit": "cm",
    "largeur": "3",
    "largeur.unit": "cm",
    "necrose": "10",
    "fibrine": "40",
    "bourgeonnement": "40",
    "epithelialisation": "10",
    "exsudat": "modere",
    "douleur": "3",
    "signes": "aucun",
    "question": "Quel pansement proposer ?",
}
SHORT_ANSWERS = {"question": "Faut-il revoir le traitement ?", "contexte": "Depuis trois semaines."}


def _quiet_demo() -> None:
    """The database of tests holds the demo world: its requests must not fall due, nor its messages be counted."""
    Expertise.objects.update(remind_at=None, hand_back_at=None)
    Message.objects.all().delete()


class World:
    """The people and rows that most tests need; `at` is when everything happens unless said otherwise."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at
        _quiet_demo()
        if not QuestionnaireVersion.objects.exists():
            load_library(at)
        self.ehpad = factories.organisation()
        self.nurse = factories.nurse(organisation_=self.ehpad)
        self.colleague = factories.nurse(organisation_=self.ehpad)
        self.doctor = factories.doctor(organisation_=self.ehpad)
        self.coordinator = factories.member(
            "coordinator", organisation_=self.ehpad, user__profession="medecin", user__specialty="geriatrie"
        )
        self.attending = factories.doctor(organisation_=factories.organisation(category="cabinet", sector="ville"))
        self.dermatologist = factories.dermatologist()
        self.second = factories.dermatologist()
        self.stranger = factories.nurse()
        self.pool = factories.team(
            self.dermatologist.organisation, (self.dermatologist, self.second), specialty="dermatologie"
        )
        self.patient = factories.patient(self.ehpad, attending_doctor=self.attending)
        self.wound = factories.wound(self.patient)
        self.project = factories.project(protocol="cicat-essai")
        self.project.organisations.add(self.ehpad)

    def article51(self) -> Membership:
        """A wound nurse of the pool with an authorised protocol."""
        nurse = factories.member("expert", organisation_=self.dermatologist.organisation, user__profession="infirmier")
        nurse.teams.add(self.pool)
        CooperationAuthorisation.objects.create(
            user=nurse.user,
            protocol="cicat-essai",
            region=nurse.organisation.region,
            starts_on=nurse.starts_on,
            created_at=self.at,
        )
        return nurse

    def consent(self, expertise: Expertise, at: datetime | None = None) -> Consent:
        return Consent.objects.create(
            patient=expertise.act.patient,
            subject=expertise.act.ref,
            given_by="patient",
            informed_on_exchange=True,
            recorded_by=self.nurse,
            recorded_at=at or self.at,
            created_at=at or self.at,
        )

    def draft(self, *, by: Membership | None = None, wound: Any = None, form: str = Form.WOUND) -> Expertise:
        return drafts.start(
            by=by or self.nurse, patient=self.patient, form=form, wound=wound or self.wound, at=self.at
        )

    def answer_form(self, expertise: Expertise, **changes: str) -> None:
        given = SHORT_ANSWERS if expertise.form == Form.SHORT else WOUND_ANSWERS
        posted = {name: [value] for name, value in (given | changes).items()}
        saved = save_answers(response=expertise.assessment, posted=posted, at=self.at)
        assert not saved.problems, saved.problems

    def ready(self, *, by: Membership | None = None, to: Membership | None = None) -> Expertise:
        """A draft that lacks nothing."""
        expertise = self.draft(by=by)
        self.answer_form(expertise)
        drafts.choose_addressee(
            by=by or self.nurse, expertise=expertise, to_team=None if to else self.pool, to_member=to, at=self.at
        )
        sending.confirm_relevance(by=by or self.nurse, expertise=expertise, at=self.at)
        self.consent(expertise)
        return expertise

    def sent(self, *, to: Membership | None = None) -> Expertise:
        return sending.send(by=self.nurse, expertise=self.ready(to=to), at=self.at)

    def accepted(self, *, by: Membership | None = None, to: Membership | None = None) -> Expertise:
        return answering.accept(by=by or self.dermatologist, expertise=self.sent(to=to), at=self.at)

    def advised(self, *, by: Membership | None = None) -> tuple[Expertise, Advice]:
        """Accepted, with an advice that could be signed and one item for the EHPAD's doctor."""
        expertise = self.accepted(by=by)
        writer = by or self.dermatologist
        advice = advising.draft_advice(by=writer, expertise=expertise, at=self.at)
        advising.save_advice(
            by=writer, advice=advice, revision=0, at=self.at, diagnosis="Escarre de stade 2", free_text="Décharger."
        )
        advising.add_item(
            by=writer, advice=advice, kind="dressing", text="Hydrocolloïde", prescriber=self.doctor, at=self.at
        )
        return expertise, advice

    def answered(self) -> Expertise:
        expertise, _advice = self.advised()
        signing.sign(by=self.dermatologist, expertise=expertise, at=LATER)
        return expertise


def fresh(expertise: Expertise) -> Expertise:
    """As another request would load it."""
    return Expertise.objects.select_related("act__patient").get(pk=expertise.pk)
