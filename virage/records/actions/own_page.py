"""A way into the patient's own page: given by the care team, used by its holder, taken back.

The link opens nothing by being read (scanners and previews open links): its page has a button, and after it comes a
code, sent anew for each visit. Wrong, ended and revoked links are all answered alike.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse

from virage.accounts.access import Refused, require
from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.journal.entries import Actor, lock_patient, record
from virage.journal.moves import Overtaken
from virage.kernel.references import new_reference
from virage.notifications.access import messages_about
from virage.notifications.actions import post
from virage.notifications.models import Channel, Message
from virage.notifications.rules.letters import SECRET_PLACE
from virage.records.access import require_care, require_lasting_care
from virage.records.models import Contact, Patient
from virage.records.models.own_page import PatientAccess, PatientVisit, PatientWish, Way
from virage.records.rules.own_page import CODE_LASTS, CODES_AN_HOUR, LETTERS, SHORT_LENGTH, closed_for, typed

LASTS = {"week": timedelta(days=7), "month": timedelta(days=31), "quarter": timedelta(days=92)}
"""How long a way in may be open (project default)."""

KIND = "patientaccess"
ADDRESS_NEEDED = "address_needed"
TEXT_NEEDED = "text_needed"
VISIT_OVER = "visit_over"
NOT_A_REPRESENTATIVE = "not_a_representative"


@dataclass(frozen=True, slots=True)
class Given:
    """A new way in. `token` and `pin` are known here only, to be printed or told; empty where a message carries
    the link, or where codes are sent."""

    access: PatientAccess
    token: str = ""
    pin: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who gets a way in and how: the patient, or a representative. `email` and `phone` (E.164): where the codes go,
    and the link by that channel."""

    way: str
    representative: Contact | None = None
    email: str = ""
    phone: str = ""
    language: str = "fr"
    lasts: str = "quarter"

    @property
    def by_hand(self) -> bool:
        return self.way in (Way.PAPER, Way.VOICE)

    @property
    def address(self) -> str:
        """Where the link goes; "" when it is handed over."""
        if self.by_hand:
            return ""
        return self.phone if self.way == Way.SMS else self.email


@transaction.atomic
def give_access(*, by: Membership, patient: Patient, asked: Asked, at: datetime) -> Given:
    """Give a way in; the former one of the same person by the same channel ends."""
    require(by, Permission.EDIT_PATIENTS)
    require_care(by, patient, at=at)
    require_lasting_care(by, patient, at=at)
    who = asked.representative
    if not (asked.by_hand or asked.address):
        raise Refused(ADDRESS_NEEDED)
    if who and who not in Contact.objects.representing(patient, at.date()):
        raise Refused(NOT_A_REPRESENTATIVE)
    lock_patient(patient.ref)
    same = {"representative": who, "way": asked.way}
    PatientAccess.objects.filter(patient=patient, revoked_at=None, **same).update(revoked_at=at)
    ref = new_reference()
    message = None if asked.by_hand else _send_link(ref, asked, at=at)
    token = message.secret if message else "".join(secrets.choice(LETTERS) for _ in range(SHORT_LENGTH))
    pin = "" if asked.email or asked.phone else f"{secrets.randbelow(1_000_000):06d}"
    access = PatientAccess.objects.create(
        **same,
        ref=ref,
        patient=patient,
        email=asked.email,
        phone=asked.phone,
        language=asked.language,
        token_hash=_digest(token),
        pin=make_password(pin) if pin else "",
        given_by=by,
        expires_at=at + LASTS[asked.lasts],
        created_at=at,
    )
    _trace("give_access", access, by=by.actor, at=at)
    return Given(access, token if asked.by_hand else "", pin)


def _send_link(ref: str, asked: Asked, *, at: datetime) -> Message | None:
    return post(
        "patient_link",
        address=asked.address,
        language=asked.language,
        link=reverse("patient:link", args=[SECRET_PLACE]),
        subject_kind=KIND,
        subject_ref=ref,
        once=f"patient_link:{ref}",
        at=at,
        channel=Channel.SMS if asked.way == Way.SMS else Channel.EMAIL,
    )


@transaction.atomic
def revoke_access(*, by: Membership, access: PatientAccess, at: datetime) -> None:
    """End a way in, and the visits made by it. Safe to do twice."""
    require(by, Permission.EDIT_PATIENTS)
    require_care(by, access.patient, at=at)
    require_lasting_care(by, access.patient, at=at)
    lock_patient(access.patient.ref)
    if PatientAccess.objects.filter(pk=access.pk, revoked_at=None).update(revoked_at=at):
        _trace("revoke_access", access, by=by.actor, at=at)
    access.refresh_from_db()


def find_access(text: str, *, at: datetime) -> PatientAccess | None:
    """The open way in of that secret, as it stands in a link or was typed; None for any other alike."""
    found = _rows().filter(token_hash__in=[_digest(text), _digest(typed(text))]).first()
    return found if found and found.is_open(at) else None


def access_of(ref: str, *, at: datetime) -> PatientAccess | None:
    """The open way in of that reference (a signed cookie names it)."""
    found = _rows().filter(ref=ref).first()
    return found if found and found.is_open(at) else None


@transaction.atomic
def send_code(*, access: PatientAccess, at: datetime) -> bool:
    """Send a new code to its holder; the former one ends. False when there is nowhere to send it, or when too many
    were asked for."""
    access = PatientAccess.objects.select_for_update().get(pk=access.pk)
    hour = messages_about(KIND, access.ref).filter(template="patient_code", created_at__gt=at - timedelta(hours=1))
    if access.by_birth_date or hour.count() >= CODES_AN_HOUR:
        return False
    message = post(
        "patient_code",
        address=access.phone or access.email,
        language=access.language,
        link="",
        subject_kind=KIND,
        subject_ref=access.ref,
        once=f"patient_code:{access.ref}:{at.timestamp()}",
        at=at,
        channel=Channel.SMS if access.phone else Channel.EMAIL,
    )
    if message is None:
        return True
    PatientAccess.objects.filter(pk=access.pk).update(code_ref=message.ref, code_until=at + CODE_LASTS)
    return True


@transaction.atomic
def enter(*, access: PatientAccess, code: str, birth_date: date | None = None, at: datetime) -> str:
    """Begin a visit with the right code (and birth date where codes can't be sent). Gives the key of the visit, which
    is kept nowhere; "" when an answer is wrong or too many were: the caller says the same in both cases."""
    lock_patient(access.patient.ref)
    access = _rows().select_for_update(of=("self",)).get(pk=access.pk)
    if not access.is_open(at) or (access.closed_until and access.closed_until > at):
        return ""
    if not _is_right(access, code.replace(" ", ""), birth_date, at):
        _count_failure(access, at)
        return ""
    key = new_reference()
    access.code_ref, access.code_until, access.failures, access.closed_until = "", None, 0, None
    access.save(update_fields=["code_ref", "code_until", "failures", "closed_until"])
    PatientVisit.objects.create(access=access, key_hash=_digest(key), started_at=at, seen_at=at)
    _trace("enter_own_page", access, by=access.actor, at=at)
    return key


def _is_right(access: PatientAccess, code: str, birth_date: date | None, at: datetime) -> bool:
    if access.by_birth_date:
        # Both are looked at in any case: the time it takes says nothing of which was wrong.
        same_code = check_password(code, access.pin)
        return same_code and birth_date == access.patient.birth_date
    if not access.code_ref or access.code_until is None or access.code_until <= at:
        return False
    message = Message.objects.filter(ref=access.code_ref).first()
    return message is not None and secrets.compare_digest(message.code.encode(), code.encode())


def _count_failure(access: PatientAccess, at: datetime) -> None:
    """Each fifth wrong answer closes the way in for a while, longer each time, then for good."""
    PatientAccess.objects.filter(pk=access.pk).update(failures=F("failures") + 1)
    access.refresh_from_db(fields=["failures"])
    pause = closed_for(access.failures)
    if pause is None:
        PatientAccess.objects.filter(pk=access.pk).update(revoked_at=at)
        _trace("close_own_page", access, by=access.actor, at=at)
    elif pause:
        PatientAccess.objects.filter(pk=access.pk).update(closed_until=at + pause, code_ref="", code_until=None)


def visit_of(key: str, *, at: datetime) -> PatientVisit | None:
    """The open visit of that key; its idle time starts again."""
    visit = PatientVisit.objects.filter(key_hash=_digest(key)).first()
    if visit:
        visit.access = _rows().get(pk=visit.access_id)
    if visit is None or not visit.is_open(at):
        return None
    PatientVisit.objects.filter(pk=visit.pk).update(seen_at=at)
    return visit


def leave(*, visit: PatientVisit, at: datetime) -> None:
    """End the visit. Safe to do twice."""
    PatientVisit.objects.filter(pk=visit.pk, ended_at=None).update(ended_at=at)


@transaction.atomic
def ask_correction(*, visit: PatientVisit, text: str, at: datetime) -> PatientWish:
    """The patient asks for something to be corrected: the care team sees it on the record until someone did it."""
    if not visit.is_open(at):
        raise Refused(VISIT_OVER)
    if not text.strip():
        raise Refused(TEXT_NEEDED)
    access = visit.access
    lock_patient(access.patient.ref)
    wish = PatientWish.objects.create(access=access, patient=access.patient, text=text.strip(), created_at=at)
    _trace("ask_correction", access, by=access.actor, at=at)
    return wish


@transaction.atomic
def answer_correction(*, by: Membership, wish: PatientWish, at: datetime) -> None:
    """Note that what the patient asked for was dealt with. Raises `Overtaken` when it was noted already."""
    require(by, Permission.EDIT_PATIENTS)
    require_care(by, wish.patient, at=at)
    lock_patient(wish.patient.ref)
    if not PatientWish.objects.filter(pk=wish.pk, done_at=None).update(done_at=at, done_by=by):
        raise Overtaken("answer_correction", "done")
    wish.done_at, wish.done_by = at, by
    _trace("answer_correction", wish.access, by=by.actor, at=at)


def _rows() -> QuerySet[PatientAccess]:
    return PatientAccess.objects.select_related(
        "patient__residence", "patient__attending_doctor__user", "representative", "given_by__organisation"
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _trace(verb: str, access: PatientAccess, *, by: Actor, at: datetime) -> None:
    record(
        verb,
        by=by,
        at=at,
        subject_kind=KIND,
        subject_ref=access.ref,
        patient_ref=access.patient.ref,
        data={"way": access.way, "holder": "representative" if access.representative_id else "patient"},
    )
