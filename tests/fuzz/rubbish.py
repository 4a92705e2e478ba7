"""What pages are pelted with: words that break programs, in the place of what a form or an address should hold."""

import re
from html import unescape
from typing import Any
from urllib.parse import quote

from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import strategies as st

NASTY = (
    "", " ", "0", "-1", "1", "2", "999999", "9" * 20, "9" * 400, "1e999", "NaN", "Infinity", "-0", "0x10", "²", "٣", "½",
    "true", "null", "None", "[]", "{}", "[[[[", '{"a":', "[null]", '[{"kind": "\\ud800"}]', "\x00", "a\x00b", "\x0b", "\x1b[0m",
    "\r\nSet-Cookie: a=b", "é", "e\u0301", "\u202e\u2066", "\u200b", "😀" * 50, "İ", "ß" * 200, "a" * 3000, "%", "%%", "_", "\\", "'",
    "' OR 1=1 --", '"><script>alert(1)</script>', "{{ 7*7 }}", "{% debug %}", "${7*7}", "#let x = 1", "../../etc/passwd",
    "https://ailleurs.invalid/", "//ailleurs.invalid", "javascript:alert(1)", "/", "?", "31/02/2026", "29/02/2024", "00/00/0000",
    "01/01/0001", "31/12/9999", "2026-13-45", "99:99", "24:00", "2026-02", "2026-99", "0000-00", "99999-12", "1900-01", "-1-1",
    "team:", "user:", "team:x", ":", ",", ",,,", "a=b&c=d", "0" * 22, "A" * 22, "00000000-0000-0000-0000-000000000000",
    "+33612345678", "1 55 08 14 168 025 38", "255081416802538", "x@essai.invalid", "on", "off", "fr", "xx", "zz-ZZ",
)  # fmt: skip
RAW = ("%", "%zz", "%FF%FE", "%ED%A0%80", "%00", "&&&", "=", "a", "a=%C0%80", ";", "a[]=1", "a" * 4100, "+", "#")
KNOWN = [
    "page",
    "mois",
    "q",
    "next",
    "after",
    "before",
    "avant",
    "seen",
    "show",
    "langue",
    "state",
    "urgency",
    "kind",
    "wound",
    "region",
    "sort",
    "at",
    "from",
    "to",
    "who",
    "patient",
    "status",
    "search",
    "filter",
    "month",
    "specialty",
    "since",
    "until",
    "reason",
    "project",
    "programme",
    "manque",
    "once",
    "step",
    "tab",
    "which",
]
FIELD = re.compile(r"<(?:input|select|textarea|button)\b[^>]*\bname=\"([^\"]+)\"[^>]*>", re.IGNORECASE)
VALUE = re.compile(r"\bvalue=\"([^\"]*)\"")
OURS = ("csrfmiddlewaretoken", "once")

words = st.sampled_from(NASTY) | st.text(max_size=40) | st.integers().map(str) | st.floats().map(str)
names = st.sampled_from(KNOWN) | st.text(max_size=12)


@st.composite
def queries(draw: st.DrawFn) -> str:
    """What stands after the "?"."""
    if draw(st.integers(0, 4)) == 0:
        return "&".join(draw(st.lists(st.sampled_from(RAW), max_size=3)))
    pairs = draw(st.lists(st.tuples(names, words), max_size=4))
    return "&".join(f"{_escaped(name)}={_escaped(value)}" for name, value in pairs)


def _escaped(text: str) -> str:
    return quote(text, safe="", errors="surrogatepass")


@st.composite
def files(draw: st.DrawFn) -> SimpleUploadedFile:
    """A file that is not what it says."""
    heads = (
        b"",
        b"\xff\xd8\xff\xe0",
        b"\x89PNG\r\n\x1a\n",
        b"%PDF-1.7\n",
        b"\x00\x00\x00\x18ftypheic",
        b"PK\x03\x04",
        b"<svg",
    )
    content = draw(st.sampled_from(heads)) + draw(st.binary(max_size=200))
    name = draw(st.sampled_from(("a.jpg", "a.pdf", "", "../../a", "a\u202egpj.exe", "a" * 300, "a\nb")))
    return SimpleUploadedFile(
        name or "x", content, content_type=draw(st.sampled_from(("image/jpeg", "text/html", "x")))
    )


@st.composite
def forms(draw: st.DrawFn, known: dict[str, list[str]]) -> dict[str, Any]:
    """A form as the page gave it, of which some fields were changed, dropped, doubled or added."""
    sent: dict[str, Any] = {name: draw(st.sampled_from(values)) for name, values in known.items()}
    fields = st.sampled_from(sorted(known)) if known else names
    for name in draw(st.lists(fields | names, max_size=6)):
        deed = draw(st.integers(0, 9))
        if deed < 6:
            sent[name] = draw(words)
        elif deed < 7:
            sent.pop(name, None)
        elif deed < 9:
            sent[name] = draw(st.lists(words, min_size=2, max_size=3))
        else:
            sent[name] = draw(files())
    sent["once"] = draw(st.uuids()).hex
    return sent


def fields_of(page: str) -> dict[str, list[str]]:
    """The fields on a page, each with the values that it offers."""
    found: dict[str, list[str]] = {}
    for match in FIELD.finditer(page):
        name, value = unescape(match[1]), VALUE.search(match[0])
        if name not in OURS:
            found.setdefault(name, []).append(unescape(value[1]) if value else "on")
    return found
