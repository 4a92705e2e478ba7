"""Where a person is signed in, and what happened to the account, in words."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from virage.accounts.models import User
from virage.journal.models import Entry

EVENTS = 15
VERBS: dict[str, tuple[Promise, str, str]] = {
    "signed_in": (gettext_lazy("Connexion"), "box-arrow-right", ""),
    "signed_out": (gettext_lazy("Déconnexion"), "box-arrow-right", ""),
    "session_locked": (gettext_lazy("Session verrouillée"), "lock", ""),
    "session_unlocked": (gettext_lazy("Session déverrouillée"), "unlock", ""),
    "session_ended": (gettext_lazy("Une session a été finie"), "x-circle", ""),
    "sessions_ended": (gettext_lazy("Des sessions ont été finies"), "x-circle", ""),
    "sign_in_failed": (gettext_lazy("Essai refusé"), "exclamation-circle", "wait"),
    "locked_out": (gettext_lazy("Trop d’essais : le compte a attendu"), "exclamation-triangle-fill", "late"),
    "factor_added": (gettext_lazy("Second facteur ajouté"), "shield-check", "ok"),
    "factor_removed": (gettext_lazy("Second facteur retiré"), "shield-lock", "wait"),
    "codes_renewed": (gettext_lazy("Codes de secours refaits"), "key", "ok"),
    "password_changed": (gettext_lazy("Mot de passe changé"), "key", "ok"),
    "password_reset": (gettext_lazy("Lien vers un nouveau mot de passe demandé"), "envelope", ""),
}
HOW: dict[str, Promise] = {
    "password": gettext_lazy("mot de passe"),
    "totp": gettext_lazy("application"),
    "webauthn": gettext_lazy("clé"),
    "recovery_codes": gettext_lazy("code de secours"),
    "operator": gettext_lazy("par l’exploitant"),
    "link": gettext_lazy("lien reçu par courriel"),
    "socialaccount": gettext_lazy("fournisseur d’identité"),
}
BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS", "macOS"))


@dataclass(frozen=True)
class Session:
    """One place where a person is signed in. `seen`: the last sign of life, to the minute."""

    row: UserSession
    current: bool
    seen: datetime
    device: str


def open_sessions(user: User, current: str) -> list[Session]:
    """The sessions that still stand, this one (of the key `current`) first, then the last used."""
    rows = UserSession.objects.purge_and_list(user)
    found = [Session(row, row.session_key == current, _seen(row), device_words(row.user_agent)) for row in rows]
    return sorted(found, key=lambda one: (not one.current, -one.seen.timestamp()))


def _seen(row: UserSession) -> datetime:
    moment = row._session_store(row.session_key).get("seen")
    return datetime.fromtimestamp(moment, UTC) if moment else row.last_seen_at


def device_words(user_agent: str) -> str:
    """What a browser says of itself, in two words: enough to know one's own."""
    browser = next((word for mark, word in BROWSERS if mark in user_agent), "")
    linux = "Linux" if re.search(r"\bLinux\b", user_agent) else ""
    system = next((word for mark, word in SYSTEMS if mark in user_agent), linux)
    if browser and system:
        return _("%(browser)s sous %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Appareil inconnu")


def account_events(user: User) -> list[dict[str, Any]]:
    """The last entries of the account's own chain, latest first, as a time line."""
    rows = Entry.objects.filter(subject_kind="account", subject_ref=user.ref).order_by("-position")[:EVENTS]
    return [_line(row) for row in rows]


def _line(row: Entry) -> dict[str, Any]:
    words, icon, kind = VERBS.get(row.verb, (row.verb, "circle", ""))
    ways = [str(HOW.get(way, way)) for way in str(row.data.get("how", "")).split(" + ") if way]
    what = f"{words} ({' + '.join(ways)})" if ways else str(words)
    note = _("Sur un appareil que ce compte ne connaissait pas.") if row.data.get("new_device") else ""
    return {"at": row.at, "what": what, "icon": icon, "kind": kind, "note": note}
