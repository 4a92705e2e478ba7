"""Photographs for tests: real JPEG files that bear a position, as a phone makes them."""

import io
import random
from functools import cache

import piexif
import pillow_heif
from PIL import Image

PLACE = b"PLACE-OF-THE-PHOTO"


def _tags(orientation: int) -> bytes:
    tags = {
        "0th": {piexif.ImageIFD.Make: PLACE, piexif.ImageIFD.Orientation: orientation},
        "Exif": {
            piexif.ExifIFD.DateTimeOriginal: b"2026:11:19 14:30:00",
            piexif.ExifIFD.OffsetTimeOriginal: b"+01:00",
        },
        "GPS": {
            piexif.GPSIFD.GPSLatitudeRef: b"N",
            piexif.GPSIFD.GPSLatitude: ((48, 1), (34, 1), (2999, 100)),
            piexif.GPSIFD.GPSLongitudeRef: b"E",
            piexif.GPSIFD.GPSLongitude: ((7, 1), (45, 1), (1234, 100)),
            piexif.GPSIFD.GPSAreaInformation: PLACE,
        },
    }
    return piexif.dump(tags)


@cache
def phone_photo(width: int = 800, height: int = 600, orientation: int = 6, seed: int = 1, quality: int = 92) -> bytes:
    """Skin-coloured noise with orientation, capture time and GPS; 12 megapixels at quality 98 weigh some 10 MB."""
    noise = random.Random(seed).randbytes(width // 2 * (height // 2) * 3)
    image = Image.frombytes("RGB", (width // 2, height // 2), noise).resize((width, height), Image.Resampling.BICUBIC)
    image = Image.blend(image, Image.new("RGB", image.size, (190, 120, 100)), 0.45)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, exif=_tags(orientation))
    return out.getvalue()


@cache
def heic_photo(width: int = 640, height: int = 480, orientation: int = 6) -> bytes:
    """What an iPhone makes: HEVC, turned by its own property, with a position and XMP; left half red, right half blue."""
    pillow_heif.register_heif_opener()
    image = Image.new("RGB", (width, height), (220, 30, 30))
    image.paste((30, 30, 220), (width // 2, 0, width, height))
    out = io.BytesIO()
    image.save(out, "HEIF", quality=80, exif=_tags(orientation), xmp=b"<x:xmpmeta>" + PLACE)
    return out.getvalue()


PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
