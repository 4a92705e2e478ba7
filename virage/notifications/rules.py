"""What each message says: a subject and a sentence, in both languages, and nothing about anyone's health."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Template:
    subject: dict[str, str]
    sentence: dict[str, str]


TEMPLATES: dict[str, Template] = {
    "expertise_received": Template(
        {"fr": "Une demande d’avis vous attend", "en": "A request for your opinion is waiting"},
        {
            "fr": "Une demande d’avis vous est adressée sur Virage.",
            "en": "A request for an opinion was sent to you on Virage.",
        },
    ),
}


@dataclass(frozen=True)
class Letter:
    """A message as it is sent: plain text, with one link."""

    subject: str
    body: str


FRAME: dict[str, str] = {
    "fr": (
        "Bonjour,\n\n{sentence}\n\nPour voir de quoi il s’agit, connectez-vous :\n{url}\n\n"
        "Ce message ne contient aucune donnée de santé. Il est envoyé par Virage, n’y répondez pas.\n"
    ),
    "en": (
        "Hello,\n\n{sentence}\n\nTo see what it is about, sign in:\n{url}\n\n"
        "This message holds no health data. It is sent by Virage, please do not reply.\n"
    ),
}


def compose(template: str, language: str, url: str) -> Letter:
    """The words of a message; French where the language is not known. KeyError for an unknown template."""
    words = TEMPLATES[template]
    known = language if language in FRAME else "fr"
    return Letter(words.subject[known], FRAME[known].format(sentence=words.sentence[known], url=url))


CLAIM_LASTS = timedelta(minutes=10)
"""How long a worker has to send what it took; then it is held for dead and another takes the message."""

RETRY_AFTER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
"""How long to wait after the first, second… failure (project default)."""

MAX_ATTEMPTS = len(RETRY_AFTER) + 1


def retry_after(attempts: int, *, permanent: bool = False) -> timedelta | None:
    """How long to wait after that many attempts; None to give up. `permanent`: the address does not exist."""
    if permanent or attempts >= MAX_ATTEMPTS:
        return None
    return RETRY_AFTER[max(attempts, 1) - 1]
