"""Who can sign in to the demo world: for the terminal of `make run` and the sign-in page."""

from dataclasses import dataclass

from virage.notifications.models import Message
from virage.web.demo.data import CAST, PASSWORD, PATIENT_EMAIL, PLACES


@dataclass(frozen=True)
class SignIn:
    email: str
    password: str
    name: str
    what: str
    place: str


def sign_ins(language: str) -> list[SignIn]:
    """The cast, in its order, each said in French or English."""
    places = {place.key: place.name for place in PLACES}
    return [
        SignIn(
            person.email,
            PASSWORD,
            f"{person.title} {person.first} {person.last}",
            person.en if language == "en" else person.fr,
            places[person.place],
        )
        for person in CAST
    ]


def patient_link() -> str:
    """The path of the link that the demo's patient got, "" where there is none."""
    message = Message.objects.filter(template="patient_link", address=PATIENT_EMAIL).first()
    return message.target if message else ""
