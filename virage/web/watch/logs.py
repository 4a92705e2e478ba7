"""Logs that may be kept and read by anyone who runs the place: numbers and names of pages, no person, no address.

An exception is told by its kind and where it happened. Its words are left out: those of the database repeat what was
typed. For the database's own errors the code (SQLSTATE) and the constraint say enough.
"""

import logging
import traceback
from types import TracebackType
from typing import Any

from django.conf import settings
from pythonjsonlogger.json import JsonFormatter

from virage.web.watch import incident

EXTRAS = ("method", "view", "status", "ms", "user")  # of a line about a request; nothing else that a library adds
Caught = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Routes(logging.Filter):
    """Django's own lines about a request name its address: they get the name of its page instead."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        path = getattr(request, "path", None)
        if path and isinstance(record.args, tuple):
            match = getattr(request, "resolver_match", None)
            page = match.view_name if match else "no page"
            record.args = tuple(page if argument == path else argument for argument in record.args)
        return True


def told(caught: Caught, *, words: bool = False) -> str:
    """The trace of an exception and of those behind it, oldest first; their words in the demo only."""
    error, told_of = caught[1], list[BaseException]()
    while error is not None and error not in told_of:  # two may name each other
        told_of.insert(0, error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\n".join(_trace(error, words) for error in told_of)


def _trace(error: BaseException, words: bool) -> str:
    lines = (line.rstrip() for line in traceback.format_tb(error.__traceback__))
    return "\n".join(["Traceback (most recent call last):", *lines, _kind(error, words)])


def _kind(error: BaseException, words: bool) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    said = getattr(error, "diag", None)
    if said is not None and getattr(error, "sqlstate", None):
        name += f" [{error.sqlstate} {said.constraint_name or said.table_name or ''}]".replace(" ]", "]")
    return f"{name}: {error}" if words else name


class Line(logging.Formatter):
    """For a terminal: the demo's."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 (logging's own name)
        return told(ei, words=settings.DEMO or settings.DEBUG)


class Json(JsonFormatter):
    """One object a line: time, level, logger, message, the number of the request and what `EXTRAS` names."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s %(message)s", timestamp="time", rename_fields=RENAMED)

    def formatException(self, ei: Any) -> str:  # noqa: N802 (logging's own name)
        return told(ei)

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        super().add_fields(log_data, record, message_dict)
        for name in set(log_data) - KEPT:
            del log_data[name]
        if number := incident.number():
            log_data["request_id"] = number


RENAMED = {"levelname": "level", "name": "logger"}
KEPT = {"time", "level", "logger", "message", "exc_info", *EXTRAS}
