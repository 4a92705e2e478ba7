"""What one request costs: SQL statements, CPU of the server process, wall clock."""

import statistics
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.client import ClientHandler
from django.urls import reverse
from django.utils import timezone

from virage.accounts.models import Membership, Team
from virage.questionnaires.actions import save_answers
from virage.records.actions.consents import record_consent
from virage.records.models import CareTeamMember, Consent, ConsentBy, Patient
from virage.teleexpertise.actions import drafts, sending
from virage.teleexpertise.models import Expertise, Form
from virage.ui import prepared
from virage.web.demo.data import CAST
from virage.web.demo.history import Look

Row = tuple[str, str, str]
WARM = 5
LOOK = Look(3.5, 2.0, 20, 30, 50, "modere", 4)


def measure(times: int) -> list[Row]:
    _address_to_the_cardiologists()
    rows = [_inbox(times), _inbox_written_anew(times), _crowded_inbox(times)]
    rows += [_page(part, name, what, times) for part, name, what in PAGES]
    return [*rows, _start(times), _send(times)]


PAGES = (
    ("ehpad_nurse", "teleexpertise:requests", "requests of the nursing home, 20 of those that are open"),
    ("ehpad_nurse", "patients", "list of patients"),
    ("dermatologist", "home", "home of the dermatologist"),
    ("ars", "activity:state", "monthly state of the region"),
)


class Visitor:
    """A member of the cast, signed in; requests go through the whole stack of middleware, without a network."""

    def __init__(self, part: str) -> None:
        email = next(person.email for person in CAST if person.part == part)
        self.member = Membership.objects.select_related("user", "organisation").get(user__email=email)
        self.handler = ClientHandler(enforce_csrf_checks=False)
        session = SessionStore()
        session[SESSION_KEY] = str(self.member.user.pk)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = self.member.user.get_session_auth_hash()
        session.save()
        self.factory = RequestFactory(headers={"Host": "127.0.0.1"})
        self.factory.cookies["sessionid"] = session.session_key

    def get(self, url: str) -> HttpResponse:
        return self._asked(self.factory.get(url).environ, 200)

    def post(self, url: str, **fields: str) -> HttpResponse:
        body = urlencode({"once": uuid4().hex} | fields)
        kind = "application/x-www-form-urlencoded"
        return self._asked(self.factory.post(url, body, content_type=kind).environ, 302)

    def _asked(self, environ: dict[str, Any], expected: int) -> HttpResponse:
        response = self.handler(environ)
        if response.status_code != expected:
            raise SystemExit(f"{environ['PATH_INFO']} answered {response.status_code}, not {expected}")
        return response


def _cost(what: str, aim: str, act: Callable[[int], object], times: int) -> Row:
    """`act` is called with its number; the first calls warm up."""
    cpu, wall, statements = [], [], []
    for number in range(WARM + times):
        count = _Count()
        with connection.execute_wrapper(count):
            began, used = time.perf_counter(), time.process_time()
            act(number)
            used, took = time.process_time() - used, time.perf_counter() - began
        if number >= WARM:
            cpu.append(used * 1000)
            wall.append(took * 1000)
            statements.append(count.number)
    words = (
        f"{max(statements)} statements, {statistics.median(cpu):.1f} ms CPU, {statistics.median(wall):.1f} ms in all"
    )
    return what, words, aim


class _Count:
    """Statements, without the marks of transactions inside one another."""

    number = 0

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if not str(sql).startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            self.number += 1
        return execute(sql, params, many, context)


def _inbox(times: int) -> Row:
    """An expert for whom 20 wait, among all the others' acts."""
    visitor, url = Visitor("cardiologist"), reverse("teleexpertise:inbox")
    aim = "≤ 8 statements, 10 ms"
    return _cost(f"inbox of {_shown(visitor, url)}", aim, lambda _number: visitor.get(url), times)


def _address_to_the_cardiologists() -> None:
    """19 of the pool of dermatologists' requests go to the cardiologists, of whom one has one already."""
    team = Team.objects.get(specialty="cardiologie")
    open_ones = Expertise.objects.filter(act__state="sent", to_team__specialty="dermatologie").order_by("-pk")
    rows = Expertise.objects.filter(pk__in=list(open_ones.values_list("pk", flat=True)[:19]))
    CareTeamMember.objects.filter(scope__in=list(rows.values_list("act__ref", flat=True))).update(team=team)
    rows.update(to_team=team)


def _inbox_written_anew(times: int) -> Row:
    """For comparison: the same page when Django writes the SQL of its lists at each request."""
    visitor, url = Visitor("cardiologist"), reverse("teleexpertise:inbox")

    def get(_number: int) -> None:
        prepared.forget()
        visitor.get(url)

    return _cost("the same, its SQL written anew each time", "", get, times)


def _crowded_inbox(times: int) -> Row:
    """A backlog: 1,000 wait, the first page is shown."""
    visitor, url = Visitor("dermatologist"), reverse("teleexpertise:inbox")
    waiting = Expertise.objects.filter(act__state="sent", to_team__specialty="dermatologie").count()
    what = f"inbox where {waiting} wait, first page of {_shown(visitor, url)}"
    return _cost(what, "", lambda _number: visitor.get(url), times)


def _shown(visitor: Visitor, url: str) -> int:
    return visitor.get(url).content.decode().count('class="item-link"')


def _page(part: str, name: str, what: str, times: int) -> Row:
    visitor, url = Visitor(part), reverse(name)
    return _cost(what, "", lambda _number: visitor.get(url), times)


def _start(times: int) -> Row:
    visitor = Visitor("ehpad_nurse")
    refs = list(Patient.objects.filter(birth_name__startswith="NOMBRE").values_list("ref", flat=True)[: WARM + times])
    urls = [reverse("teleexpertise:start", args=[ref]) for ref in refs]
    return _cost("creating a request (draft)", "≤ 25 statements", lambda number: visitor.post(urls[number]), times)


def _send(times: int) -> Row:
    visitor = Visitor("ehpad_nurse")
    urls = [reverse("teleexpertise:draft_send", args=[ref]) for ref in _complete_drafts(visitor.member, WARM + times)]
    return _cost("sending it (two experts told)", "", lambda number: visitor.post(urls[number]), times)


def _complete_drafts(by: Membership, number: int) -> list[str]:
    """Drafts that lack nothing, each for another patient."""
    pool = Team.objects.get(specialty="dermatologie", organisation__name__contains="Lilas")
    patients = Patient.objects.filter(birth_name__startswith="NOMBRE").order_by("-pk")[:number]
    return [_complete(by, patient, pool) for patient in patients]


def _complete(by: Membership, patient: Patient, pool: Team) -> str:
    at = timezone.now()
    wound = patient.wounds.first()
    expertise: Expertise = drafts.start(by=by, patient=patient, form=Form.WOUND, wound=wound, at=at)
    drafts.choose_addressee(by=by, expertise=expertise, to_team=pool, at=at)
    posted = LOOK.posted("Quel pansement ?", "escarre", "01/01/2026")
    save_answers(response=expertise.assessment, posted=posted, at=at)
    ref = expertise.act.ref
    consent: Consent = record_consent(
        by=by, patient=patient, subject=ref, given_by=ConsentBy.PATIENT, informed_on_exchange=True, at=at
    )
    sending.confirm_relevance(by=by, expertise=expertise, at=at)
    return consent.subject
