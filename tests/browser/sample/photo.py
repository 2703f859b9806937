"""Invented photos: a street corner with and without its rubbish."""

from functools import lru_cache
from io import BytesIO

from django.http import HttpRequest, HttpResponse
from PIL import Image, ImageDraw


@lru_cache
def draw(clean: bool, width: int = 1600, height: int = 1200) -> bytes:
    """A JPEG of that size."""
    image = Image.new("RGB", (width, height), "#a9b7c2")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, height * 0.55, width, height), fill="#7d7f82")
    pen.rectangle((width * 0.1, height * 0.1, width * 0.55, height * 0.6), fill="#c9b79c", outline="#6b5a41", width=8)
    for x in range(4):
        pen.rectangle((width * (0.14 + x * 0.1), height * 0.2, width * (0.2 + x * 0.1), height * 0.38), fill="#44566a")
    if not clean:
        for x, y in ((0.55, 0.72), (0.6, 0.76), (0.66, 0.71), (0.7, 0.78)):
            pen.ellipse((width * x, height * y, width * (x + 0.09), height * (y + 0.1)), fill="#3d4a2f")
    out = BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def photo(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(draw(name.endswith("-2.jpg")), content_type="image/jpeg")
