"""What a recorded consent must say, by who gave it."""

from __future__ import annotations

PATIENT, REPRESENTATIVE, IMPOSSIBLE = "patient", "representative", "impossible"


def problems(given_by: str, representative: str, impossible_reason: str) -> tuple[str, ...]:
    """Names of the facts that are missing."""
    found = []
    if given_by not in (PATIENT, REPRESENTATIVE, IMPOSSIBLE):
        found.append("given_by")
    if given_by == REPRESENTATIVE and not representative.strip():
        found.append("representative")
    if given_by == IMPOSSIBLE and not impossible_reason.strip():
        found.append("impossible_reason")
    return tuple(found)
