"""The signed report: page, PDF, plain text; who has it in copy; what of the legal record is there."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.acts import record
from virage.acts.access import acts_of
from virage.acts.models import Part, RecordEntry, Report
from virage.journal.models import Entry
from virage.records import storage
from virage.records.access import patients_of
from virage.records.models import Consent
from virage.records.models.documents import DocumentState, Rendition
from virage.teleexpertise import access, reports
from virage.teleexpertise.forms.closing import AcknowledgeForm
from virage.teleexpertise.models import Expertise
from virage.teleexpertise.views.door import acting, opened
from virage.teleexpertise.views.lines import about_of
from virage.ui.paging import page_of

logger = logging.getLogger(__name__)

PAGE = 20
REFUSED = 422
LANGUAGES = ("fr", "en")
CLOSED = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True)
class Copy:
    """Someone in copy; `read_at` is when he or she last opened the act since the report was signed."""

    membership: Membership
    read_at: datetime | None


@acting
@require_GET
def report(request: HttpRequest, ref: str) -> HttpResponse:
    """One version of a report, for whoever may see its act."""
    at = timezone.now()
    found, expertise = _opened(request, ref, at)
    return report_page(request, found, expertise, at)


def _opened(request: HttpRequest, ref: str, at: datetime) -> tuple[Report, Expertise]:
    rows = Report.objects.select_related("act", "signed_by__user", "document")
    found = rows.filter(ref=ref, act__kind="teleexpertise").first()
    if found is None:
        raise Http404
    _by, expertise = opened(request, found.act.ref, at)
    return found, expertise


def report_page(
    request: HttpRequest, found: Report, expertise: Expertise, at: datetime, form: AcknowledgeForm | None = None
) -> HttpResponse:
    """`form` is one that was refused, with what was typed in it."""
    by, act, language = request.membership, expertise.act, _language()
    versions = list(act.reports.order_by("-version").select_related("signed_by__user"))
    sheet = reports.sheet_of(found, language)
    verbs = access.may(by, expertise, at)
    context = {
        "report": found,
        "sheet": sheet,
        "text": reports.text_of(sheet),
        "expertise": expertise,
        "act": act,
        "patient": act.patient,
        "age": act.patient.age(at.date()),
        "about": about_of(expertise),
        "verbs": verbs,
        "versions": versions,
        "latest": versions[0],
        "superseded": versions[0].pk != found.pk,
        "held": [(one, one.item.label.of(language), one.item.citation.section) for one in record.items(act)],
        "complete": not record.missing(act),
        "copies": _copies(found),
        "later_incidents": _later_incidents(found),
        "consent": _consent(by, expertise, at),
        "form": form or AcknowledgeForm(),
        "may_acknowledge": "acknowledge" in verbs and versions[0].pk == found.pk,
    }
    return render(request, "teleexpertise/report/report.html", context, status=REFUSED if form else 200)


def _language() -> str:
    return "en" if (get_language() or "fr").startswith("en") else "fr"


def _copies(found: Report) -> list[Copy]:
    """Those in copy, and whether they have opened the act since."""
    rows = found.act.participants.filter(part=Part.COPY).select_related("membership__user", "membership__organisation")
    people = [row.membership for row in rows.order_by("pk")]
    reads = Entry.objects.filter(
        verb="read",
        subject_kind="act",
        subject_ref=found.act.ref,
        at__gte=found.signed_at,
        actor_id__in=[who.user_id for who in people],
    )
    read = dict(reads.values_list("actor_id").annotate(last=Max("at")))
    return [Copy(who, read.get(who.user_id)) for who in people]


def _later_incidents(found: Report) -> list[Any]:
    """Incidents written down after the signature: the signed text does not have them."""
    rows = found.act.incidents.filter(created_at__gt=found.signed_at)
    return list(rows.select_related("recorded_by__user").order_by("occurred_at"))


def _consent(by: Membership, expertise: Expertise, at: datetime) -> Consent | None:
    """The consent in force, for those who may note its withdrawal."""
    act = expertise.act
    if not by.may(Permission.RECORD_CONSENT) or not patients_of(by, at).filter(pk=act.patient_id).exists():
        return None
    return Consent.objects.filter(subject=act.ref, withdrawn_at__isnull=True).first()


@acting
@require_GET
def pdf(request: HttpRequest, ref: str) -> HttpResponse:
    """The PDF: the one kept, or made now (in English; or before the job has run; or when the file is damaged)."""
    at = timezone.now()
    found, _expertise = _opened(request, ref, at)
    asked = request.GET.get("langue", "fr")
    language = asked if asked in LANGUAGES else "fr"
    content = (_kept(found) if language == "fr" else None) or reports.render(found, language)
    name = reports.file_name(found)
    headers = CLOSED | {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _kept(found: Report) -> bytes | None:
    document = found.document
    if document is None or document.state != DocumentState.READY:
        return None
    try:
        return storage.vault().read_all(document.file(Rendition.FULL))
    except storage.StorageError:
        logger.exception("the PDF of report %s can't be read", found.ref)
        return None


@acting
@require_GET
def own_record(request: HttpRequest) -> HttpResponse:
    """The entries of one's own file (R. 6316-4): acts one took part in, by their reports."""
    by, at = request.membership, timezone.now()
    rows = RecordEntry.objects.filter(membership=by.pk, act__in=acts_of(by, at))
    rows = rows.select_related("act__patient", "act__requester_organisation", "report__signed_by__user")
    page = page_of(rows.order_by("-written_at", "-pk"), request.GET.get("page"), PAGE)
    return render(request, "teleexpertise/report/record.html", {"page": page})
