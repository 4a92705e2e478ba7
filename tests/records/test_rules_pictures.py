"""What a received file is, and what is left of a photograph once cleaned."""

import io
from datetime import UTC, datetime

import piexif
import pytest
from PIL import Image, ImageCms

from tests.records.pictures import heic_photo
from virage.records.rules import content, pictures
from virage.records.rules.content import RefusedError

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PLACE = b"PLACE-OF-THE-PHOTO"


def photo(size=(640, 480), orientation=1, taken=b"2026:11:19 14:30:00", offset=None, form="JPEG", mode="RGB"):
    """A picture whose left half is red and right half is blue, with a GPS position and a comment in its metadata."""
    image = Image.new("RGB", size, (220, 30, 30))
    image.paste((30, 30, 220), (size[0] // 2, 0, size[0], size[1]))
    exif = {piexif.ExifIFD.DateTimeOriginal: taken, piexif.ExifIFD.UserComment: PLACE}
    if offset:
        exif[piexif.ExifIFD.OffsetTimeOriginal] = offset
    gps = {
        piexif.GPSIFD.GPSLatitudeRef: b"N",
        piexif.GPSIFD.GPSLatitude: ((48, 1), (51, 1), (2999, 100)),
        piexif.GPSIFD.GPSAreaInformation: PLACE,
    }
    tags = piexif.dump({"0th": {piexif.ImageIFD.Orientation: orientation, 0x010F: PLACE}, "Exif": exif, "GPS": gps})
    out = io.BytesIO()
    image.convert(mode).save(out, form, exif=tags)
    return out.getvalue()


def opened(data):
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize(
    "head, expected",
    [
        (b"\xff\xd8\xff\xe1" + b"\0" * 20, "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "image/png"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "image/heic"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1heic", "image/heic"),
        (b"\0\0\0\x18ftypavif\0\0\0\0", None),
        (b"\0\0\0\x18ftypmp42\0\0\0\0", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", None),
        (b"GIF89a", None),
        (b"<!DOCTYPE html>", None),
        (b"PK\x03\x04", None),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", None),
        (b"", None),
    ],
)
def test_the_type_is_told_by_the_first_bytes(head, expected):
    assert content.content_type(head) == expected


@pytest.mark.parametrize(
    "head, size, code",
    [
        (b"", 0, content.EMPTY),
        (b"\xff\xd8\xff", content.LIMIT + 1, content.TOO_LARGE),
        (b"GIF89a", 10, content.TYPE_REFUSED),
        (b"\0\0\0\x18ftypavif\0\0\0\0", 10, content.TYPE_REFUSED),
    ],
)
def test_a_refused_file_says_why(head, size, code):
    with pytest.raises(RefusedError) as refused:
        content.accept(head, size)
    assert refused.value.code == code


def test_a_file_at_the_limit_is_accepted():
    assert content.accept(b"\xff\xd8\xff", content.LIMIT) == "image/jpeg"


def test_a_pdf_without_its_end_is_refused():
    content.check_pdf(b"%PDF-1.7\n...\n%%EOF\n")
    with pytest.raises(RefusedError, match=content.UNREADABLE):
        content.check_pdf(b"%PDF-1.7\n...")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_no_metadata_survives_in_any_rendition(form):
    raw = photo(form=form)
    assert PLACE in raw
    made = pictures.clean(raw, at=AT)
    for data in (made.full, made.view, made.thumb):
        assert PLACE not in data
        assert b"Exif" not in data
        assert not opened(data).getexif()
        assert "icc_profile" not in opened(data).info


def test_xmp_and_comments_are_gone_too():
    out = io.BytesIO()
    Image.new("RGB", (50, 50)).save(out, "JPEG", comment=PLACE, xmp=b"<x:xmpmeta>" + PLACE)
    assert PLACE in out.getvalue()
    made = pictures.clean(out.getvalue(), at=AT)
    assert not any(PLACE in data for data in (made.full, made.view, made.thumb))


def test_a_photo_taken_sideways_stands_upright():
    made = pictures.clean(photo(orientation=6), at=AT)
    assert (made.width, made.height) == (480, 640)
    for data in (made.full, made.view, made.thumb):
        image = opened(data)
        assert image.height > image.width
        red, _, blue = image.convert("RGB").getpixel((image.width // 2, image.height // 8))
        assert red > 150 > blue  # orientation 6 turns the left half up


def test_sizes_and_formats_of_the_renditions():
    made = pictures.clean(photo(size=(4000, 3000)), at=AT)
    assert (opened(made.full).size, opened(made.full).format) == ((4000, 3000), "JPEG")
    assert (opened(made.view).size, opened(made.view).format) == ((1600, 1200), "JPEG")
    assert (opened(made.thumb).size, opened(made.thumb).format) == ((400, 300), "WEBP")


def test_a_small_picture_is_not_enlarged():
    made = pictures.clean(photo(size=(120, 90)), at=AT)
    assert opened(made.view).size == opened(made.thumb).size == (120, 90)


@pytest.mark.parametrize(
    "taken, offset, expected",
    [
        (b"2026:11:19 14:30:00", None, datetime(2026, 11, 19, 13, 30, tzinfo=UTC)),
        (b"2026:07:01 14:30:00", None, datetime(2026, 7, 1, 12, 30, tzinfo=UTC)),
        (b"2026:11:19 14:30:00", b"+04:00", datetime(2026, 11, 19, 10, 30, tzinfo=UTC)),
        (b"2026:11:21 08:00:00", None, datetime(2026, 11, 21, 7, 0, tzinfo=UTC)),
        (b"2027:01:01 00:00:00", None, None),
        (b"1970:01:01 00:00:00", None, None),
        (b"0000:00:00 00:00:00", None, None),
        (b"yesterday", None, None),
        (b"2026:11:19 14:30:00", b"+99:99", None),
    ],
)
def test_the_capture_time_is_kept_when_plausible(taken, offset, expected):
    assert pictures.clean(photo(taken=taken, offset=offset), at=AT).taken_at == expected


def test_the_zone_of_the_place_reads_a_capture_time_without_offset():
    made = pictures.clean(photo(), at=AT, zone="Indian/Reunion")
    assert made.taken_at == datetime(2026, 11, 19, 10, 30, tzinfo=UTC)


def test_a_size_bomb_is_refused_before_it_is_decoded():
    out = io.BytesIO()
    Image.new("1", (9001, 9001)).save(out, "PNG")
    assert len(out.getvalue()) < 100_000
    with pytest.raises(RefusedError, match=content.TOO_MANY_PIXELS):
        pictures.clean(out.getvalue(), at=AT)


def test_a_bomb_far_beyond_the_limit_is_refused():
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    with pytest.raises(RefusedError, match=content.TOO_MANY_PIXELS):
        pictures.clean(out.getvalue(), at=AT)


@pytest.mark.parametrize("cut", [3, 40, 400, 2000])
def test_a_cut_photograph_is_refused(cut):
    raw = photo()
    assert len(raw) > 2000
    with pytest.raises(RefusedError, match=content.UNREADABLE):
        pictures.clean(raw[:cut], at=AT)


def test_noise_behind_good_first_bytes_is_refused():
    for head in (b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\xff\x00\x00\x00WEBPVP8 "):
        with pytest.raises(RefusedError, match=content.UNREADABLE):
            pictures.clean(head + bytes(range(256)) * 20, at=AT)


@pytest.mark.parametrize("mode", ["CMYK", "L"])
def test_other_colour_modes_become_plain(mode):
    made = pictures.clean(photo(mode=mode), at=AT)
    assert opened(made.full).mode == "RGB"


def test_transparency_is_laid_on_white():
    out = io.BytesIO()
    Image.new("RGBA", (60, 60), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(pictures.clean(out.getvalue(), at=AT).full).getpixel((30, 30)) == (255, 255, 255)


def test_sixteen_bit_greys_keep_their_shade():
    out = io.BytesIO()
    Image.new("I;16", (60, 60), 128 * 256).save(out, "PNG")
    assert opened(pictures.clean(out.getvalue(), at=AT).full).getpixel((30, 30))[0] == pytest.approx(128, abs=2)


def test_colours_in_another_space_are_converted():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    out = io.BytesIO()
    Image.new("RGB", (60, 60), (200, 40, 40)).save(out, "JPEG", icc_profile=profile.tobytes())
    made = pictures.clean(out.getvalue(), at=AT)  # a profile of another mode can't be applied: pixels stay
    assert opened(made.full).getpixel((30, 30))[0] == pytest.approx(200, abs=4)


def test_a_photo_of_an_iphone_is_upright_dated_and_has_lost_its_place():
    raw = heic_photo()
    assert content.accept(raw[: content.HEAD], len(raw)) == content.HEIC
    assert PLACE in raw
    made = pictures.clean(raw, at=AT)
    assert (made.width, made.height) == (480, 640)
    assert made.taken_at == datetime(2026, 11, 19, 13, 30, tzinfo=UTC)
    assert opened(made.full).format == "JPEG"
    for data in (made.full, made.view, made.thumb):
        assert PLACE not in data
        assert not opened(data).getexif()
        image = opened(data).convert("RGB")
        red, _, blue = image.getpixel((image.width // 2, image.height // 8))
        assert red > 150 > blue


def test_a_heic_photo_without_orientation_is_left_as_it_lies():
    made = pictures.clean(heic_photo(orientation=1), at=AT)
    assert (made.width, made.height) == (640, 480)


@pytest.mark.parametrize("left", [40, 300, 0.5, 0.98])
def test_a_cut_heic_photo_is_refused(left):
    raw = heic_photo()
    with pytest.raises(RefusedError, match=content.UNREADABLE):
        pictures.clean(raw[: left if left > 1 else int(len(raw) * left)], at=AT)


def declared(raw, width, height):
    """The same file that claims another size in its spatial extents (ISO/IEC 23008-12, 6.5.3)."""
    where = raw.index(b"ispe") + 8
    return raw[:where] + width.to_bytes(4, "big") + height.to_bytes(4, "big") + raw[where + 8 :]


def test_a_heic_bomb_is_refused_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr("PIL.Image.Image.load", lambda *_: pytest.fail("decoded"))
    with pytest.raises(RefusedError, match=content.TOO_MANY_PIXELS):
        pictures.clean(declared(heic_photo(orientation=1), 9001, 9001), at=AT)


def test_a_heic_file_that_claims_less_than_it_holds_is_not_believed():
    with pytest.raises(RefusedError, match=content.UNREADABLE):
        pictures.clean(declared(heic_photo(orientation=1), 64, 64), at=AT)


@pytest.mark.parametrize("form", ["GIF", "TIFF", "BMP"])
def test_a_format_that_is_not_accepted_is_not_even_decoded(form):
    out = io.BytesIO()
    Image.new("RGB", (50, 50)).save(out, form)
    with pytest.raises(RefusedError, match=content.UNREADABLE):
        pictures.clean(out.getvalue(), at=AT)
