"""A real clamd with a hand-written signature, and one that fails in the ways that networks know."""

import socket
import socketserver
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from virage.records.storage import scanner

# Any file that holds these bytes: a signature of ours, so that no database has to be fetched.
MARK = b"VIRAGE-TEST-SIGNATURE-7f3a91"
SIGNATURE = f"Virage.Test.Signature:0:*:{MARK.hex()}\n"
CONFIG = """Foreground yes
LocalSocket {folder}/clamd.sock
TCPSocket {port}
TCPAddr 127.0.0.1
DatabaseDirectory {folder}/signatures
TemporaryDirectory {folder}
StreamMaxLength {longest}
MaxThreads 4
Bytecode no
"""


@contextmanager
def clamd(program: str, folder: Path, longest: str = "26M") -> Iterator[Path]:
    """The path of its socket; `port` stands in the file of that name beside it."""
    (folder / "signatures").mkdir(parents=True)
    (folder / "signatures" / "virage.ndb").write_text(SIGNATURE)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "clamd.conf").write_text(CONFIG.format(folder=folder, port=port, longest=longest))
    (folder / "port").write_text(str(port))
    with (folder / "clamd.log").open("w") as log:
        process = subprocess.Popen([program, "-c", str(folder / "clamd.conf")], stdout=log, stderr=log)
    try:
        end = time.monotonic() + 60
        while not scanner.answers(at=str(folder / "clamd.sock")):
            assert process.poll() is None, (folder / "clamd.log").read_text()
            assert time.monotonic() < end
            time.sleep(0.05)
        yield folder / "clamd.sock"
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def pretended(answer: bytes | None, *, reads: bool = True) -> Iterator[str]:
    """A server that says `answer` whatever it is sent, and closes; None: it closes without a word."""

    class Talk(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            if reads:
                self.request.settimeout(0.2)
                try:
                    while self.request.recv(65536):
                        pass
                except TimeoutError:
                    pass
            if answer is not None:
                self.request.sendall(answer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
