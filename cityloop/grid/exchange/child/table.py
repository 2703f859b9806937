"""CSV with coordinates in columns, or WKT in one; read without GDAL."""

import csv
import io
import struct
from collections.abc import Iterator
from typing import Any

from cityloop.grid.exchange.child.answers import No

MOST_FIELD = 1 << 20
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
X_NAMES = ("lon", "lng", "longitude", "经度", "x", "x坐标", "东坐标", "easting", "横坐标", "point_x")
Y_NAMES = ("lat", "latitude", "纬度", "y", "y坐标", "北坐标", "northing", "纵坐标", "point_y")
WKT_NAMES = ("wkt", "geom", "geometry", "the_geom", "图形")


class Table:
    """A CSV file with a heading line."""

    def __init__(self, path: str, encoding: str = "") -> None:
        self.encoding = encoding or find_encoding(path)
        csv.field_size_limit(MOST_FIELD)
        self.path = path
        with self._open() as file:
            head = file.readline()
            if not head.strip():
                raise No("empty_file")
            self.delimiter = max(",;\t|", key=head.count)
            self.fields = [name.strip() for name in next(csv.reader([head], delimiter=self.delimiter))]
        if len(self.fields) < 2:
            raise No("no_columns")
        if len(set(self.fields)) < len(self.fields):
            twice = next(name for name in self.fields if self.fields.count(name) > 1)
            raise No("column_twice", name=twice)

    def _open(self) -> io.TextIOWrapper:
        return open(self.path, encoding=self.encoding, errors="replace", newline="")

    def rows(self) -> Iterator[list[str]]:
        """Values line by line; a line of another width is padded or cut and has one value more: `None` of its kind."""
        width = len(self.fields)
        with self._open() as file:
            lines = csv.reader((line.replace("\0", "\ufffd") for line in file), delimiter=self.delimiter)
            try:
                next(lines)
                for values in lines:
                    if any(values):
                        yield values if len(values) == width else [*values[:width], *[""] * (width - len(values)), "!"]
            except csv.Error as error:
                raise No("damaged", format="CSV", why=str(error)) from None


def find_encoding(path: str) -> str:
    """What the whole file can be read as; refused when nothing fits."""
    with open(path, "rb") as file:
        start = file.read(4)
    if not start:
        raise No("empty_file")
    for mark, encoding in BOMS:
        if start.startswith(mark):
            return encoding
    for encoding in ("utf-8", "gb18030"):
        try:
            with open(path, encoding=encoding) as text:
                while text.read(1 << 20):
                    pass
            return encoding
        except UnicodeDecodeError:
            continue
    raise No("encoding")


def guess_places(fields: list[str]) -> dict[str, str]:
    """Which columns hold the coordinates, by their usual names."""
    low = {name.lower(): name for name in reversed(fields)}
    for role, names in (("wkt", WKT_NAMES),):
        if found := next((low[name] for name in names if name in low), None):
            return {role: found}
    x = next((low[name] for name in X_NAMES if name in low), None)
    y = next((low[name] for name in Y_NAMES if name in low), None)
    return {"x": x, "y": y} if x and y else {}


def point(x: str, y: str) -> str | None:
    """The point as hexadecimal WKB; None when one of the two is no number."""
    try:
        return struct.pack("<BIdd", 1, 1, float(x), float(y)).hex()
    except ValueError:
        return None


def reads_places(options: dict[str, Any], fields: list[str]) -> dict[str, int]:
    """The columns of the coordinates by place in a row; refused when the file has none."""
    named = {role: options[role] for role in ("x", "y", "wkt") if options.get(role)} or guess_places(fields)
    missing = [name for name in named.values() if name not in fields]
    if missing or not ("wkt" in named or {"x", "y"} <= named.keys()):
        raise No("no_coordinates", name="、".join(missing))
    return {role: fields.index(name) for role, name in named.items()}
