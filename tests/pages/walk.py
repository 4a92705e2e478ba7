"""How the tests of pages go round the house: every address, each member of the cast, what a request wrote."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.db import connection, transaction
from django.test import RequestFactory
from django.test.client import ClientHandler
from django.urls import URLPattern, URLResolver, get_resolver

from tests.pages import objects
from virage.accounts.models import User
from virage.acts.views.door import VISIT

WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
# A read is traced; a session may be touched; what may be asked so often and no more is counted.
TRACES = {"journal_entry", "journal_chain", "django_session", "records_patientvisit", "shared_cache"}


def every_name() -> Iterator[str]:
    """The full name of every address of the site; its route where it has none."""
    yield from _names(get_resolver(), "")


def _names(resolver: URLResolver, space: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield space + (entry.name or f"({entry.pattern})")
        else:
            yield from _names(entry, f"{space}{entry.namespace}:" if entry.namespace else space)


@dataclass(frozen=True)
class Answer:
    """What came back, and the tables that were written on the way (all of it is undone)."""

    status: int
    headers: dict[str, str]
    text: str
    wrote: frozenset[str]


class Cast:
    """Opens pages as any member of the cast. Not Django's test client: it copies every template's context."""

    def __init__(self) -> None:
        self.handler = ClientHandler(enforce_csrf_checks=False)
        self.keys = _keys()

    def asks(
        self,
        part: str,
        method: str,
        url: str,
        data: dict[str, Any] | None = None,
        session: dict[str, Any] | None = None,
        **extra: str,
    ) -> Answer:
        """What this member of the cast ('' for nobody) is answered; `session`: what else the session holds; `extra` goes
        into the WSGI environment."""
        factory = RequestFactory()
        if part == objects.VISITOR:
            factory.cookies[VISIT] = objects.visit()
        elif part:
            factory.cookies["sessionid"] = _with(self.keys[part], session) if session else self.keys[part]
        request = factory.post(url, data or {}, **extra) if method == "POST" else factory.get(url, **extra)
        with undone(), _watched() as wrote:
            response = self.handler(request.environ)
            text = response.getvalue().decode(errors="replace")
        return Answer(response.status_code, dict(response.headers), text, frozenset(wrote))


@contextmanager
def undone() -> Iterator[None]:
    """What is written meanwhile is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@cache
def _keys() -> dict[str, str]:
    """The session of each member of the cast: signed, so that none is in the database."""
    return {part: _session(user) for part, user in _users().items()}


def _users() -> dict[str, User]:
    parts = {email: part for part, email in objects.EMAILS.items()}
    return {parts[user.email]: user for user in User.objects.filter(email__in=parts)}


def _session(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def _with(key: str, more: dict[str, Any]) -> str:
    session = SessionStore(key)
    session.update(more)
    session.save()
    return str(session.session_key)


@contextmanager
def _watched() -> Iterator[set[str]]:
    """The tables that are written meanwhile."""
    found: set[str] = set()

    def look(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if match := WRITES.match(str(sql)):
            found.add(match[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield found
