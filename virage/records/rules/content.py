"""What a received file is, judged by its first bytes and never by its name or the type the browser claims."""

from typing import Final

LIMIT: Final = 25 * 1024 * 1024
"""Largest accepted file, in bytes (a project default: a 50-megapixel JPEG weighs about 20 MB)."""

HEAD: Final = 64
"""How many bytes `content_type` needs to see."""

JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
WEBP: Final = "image/webp"
HEIC: Final = "image/heic"
PDF: Final = "application/pdf"

PICTURES: Final = frozenset({JPEG, PNG, WEBP, HEIC})
ACCEPTED: Final = PICTURES | {PDF}

CHOOSER: Final = (*sorted(PICTURES), "image/heif", ".heic", ".heif")
"""What a chooser of files offers as photographs: some systems know no type for HEIC, only its endings."""

EMPTY: Final = "empty"
TOO_LARGE: Final = "too_large"
TYPE_REFUSED: Final = "type_refused"
UNREADABLE: Final = "unreadable"
TOO_MANY_PIXELS: Final = "too_many_pixels"
ALREADY_USED: Final = "already_used"
LOST: Final = "lost"
INFECTED: Final = "infected"
ALTERED: Final = "altered"
TOO_MANY_UNFINISHED: Final = "too_many_unfinished"
REFUSALS: Final = (
    EMPTY,
    TOO_LARGE,
    TYPE_REFUSED,
    UNREADABLE,
    TOO_MANY_PIXELS,
    ALREADY_USED,
    LOST,
    INFECTED,
    ALTERED,
    TOO_MANY_UNFINISHED,
)

# HEVC stills of ISO/IEC 23008-12; AVIF is no part of it.
_HEIF_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


class RefusedError(Exception):
    """A file that is not taken; `code` is one of `REFUSALS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def content_type(head: bytes) -> str | None:
    """The media type told by the magic bytes, None when it is none of those known here.

    >>> content_type(b"%PDF-1.7 ...")
    'application/pdf'
    """
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"%PDF-"):
        return PDF
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return HEIC
    return None


def accept(head: bytes, size: int) -> str:
    """The type of a file of `size` bytes that may be stored; raises `RefusedError` with the reason's code."""
    if size == 0:
        raise RefusedError(EMPTY)
    if size > LIMIT:
        raise RefusedError(TOO_LARGE)
    found = content_type(head)
    if found not in ACCEPTED:
        raise RefusedError(TYPE_REFUSED)
    return found


def check_pdf(data: bytes) -> None:
    """Raise `RefusedError` for a PDF whose end is lost: its last mark stands in the last 2 KiB (ISO 32000, 7.5.5)."""
    if b"%%EOF" not in data[-2048:]:
        raise RefusedError(UNREADABLE)
