"""A message put together: an e-mail with its frame, or the one line of an SMS."""

from dataclasses import dataclass

from virage.notifications.rules.kinds import Frame
from virage.notifications.rules.templates import TEMPLATES

SECRET_PLACE = ":jeton:"  # noqa: S105 - a place, not a secret
"""In a link: where the secret of the message goes when it is sent. The secret itself is kept nowhere."""

SMS_LENGTH = 160
"""Characters of one SMS in the GSM 7-bit alphabet (3GPP TS 23.038)."""

GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "«": '"', "»": '"', "…": ".", "–": "-", "—": "-", "\u00a0": " ", "\u202f": " ", "œ": "oe"}
    | {"ç": "c", "ê": "e", "ë": "e", "î": "i", "ï": "i", "ô": "o", "û": "u", "â": "a", "Œ": "OE", "À": "A"}
    | {"Ê": "E", "È": "E", "Ô": "O", "Î": "I"}
)


@dataclass(frozen=True)
class Letter:
    """A message as it is sent by e-mail: plain text, with one link or one code."""

    subject: str
    body: str


FRAMES: dict[Frame, dict[str, str]] = {
    Frame.SIGN_IN: {
        "fr": "Pour voir de quoi il s’agit, connectez-vous :\n{url}",
        "en": "To see what it is about, sign in:\n{url}",
    },
    Frame.LINK: {"fr": "Ouvrez cette page :\n{url}", "en": "Open this page:\n{url}"},
    Frame.CODE: {"fr": "Code : {code}", "en": "Code: {code}"},
}
AROUND: dict[str, str] = {
    "fr": (
        "Bonjour,\n\n{sentence}\n\n{what}\n\n"
        "Ce message ne contient aucune donnée de santé. Il est envoyé par Virage, n’y répondez pas.\n"
    ),
    "en": (
        "Hello,\n\n{sentence}\n\n{what}\n\n"
        "This message holds no health data. It is sent by Virage, please do not reply.\n"
    ),
}
ENOUGH: dict[str, str] = {
    "fr": "\nNe plus recevoir ce genre de message :\n{url}\n",
    "en": "\nTo get no more messages of this kind:\n{url}\n",
}
SMS_FRAMES: dict[Frame, str] = {
    Frame.SIGN_IN: "Virage : {subject}. {url}",
    Frame.LINK: "Virage : {subject}. {url}",
    Frame.CODE: "Virage : {subject} : {code}",
}


def spoken(language: str) -> str:
    """The language of a message: French where the recipient's is not known."""
    return language if language in AROUND else "fr"


def compose(template: str, language: str, url: str, *, code: str = "", unsubscribe: str = "") -> Letter:
    """The words of an e-mail. KeyError for an unknown template."""
    words, known = TEMPLATES[template], spoken(language)
    what = FRAMES[words.frame][known].format(url=url, code=code)
    body = AROUND[known].format(sentence=words.sentence[known], what=what)
    if unsubscribe:
        body += ENOUGH[known].format(url=unsubscribe)
    return Letter(words.subject[known], body)


def compose_sms(template: str, language: str, url: str, *, code: str = "") -> str:
    """The words of an SMS: one line in the GSM alphabet, so that it fits in one message with a usual address."""
    words, known = TEMPLATES[template], spoken(language)
    return gsm(SMS_FRAMES[words.frame].format(subject=words.subject[known], url=url, code=code))


def gsm(text: str) -> str:
    """The text in the alphabet that lets 160 characters through: what is outside it becomes its nearest, or `?`."""
    return "".join(one if one in GSM_7 else "?" for one in text.translate(PLAIN))
