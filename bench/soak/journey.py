"""What people do meanwhile: a nurse asks with a photograph, an expert answers and signs, the nurse has read it.

Each step that the platform acknowledged stands in the ledger; the checks ask the database for each, once.
"""

import hashlib
import re
import threading
import time
import uuid
from dataclasses import dataclass, field

from bench.soak.client import Answer, Client, GaveUpError

PIECE = 64 * 1024
PICTURE_SECONDS = 240  # a killed worker's job is taken up again after a minute and a half
BASE = "/teleexpertise"


class WrongAnswerError(Exception):
    """The platform answered what no step expects."""


@dataclass
class Done:
    """One request as far as it was acknowledged. `steps` are verbs of the journal; `files` are SHA-256."""

    ref: str
    steps: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


@dataclass
class Ledger:
    """What all clients were told."""

    requests: list[Done] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class Scene:
    """Who plays: the reference of a patient, that of the expert's membership, a photograph."""

    patient: str
    expert: str
    photo: bytes


class Journey(threading.Thread):
    """One request after the other until `enough` is set; the last one is finished."""

    def __init__(self, scene: Scene, nurse: Client, expert: Client, ledger: Ledger, enough: threading.Event) -> None:
        super().__init__(daemon=True)
        self.scene, self.nurse, self.expert, self.ledger, self.enough = scene, nurse, expert, ledger, enough
        self._number = 0

    def run(self) -> None:
        while not self.enough.is_set():
            self._number += 1
            try:
                self._whole()
            except (WrongAnswerError, GaveUpError) as fault:
                with self.ledger.guard:
                    self.ledger.faults.append(f"{type(fault).__name__}: {fault}")

    def _whole(self) -> None:
        begun = _led(self.nurse.press(f"{BASE}/nouvelle/{self.scene.patient}/ouverture/"), "start")
        done = Done(begun.location.split("/")[2])
        with self.ledger.guard:
            self.ledger.requests.append(done)
        self._fill(done)
        self._upload(done, self._photo())
        self._send(done)
        self._answer(done)
        _led(self.nurse.press(f"{BASE}/{done.ref}/lecture/", told_patient="Tout a été dit."), "acknowledge")
        done.steps.append("acknowledge")

    def _fill(self, done: Done) -> None:
        draft = f"{BASE}/{done.ref}/brouillon"
        answers = {"question": f"Question {done.ref}", "contexte": "Depuis trois semaines."}
        _is(self.nurse.save(f"{draft}/reponses/", script=True, **answers), 200, "answers")
        frame = {"urgency": "routine", "setting": "esms", "place": "ehpad"}
        _is(self.nurse.save(f"{draft}/cadre/", script=True, **frame), 200, "header")
        _led(self.nurse.save(f"{draft}/destinataire/", to=f"member:{self.scene.expert}"), "addressee")
        given = {"consent-given_by": "patient", "consent-informed_on_exchange": "on"}
        _led(self.nurse.press(f"{draft}/consentement/", **given), "consent")
        _led(self.nurse.press(f"{draft}/confirmation/", suits="on"), "confirm")

    def _photo(self) -> bytes:
        """Another content each time: bytes after the end of a JPEG are no part of the picture."""
        return self.scene.photo + uuid.uuid4().bytes

    def _upload(self, done: Done, data: bytes) -> None:
        page = self.nurse.get(f"{BASE}/{done.ref}/brouillon/").text
        found = re.search(r'data-pieces="([^"]+)"', page)
        if not found:
            raise WrongAnswerError("no uploader on the page of the draft")
        digest, client_id = hashlib.sha256(data).hexdigest(), str(uuid.uuid4())
        claim = {"client_id": client_id, "size": str(len(data)), "sha256": digest, "kind": "photo"}
        stands = _is(self.nurse.save(found[1], **claim), 201, "begin")
        where = stands.location
        while not stands.headers.get("Upload-Complete"):
            offset = int(stands.headers["Upload-Offset"])
            stands = self.nurse.patch(where, offset, data[offset : offset + PIECE])
            if stands.status not in (204, 409):
                raise WrongAnswerError(f"piece: {stands.status}")
        done.files.append(digest)

    def _send(self, done: Done) -> None:
        """Again until the photograph is ready: the page says so, and nothing is sent before."""
        end = time.monotonic() + PICTURE_SECONDS
        while time.monotonic() < end:
            answer = self.nurse.press(f"{BASE}/{done.ref}/brouillon/envoi/")
            if answer.status == 302:
                done.steps.append("send")
                return
            time.sleep(0.5)
        raise WrongAnswerError(f"send of {done.ref}: {answer.status} for {PICTURE_SECONDS} s")

    def _answer(self, done: Done) -> None:
        act = f"{BASE}/{done.ref}"
        _led(self.expert.press(f"{act}/accepter/"), "accept")
        done.steps.append("accept")
        texts = {"diagnosis": "Sans signe d’infection", "free_text": f"Avis {done.ref}", "follow_up": ""}
        _led(self.expert.press(f"{act}/avis/", revision="0", do="preview", **texts), "advice")
        seen = re.search(r'name="seen" value="([^"]*)"', self.expert.get(f"{act}/avis/apercu/").text)
        if not seen:
            raise WrongAnswerError("nothing to sign")
        _led(self.expert.press(f"{act}/avis/apercu/", seen=seen[1]), "sign")
        done.steps.append("sign")


def _led(answer: Answer, what: str) -> Answer:
    return _is(answer, 302, what)


def _is(answer: Answer, status: int, what: str) -> Answer:
    if answer.status != status:
        raise WrongAnswerError(f"{what}: {answer.status}")
    return answer
