"""Django's WSGI handler, for any WSGI server and for asgi.py; a body that was cut on its way is no body."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import BadRequest
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "virage.config.settings")

_django = get_wsgi_application()


class _Whole:
    """The body of a request, or `BadRequest` when the line is cut before the end that was announced.

    The bridge from ASGI ends such a body as if it were whole: half a form would be saved, half a photograph kept.
    """

    def __init__(self, body: Any, length: int) -> None:
        self._body, self._left = body, length

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        found = bytearray()
        while len(found) < wanted:
            found += self._checked(self._body.read(wanted - len(found)))
        return bytes(found)

    def readline(self, size: int = -1) -> bytes:
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        return self._checked(self._body.readline(wanted)) if wanted else b""

    def _checked(self, data: bytes) -> bytes:
        if not data:
            raise BadRequest("the line was cut before the end of the request")
        self._left -= len(data)
        return data


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Serve one request."""
    length = environ.get("CONTENT_LENGTH") or ""
    if length.isascii() and length.isdigit():
        environ["wsgi.input"] = _Whole(environ["wsgi.input"], int(length))
    return _django(environ, start_response)
