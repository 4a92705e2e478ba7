"""One received photograph becomes three clean ones: full size, display size, thumbnail.

Everything is decoded and encoded again from bare pixels, so that no EXIF, GPS, XMP, IPTC, comment or embedded preview
survives. The time of capture is read first and handed back apart. Peak memory is some 6 bytes per pixel: run one at a
time, in a job.
"""

import io
import struct
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from PIL import Image, ImageCms, ImageOps
from pillow_heif import register_heif_opener

from virage.records.rules.content import TOO_MANY_PIXELS, UNREADABLE, RefusedError

MAX_PIXELS: Final = 65_000_000
"""Above this a picture is refused unread: the largest mode of common phones is 64 megapixels."""

VIEW_SIDE: Final = 1600
THUMB_SIDE: Final = 400
QUALITY: Final = 90

# Pillow only warns above its limit; here a bomb is an error, whoever opens it in this process.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)

# The main picture alone: depth maps and previews of a phone are neither needed nor decoded.
Image.init()
register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)

_FORMATS: Final = ("JPEG", "PNG", "WEBP", "HEIF")
_EXIF_IFD: Final = 0x8769
_TAKEN: Final = 0x9003  # DateTimeOriginal
_OFFSET: Final = 0x9011  # OffsetTimeOriginal
_EARLIEST: Final = datetime(1995, 1, 1, tzinfo=UTC)
# libheif's own limits (memory, a size that is not the one declared) come as RuntimeError.
_BROKEN: Final = (
    OSError,
    ValueError,
    SyntaxError,
    KeyError,
    IndexError,
    TypeError,
    EOFError,
    RuntimeError,
    struct.error,
)


@dataclass(frozen=True, slots=True)
class Pictures:
    """The three renditions (JPEG, JPEG, WebP) with the size in pixels of the first, upright."""

    full: bytes
    view: bytes
    thumb: bytes
    width: int
    height: int
    taken_at: datetime | None


def clean(data: bytes, *, at: datetime, zone: str = "Europe/Paris") -> Pictures:
    """Decode `data` (JPEG, PNG, WebP or HEIC) and make its renditions; raises `RefusedError` when it can't be read.

    `at` is when it was received: a capture time after it is not believed. `zone` places a capture time that has no
    offset of its own.
    """
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise RefusedError(TOO_MANY_PIXELS)
            taken_at = _taken_at(opened, at, ZoneInfo(zone))
            image = _plain(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise RefusedError(TOO_MANY_PIXELS) from bomb
    except _BROKEN as broken:
        raise RefusedError(UNREADABLE) from broken
    return _renditions(image, taken_at)


def _renditions(image: Image.Image, taken_at: datetime | None) -> Pictures:
    full = _encoded(image, "JPEG")
    width, height = image.size
    image.thumbnail((VIEW_SIDE, VIEW_SIDE), Image.Resampling.LANCZOS)
    view = _encoded(image, "JPEG")
    image.thumbnail((THUMB_SIDE, THUMB_SIDE), Image.Resampling.LANCZOS)
    return Pictures(full, view, _encoded(image, "WEBP"), width, height, taken_at)


def _plain(opened: Image.Image) -> Image.Image:
    """Bare sRGB pixels, upright: colours converted (phones record in wider spaces), transparency laid on white."""
    opened.load()
    profile = opened.info.get("icc_profile")
    upright = ImageOps.exif_transpose(opened)
    if upright.mode.startswith("I"):
        upright = upright.convert("I").point(lambda value: value / 256).convert("L")
    if upright.has_transparency_data:
        layer = upright.convert("RGBA")
        upright = Image.new("RGB", layer.size, "white")
        upright.paste(layer, mask=layer.getchannel("A"))
    coloured = _to_srgb(upright, profile)
    bare = Image.new("RGB", coloured.size)
    bare.paste(coloured)
    return bare


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert by the embedded colour profile; a profile that can't be used is ignored, as viewers do."""
    if profile and image.mode in ("RGB", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return image.convert("RGB")


def _encoded(image: Image.Image, form: str) -> bytes:
    out = io.BytesIO()
    if form == "WEBP":
        image.save(out, "WEBP", quality=80, method=4)
    else:
        image.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def _taken_at(image: Image.Image, at: datetime, zone: ZoneInfo) -> datetime | None:
    """When the camera says it was taken, in UTC; None when absent, malformed or not plausible.

    A camera's clock may run ahead: one day after the reception is still believed.
    """
    try:
        tags = image.getexif().get_ifd(_EXIF_IFD)
        taken = datetime.strptime(str(tags[_TAKEN])[:19], "%Y:%m:%d %H:%M:%S").replace(tzinfo=zone)
        offset = str(tags.get(_OFFSET, ""))[:6]
        if offset:
            taken = datetime.fromisoformat(taken.replace(tzinfo=None).isoformat() + offset)
        taken = taken.astimezone(UTC)
    except (*_BROKEN, OverflowError, AttributeError):
        return None
    return taken if _EARLIEST <= taken <= at + timedelta(days=1) else None
