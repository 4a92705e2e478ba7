"""The SMS gateway of this place: read from SMS_URL, SMS_TOKEN, SMS_SENDER and SMS_TIMEOUT."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

LONGEST_SENDER = 11  # characters of a name shown as sender; a number has up to 15 figures
LOCAL = ("127.0.0.1", "localhost", "::1")
Take = Callable[[str, Any, Callable[[str], Any], str], Any]


@dataclass(frozen=True)
class Gateway:
    """`url` empty: no gateway, messages are shown in the outbox only. `timeout` in seconds."""

    url: str
    token: str
    sender: str
    timeout: float


def read(take: Take) -> Gateway:
    """Each fault goes where `take` keeps them."""
    return Gateway(
        url=take("SMS_URL", "", _address, "Write https://gateway.example/messages, or console: if no SMS shall leave"),
        token=take("SMS_TOKEN", "", _token, "Write the token that the gateway gave you"),
        sender=take("SMS_SENDER", "Virage", _sender, "Write 3 to 11 letters and figures, or a number as +33…"),
        timeout=take("SMS_TIMEOUT", 10.0, _seconds, "Write a number of seconds from 1 to 60"),
    )


def _address(text: str) -> str:
    """An http address is for a gateway on this machine only: the text and the number travel in it."""
    if text == "console:":
        return ""
    parts = urlsplit(text)
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise ValueError("is not the address of a gateway")
    if parts.scheme == "http" and parts.hostname not in LOCAL:
        raise ValueError("is not https")
    if parts.username or parts.password:
        raise ValueError("holds a password: it belongs in SMS_TOKEN")
    return text


def _token(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise ValueError("holds characters that no header may hold")
    return text


def _sender(text: str) -> str:
    is_number = text.startswith("+") and text[1:].isdigit() and 8 <= len(text) <= 16
    is_name = text.isascii() and text.isalnum() and 3 <= len(text) <= LONGEST_SENDER
    if not (is_number or is_name):
        raise ValueError(f"{text!r} is not a sender")
    return text


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a number of seconds") from None
    if not 1 <= seconds <= 60:
        raise ValueError(f"{text!r} is too short or too long")
    return seconds
