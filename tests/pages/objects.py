"""The objects of the demo world that pages are opened with, by the name that the table gives them."""

from collections.abc import Callable
from datetime import date

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.utils import timezone

from virage.accounts.actions import invitations
from virage.accounts.actions.members import authorise
from virage.accounts.actions.structures import save_team
from virage.accounts.models import Invitation, Membership, Team
from virage.acts.models import Report
from virage.billing.models import Line
from virage.notifications.models import Message
from virage.records.actions import emergency, own_page, phones, slots
from virage.records.actions.contacts import add_contact
from virage.records.actions.documents import Place
from virage.records.actions.duplicates import point_out
from virage.records.actions.rights import oppose
from virage.records.models import (
    CareTeamMember,
    Consent,
    Contact,
    Duplicate,
    EmergencyAccess,
    Patient,
    PatientAccess,
    Wound,
)
from virage.records.models.documents import Document
from virage.records.rules.emergency import Wanted
from virage.teleexpertise.actions import closing, drafts, papers, phrases, signing
from virage.teleexpertise.models import Expertise, Form, Item
from virage.web.demo.data import CAST

PARTS = tuple(person.part for person in CAST)
VISITOR = "patient"  # Paule, on her own page: nobody's account
EMAILS = {person.part: person.email for person in CAST}


def member(part: str) -> Membership:
    return Membership.objects.select_related("user", "organisation").get(user__email=EMAILS[part])


def patient(name: str) -> Patient:
    return Patient.objects.get(birth_name=name)


def expertise(patient_name: str, state: str) -> Expertise:
    """The latest téléexpertise of this patient in this state."""
    rows = Expertise.objects.select_related("act__patient", "wound")
    return rows.filter(act__patient__birth_name=patient_name, act__state=state).latest("act__created_at")


def draft() -> Expertise:
    """A draft of the EHPAD's nurse."""
    at = timezone.now()
    paule = patient("EXEMPLE")
    return drafts.start(
        by=member("ehpad_nurse"),
        patient=paule,
        form=Form.WOUND,
        wound=Wound.objects.filter(patient=paule).first(),
        at=at,
    )


def slot() -> str:
    """The EHPAD nurse's right to add photographs to a draft of hers."""
    act = draft().act
    return slots.make_slot(by=member("ehpad_nurse"), patient=act.patient, folder=act.ref, at=timezone.now())


def phone_token() -> str:
    act = draft().act
    place = Place(patient=act.patient, folder=act.ref)
    return phones.pair_phone(by=member("ehpad_nurse"), place=place, at=timezone.now()).token


def correction() -> Expertise:
    """An answered request whose expert has begun a correction."""
    found = expertise("EXEMPLE", "answered")
    signing.correct(by=member("dermatologist"), expertise=found, reason="Côté inversé.", at=timezone.now())
    return found


def phrase() -> str:
    return phrases.keep_phrase(
        by=member("dermatologist"),
        at=timezone.now(),
        title="Décharge",
        diagnosis="",
        free_text="Décharge.",
        follow_up="",
    ).ref


def proposal() -> Item:
    return Item.objects.filter(
        state="proposed",
        advice__signed_at__isnull=False,
        prescriber=member("gp"),
        advice__expertise__act__patient__birth_name="EXEMPLE",
    ).earliest("pk")


def decided() -> Item:
    """What the GP prescribed a moment ago, on an opinion about Paule."""
    return closing.decide_item(by=member("gp"), item=proposal(), prescribe=True, note="", at=timezone.now())


def done() -> Item:
    return closing.do_item(by=member("ehpad_nurse"), item=decided(), at=timezone.now())


def own_page_access() -> PatientAccess:
    """Paule's way into her own page, by e-mail."""
    return PatientAccess.objects.get(patient=patient("EXEMPLE"), way="email", revoked_at=None)


def visit() -> str:
    """The key of a visit that Paule has just begun."""
    access, at = own_page_access(), timezone.now()
    own_page.send_code(access=access, at=at)
    access.refresh_from_db()
    return own_page.enter(access=access, code=Message.objects.get(ref=access.code_ref).code, at=at)


def wish() -> str:
    """A correction that Paule asks for."""
    visit_ = own_page.visit_of(visit(), at=timezone.now())
    return own_page.ask_correction(visit=visit_, text="Mon numéro a changé.", at=timezone.now()).ref


def failed_message() -> Message:
    """One to the EHPAD's nurse about the request about Odette, that was given up."""
    act, email = expertise("MODELE", "sent").act, EMAILS["ehpad_nurse"]
    facts = {"template": "expertise_accepted", "address": email, "language": "fr", "link": "/", "state": "failed"}
    now = timezone.now()
    about = {"subject_kind": "act", "subject_ref": act.ref, "due_at": now, "created_at": now}
    return Message.objects.get_or_create(once="failed", defaults=facts | about)[0]


def closed_report() -> str:
    """A report that Paule was told of, with its PDF."""
    report = Report.objects.get(act=expertise("EXEMPLE", "closed").act, version=1)
    papers.keep_pdf(report=report, at=timezone.now())
    return report.ref


def emergency_access() -> str:
    """The regulating doctor's opening of Paule's record, a moment ago."""
    by, paule = member("regulator"), patient("EXEMPLE")
    wanted = Wanted(paule.birth_name, paule.first_names.split(" ")[0], paule.birth_date)
    why = "Appel au 15 : malaise, la personne ne répond pas."
    emergency.break_glass(by=by, wanted=wanted, reason="regulation", explanation=why, at=timezone.now())
    return EmergencyAccess.objects.get(patient=paule, opened_by=by).ref


def opposition() -> str:
    """Paule does not want the cardiologist to read her record."""
    user = member("cardiologist").user
    return oppose(
        by=member("ehpad_nurse"), patient=patient("EXEMPLE"), use="exchange", user=user, at=timezone.now()
    ).ref


def care_row() -> str:
    """The row by which the EHPAD's whole team cares for Paule."""
    return str(CareTeamMember.objects.get(patient=patient("EXEMPLE"), organisation__name__contains="Tilleuls").pk)


def contact() -> Contact:
    """A friend of Paule's, whom the EHPAD's nurse noted a moment ago."""
    facts = {"kind": "emergency", "quality": "friend", "name": "Proche FICTIF", "phone": "+33639980123", "email": ""}
    return add_contact(by=member("ehpad_nurse"), patient=patient("EXEMPLE"), facts=facts, at=timezone.now())


def pair() -> Duplicate:
    """Two residents of the EHPAD whom its nurse wants to compare."""
    one, other = (Patient.objects.get(birth_name=name) for name in ("ESSAI", "GABARIT"))
    return point_out(by=member("ehpad_nurse"), patient=one, other=other, at=timezone.now())


def reset_of(part: str) -> tuple[str, str]:
    """What a link to a new password carries."""
    user = member(part).user
    return user_pk_to_url_str(user), default_token_generator.make_token(user)


def invitation() -> Invitation:
    """Someone whom the EHPAD invites, once."""
    waiting = Invitation.objects.open().filter(email__iexact="invitee@essai.invalid").first()
    if waiting:
        return waiting
    person = invitations.Person(email="invitee@essai.invalid", first_name="Claude", last_name="Attendue")
    place = invitations.Place(roles=("nurse",), starts_on=timezone.localdate())
    return invitations.invite(by=member("administrator"), person=person, place=place, language="fr", at=timezone.now())


def invitation_link() -> str:
    return Message.objects.get(subject_kind="invitation", subject_ref=invitation().ref).secret


def authorisation() -> str:
    """An article 51 authorisation of the EHPAD's nurse."""
    return authorise(
        by=member("administrator"),
        member=member("ehpad_nurse"),
        protocol="Essai",
        region="42",
        starts_on=date(2026, 1, 1),
        ends_on=None,
        at=timezone.now(),
    ).ref


def house_team() -> str:
    organisation = member("administrator").organisation
    return save_team(
        by=member("administrator"),
        team=None,
        name=f"Nuit {organisation.teams.count()}",
        specialty="",
        members=[],
        at=timezone.now(),
    ).ref


MAKERS: dict[str, Callable[[], str]] = {
    "patient": lambda: patient("EXEMPLE").ref,
    "wound": lambda: Wound.objects.filter(patient__birth_name="EXEMPLE").earliest("pk").ref,
    "consent": lambda: Consent.objects.filter(patient__birth_name="EXEMPLE").earliest("pk").ref,
    "pair": lambda: pair().ref,
    "contact": lambda: contact().ref,
    "document": lambda: Document.objects.filter(folder=expertise("MODELE", "sent").act.ref).earliest("pk").ref,
    "thumb": lambda: "thumb",
    "draft": lambda: draft().act.ref,
    "sent": lambda: expertise("MODELE", "sent").act.ref,
    "waiting": lambda: expertise("ESSAI", "waiting").act.ref,
    "heart": lambda: expertise("EXEMPLE", "accepted").act.ref,
    "to_validate": lambda: expertise("TEMOIN", "to_validate").act.ref,
    "answered": lambda: expertise("EXEMPLE", "answered").act.ref,
    "closed": lambda: expertise("EXEMPLE", "closed").act.ref,
    "correction": lambda: correction().act.ref,
    "report": lambda: Report.objects.get(act=expertise("EXEMPLE", "answered").act).ref,
    "closed_report": closed_report,
    "line": lambda: Line.objects.get(act=expertise("EXEMPLE", "closed").act).ref,
    "slot": slot,
    "phone_token": phone_token,
    "phrase": phrase,
    "item": lambda: proposal().ref,
    "decided_item": lambda: decided().ref,
    "done_item": lambda: done().ref,
    "gp": lambda: member("gp").ref,
    "pool": lambda: f"team:{Team.objects.get(specialty='dermatologie', organisation__name__contains='Lilas').ref}",
    "care_row": care_row,
    "opposition": opposition,
    "emergency_access": emergency_access,
    "reset_user": lambda: reset_of("gp")[0],
    "reset_key": lambda: reset_of("gp")[1],
    "colleague": lambda: member("ehpad_nurse").ref,
    "foreigner": lambda: member("home_nurse").ref,
    "invitation": lambda: invitation().ref,
    "invitation_link": invitation_link,
    "authorisation": authorisation,
    "house_team": house_team,
    "pool_team": lambda: Team.objects.get(specialty="dermatologie", organisation__name__contains="Lilas").ref,
    "provider": lambda: "psc",
    "no_number": lambda: "0",
    "alsace": lambda: "42",
    "access": lambda: own_page_access().ref,
    "link_token": lambda: Message.objects.filter(template="patient_link").latest("created_at").secret,
    "wish": wish,
    "failed_message": lambda: failed_message().ref,
    "failed_act": lambda: failed_message().subject_ref,
    "reminder": lambda: failed_message().ref,
    "stop_key": lambda: failed_message().stop_key,
    "nowhere": lambda: "0" * 22,
}


def made(name: str) -> str:
    return MAKERS[name]()
