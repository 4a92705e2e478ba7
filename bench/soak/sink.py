"""A mail server that takes everything and counts: how often each Message-ID came, and for whom."""

import socketserver
import threading
from collections import Counter


class Sink(socketserver.ThreadingTCPServer):
    """SMTP as far as Django speaks it; `taken` counts (Message-ID, recipient)."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.taken: Counter[tuple[str, str]] = Counter()
        self.guard = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class _Talk(socketserver.StreamRequestHandler):
    server: Sink

    def handle(self) -> None:
        self._say("220 sink")
        recipients: list[str] = []
        while line := self.rfile.readline().decode("latin-1").strip():
            verb = line[:4].upper()
            if verb == "RCPT":
                recipients.append(line.partition(":")[2].strip(" <>").lower())
            elif verb == "DATA":
                self._say("354 go on")
                self._take(recipients)
                recipients = []
            elif verb == "QUIT":
                self._say("221 bye")
                return
            self._say("250 ok")

    def _take(self, recipients: list[str]) -> None:
        """The message counts once its final dot is there: a sender killed before has sent nothing."""
        message_id = ""
        while line := self.rfile.readline().decode("latin-1"):
            if line.lower().startswith("message-id:"):
                message_id = line.partition(":")[2].strip()
            if line == ".\r\n":
                with self.server.guard:
                    for recipient in recipients:
                        self.server.taken[message_id, recipient] += 1
                return

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")
