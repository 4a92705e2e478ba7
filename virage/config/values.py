"""What a variable of the environment may hold: each reads a text and gives the value, or says in `ValueError` why not.

A value that may be a secret is never repeated.
"""

import ipaddress
from urllib.parse import parse_qsl, urlsplit

YES, NO = {"1", "true", "yes", "on", "oui"}, {"0", "false", "no", "off", "non"}
LANGUAGES = ("fr", "en")
LOG_FORMATS = ("line", "json")
LONGEST_PATH = 107  # bytes that Linux takes as the path of a socket
SHORTEST_TOKEN = 24  # characters of what opens the metrics


def flag(text: str) -> bool:
    if text.lower() in YES:
        return True
    if text.lower() in NO:
        return False
    raise ValueError(f"{text!r} is neither yes nor no")


def port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise ValueError(f"{text!r} is not a port")
    return int(text)


def proxies(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 10):
        raise ValueError(f"{text!r} is not a number of proxies")
    return int(text)


def database_url(text: str) -> str:
    """The address is never repeated in a message: it may hold a password."""
    parts = urlsplit(text)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ValueError("is not a PostgreSQL address")
    if not parts.path.strip("/"):
        raise ValueError("names no database")
    if not parts.hostname and "host" not in dict(parse_qsl(parts.query)):
        raise ValueError("names neither a host nor a socket folder")
    return text


def web_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError(f"{text!r} is not the address of a site")
    return text.rstrip("/")


def address(text: str) -> str:
    if "@" not in text or any(sign in text for sign in "\r\n"):
        raise ValueError(f"{text!r} is not an e-mail address")
    return text


def hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(host.strip() for host in text.split(",") if host.strip())
    if "*" in hosts:
        raise ValueError("'*' lets any host name through")
    return hosts


def language(text: str) -> str:
    if text not in LANGUAGES:
        raise ValueError(f"{text!r} is not a language of Virage")
    return text


def seconds(text: str) -> tuple[int, int, int]:
    """Three waits: of a statement, for a lock, of a transaction that does nothing; 0 waits for ever."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and int(part) <= 86_400 for part in parts):
        raise ValueError(f"{text!r} is not three numbers of seconds")
    statement, lock, idle = (int(part) for part in parts)
    return statement, lock, idle


def factor(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 1000):
        raise ValueError(f"{text!r} is not a number from 1 to 1000")
    return int(text)


def log_format(text: str) -> str:
    if text not in LOG_FORMATS:
        raise ValueError(f"{text!r} is no format of logs")
    return text


def token(text: str) -> str:
    if len(text) < SHORTEST_TOKEN or len(set(text)) < 10:
        raise ValueError("is too weak")
    return text


def networks(text: str) -> tuple[str, ...]:
    return tuple(str(ipaddress.ip_network(part.strip())) for part in text.split(",") if part.strip())


def scanner(text: str) -> str:
    """`host:port`, or the absolute path of a Unix socket."""
    host, _colon, number = text.rpartition(":")
    if text.startswith("/"):
        if len(text.encode()) > LONGEST_PATH:
            raise ValueError("is too long for the path of a socket")
        return text
    if not host or any(sign in host for sign in "/@ "):
        raise ValueError(f"{text!r} is neither host:port nor the path of a socket")
    return f"{host}:{port(number)}"
