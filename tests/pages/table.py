"""Who may open which page: every address of the site by every member of the cast.

Each row says who gets which status; whoever is not named gets `others` (404: as if nothing were there), and nobody
signed in is led to the sign-in page (302) unless the page is `open`. Groups are made of names of the demo's cast.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.pages.objects import PARTS, VISITOR

EVERYONE = " ".join(PARTS)
NURSES = "ehpad_nurse home_nurse telemonitoring_nurse stranger island_nurse"
DOCTORS = "gp regulator wound_doctor"
EXPERTS = "dermatologist dermatologist_3 wound_nurse wound_doctor cardiologist"
ASKERS = f"{NURSES} coordinator {DOCTORS}"
DECIDE = f"coordinator {DOCTORS}"
REGISTER = f"{ASKERS} secretary"
CARE = f"{REGISTER} {EXPERTS}"
LINES = f"{ASKERS} {EXPERTS}"
AGENCIES = "ars ars_elsewhere"
COUNTRY = "national evaluator"
ALSACE = f"ars {COUNTRY}"

# Paule lives at the EHPAD des Tilleuls, the GP is her médecin traitant.
ASKING = "ehpad_nurse coordinator gp"  # who cares for Paule and may ask about her
DESK = f"{ASKING} secretary"  # to whom Paule's identity is open; what is medical is not the secretary's
POOL = "dermatologist dermatologist_3"  # whom the request about Odette is addressed to
TILLEULS = "ehpad_nurse coordinator"  # in whose structure the draft is written
ROGER = "home_nurse gp wound_nurse"

HEADER = {"urgency": "routine", "setting": "esms", "place": "ehpad"}
CONSENT = {"consent-given_by": "patient", "consent-informed_on_exchange": "on"}


@dataclass(frozen=True)
class Page:
    """One address with the objects it is opened with. `posts` is what a form sends, for a page that only
    takes POST; `@name` in it stands for an object."""

    name: str
    objects: tuple[str, ...] = ()
    who: dict[int, str] = field(default_factory=dict)
    others: int = 404
    open: int = 0
    posts: dict[str, Any] | None = None

    @property
    def method(self) -> str:
        return "GET" if self.posts is None else "POST"

    def expects(self, part: str) -> int:
        named = {one for parts in self.who.values() for one in parts.split()}
        if not part or (part == VISITOR and VISITOR not in named):  # who visits the own page is nobody elsewhere
            return self.open or 302
        return next((status for status, parts in self.who.items() if part in parts.split()), self.others)


def _to_read(name: str, *objects: str, who: dict[int, str], others: int = 404) -> Page:
    return Page(name, objects, who, others)


def _to_send(name: str, *objects: str, who: dict[int, str], others: int = 404, **posts: Any) -> Page:
    return Page(name, objects, who, others, posts=posts)


def _open_to_all(name: str, *objects: str, status: int = 200, posts: dict[str, Any] | None = None) -> Page:
    return Page(name, objects, {status: EVERYONE}, open=status, posts=posts)


read: Callable[..., Page] = _to_read
send: Callable[..., Page] = _to_send

FRAME = (
    _open_to_all("help"),
    _open_to_all("legal"),
    _open_to_all("alive"),
    _open_to_all("ready"),
    _open_to_all("working", status=503),  # no worker beside the tests
    _open_to_all("metrics", status=404),  # for no one, unless it is said for whom
    _open_to_all("set_language", status=302, posts={"language": "en"}),
    read("home", who={200: EVERYONE}),
    read("notifications:choices", who={200: EVERYONE}),
    _open_to_all("notifications:stop", "reminder", "stop_key"),
    _open_to_all("notifications:stop", "reminder", "nowhere", status=404),
    read("notifications:outbox", who={200: EVERYONE}),  # of the demo only; holds no health data
)

ACCOUNT = (
    read("me", who={200: EVERYONE}),
    send("membership_switch", who={404: EVERYONE}, membership="nobody's"),
    send("accounts:language", who={302: EVERYONE}, language="en"),
    _open_to_all("openid_connect_login", "provider", status=404),  # this installation knows none
    _open_to_all("openid_connect_callback", "provider", status=404),
    read("identity_link", "provider", who={404: EVERYONE}),
    send("identity_unlink", "provider", who={302: EVERYONE}),
    _open_to_all("identity_left", status=302),
    read("rights", who={200: EVERYONE}),
    read("membership_choose", who={200: EVERYONE}),
    read("accounts:members", who={200: "administrator"}, others=403),
    read("accounts:undelivered", who={200: "administrator"}, others=403),
    send("accounts:undelivered_again", "failed_message", who={302: "administrator"}, others=403),
    read("accounts:members_csv", who={200: "administrator"}, others=403),
    read("accounts:invite", who={200: "administrator"}, others=403),
    read("accounts:member", "colleague", who={200: "administrator"}, others=403),
    read("accounts:member", "foreigner", who={404: "administrator"}, others=403),
    read("accounts:member_change", "colleague", who={200: "administrator"}, others=403),
    read("accounts:member_profession", "colleague", who={200: "administrator"}, others=403),
    send("accounts:member_suspend", "colleague", who={302: "administrator"}, others=403),
    send("accounts:member_suspend", "foreigner", who={404: "administrator"}, others=403),
    send("accounts:member_resume", "colleague", who={302: "administrator"}, others=403),
    read("accounts:member_remove", "colleague", who={200: "administrator"}, others=403),
    read("accounts:authorise", "colleague", who={200: "administrator"}, others=403),
    send("accounts:authorisation_end", "colleague", "authorisation", who={302: "administrator"}, others=403),
    send("accounts:invitation_resend", "invitation", who={302: "administrator"}, others=403),
    send("accounts:invitation_revoke", "invitation", who={302: "administrator"}, others=403),
    _open_to_all("accounts:invitation", "invitation_link"),
    _open_to_all("accounts:invitation", "nowhere", status=404),
    read("accounts:structure", who={200: "administrator"}, others=403),
    read("accounts:structure_edit", who={200: "administrator"}, others=403),
    read("accounts:team_add", who={200: "administrator"}, others=403),
    read("accounts:team", "house_team", who={200: "administrator"}, others=403),
    read("accounts:team", "pool_team", who={404: "administrator"}, others=403),
    Page("account_login", (), {302: EVERYONE}, open=200),
    send("lock", who={302: EVERYONE}),
    read("unlock", who={302: EVERYONE}),  # nothing is locked
    send("presence", who={204: EVERYONE}),
    read("mfa_index", who={200: EVERYONE}),
    send("accounts:session_end", who={404: EVERYONE}, session="0"),  # nobody's
    Page("mfa_authenticate", (), {302: EVERYONE}, open=302),
    read("mfa_reauthenticate", who={302: EVERYONE}),  # nobody has a factor yet
    read("mfa_activate_totp", who={302: EVERYONE}),  # who one is comes first
    read("mfa_deactivate_totp", who={404: EVERYONE}),
    read("mfa_view_recovery_codes", who={404: EVERYONE}),
    read("mfa_generate_recovery_codes", who={302: EVERYONE}),
    read("mfa_add_webauthn", who={302: EVERYONE}),
    read("mfa_reauthenticate_webauthn", who={302: EVERYONE}),
    Page("mfa_login_webauthn", (), {302: EVERYONE}, open=302),
    read("mfa_edit_webauthn", "no_number", who={302: EVERYONE}),
    read("mfa_remove_webauthn", "no_number", who={302: EVERYONE}),
    read("account_logout", who={200: EVERYONE}),
    _open_to_all("account_inactive"),
    read("account_reauthenticate", who={200: EVERYONE}),
    read("account_change_password", who={200: EVERYONE}),
    _open_to_all("account_reset_password"),
    _open_to_all("account_reset_password_done"),
    _open_to_all("account_reset_password_from_key", "reset_user", "reset_key", status=302),
    _open_to_all("account_reset_password_from_key_done"),
)

PATIENTS = (
    read("patients", who={200: CARE}, others=403),
    send("search", who={200: CARE}, others=403, q="exemple"),
    read("records:create", who={200: REGISTER}, others=403),
    read("records:patient", "patient", who={200: DESK}),
    read("records:edit", "patient", who={200: DESK}),
    read("records:duplicates", who={200: REGISTER}, others=403),
    read("records:duplicate", "pair", who={200: DESK}),
    read("records:duplicate_point_out", "patient", who={200: DESK}),
    read("records:death", "patient", who={200: DESK}),
    read("records:identity", "patient", who={200: DESK}),
    read("records:team", "patient", who={200: DESK}),
    read("records:team_add", "patient", who={200: DESK}),
    send("records:team_remove", "patient", who={302: DESK}, row="@care_row"),
    read("records:contacts", "patient", who={200: DESK}),
    read("records:contact_add", "patient", who={200: DESK}),
    read("records:contact", "contact", who={200: DESK}),
    send("records:contact_end", "contact", who={302: DESK}),
    read("records:own_page", "patient", who={200: ASKING, 403: "secretary"}),
    read("records:own_page_give", "patient", who={200: ASKING, 403: "secretary"}),
    send("records:own_page_revoke", "access", who={302: ASKING, 403: "secretary"}),
    send("records:own_page_corrected", "wish", who={302: ASKING, 403: "secretary"}),
    read("records:readers", "patient", who={200: "privacy"}),
    read("records:readers_csv", "patient", who={200: "privacy"}),
    read("records:readers_pdf", "patient", who={200: "privacy"}),
    read("records:readings", who={200: "privacy"}, others=403),
    read("records:person", who={200: "privacy"}, others=403),
    read("records:person_csv", who={404: "privacy"}, others=403),  # nobody is chosen
    read("records:person_pdf", who={404: "privacy"}, others=403),
    read("records:rights", "patient", who={200: ASKING, 403: "secretary"}),
    read("records:inform", "patient", who={200: ASKING, 403: "secretary"}),
    read("records:oppose", "patient", who={200: ASKING, 403: "secretary"}),
    send("records:opposition_end", "opposition", who={302: ASKING, 403: "secretary"}),
    read("records:emergency", who={200: f"{ASKERS} {EXPERTS}"}, others=403),
    send("records:emergency_open", who={422: f"{ASKERS} {EXPERTS}"}, others=403),
    read("records:emergencies", who={200: "privacy"}, others=403),
    read("records:emergency_review", "emergency_access", who={200: "privacy"}),
    send("records:emergency_end", "emergency_access", who={302: "regulator"}),
    read("records:wound_add", "patient", who={200: ASKING, 403: "secretary"}),
    read("records:wound", "wound", who={200: ASKING, 403: "secretary"}),
    send("records:wound_heal", "wound", who={302: ASKING, 403: "secretary"}, on="01/11/2026"),
    send("records:wound_reopen", "wound", who={302: ASKING, 403: "secretary"}),
    read("records:consent_withdraw", "consent", who={200: ASKING, 403: "secretary"}),
)

OWN_PAGE = (
    _open_to_all("patient:entry"),
    _open_to_all("patient:link", "link_token"),
    _open_to_all("patient:link", "nowhere", status=404),
    _open_to_all("patient:code", status=302),  # without the cookie of the door
    _open_to_all("patient:again", status=302, posts={}),
    read("patient:home", who={200: VISITOR}, others=302),
    read("patient:acts", who={200: VISITOR}, others=302),
    read("patient:act", "closed", who={200: VISITOR}, others=302),
    read("patient:act", "sent", who={404: VISITOR}, others=302),  # another patient's
    read("patient:report", "closed_report", who={200: VISITOR}, others=302),
    read("patient:report", "report", who={404: VISITOR}, others=302),  # nobody has spoken of it with her yet
    read("patient:consents", who={200: VISITOR}, others=302),
    read("patient:withdraw", "consent", who={200: VISITOR}, others=302),
    read("patient:readers", who={200: VISITOR}, others=302),
    read("patient:details", who={200: VISITOR}, others=302),
    send("patient:leave", who={302: VISITOR}, others=302),
)

DOCUMENTS = (
    read("records:documents", "slot", who={200: "ehpad_nurse"}),
    send("records:document_upload", "slot", who={422: "ehpad_nurse"}),
    send("records:upload_begin", "slot", who={422: "ehpad_nurse"}),
    send(
        "records:upload_piece", "slot", "nowhere", who={405: EVERYONE}
    ),  # PATCH and DELETE: tests/records/test_uploads
    send("records:document_remove", "slot", "document", who={404: EVERYONE}),
    send("records:document_restore", "slot", "document", who={404: EVERYONE}),
    read("records:document_file", "document", "thumb", who={200: f"{ASKING} {POOL}"}),
    read("records:document_file", "document", "nowhere", who={404: EVERYONE}),  # no such rendition
    send("records:phone_pair", "slot", who={200: "ehpad_nurse"}),
    send("records:phone_revoke", "slot", "nowhere", who={404: EVERYONE}),
    _open_to_all("records:phone", status=404),  # without the cookie of a paired phone
    _open_to_all("records:phone_link", "phone_token"),
    _open_to_all("records:phone_link", "nowhere", status=404),
    _open_to_all("records:phone_upload", status=403, posts={}),
    _open_to_all("records:phone_upload_begin", status=403, posts={}),
    _open_to_all("records:phone_piece", "nowhere", status=405, posts={}),
    _open_to_all("records:phone_sent", status=404),
    _open_to_all("records:phone_thumbnail", "document", status=404),
)

ASKING_PAGES = (
    read("teleexpertise:requests", who={200: ASKERS}, others=403),
    read("teleexpertise:new", who={200: ASKERS}, others=403),
    read("teleexpertise:new_for", "patient", who={200: ASKING, 403: "secretary"}),
    send("teleexpertise:start", "patient", who={302: ASKING, 403: "secretary"}),
    read("teleexpertise:patient_acts", "patient", who={200: ASKING, 403: "secretary"}),
    read("teleexpertise:wound_area", "wound", who={200: ASKING, 403: "secretary"}),
    read("teleexpertise:draft", "draft", who={200: TILLEULS}),
    send("teleexpertise:draft_assessment", "draft", who={302: TILLEULS}),
    send("teleexpertise:draft_header", "draft", who={302: TILLEULS}, **HEADER),
    send("teleexpertise:draft_addressee", "draft", who={302: TILLEULS}, to="@pool"),
    send("teleexpertise:draft_consent", "draft", who={302: TILLEULS}, **CONSENT),
    send("teleexpertise:draft_confirm", "draft", who={302: TILLEULS}, suits="1"),
    read("teleexpertise:draft_state", "draft", who={200: TILLEULS}),
    send("teleexpertise:draft_send", "draft", who={422: TILLEULS}),
    send("teleexpertise:draft_prepare", "draft", who={302: TILLEULS}, doctor="@gp"),
    send("teleexpertise:draft_return", "draft", who={409: TILLEULS}),
    send("teleexpertise:draft_discard", "draft", who={302: TILLEULS}),
    read("teleexpertise:act", "sent", who={200: f"{ASKING} {POOL}"}),
    read("teleexpertise:act", "answered", who={200: f"{ASKING} dermatologist"}),
    send("teleexpertise:complements", "waiting", who={302: TILLEULS, 403: "gp dermatologist"}, text="Voici."),
    send(
        "teleexpertise:note",
        "waiting",
        who={302: f"{TILLEULS} dermatologist", 403: "gp"},
        text="Bonjour.",
    ),
    read("teleexpertise:withdraw", "waiting", who={200: TILLEULS, 302: "gp dermatologist"}),
    read("teleexpertise:resend", "waiting", who={302: f"{ASKING} dermatologist"}),
    send(
        "teleexpertise:message_again",
        "failed_act",
        "failed_message",
        who={302: ASKING, 403: POOL},
    ),
    send("teleexpertise:follow", "closed", who={302: ASKING, 404: "dermatologist"}),
)

ANSWERING_PAGES = (
    read("teleexpertise:inbox", who={200: f"{EXPERTS} {DOCTORS}"}, others=403),
    read("teleexpertise:phrases", who={200: EXPERTS}, others=403),
    read("teleexpertise:phrase_new", who={200: EXPERTS}, others=403),
    read("teleexpertise:phrase", "phrase", who={200: "dermatologist", 404: EXPERTS}, others=403),
    send("teleexpertise:phrase_drop", "phrase", who={302: "dermatologist", 404: EXPERTS}, others=403),
    send("teleexpertise:accept", "sent", who={302: POOL, 403: ASKING}),
    read("teleexpertise:decline", "sent", who={200: POOL, 302: ASKING}),
    read("teleexpertise:pass_on", "sent", who={200: POOL, 302: ASKING}),
    send("teleexpertise:reply", "heart", who={302: f"{TILLEULS} cardiologist", 403: "gp"}, text="Bonjour."),
    read("teleexpertise:photo", "sent", "document", who={200: f"{ASKING} {POOL}"}),
    send("teleexpertise:drawing", "sent", "document", who={403: f"{ASKING} {POOL}"}, shapes="[]"),
    read("teleexpertise:completion", "heart", who={200: "cardiologist", 302: ASKING}),
    send("teleexpertise:completion_answers", "heart", who={200: "cardiologist", 423: ASKING}, question="Œdèmes ?"),
    read("teleexpertise:push", "draft", who={200: TILLEULS}),
    send("teleexpertise:push_answers", "draft", who={200: TILLEULS}, longueur="4"),
    read("teleexpertise:advice", "heart", who={200: "cardiologist", 302: ASKING}),
    send(
        "teleexpertise:advice_draft",
        "heart",
        who={200: "cardiologist", 423: ASKING},
        revision="0",
        diagnosis="Œdèmes.",
    ),
    read("teleexpertise:advice_preview", "heart", who={302: f"cardiologist {ASKING}"}),  # nothing is written yet
    read("teleexpertise:validation", "to_validate", who={200: "wound_doctor", 302: ROGER}),
    read("teleexpertise:correct", "closed", who={200: "dermatologist", 302: ASKING}),
    send("teleexpertise:correction_discard", "correction", who={302: "dermatologist", 403: ASKING}),
)

CLOSING_PAGES = (
    read("teleexpertise:report", "report", who={200: f"{ASKING} dermatologist"}),
    read("teleexpertise:report_pdf", "report", who={200: f"{ASKING} dermatologist"}),
    read("teleexpertise:record", who={200: EVERYONE}),  # one's own file: empty for many
    send(
        "teleexpertise:acknowledge",
        "answered",
        who={302: TILLEULS, 403: "gp dermatologist"},
        told_patient="Dit.",
    ),
    read("teleexpertise:incident", "answered", who={200: f"{ASKING} dermatologist"}),
    read("teleexpertise:decisions", who={200: DECIDE}, others=403),
    read("teleexpertise:tasks", who={200: NURSES}, others=403),
    send("teleexpertise:decide", "item", who={302: "gp", 403: f"{TILLEULS} dermatologist"}, do="prescribe"),
    send("teleexpertise:undecide", "decided_item", who={302: "gp", 403: f"{TILLEULS} dermatologist"}),
    send(
        "teleexpertise:do_task",
        "decided_item",
        who={302: "ehpad_nurse", 403: "coordinator gp dermatologist"},
    ),
    send("teleexpertise:undo_task", "done_item", who={302: "ehpad_nurse", 403: "coordinator gp dermatologist"}),
)

AFTER_CARE = (
    read("privacy:retention", who={200: "privacy"}, others=403),
    read("privacy:seals", who={200: "privacy"}, others=403),
    read("privacy:seals_file", who={200: "privacy"}, others=403),
    read("billing:own", who={200: LINES}),
    read("billing:own_csv", who={200: LINES}),
    read("billing:region", who={200: AGENCIES}),
    read("billing:region_csv", who={200: AGENCIES}),
    read("billing:payer", who={200: "payer"}),
    read("billing:act_line", "closed", who={200: f"{ASKING} dermatologist"}),
    read("billing:line", "line", who={200: "dermatologist ars payer"}),
    send("billing:rejudge", "line", who={302: "ars"}),
    read("activity:state", who={200: AGENCIES}),
    read("activity:states", who={200: COUNTRY}),
    read("activity:states_csv", who={200: COUNTRY}),
    read("activity:region", "alsace", who={200: ALSACE}),
    read("activity:state_csv", "alsace", who={200: ALSACE}),
    read("activity:state_pdf", "alsace", who={200: ALSACE}),
)

TABLE = FRAME + ACCOUNT + PATIENTS + OWN_PAGE + DOCUMENTS + ASKING_PAGES + ANSWERING_PAGES + CLOSING_PAGES + AFTER_CARE
