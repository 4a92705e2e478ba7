"""`manage.py check --deploy`: what Django's own checks don't see of an installation that serves real patients."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from virage.kernel import strength

FIRST = ("virage.web.watch.middleware.watched", "virage.ui.middleware.security_headers")
GUARD, SIGNED_IN = "virage.web.guard.middleware.guard", "django.contrib.auth.middleware.AuthenticationMiddleware"
PROTECTED = ("require", "verify-ca", "verify-full")


def judge(app_configs: Any, **_rest: Any) -> list[CheckMessage]:
    return [*_addresses(), *_folders(), *_lines(), *_settings()]


def _addresses() -> Iterator[CheckMessage]:
    if settings.DEMO:
        yield Warning("DEMO is on: whoever comes may sign in as anybody.", hint="DEMO=0", id="virage.W001")
    if settings.PUBLIC_URL.startswith("https://") and not settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        yield Warning(
            "No proxy is trusted: a request that came by https can't be told, and is led to https without end.",
            hint="TRUSTED_PROXIES=1 behind one proxy that writes X-Forwarded-Proto and -For itself.",
            id="virage.W002",
        )


def _folders() -> Iterator[CheckMessage]:
    keys, documents = Path(settings.DOCUMENT_KEYS_DIR), Path(settings.DOCUMENTS_DIR)
    if keys == documents or documents in keys.parents or keys in documents.parents:
        yield Error("Keys and documents lie in one folder: who copies one has both.", id="virage.E003")
    if strength.is_open(keys.stat().st_mode if keys.is_dir() else None):
        yield Error("The folder of keys is open to other users of this machine.", hint="chmod 700", id="virage.E004")
    statics = settings.STATIC_ROOT and Path(settings.STATIC_ROOT)
    if statics and any(statics == folder or statics in folder.parents for folder in (keys, documents)):
        yield Error("Keys or documents lie among the files that anybody may fetch.", id="virage.E005")


def _lines() -> Iterator[CheckMessage]:
    """Ways over which data of patients travel."""
    database = settings.DATABASES["default"]
    host = str(database["HOST"])
    elsewhere = host not in strength.HERE and not host.startswith("/")
    if elsewhere and database["OPTIONS"].get("sslmode") not in PROTECTED:
        yield Warning(
            "The database is on another machine, and nothing asks that the line to it is encrypted.",
            hint="Write ?sslmode=verify-full (or require) at the end of DATABASE_URL.",
            id="virage.W006",
        )
    clear = not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL)
    if clear and settings.EMAIL_BACKEND.endswith("smtp.EmailBackend") and settings.EMAIL_HOST not in strength.HERE:
        yield Warning(
            "Messages leave for the mail server in clear: they hold links to records.",
            hint="EMAIL_URL=smtp://…:587 or smtps://…",
            id="virage.W007",
        )


def _settings() -> Iterator[CheckMessage]:
    order = list(settings.MIDDLEWARE)
    if tuple(order[: len(FIRST)]) != FIRST or order.index(GUARD) > order.index(SIGNED_IN):
        yield Error("The order of MIDDLEWARE leaves answers without their headers.", id="virage.E008")
    if "locmem" in settings.CACHES["default"]["BACKEND"].lower() or "dummy" in settings.CACHES["default"]["BACKEND"]:
        yield Error("Attempts are counted in each process by itself: the cache must be shared.", id="virage.E009")
    if not {settings.SESSION_COOKIE_SAMESITE, settings.CSRF_COOKIE_SAMESITE} <= {"Lax", "Strict"}:
        yield Error("Other sites could send our cookies with their forms.", id="virage.E010")
