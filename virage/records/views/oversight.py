"""Who read which record: for the privacy officer of a structure, by patient and by person."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from virage.accounts.access import require
from virage.accounts.models import User
from virage.accounts.roles import Permission
from virage.journal.models import Entry
from virage.records.access import identities_of, trace_oversight, trace_read
from virage.records.forms import SearchForm, TrailFilter
from virage.records.models import Patient
from virage.records.reports import oversight, trail
from virage.records.reports import patients as report
from virage.records.views.patients import acting, strip
from virage.ui.csvfile import csv_response

RECENT = timedelta(days=30)
"""What a person's page shows at first (project default)."""


def _zone(request: HttpRequest) -> ZoneInfo:
    return ZoneInfo(request.membership.organisation.time_zone)


def _before(request: HttpRequest) -> int:
    text = request.GET.get("before", "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _trail(request: HttpRequest, ref: str) -> tuple[Patient, TrailFilter, QuerySet[Entry]]:
    """The patient whose trail may be read, traced; the filters; the entries that they leave."""
    by, at = request.membership, timezone.now()
    patient = get_object_or_404(trail.trails_of(by, at), ref=ref)
    trace_read(by, subject_kind="patient", subject_ref=ref, patient_ref=ref, at=at, purpose="trail")
    form = TrailFilter(request.GET, people=oversight.actors_of(patient))
    return patient, form, trail.entries_about(patient, form.sought(_zone(request)))


@require_GET
@acting
def readers(request: HttpRequest, ref: str) -> HttpResponse:
    """Who read the record and who changed it, latest first."""
    patient, form, entries = _trail(request, ref)
    sees_record = identities_of(request.membership, timezone.now()).filter(pk=patient.pk).exists()
    context = {
        **strip(patient),
        "form": form,
        "trail": trail.page_of(entries, before=_before(request)),
        "sees_record": sees_record,
        "hide_ins": not sees_record,  # a privacy officer needs to know who, not the number
    }
    return render(request, "records/patients/readers.html", context)


@require_GET
@acting
def readers_csv(request: HttpRequest, ref: str) -> HttpResponse:
    _patient, _form, entries = _trail(request, ref)
    return _csv(request, entries)


@require_GET
@acting
def readers_pdf(request: HttpRequest, ref: str) -> HttpResponse:
    patient, form, entries = _trail(request, ref)
    born = f"{patient.birth_date:%d/%m/%Y}"
    facts = [(_("Patient"), patient.display_name), (_("Date de naissance"), born), *_period(form)]
    return _pdf(request, _("Qui a consulté ce dossier"), facts, entries)


@require_http_methods(["GET", "POST"])
@acting
def readings(request: HttpRequest) -> HttpResponse:
    """For the privacy officer: find the record whose trail is asked for. Nobody is listed before one looks."""
    by, at = request.membership, timezone.now()
    require(by, Permission.READ_JOURNAL)
    form = SearchForm(request.POST or None)
    page = None
    if request.method == "POST" and any(vars(form.wanted).values()):
        found = report.matching(trail.trails_of(by, at), form.wanted)
        page = report.page_of(found, request.POST.get("after", ""))
    context = {"form": form, "page": page, "q": request.POST.get("q", "")}
    return render(request, "records/patients/readings.html", context)


def _person(request: HttpRequest) -> tuple[TrailFilter, User | None, QuerySet[Entry]]:
    """The filters, the person asked for (one of the structure's), traced, and what that person did."""
    by, at = request.membership, timezone.now()
    require(by, Permission.READ_JOURNAL)
    asked = request.GET.copy()
    if "since" not in asked:
        asked["since"] = f"{timezone.localdate() - RECENT:%d/%m/%Y}"
    form = TrailFilter(asked, people=oversight.people_of(by), everyone=False)
    user = form.person
    if user is None:
        return form, None, Entry.objects.none()
    trace_oversight(by, user, at=at)
    return form, user, oversight.entries_by(by, form.sought(_zone(request)), at)


@require_GET
@acting
def person(request: HttpRequest) -> HttpResponse:
    """What one person of the structure did with its records in a period, and figures to look twice at."""
    form, user, entries = _person(request)
    context: dict[str, Any] = {"form": form, "user_seen": user}
    if user:
        found = trail.page_of(entries, before=_before(request))
        patients = oversight.named(found.lines)
        context |= {
            "summary": oversight.summary(entries, _zone(request)),
            "lines": [(line, patients.get(line.patient_ref)) for line in found.lines],
            "before": found.before,
        }
    return render(request, "records/patients/person.html", context)


@require_GET
@acting
def person_csv(request: HttpRequest) -> HttpResponse:
    _form, user, entries = _person(request)
    if user is None:
        raise Http404
    return _csv(request, entries, named=True)


@require_GET
@acting
def person_pdf(request: HttpRequest) -> HttpResponse:
    form, user, entries = _person(request)
    if user is None:
        raise Http404
    facts = [(_("Personne"), user.get_full_name()), (_("Structure"), request.membership.organisation.name)]
    return _pdf(request, _("Ce qu’une personne a lu"), [*facts, *_period(form)], entries, named=True)


def _period(form: TrailFilter) -> list[tuple[str, str]]:
    said = [(form.fields[name].label, form.values.get(name)) for name in ("since", "until")]
    return [(str(label), f"{value:%d/%m/%Y}") for label, value in said if value]


def _table(request: HttpRequest, entries: QuerySet[Entry], *, named: bool) -> tuple[list[str], list[list[str]]]:
    """The lines of a file; with the patient of each where they are of several."""
    lines, zone = oversight.file_lines(entries), _zone(request)
    header, rows = oversight.header(), oversight.rows(lines, zone)
    if not named:
        return header, rows
    patients = oversight.named(lines)
    names = [patients[line.patient_ref].display_name if line.patient_ref in patients else "" for line in lines]
    return [*header, _("Patient")], [[*row, name] for row, name in zip(rows, names, strict=True)]


def _csv(request: HttpRequest, entries: QuerySet[Entry], *, named: bool = False) -> HttpResponse:
    header, rows = _table(request, entries, named=named)
    return csv_response("consultations", header, rows)


def _pdf(
    request: HttpRequest, title: str, facts: list[tuple[str, str]], entries: QuerySet[Entry], *, named: bool = False
) -> HttpResponse:
    header, rows = _table(request, entries, named=named)
    content = oversight.pdf(title, facts, (header, rows), at=timezone.now().astimezone(_zone(request)))
    headers = {"Content-Disposition": 'attachment; filename="consultations.pdf"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
