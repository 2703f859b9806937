"""Drawn stand-ins for photos: a street with or without its problem, marked as drawings."""

import io
import random
from functools import lru_cache

from PIL import Image, ImageDraw

SIZE = (960, 720)
KINDS = 8  # different streets


@lru_cache(maxsize=4 * KINDS)
def picture(kind: int, *, solved: bool, near: bool = False) -> bytes:
    """A JPEG of street `kind`, before or after the problem was solved, from afar or near."""
    dice = random.Random(kind)
    image = Image.new("RGB", SIZE, _sky(dice))
    pen = ImageDraw.Draw(image)
    _street(pen, dice)
    if not solved:
        _problem(pen, dice)
    if near:
        image = image.crop((240, 330, 720, 690)).resize(SIZE)
        pen = ImageDraw.Draw(image)
    label = f"DEMO DRAWING {kind + 1:02d} {'AFTER' if solved else 'BEFORE'}"
    pen.rectangle((0, SIZE[1] - 44, SIZE[0], SIZE[1]), fill=(30, 34, 40))
    pen.text((16, SIZE[1] - 36), label, fill=(235, 235, 235), font_size=24)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def _sky(dice: random.Random) -> tuple[int, int, int]:
    return (dice.randint(170, 205), dice.randint(195, 220), dice.randint(215, 240))


def _street(pen: ImageDraw.ImageDraw, dice: random.Random) -> None:
    x = 0
    while x < SIZE[0]:
        width, height = dice.randint(120, 220), dice.randint(180, 330)
        shade = dice.randint(120, 200)
        pen.rectangle((x, 420 - height, x + width - 6, 420), fill=(shade, shade - 12, shade - 28))
        for left in range(x + 18, x + width - 40, 46):
            for top in range(440 - height, 380, 60):
                pen.rectangle((left, top, left + 24, top + 32), fill=(90, 110, 130))
        x += width
    pen.rectangle((0, 420, SIZE[0], 520), fill=(176, 172, 166))
    pen.rectangle((0, 520, SIZE[0], SIZE[1]), fill=(92, 94, 98))
    for left in range(20, SIZE[0], 160):
        pen.rectangle((left, 610, left + 80, 620), fill=(225, 225, 220))


def _problem(pen: ImageDraw.ImageDraw, dice: random.Random) -> None:
    for _ in range(dice.randint(14, 26)):
        x, y, r = dice.randint(360, 600), dice.randint(440, 560), dice.randint(12, 34)
        colour = (dice.randint(60, 190), dice.randint(50, 150), dice.randint(40, 120))
        if dice.random() < 0.5:
            pen.ellipse((x, y, x + 2 * r, y + r), fill=colour)
        else:
            pen.polygon([(x, y + r), (x + r, y), (x + 2 * r, y + r)], fill=colour)
