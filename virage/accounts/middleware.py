"""Who may go on: a session that is over ends, a locked one shows its lock only, a professional sets up a factor.

Closed by default: while a door is shut, the few names below are open and nothing else.
"""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import UpdateError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from virage.accounts.access import BEGAN, LOCKED, SEEN, SHARED, must_set_up
from virage.accounts.models import User
from virage.accounts.rules.sessions import Lived, Verdict, judge

Handler = Callable[[HttpRequest], HttpResponse]
TOUCH = timedelta(minutes=1).total_seconds()
WHILE_LOCKED = {"unlock", "account_logout", "set_language"}
WHILE_SETTING_UP = {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "account_reauthenticate",
    "account_logout",
    "lock",
    "unlock",
    "presence",
    "set_language",
}


def for_scripts(get_response: Handler) -> Handler:
    """A script that is led to a door gets 401 and not the door's page as if it were the answer; htmx is told to open
    the door in the whole window."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != 302 or not _asked_by_script(request):
            return response
        door = urlsplit(response.headers["Location"]).path
        if door not in {reverse(name) for name in ("account_login", "unlock", "mfa_index")}:
            return response
        answer = HttpResponse(status=401)
        answer.cookies = response.cookies
        if request.htmx:
            answer.headers["HX-Redirect"] = f"{door}?{urlencode({'next': _page(request)})}"
        return answer

    return middleware


def sessions(get_response: Handler) -> Handler:
    """End what is over, lock what is left alone on a shared computer, note a sign of life once a minute."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            if SESSION_KEY in request.session:  # suspended since
                request.session.flush()
            return get_response(request)
        verdict = _judge(request)
        if verdict is Verdict.OVER or not _touched(request, verdict):
            _end(request)
        elif verdict is Verdict.LOCKED and _name(request) not in WHILE_LOCKED:
            return redirect(f"{reverse('unlock')}?{urlencode({'next': _page(request)})}")
        response = get_response(request)
        _keep_lock(request, verdict)
        return response

    return middleware


def second_factor(get_response: Handler) -> Handler:
    """Without one, a professional acts for nobody, and sees only the page that sets one up."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, User) and must_set_up(request):
            request.must_set_up, request.memberships, request.membership = True, [], None
            if _name(request) not in WHILE_SETTING_UP:
                return redirect("mfa_index")
        return get_response(request)

    return middleware


def _judge(request: HttpRequest) -> Verdict:
    session, now = request.session, timezone.now().timestamp()
    lived = Lived(
        began=session.get(BEGAN, now),
        seen=session.get(SEEN, now),
        shared=bool(session.get(SHARED)),
        locked=bool(session.get(LOCKED)),
    )
    lengths = settings.SESSIONS
    return judge(lived, now=now, idle=lengths.idle, longest=lengths.longest, lock=lengths.lock)


def _touched(request: HttpRequest, verdict: Verdict) -> bool:
    """Written at once: what a long request writes when it ends may be older than a lock set meanwhile. False when the
    session was ended a moment ago."""
    session, now = request.session, timezone.now().timestamp()
    if verdict is Verdict.LOCKED:
        changed = not session.get(LOCKED)
        session[LOCKED] = True
    else:
        changed = BEGAN not in session or (now - session[SEEN] >= TOUCH and not request.headers.get("X-Unattended"))
        if changed:
            session[BEGAN], session[SEEN] = session.get(BEGAN, now), now
    if changed:
        try:
            session.save()
        except UpdateError:
            return False
    session.modified = session.modified and not changed
    return True


def _keep_lock(request: HttpRequest, verdict: Verdict) -> None:
    """A request that began before the lock and writes its session after it does not open the lock again."""
    session = request.session
    if verdict is not Verdict.OPEN or not session.modified or SESSION_KEY not in session:
        return
    if session.session_key and type(session)(session.session_key).get(LOCKED):
        session[LOCKED] = True


def _end(request: HttpRequest) -> None:
    request.session.flush()
    request.user = AnonymousUser()
    request.memberships, request.membership = [], None
    messages.info(request, _("Votre session a pris fin : connectez-vous de nouveau. Ce qui est enregistré reste."))


def _name(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).view_name
    except Resolver404:
        return ""


def _asked_by_script(request: HttpRequest) -> bool:
    wanted = request.headers.get("Sec-Fetch-Dest", "document")
    json = request.headers.get("Accept") == "application/json"
    return bool(request.htmx) or json or wanted not in {"document", "iframe"}


def _page(request: HttpRequest) -> str:
    """The page to come back to: this one, or the one that a form or a script is on; the home page for want of one."""
    if request.method == "GET" and not request.htmx:
        return request.get_full_path()
    said = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    hosts = {request.get_host()}
    if not said or not url_has_allowed_host_and_scheme(said, hosts, require_https=request.is_secure()):
        return reverse("home")
    parts = urlsplit(said)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
