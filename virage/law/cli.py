"""`manage.py eligibility FACTS.json`: a verdict on standard output, without Django, database or settings."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from virage.law.eligibility import judge
from virage.law.facts import FIELDS, FactError, Facts, facts_from_mapping

USAGE = "usage: manage.py eligibility [--lang fr|en] FACTS.json|-"
OK, BAD_INPUT = 0, 2


def _arguments(argv: list[str]) -> tuple[str, str] | None:
    """(language, source), or None when the arguments make no sense."""
    lang, rest = "fr", list(argv)
    if "--lang" in rest:
        place = rest.index("--lang")
        lang = rest[place + 1] if place + 1 < len(rest) else ""
        del rest[place : place + 2]
    if lang not in ("fr", "en") or len(rest) != 1 or rest[0].startswith("--"):
        return None
    return lang, rest[0]


def _no_double(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise FactError(double, "written_twice")
    return found


def _facts(source: str) -> Facts:
    """Read facts from a file or standard input. Raises FactError, OSError or ValueError (not JSON)."""
    raw = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    content = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_no_double)
    if not isinstance(content, dict):
        raise FactError("facts", "not_an_object", FIELDS)
    return facts_from_mapping(content)


def _refuse(message: object) -> int:
    print(" ".join(f"eligibility: {message}".split()), file=sys.stderr)
    return BAD_INPUT


def eligibility(argv: list[str]) -> int:
    """Exit 0 with a verdict, eligible or not; exit 2 with one line that names the key when the facts can't be read."""
    arguments = _arguments(argv)
    if arguments is None:
        return _refuse(USAGE)
    lang, source = arguments
    try:
        verdict = judge(_facts(source))
    except FactError as error:
        return _refuse(error)
    except OSError as error:
        return _refuse(f"{source}: {error.strerror}")
    except (ValueError, RecursionError):
        return _refuse(f"{source}: not JSON in UTF-8")
    answer = json.dumps(verdict.to_dict(lang), ensure_ascii=False, indent=2)
    sys.stdout.buffer.write(answer.encode() + b"\n")
    return OK
