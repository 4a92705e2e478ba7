"""What each message says: a subject and a sentence, in both languages, and nothing about anyone's health."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Template:
    subject: dict[str, str]
    sentence: dict[str, str]


TEMPLATES: dict[str, Template] = {
    "expertise_received": Template(
        {"fr": "Une demande d’avis vous attend", "en": "A request for your opinion is waiting"},
        {"fr": "Une demande d’avis vous est adressée sur Virage.", "en": "A request for an opinion was sent to you on Virage."},
    ),
}
