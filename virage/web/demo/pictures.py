"""Photographs of wounds for the demo, drawn by the project: no real person was ever photographed.

Drawn with a fixed seed, so that two demo worlds show the same pictures.
"""

import io
import math
import random

from PIL import Image, ImageDraw, ImageFilter

SKINS = ((224, 184, 160), (198, 148, 118), (141, 96, 72))
BED, SLOUGH, NECROSIS, EDGE = (176, 52, 48), (214, 186, 96), (42, 32, 28), (206, 124, 112)
Point = tuple[float, float]


def wound_picture(*, seed: int, area: float, ruler: bool, wide: bool, size: tuple[int, int] = (1200, 900)) -> bytes:
    """A JPEG: a wound of about `area` cm² on skin, seen from afar (`wide`) or near, with a ruler or not."""
    dice = random.Random(seed)  # noqa: S311 - drawing, not secrecy
    image = _skin(size, SKINS[seed % len(SKINS)], dice)
    pixels_per_cm = size[0] / (40 if wide else 12)
    centre = (size[0] * 0.5, size[1] * 0.52)
    radius = math.sqrt(max(area, 0.1) / math.pi) * pixels_per_cm
    _draw_wound(image, centre, radius, dice)
    image = image.filter(ImageFilter.GaussianBlur(3.2))
    if ruler:
        _draw_ruler(image, pixels_per_cm)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()


def _skin(size: tuple[int, int], colour: tuple[int, int, int], dice: random.Random) -> Image.Image:
    grain = Image.effect_noise((size[0] // 4, size[1] // 4), 22).resize(size)
    light = Image.linear_gradient("L").rotate(dice.choice((0, 90, 180, 270))).resize(size)
    base = Image.new("RGB", size, colour)
    shade = Image.new("RGB", size, tuple(int(part * 0.78) for part in colour))
    image = Image.composite(base, shade, light)
    return Image.blend(image, Image.merge("RGB", (grain,) * 3), 0.06)


def _blob(centre: Point, radius: float, dice: random.Random, points: int = 40) -> list[Point]:
    wobble = [dice.uniform(0.82, 1.12) for _ in range(points)]
    ring = []
    for index in range(points):
        angle = 2 * math.pi * index / points
        reach = radius * (wobble[index] + wobble[index - 1] + wobble[index - 2]) / 3
        ring.append((centre[0] + 1.25 * reach * math.cos(angle), centre[1] + 0.85 * reach * math.sin(angle)))
    return ring


def _draw_wound(image: Image.Image, centre: Point, radius: float, dice: random.Random) -> None:
    draw = ImageDraw.Draw(image)
    draw.polygon(_blob(centre, radius * 1.35, dice), fill=EDGE)
    draw.polygon(_blob(centre, radius, dice), fill=BED)
    for colour, share in ((SLOUGH, 0.34), (NECROSIS, 0.16)):
        for _ in range(4):
            spot = (centre[0] + dice.uniform(-0.6, 0.6) * radius, centre[1] + dice.uniform(-0.4, 0.4) * radius)
            draw.polygon(_blob(spot, radius * share * dice.uniform(0.6, 1.1), dice, 18), fill=colour)
    for _ in range(60):
        spot = (centre[0] + dice.gauss(0, 0.5) * radius, centre[1] + dice.gauss(0, 0.35) * radius)
        draw.ellipse((spot[0] - 3, spot[1] - 3, spot[0] + 3, spot[1] + 3), fill=(222, 96, 84))


def _draw_ruler(image: Image.Image, pixels_per_cm: float) -> None:
    draw = ImageDraw.Draw(image)
    top, height = int(image.height * 0.86), int(image.height * 0.09)
    draw.rectangle((0, top, image.width, top + height), fill=(247, 246, 238))
    for step in range(int(image.width / pixels_per_cm * 10) + 1):
        x = step * pixels_per_cm / 10
        length = height * (0.6 if step % 10 == 0 else 0.42 if step % 5 == 0 else 0.25)
        draw.line((x, top, x, top + length), fill=(30, 30, 30), width=3 if step % 10 == 0 else 1)
