"""An SMS gateway and a mail server of our own, on this machine, for tests: they keep what they get."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Gateway:
    """`answers`: the statuses given in turn, the last one for ever; None: it lets the line hang until it closes."""

    def __init__(self) -> None:
        self.answers: list[int | None] = [202]
        self.taken: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.url = ""
        self.closing = threading.Event()

    def next_answer(self) -> int | None:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def gateway() -> Iterator[Gateway]:
    kept = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.taken.append(json.loads(body))
            kept.headers.append(dict(self.headers))
            status = kept.next_answer()
            if status is None:
                kept.closing.wait(10)
                return
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"{kept.url}elsewhere")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    kept.url = f"http://127.0.0.1:{server.server_address[1]}/messages/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield kept
    finally:
        kept.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


class Mailbox:
    """`refuse`: an answer to RCPT instead of 250."""

    def __init__(self) -> None:
        self.refuse = ""
        self.letters: list[str] = []
        self.port = 0


class MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads = True, True

    def __init__(self, box: Mailbox) -> None:
        super().__init__(("127.0.0.1", 0), MailTalk)
        self.box = box


class MailTalk(socketserver.StreamRequestHandler):
    """Enough of SMTP (RFC 5321) for a client that sends one letter at a time."""

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        box: Mailbox = self.server.box
        self.say("220 test")
        while line := self.rfile.readline().decode().strip():
            verb = line.split()[0].upper()
            if verb == "DATA":
                self.say("354 go on")
                box.letters.append(self.letter())
            self.say(box.refuse if verb == "RCPT" and box.refuse else "221 bye" if verb == "QUIT" else "250 ok")

    def letter(self) -> str:
        lines = []
        while (line := self.rfile.readline().decode()) != ".\r\n":
            lines.append(line)
        return "".join(lines)


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    box = Mailbox()
    server = MailServer(box)
    box.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield box
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
