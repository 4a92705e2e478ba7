"""The words of each app: found in its Python files and templates, kept in its English catalogue, compiled by Babel.

French is the language of the msgids, so that only English needs a catalogue (docs/adr/0004).
"""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from babel.messages import mofile, pofile
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir, extract_python
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parents[1]
LANGUAGE = "en"
METHODS = [
    ("**/migrations/**", "ignore"),
    ("**.py", "python"),
    ("templates/**.html", "virage.ui.messages:extract_template"),
    ("templates/**.txt", "virage.ui.messages:extract_template"),
]
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|%[sd]|\{[a-z_]*\}")


@dataclass(frozen=True)
class Fault:
    """One reason why an app's English is not complete."""

    app: str
    what: str
    msgid: str

    def __str__(self) -> str:
        return f"{self.app}: {self.what}: {self.msgid!r}"


def extract_template(file: IO[bytes], keywords: Any, tags: Any, options: Any) -> Iterable[Any]:
    """Babel's view of a Django template: Django turns it into the Python calls that its words stand for."""
    source = templatize(file.read().decode(), origin=getattr(file, "name", ""))
    flush_left = "\n".join(line.lstrip() for line in source.splitlines())  # a page's indentation is not Python's
    return extract_python(BytesIO(flush_left.encode()), keywords, tags, options)


def apps() -> list[Path]:
    """The packages that may have words; law and kernel carry theirs as data."""
    return sorted(path.parent for path in PACKAGE.glob("*/apps.py"))


def catalogue(app: Path) -> Path:
    return app / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def words(app: Path) -> Catalog:
    """What the app says, from its files."""
    found = Catalog(locale=LANGUAGE, domain="django", project="Virage", fuzzy=False)
    options = {"**.py": {"encoding": "utf-8"}}
    for name, line, msgid, comments, context in extract_from_dir(
        app, METHODS, options, KEYWORDS, ["Translators"], strip_comment_tags=True
    ):
        found.add(msgid, None, [(f"virage/{app.name}/{name}", line)], auto_comments=comments, context=context)
    return found


def read(app: Path) -> Catalog:
    path = catalogue(app)
    if not path.exists():
        return Catalog(locale=LANGUAGE, domain="django", project="Virage", fuzzy=False)
    with path.open("rb") as file:
        return pofile.read_po(file, locale=LANGUAGE, domain="django")


def update(app: Path) -> bool:
    """Write the catalogue: new words empty unless another app says them too,
    translations kept, words no longer said dropped."""
    found, kept = words(app), read(app)
    if not len(found) and not catalogue(app).exists():
        return False
    others = [read(other) for other in apps() if other != app]
    for message in found:
        olds = (catalog.get(message.id, message.context) for catalog in [kept, *others] if message.id)
        if old := next((old for old in olds if old is not None and _first(old.string)), None):
            message.string, message.user_comments = old.string, old.user_comments
    catalogue(app).parent.mkdir(parents=True, exist_ok=True)
    buffer = BytesIO()
    pofile.write_po(buffer, found, width=110, sort_output=True, omit_header=True, no_location=True)
    text = HEADER + buffer.getvalue().decode().strip() + "\n"
    changed = not catalogue(app).exists() or catalogue(app).read_text("utf-8") != text
    if changed:
        catalogue(app).write_text(text, "utf-8")
    return changed


HEADER = """msgid ""
msgstr ""
"Project-Id-Version: Virage\\n"
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


def faults(app: Path) -> Iterator[Fault]:
    """Words without English, English without words, doubtful entries, placeholders that differ."""
    found, kept = words(app), read(app)
    for message in found:
        if message.id:
            translated = kept.get(message.id, message.context)
            for what in _judge(message, translated):
                yield Fault(app.name, what, _first(message.id))
    for message in kept:
        if message.id and found.get(message.id, message.context) is None:
            yield Fault(app.name, "no longer said", _first(message.id))


def _judge(message: Message, translated: Message | None) -> Iterator[str]:
    if translated is None:
        yield "not in the catalogue"
        return
    sources, strings = _forms(message.id), _forms(translated.string)
    if not strings or not all(strings) or len(sources) != len(strings):
        yield "not translated"
    elif translated.fuzzy:
        yield "fuzzy"
    elif any(_placeholders(string) != _placeholders(sources[-1]) for string in strings[-1:]):
        yield f"placeholders differ ({strings[-1]!r})"


def conflicts() -> Iterator[Fault]:
    """The same words translated in two ways: Django would use one of them everywhere."""
    seen: dict[tuple[str, str | None], tuple[Any, str]] = {}
    for app in apps():
        for message in read(app):
            if not message.id or not message.string:
                continue
            key = (_first(message.id), message.context)
            string, where = seen.setdefault(key, (message.string, app.name))
            if string != message.string:
                yield Fault(app.name, f"translated otherwise in {where} ({_first(string)!r})", key[0])


def compile_stale() -> int:
    """Compile the catalogues that are newer than their .mo; returns how many."""
    count = 0
    for app in apps():
        source = catalogue(app)
        target = source.with_suffix(".mo")
        if not source.exists() or (target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
            continue
        draft = target.with_suffix(".tmp")
        with draft.open("wb") as file:
            mofile.write_mo(file, read(app))
        draft.replace(target)
        count += 1
    return count


def _forms(value: Any) -> list[str]:
    return list(value) if isinstance(value, list | tuple) else [value or ""]


def _first(value: Any) -> str:
    return _forms(value)[0]


def _placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


if __name__ == "__main__":
    if sys.argv[1:] != ["compile"]:
        raise SystemExit("usage: python -m virage.ui.messages compile")
    compile_stale()
