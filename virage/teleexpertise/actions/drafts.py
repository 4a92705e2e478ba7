"""A request before it is sent."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.http import QueryDict

from virage.accounts.access import Refused, require
from virage.accounts.models import Membership, Team
from virage.accounts.roles import Permission
from virage.acts.actions import open_act
from virage.acts.models import Kind
from virage.journal.entries import lock_patient
from virage.law import lists
from virage.law.requester import may_request
from virage.projects.models import Project
from virage.questionnaires.actions import save_answers, save_posted
from virage.questionnaires.actions import start as start_form
from virage.questionnaires.models import QuestionnaireVersion, Response
from virage.records.access import patients_of
from virage.records.actions.documents import seal
from virage.records.models import Patient, Wound
from virage.teleexpertise.access import rights
from virage.teleexpertise.actions.common import begin, keep, legal_day, step, tell, trace
from virage.teleexpertise.models import Expertise, Form, Urgency
from virage.teleexpertise.rules import flags
from virage.teleexpertise.states import DRAFT

ON_ACT = ("project", "setting", "place", "specialty", "pathology")
ON_EXPERTISE = ("urgency", "wished_by")
WOUND = "plaie"
ONSET = "apparition"


@transaction.atomic
def start(
    *,
    by: Membership,
    patient: Patient,
    form: str,
    wound: Wound | None = None,
    follows: Expertise | None = None,
    at: datetime,
) -> Expertise:
    """A draft for a patient of the whole record's care team. One that follows another takes over its header and its
    addressee; measures and signs are always taken anew."""
    require(by, Permission.PREPARE_REQUEST)
    _check_start(by, patient, form, wound, follows, at)
    lock_patient(patient.ref)
    former = follows.act if follows else None
    pathology = former.pathology if former else (WOUND if wound else "")
    act = open_act(
        by=by,
        kind=Kind.TELEEXPERTISE,
        state=DRAFT,
        patient=patient,
        setting=former.setting if former else by.organisation.sector,
        place=former.place if former else patient.place,
        specialty=former.specialty if former else "",
        pathology=pathology,
        project=_project(by, former.project if former else None, pathology, at),
        at=at,
    )
    return Expertise.objects.create(
        act=act,
        form=form,
        wound=wound,
        follows=follows,
        to_team=follows.to_team if follows else None,
        to_member=follows.to_member if follows else None,
        assessment=_assessment(by, form, wound, at),
    )


def _check_start(
    by: Membership, patient: Patient, form: str, wound: Wound | None, follows: Expertise | None, at: datetime
) -> None:
    if not rights.in_force(by, at):
        raise Refused(rights.MEMBERSHIP_ENDED)
    if not patients_of(by, at).filter(pk=patient.pk).exists():
        raise Refused("outside_care_team")
    if form not in Form.values:
        raise Refused("unknown_form")
    if (form == Form.SHORT) == (wound is not None):
        raise Refused("wound_needed" if wound is None else "no_wound_in_this_form")
    if wound and (wound.patient_id != patient.pk or wound.healed_on):
        raise Refused("wound_not_open")
    if follows and (follows.act.patient_id, follows.wound_id) != (patient.pk, wound.pk if wound else None):
        raise Refused("follows_another_wound")


def _assessment(by: Membership, form: str, wound: Wound | None, at: datetime) -> Response:
    """The form, with what the wound's own row already says."""
    version = QuestionnaireVersion.objects.filter(url__endswith=f"/{form}", published_at__isnull=False).latest("pk")
    response = start_form(version=version, author_id=by.user_id, author_label=by.actor.label, at=at)
    if wound and wound.onset and ONSET in response.form.index:
        save_answers(response=response, posted={ONSET: [wound.onset.isoformat()]}, at=at)
    return response


def _project(by: Membership, former: Project | None, pathology: str, at: datetime) -> Project | None:
    """The former request's project, or the only one that this structure takes part in, or else the only one of them
    for this pathology; the author may change it."""
    on = rights.day(by, at)
    if former and is_open(former, by, on):
        return former
    running = [one for one in by.organisation.projects.all() if runs_on(one, on)]
    if len(running) > 1 and pathology:
        wanted = lists.family("pathologies", pathology)
        running = [one for one in running if one.pathology and lists.family("pathologies", one.pathology) == wanted]
    return running[0] if len(running) == 1 else None


def runs_on(project: Project, on: date) -> bool:
    return project.starts_on <= on and (project.ends_on is None or on < project.ends_on)


def is_open(project: Project, by: Membership, on: date) -> bool:
    """Running on the day, and open to this structure (a project that names no structure is open to all)."""
    parties = set(project.organisations.values_list("pk", flat=True))
    return runs_on(project, on) and (not parties or by.organisation_id in parties)


@transaction.atomic
def revise(*, by: Membership, expertise: Expertise, at: datetime, **header: Any) -> Expertise:
    """Change the header: urgency, wished_by, project, setting, place, specialty, pathology. Only what differs is
    written, so that a page may save as often as it likes."""
    unknown = set(header) - {*ON_ACT, *ON_EXPERTISE}
    if unknown:
        raise TypeError(f"revise() got unexpected fields: {', '.join(sorted(unknown))}")
    begin("revise", by=by, expertise=expertise, at=at)
    _check_header(by, expertise, header, at)
    changed = []
    for row, names in ((expertise.act, ON_ACT), (expertise, ON_EXPERTISE)):
        differing = [name for name in names if name in header and getattr(row, name) != header[name]]
        for name in differing:
            setattr(row, name, header[name])
        if differing:
            row.save(update_fields=differing)
        changed += differing
    if changed:
        trace("revise", by=by.actor, expertise=expertise, at=at, data={"fields": changed})
    return expertise


@transaction.atomic
def save_assessment(
    *, by: Membership, expertise: Expertise, posted: QueryDict, at: datetime
) -> tuple[dict[str, Any], int]:
    """Keep the answers as they are typed; returns what `save_posted` says. A red flag that was not there when the
    alert was read has to be read too."""
    begin("revise", by=by, expertise=expertise, at=at)
    expertise.assessment = Response.objects.select_related("version").get(pk=expertise.assessment_id)
    before = flags.raised(expertise.assessment.codes(flags.SIGNS))
    said = save_posted(expertise.assessment, posted, at)
    if expertise.red_flags_seen_at and set(flags.raised(expertise.assessment.codes(flags.SIGNS))) - set(before):
        keep(expertise, red_flags_seen_at=None)
    return said


def _check_header(by: Membership, expertise: Expertise, header: dict[str, Any], at: datetime) -> None:
    project = header.get("project")
    if project and not is_open(project, by, legal_day(expertise.act, at)):
        raise Refused("project_not_open")
    for name, kind in (("setting", "settings"), ("place", "places")):
        if header.get(name) and header[name] not in lists.entries(kind):
            raise Refused(f"unknown_{name}")
    if "urgency" in header and header["urgency"] not in Urgency.values:
        raise Refused("unknown_urgency")


@transaction.atomic
def choose_addressee(
    *,
    by: Membership,
    expertise: Expertise,
    to_team: Team | None = None,
    to_member: Membership | None = None,
    at: datetime,
) -> Expertise:
    """Address the draft to a pool of experts or to one of them; to nobody when both are None."""
    begin("choose_addressee", by=by, expertise=expertise, at=at)
    check_addressee(by, to_team, to_member, at)
    if (expertise.to_team, expertise.to_member) == (to_team, to_member):
        return expertise
    keep(expertise, to_team=to_team, to_member=to_member)
    set_specialty(expertise)
    trace("choose_addressee", by=by.actor, expertise=expertise, at=at, data=addressee_data(expertise))
    return expertise


def check_addressee(by: Membership, to_team: Team | None, to_member: Membership | None, at: datetime) -> None:
    """Refused unless it is one pool, or one expert who is there and is not the one who asks."""
    if to_team and to_member:
        raise Refused("one_addressee")
    if to_team and not to_team.specialty:
        raise Refused("not_a_pool")
    if to_member is None:
        return
    if to_member.user_id == by.user_id:
        raise Refused("addressee_is_oneself")
    if not to_member.may(Permission.ANSWER_EXPERTISE) or not rights.in_force(to_member, at):
        raise Refused("addressee_cannot_answer")


def set_specialty(expertise: Expertise) -> None:
    """The act's specialty is that of its addressee."""
    team, member = expertise.to_team, expertise.to_member
    specialty = team.specialty if team else member.user.specialty if member else ""
    if specialty and expertise.act.specialty != specialty:
        expertise.act.specialty = specialty
        expertise.act.save(update_fields=["specialty"])


def addressee_data(expertise: Expertise) -> dict[str, str]:
    """Whom it is addressed to, for the journal: a reference, without a name."""
    if expertise.to_team:
        return {"to_team": expertise.to_team.ref}
    return {"to_member": expertise.to_member.ref if expertise.to_member else ""}


@transaction.atomic
def prepare(*, by: Membership, expertise: Expertise, requester: Membership, at: datetime) -> Expertise:
    """Hand a draft to the professional who will ask: before 2021-06-05 a nurse prepares and a medical profession
    asks (R. 6316-1, 2°). Also useful since, for a nurse who wants the doctor's signature."""
    begin("prepare", by=by, expertise=expertise, at=at)
    if not rights.in_force(requester, at) or not requester.may(Permission.ASK_EXPERTISE):
        raise Refused("requester_cannot_ask")
    if not may_request(requester.user.profession, legal_day(expertise.act, at)):
        raise Refused("requester_not_allowed")
    if not patients_of(requester, at).filter(pk=expertise.act.patient_id).exists():
        raise Refused("requester_outside_care_team")
    step(
        "prepare",
        by=by.actor,
        expertise=expertise,
        at=at,
        data={"requester": requester.ref},
        requester=requester,
        requester_organisation=requester.organisation,
    )
    keep(expertise, preparer=by)
    tell("expertise_prepared", [requester], expertise=expertise, at=at, but=by)
    return expertise


@transaction.atomic
def return_to_draft(*, by: Membership, expertise: Expertise, at: datetime) -> Expertise:
    """Give a prepared request back to its author, or take it back."""
    begin("return_to_draft", by=by, expertise=expertise, at=at)
    author = expertise.preparer or by
    step(
        "return_to_draft",
        by=by.actor,
        expertise=expertise,
        at=at,
        requester=author,
        requester_organisation=author.organisation,
    )
    keep(expertise, preparer=None)
    tell("expertise_returned_to_draft", [author], expertise=expertise, at=at, but=by)
    return expertise


@transaction.atomic
def discard(*, by: Membership, expertise: Expertise, at: datetime) -> None:
    """Give up a draft. It leaves the lists; what was typed stays in the record of the structure."""
    begin("discard", by=by, expertise=expertise, at=at)
    step("discard", by=by.actor, expertise=expertise, at=at, closed_at=at)
    seal(patient=expertise.act.patient, folder=expertise.act.ref, at=at)
