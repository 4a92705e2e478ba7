"""Note what the person was told of the use of data, what the person opposes, and that an opposition ended.

An opposition to the exchange with someone closes the whole record to them at once, in an emergency too; what they were
asked for by name stays in their own file (CSP R.6316-4). One that would leave nobody to see the record waits until it
is open to somebody else: nobody could note that it ended.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from virage.accounts.access import Refused, require
from virage.accounts.models import Membership, Organisation, User
from virage.accounts.roles import Permission
from virage.journal.entries import lock_patient, record
from virage.journal.moves import Overtaken
from virage.law import consents
from virage.records.access import require_care, require_lasting_care
from virage.records.models import CareReason, CareTeamMember, DataUse, Notice, Opposition, Patient

LAST = "last_in_care_team"
REASON_NEEDED = "reason_needed"


@transaction.atomic
def note_information(
    *, by: Membership, patient: Patient, use: str, how: str, agreed: bool = False, at: datetime
) -> Notice:
    """Note that the person was told of this use today. `agreed` counts where the text of the day asks it."""
    _check(by, patient, at)
    rule = consents.rule(use, at.date())
    asked = rule is not None and rule.mode.asked_first
    notice = Notice.objects.create(
        patient=patient,
        use=DataUse(use),
        how=Notice.How(how),
        agreed=agreed and asked,
        informed_by=by,
        informed_at=at,
        created_at=at,
    )
    _note("note_information", patient, by=by, at=at, data={"use": use, "notice": notice.ref})
    return notice


@transaction.atomic
def oppose(
    *,
    by: Membership,
    patient: Patient,
    use: str,
    user: User | None = None,
    organisation: Organisation | None = None,
    reason: str = "",
    at: datetime,
) -> Opposition:
    """Note an opposition: to the exchange with one person or one structure, or to hosting for a reason. The same again
    gives the first back."""
    _check(by, patient, at)
    if (use == DataUse.EXCHANGE) != ((user is None) != (organisation is None)):
        raise ValueError("one party")
    if use == DataUse.HOSTING and not reason.strip():
        raise Refused(REASON_NEEDED)
    former = Opposition.objects.in_force().filter(patient=patient, use=use, user=user, organisation=organisation)
    if found := former.first():
        return found
    opposition = Opposition.objects.create(
        patient=patient,
        use=DataUse(use),
        user=user,
        organisation=organisation,
        reason=reason.strip(),
        recorded_by=by,
        created_at=at,
    )
    if use == DataUse.EXCHANGE and not _seen_by_someone(patient, at):
        raise Refused(LAST)
    party = user or organisation
    _note("oppose", patient, by=by, at=at, data={"use": use, "party": party.ref if party else ""})
    return opposition


@transaction.atomic
def end_opposition(*, by: Membership, opposition: Opposition, at: datetime) -> Opposition:
    """The person no longer opposes. Raises `Overtaken` when that was noted already."""
    patient = opposition.patient
    _check(by, patient, at)
    if not Opposition.objects.in_force().filter(pk=opposition.pk).update(ended_at=at, ended_by=by):
        raise Overtaken("end_opposition", "ended")
    opposition.ended_at, opposition.ended_by = at, by
    party = opposition.user or opposition.organisation
    _note("end_opposition", patient, by=by, at=at, data={"use": opposition.use, "party": party.ref if party else ""})
    return opposition


def _check(by: Membership, patient: Patient, at: datetime) -> None:
    require(by, Permission.RECORD_CONSENT)
    require_care(by, patient, at=at)
    require_lasting_care(by, patient, at=at)
    lock_patient(patient.ref)


def _seen_by_someone(patient: Patient, at: datetime) -> bool:
    """Whether a party of the care team is left that the person does not oppose."""
    opposed = Opposition.objects.in_force().filter(patient=patient, use=DataUse.EXCHANGE)
    people = opposed.filter(user__isnull=False).values("user")
    places = opposed.filter(organisation__isnull=False).values("organisation")
    rows = CareTeamMember.objects.at(at).filter(patient=patient, scope="").exclude(reason=CareReason.EMERGENCY)
    houses = rows.filter(organisation__isnull=False).exclude(organisation__in=places)
    teams = rows.filter(team__isnull=False).exclude(team__organisation__in=places)
    works = Membership.objects.in_force(at.date()).filter(user=OuterRef("user")).exclude(organisation__in=places)
    alone = rows.filter(user__isnull=False).exclude(user__in=people).filter(Exists(works))
    return houses.exists() or teams.exists() or alone.exists()


def _note(verb: str, patient: Patient, *, by: Membership, at: datetime, data: dict[str, str]) -> None:
    ref = patient.ref
    record(verb, by=by.actor, at=at, subject_kind="patient", subject_ref=ref, patient_ref=ref, data=data)
