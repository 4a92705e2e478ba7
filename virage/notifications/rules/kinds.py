"""What a message is for, and what stands around its words."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a message is for; slugs are stored with the choices of who wants no more of a kind."""

    WORK = "work"
    FOLLOW = "follow"
    REMINDER = "reminder"
    COPY = "copy"
    ACCESS = "access"
    SECURITY = "security"


OPTIONAL = (Kind.FOLLOW, Kind.REMINDER, Kind.COPY)
"""What one may do without. What awaits an answer, what opens one's page and what concerns security always goes."""


class Frame(StrEnum):
    """What stands around the sentence: a link to sign in with, a link to one's own page, or a code."""

    SIGN_IN = "sign_in"
    LINK = "link"
    CODE = "code"


@dataclass(frozen=True)
class Template:
    subject: dict[str, str]
    sentence: dict[str, str]
    kind: Kind = Kind.WORK
    frame: Frame = Frame.SIGN_IN
