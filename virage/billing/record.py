"""What a line is made of: the law's verdict, what the record lacks, who is paid, what the payer needs."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, Model, OuterRef, QuerySet

from virage.accounts.models import Membership
from virage.acts.models import Act, Part
from virage.acts.record import legal_date, missing, regime_of, verdict
from virage.billing.models import Line, LineState
from virage.billing.rules import MISSING, Circumstances, Judgement, judge, next_look, pseudonym, state_region
from virage.law import lists
from virage.law.facts import FactError
from virage.law.payment import EMPLOYER, REQUIS
from virage.law.record import RecordItem
from virage.law.tariffs import yearly_cap
from virage.law.verdicts import Verdict
from virage.records.models import Patient

NEEDED = ("nir", "requester_rpps", "fund")
"""What the payer cannot do without."""

IDENTIFYING = ("nir", "birth_date", "birth_rank")
"""What leaves a line when its time is over (décret n° 2015-1263, article 5)."""


def judged_columns(act: Act, *, created_at: datetime, at: datetime) -> dict[str, Any]:
    """Every column that follows from the act as it is known now, on the day it was performed."""
    on, performer = legal_date(act), act.performer
    if on is None or performer is None:
        raise ValueError("an act that is not performed has no line")
    lacking = missing(act)
    regime = regime_of(act, on) or ""
    said, judgement = _judged(act, on, regime, lacking)
    region = state_region(performer.organisation.region, act.patient.region)
    due = judgement.state == LineState.DUE
    payer = payer_data(act, said.price.fund if said and said.price else "") if due else {}
    unfinished = judgement.may_heal or bool(payer.get("missing"))
    return {
        "state": judgement.state,
        "performed_on": on,
        "regime": regime,
        "region": region,
        "performer": performer,
        "amount": judgement.amount,
        **_payee(judgement, performer),
        "citation": judgement.citation[:300],
        "reasons": list(judgement.reasons),
        "verdict": _kept(said, lacking),
        "payer_data": payer,
        "pseudonym": _pseudonym(act, region),
        "recheck_at": next_look(created_at, at) if unfinished else None,
    }


def _judged(act: Act, on: date, regime: str, lacking: list[RecordItem]) -> tuple[Verdict | None, Judgement]:
    around = Circumstances(
        record_complete=not lacking,
        validated=_validated(act),
        in_project=_in_project(act, on),
        earlier=_earlier(act, on, regime),
        cap=yearly_cap(regime, act.kind, on) if regime else None,
    )
    try:
        said = verdict(act, on, regime) if regime else None
    except FactError as error:
        return None, Judgement(LineState.TO_VERIFY, (f"{MISSING}{error.key}",), "")
    return said, judge(said, around)


def _validated(act: Act) -> bool:
    """An advice by someone who is not of a medical profession waits for a doctor's validation."""
    profession = lists.profession(act.performer.user.profession) if act.performer else None
    if profession is None or profession.medical:
        return True
    return act.participants.filter(part=Part.VALIDATOR).exists()


def _in_project(act: Act, on: date) -> bool:
    project = act.project
    return project is None or (project.starts_on <= on and (project.ends_on is None or on < project.ends_on))


def _earlier(act: Act, on: date, regime: str) -> int:
    """Acts of this requis for this patient already due in the calendar year of the act."""
    lines = Line.objects.filter(
        state=LineState.DUE,
        regime=regime,
        performed_on__year=on.year,
        act__kind=act.kind,
        act__patient=act.patient_id,
        performer__user=act.performer.user_id if act.performer else None,
    )
    return lines.exclude(act=act.pk).count()


def _payee(judgement: Judgement, performer: Membership) -> dict[str, Model | None]:
    return {
        "payee_member": performer if judgement.payee == REQUIS else None,
        "payee_organisation": performer.organisation if judgement.payee == EMPLOYER else None,
    }


def _pseudonym(act: Act, region: str) -> str:
    """That of an earlier line where there is one, so that a changed key does not make two of one patient."""
    earlier = Line.objects.filter(act__patient=act.patient_id, region=region).values_list("pseudonym", flat=True)
    return earlier.first() or pseudonym(settings.SECRET_KEY, region, act.patient.ref)


def payer_data(act: Act, bearer: str) -> dict[str, Any]:
    """What the payer needs to pay (décret n° 2015-1263). A number that is lacking does not undo what is due: it is
    named in `missing`, and looked up again."""
    patient = act.patient
    data: dict[str, Any] = {
        "nir": patient.nir,
        "birth_date": patient.birth_date.isoformat(),
        "birth_rank": patient.birth_rank,
        "requester_rpps": act.requester.user.rpps,
        "fund": patient.fund,
        "rate": patient.rate,
        "bearer": bearer,
    }
    return data | {"missing": [name for name in NEEDED if not data[name]]}


def with_old_number(before: datetime) -> QuerySet[Line]:
    """Lines that bear a patient's number since before that: it went to the payer when the line was written."""
    return Line.objects.filter(created_at__lt=before, payer_data__has_key="nir")


def no_more_needed(before: datetime) -> QuerySet[Patient]:
    """Patients whose number went out with a line, the last time before that, and for whom nothing is under way."""
    acts = Act.objects.filter(patient=OuterRef("pk"))
    lines = Line.objects.filter(act__patient=OuterRef("pk"))
    return Patient.objects.exclude(nir="").filter(
        Exists(lines),
        ~Exists(lines.filter(created_at__gte=before)),
        ~Exists(acts.filter(performed_at=None, closed_at=None)),
        ~Exists(acts.filter(performed_at__isnull=False, line=None)),
    )


def payer_columns(line: Line, at: datetime) -> dict[str, Any]:
    """A line that is due stays due: only what the payer lacked is looked up again, unless it was forgotten since."""
    if "forgotten_on" in line.payer_data:
        return {"payer_data": line.payer_data, "recheck_at": None}
    data = payer_data(line.act, str(line.payer_data.get("bearer", "")))
    return {"payer_data": data, "recheck_at": next_look(line.created_at, at) if data["missing"] else None}


def _kept(said: Verdict | None, lacking: list[RecordItem]) -> dict[str, Any]:
    """The verdict as it is kept with the line: every reason in both languages, and what the record lacks."""
    items = [{"code": item.code, **item.citation.to_dict(), "status": item.status} for item in lacking]
    labels = [{"fr": item.label.fr, "en": item.label.en} for item in lacking]
    kept: dict[str, Any] = {"record": [item | label for item, label in zip(items, labels, strict=True)]}
    if said is None:
        return kept | {"eligible": None, "reasons": []}
    reasons = [
        {
            "rule": reason.rule,
            **reason.citation.to_dict(),
            "short": reason.citation.text.short,
            "status": reason.status,
            "outcome": reason.outcome,
            "blocking": reason.blocking,
            "fr": reason.explanation("fr"),
            "en": reason.explanation("en"),
        }
        for reason in said.reasons
    ]
    price = said.price.to_dict() | {"status": said.price.status} if said.price else None
    return kept | {"eligible": said.eligible, "missing": list(said.missing), "reasons": reasons, "price": price}
