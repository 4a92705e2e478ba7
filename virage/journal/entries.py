"""Write entries."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from virage.journal.canonical import fingerprint
from virage.journal.models import Chain, Entry
from virage.journal.refusals import Moved


@dataclass(frozen=True)
class Actor:
    """Who acts: kept as id and label, since the journal stands below the accounts and outlives them."""

    id: int | None
    label: str
    organisation: str = ""


PLATFORM = Actor(id=None, label="Virage")


@transaction.atomic
def record(
    verb: str,
    *,
    by: Actor,
    at: datetime,
    subject_kind: str,
    subject_ref: str,
    patient_ref: str = "",
    data: dict[str, Any] | None = None,
    moved_too: bool = False,
) -> Entry:
    """Add an entry to the chain of its patient, or of its subject where there is no patient. Raises `Moved` when the
    chain goes on in another one, so that nothing is written about a patient whose record was merged meanwhile."""
    key = f"patient:{patient_ref}" if patient_ref else f"{subject_kind}:{subject_ref}"
    chain = _locked(key, verb=verb, moved_too=moved_too)
    entry = Entry(
        chain_id=key,
        position=chain.length + 1,
        at=at,
        actor_id=by.id,
        actor_label=by.label,
        organisation_label=by.organisation,
        verb=verb,
        subject_kind=subject_kind,
        subject_ref=subject_ref,
        patient_ref=patient_ref,
        data=data or {},
        previous=chain.head,
    )
    entry.hash = digest(entry)
    entry.save(force_insert=True)
    Chain.objects.filter(pk=key).update(length=entry.position, head=entry.hash)
    return entry


def lock_patient(patient_ref: str, *, moved_too: bool = False) -> None:
    """Take the patient's chain before other rows: verbs on one patient wait for one another in one order. Raises
    `Moved` when the record was merged into another."""
    _locked(f"patient:{patient_ref}", moved_too=moved_too)


def move_chain(patient_ref: str, to: str) -> None:
    """The patient's chain goes on in that of the patient `to`; with none, it goes on by itself again. The caller holds
    its lock."""
    Chain.objects.filter(pk=f"patient:{patient_ref}").update(moved_to=f"patient:{to}" if to else "")


def _locked(key: str, *, verb: str = "lock", moved_too: bool) -> Chain:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_chain (key, length, head) VALUES (%s, 0, '') "
            "ON CONFLICT (key) DO UPDATE SET key = EXCLUDED.key RETURNING length, head, moved_to",
            [key],
        )
        length, head, moved_to = cursor.fetchone()
    if moved_to and not moved_too:
        raise Moved(verb, "merged")
    return Chain(key=key, length=length, head=head, moved_to=moved_to)


def digest(entry: Entry) -> str:
    """SHA-256 over every field and the hash before it, in a form that does not depend on the database."""
    body = [
        entry.chain_id,
        entry.position,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.actor_id,
        entry.actor_label,
        entry.organisation_label,
        entry.verb,
        entry.subject_kind,
        entry.subject_ref,
        entry.patient_ref,
        entry.data,
        entry.previous,
    ]
    return fingerprint(body)
