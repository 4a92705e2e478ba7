"""ClamAV, asked over its socket: is there something known in these bytes? (clamd(8), INSTREAM)"""

import re
import socket
import struct
from collections.abc import Iterable
from contextlib import suppress

TIMEOUT = 60  # seconds without a word of the scanner
_LONGEST = 4096  # bytes of an answer
_ANSWER = re.compile(r"stream: (?:OK|(?P<found>[^\r\n]{1,200}) FOUND)\Z")


class ScannerError(Exception):
    """The scanner can't say: it is down, busy, or refused to look. Nothing unscanned may be shown."""


def scan(chunks: Iterable[bytes], *, at: str) -> str:
    """The name of what was found in the bytes, '' for nothing; `at` is `host:port` or the path of a socket."""
    try:
        with _line(at) as line:
            # When it refuses the size it closes first: its answer still says why.
            with suppress(BrokenPipeError, ConnectionResetError):
                line.sendall(b"zINSTREAM\0")
                for chunk in chunks:
                    if chunk:  # an empty one would end the stream
                        line.sendall(struct.pack(">I", len(chunk)) + chunk)
                line.sendall(struct.pack(">I", 0))
            answer = _answer(line)
    except OSError as error:
        raise ScannerError(f"the scanner does not answer ({type(error).__name__})") from error
    said = _ANSWER.match(answer)
    if not said:
        raise ScannerError(f"the scanner did not look: {answer[:100]!r}")
    return said["found"] or ""


def answers(*, at: str) -> bool:
    """Whether the scanner is there."""
    try:
        with _line(at, timeout=5) as line:
            line.sendall(b"zPING\0")
            return _answer(line) == "PONG"
    except OSError:
        return False


def _line(at: str, timeout: float | None = None) -> socket.socket:
    timeout = timeout or TIMEOUT
    if at.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.settimeout(timeout)
            line.connect(at)
        except OSError:
            line.close()
            raise
        return line
    host, _colon, port = at.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=timeout)


def _answer(line: socket.socket) -> str:
    """Up to its final zero; a line that ends before is no answer."""
    held = b""
    while not held.endswith(b"\0"):
        more = line.recv(_LONGEST)
        if not more or len(held) > _LONGEST:
            raise ConnectionError("cut before its end")
        held += more
    return held[:-1].decode("utf-8", "replace")
