"""A browser that does not give up: it presses again, with the same key, until it is answered."""

import http.client
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

PATIENCE = 300  # seconds for one press
TOKEN = "s" * 32
OUTAGE = 400
"""How Django answers when the database goes down between the end of an action and the saving of the session
(SessionInterrupted): the action is done. A person who sees that page presses the same button again."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def location(self) -> str:
        return urlsplit(self.headers.get("Location", "")).path


class GaveUpError(Exception):
    """Nobody answered for too long."""


class Client:
    """One signed-in person. `presses` counts requests that were answered, `again` those that had to be repeated."""

    counts: Counter[str] = Counter()
    guard = threading.Lock()

    def __init__(self, ports: Callable[[], list[int]], session: str) -> None:
        self._ports = ports
        self._cookie = f"sessionid={session}; csrftoken={TOKEN}"
        self._turn = 0

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, b"", {})

    def press(self, path: str, **fields: str) -> Answer:
        """A form with its key: however often it is sent, it counts once."""
        return self.save(path, once=uuid.uuid4().hex, **fields)

    def save(self, path: str, *, script: bool = False, **fields: str) -> Answer:
        """A form that may be sent twice by nature."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if script:
            headers["Accept"] = "application/json"
        return self._ask("POST", path, urlencode(fields).encode(), headers)

    def patch(self, path: str, offset: int, data: bytes) -> Answer:
        headers = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
        return self._ask("PATCH", path, data, headers)

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            ports = self._ports()
            self._turn += 1
            answer = self._once(ports[self._turn % len(ports)], method, path, body, headers)
            if answer and answer.status < 500 and answer.status != OUTAGE:
                self._count("presses")
                return answer
            self._count("again")
            time.sleep(0.2)
        raise GaveUpError(path)

    def _once(self, port: int, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer | None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            line.request(method, path, body, headers | {"Cookie": self._cookie, "X-CSRFToken": TOKEN})
            answer = line.getresponse()
            return Answer(answer.status, answer.headers, answer.read().decode())
        except (OSError, http.client.HTTPException):
            return None
        finally:
            line.close()

    def _count(self, what: str) -> None:
        with self.guard:
            self.counts[what] += 1
