"""What is signed, as one JSON: every item of R. 6316-4 as it stood at that moment."""

from typing import Any

from virage.accounts.models import Membership
from virage.acts.models import Act, Part
from virage.acts.record import legal_date, regime_of, time_zone
from virage.questionnaires.models import Response
from virage.questionnaires.rules.posting import same_answers
from virage.records.models import Consent, Patient
from virage.records.models.documents import Document, DocumentState
from virage.teleexpertise.models import Advice, Drawing, Expertise, Item
from virage.teleexpertise.states import SUPERSEDED


def content(advice: Advice) -> dict[str, Any]:
    """For `acts.actions.write_report`. `advice.signed_at` is the moment of the signature."""
    expertise, act = advice.expertise, advice.expertise.act
    on = legal_date(act)
    return {
        "act": act.ref,
        "kind": act.kind,
        "version": advice.version,
        "correction_reason": advice.correction_reason,
        "patient": _patient(act.patient),
        "requested_at": _moment(act.requested_at),
        "performed_at": _moment(act.performed_at),
        "performed_on": on.isoformat() if on else "",
        "signed_at": _moment(advice.signed_at),
        "time_zone": time_zone(act).key,
        "legal": {
            "regime": (regime_of(act, on) if on else None) or "",
            "programme": act.project.programme.title if act.project else "",
        },
        "people": _people(act),
        "request": _request(expertise),
        "completion": _completion(expertise),
        "push": _answers(expertise.push) if expertise.push and expertise.push.completed_at else {},
        "consent": _consent(act),
        "relevance_confirmed_at": _moment(expertise.relevance_confirmed_at),
        "thread": _thread(expertise),
        "advice": {
            "diagnosis": advice.diagnosis,
            "free_text": advice.free_text,
            "follow_up": advice.follow_up,
            "teleconsultation": advice.teleconsultation,
            "validation_note": advice.validation_note,
        },
        "items": _items(advice),
        "pictures": _pictures(expertise, advice),
        "incidents": [
            {"occurred_at": _moment(one.occurred_at), "description": one.description}
            for one in act.incidents.order_by("occurred_at")
        ],
    }


def _moment(at: Any) -> str:
    return at.isoformat(timespec="seconds") if at else ""


def _patient(patient: Patient) -> dict[str, Any]:
    return {
        "ref": patient.ref,
        "birth_name": patient.birth_name,
        "first_names": patient.first_names,
        "used_name": patient.used_name,
        "used_first_name": patient.used_first_name,
        "sex": patient.sex,
        "birth_date": patient.birth_date.isoformat(),
        "birth_place": patient.birth_place,
        "ins": patient.matricule,
        "ins_oid": patient.ins_oid if patient.matricule else "",
        "identity_status": patient.identity_status,
    }


def _person(member: Membership, part: str) -> dict[str, str]:
    return {
        "part": part,
        "name": member.user.get_full_name(),
        "profession": member.user.profession,
        "specialty": member.user.specialty,
        "rpps": member.user.rpps,
        "organisation": member.organisation.name,
        "finess": member.organisation.finess,
    }


def _people(act: Act) -> list[dict[str, str]]:
    order = list(Part)
    rows = act.participants.select_related("membership__user", "membership__organisation")
    return [_person(row.membership, row.part) for row in sorted(rows, key=lambda row: (order.index(row.part), row.pk))]


def _request(expertise: Expertise) -> dict[str, Any]:
    act, wound = expertise.act, expertise.wound
    return {
        "form": expertise.assessment.answers.get("questionnaire", ""),
        "answers": expertise.assessment.answers,
        "scores": expertise.assessment.scores,
        "wound": {"name": wound.name, "site": wound.site, "view": wound.view, "x": wound.x, "y": wound.y}
        if wound
        else None,
        "urgency": expertise.urgency,
        "setting": act.setting,
        "place": act.place,
        "specialty": act.specialty,
        "pathology": act.pathology,
        "project": act.project.name if act.project else "",
        "red_flags_seen_at": _moment(expertise.red_flags_seen_at),
    }


def _completion(expertise: Expertise) -> dict[str, Any]:
    """The expert's own answers, when they say otherwise than the request's."""
    found = expertise.completion
    if found is None or found.completed_at is None or same_answers(found.values(), expertise.assessment.values()):
        return {}
    return _answers(found)


def _answers(response: Response) -> dict[str, Any]:
    return {
        "form": response.answers.get("questionnaire", ""),
        "answers": response.answers,
        "scores": response.scores,
        "author": response.author_label,
    }


def _consent(act: Act) -> dict[str, Any]:
    found = Consent.objects.filter(subject=act.ref).order_by("-recorded_at").first()
    if found is None:
        return {}
    return {
        "given_by": found.given_by,
        "representative": found.representative,
        "alone_reason": found.alone_reason,
        "impossible_reason": found.impossible_reason,
        "trusted_person_informed": found.trusted_person_informed,
        "trusted_person": found.trusted_person,
        "trusted_person_told_on": found.trusted_person_told_on.isoformat() if found.trusted_person_told_on else "",
        "how": found.how,
        "language": found.language,
        "interpreter": found.interpreter,
        "informed_on_exchange": found.informed_on_exchange,
        "recorded_at": _moment(found.recorded_at),
        "withdrawn_at": _moment(found.withdrawn_at),
    }


def _thread(expertise: Expertise) -> list[dict[str, str]]:
    return [
        {"kind": row.kind, "author": row.author.user.get_full_name(), "at": _moment(row.created_at), "text": row.text}
        for row in expertise.remarks.select_related("author__user")
    ]


def _items(advice: Advice) -> list[dict[str, str]]:
    """What this version proposes, and what earlier ones proposed and was decided."""
    rows = Item.objects.filter(advice__expertise=advice.expertise).exclude(state=SUPERSEDED)
    return [
        {
            "kind": row.kind,
            "text": row.text,
            "prescriber": row.prescriber.user.get_full_name() if row.prescriber else "",
            "state": row.state,
        }
        for row in rows.select_related("prescriber__user").order_by("pk")
    ]


def _pictures(expertise: Expertise, advice: Advice) -> list[dict[str, Any]]:
    """The photographs of the request, by reference and hash, with what the performer drew over them."""
    drawn = Drawing.objects.filter(expertise=expertise, author=advice.author)
    shapes = {row.document_id: row.shapes for row in drawn}
    documents = Document.objects.in_folder(expertise.act.ref).filter(state=DocumentState.READY).exclude(kind="report")
    return [
        {
            "document": row.ref,
            "sha256": row.sha256,
            "kind": row.kind,
            "title": row.title,
            "taken_at": _moment(row.shown_at),
            "shapes": shapes.get(row.pk, []),
        }
        for row in documents
    ]
