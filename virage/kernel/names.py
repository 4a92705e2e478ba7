"""Names as they are sorted and searched. No collation of the database is counted on."""

from __future__ import annotations

import unicodedata

LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"})


def _plain(text: str) -> str:
    """Without ligatures, accents or compatibility forms."""
    decomposed = unicodedata.normalize("NFKD", text.translate(LIGATURES))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def normalise(name: str) -> str:
    """Upper case, no accents; hyphens, apostrophes and other signs become a space: "D'Été-Noël" → "D ETE NOEL"."""
    upper = _plain(name).upper()
    kept = "".join(letter if letter.isalnum() else " " for letter in upper)
    return " ".join(kept.split())


def slug(name: str) -> str:
    """The form in which a list's entries are written in data: "Médecine générale" → "medecine_generale"."""
    return "_".join(normalise(name).lower().split())


def person_name(title: str | None, first_name: str | None, last_name: str | None) -> str:
    """A professional: "Dr Paule Exemple"."""
    return " ".join(part for part in (title, first_name, last_name) if part)


def patient_name(name: str, first_name: str) -> str:
    """A patient as lists and titles say it: "EXEMPLE Paule"."""
    return f"{name.upper()} {first_name}"
