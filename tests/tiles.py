"""Reads vector tiles (the Mapbox format, version 2): no more of it than our tiles use."""

import gzip
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cityloop.base.maps import Tile
from cityloop.base.tiles import lat_of, lon_of

COMMANDS = {1: 1, 2: 1, 7: 0}


@dataclass
class Feature:
    """A feature: its id, its properties, and the points of its drawing in the tile's units."""

    id: int
    properties: dict[str, Any]
    kind: int  # 1 points, 2 lines, 3 areas
    points: list[tuple[int, int]]

    def place(self, tile: Tile) -> tuple[float, float]:
        """Where its first point lies, in degrees."""
        x, y = self.points[0]
        return lon_of(tile.x + x / 4096, tile.z), lat_of(tile.y + y / 4096, tile.z)


def read(body: bytes) -> dict[str, list[Feature]]:
    """The features of each source layer."""
    if body[:2] == b"\x1f\x8b":
        body = gzip.decompress(body)
    found: dict[str, list[Feature]] = {}
    for _number, layer in _fields(body):
        name, features = _layer(layer)
        found.setdefault(name, []).extend(features)
    return found


def _layer(body: bytes) -> tuple[str, list[Feature]]:
    fields = list(_fields(body))
    keys = [value.decode() for number, value in fields if number == 3]
    values = [_value(value) for number, value in fields if number == 4]
    name = next(value.decode() for number, value in fields if number == 1)
    return name, [_feature(value, keys, values) for number, value in fields if number == 2]


def _feature(body: bytes, keys: list[str], values: list[Any]) -> Feature:
    fields = dict(_fields(body))
    tags = list(_varints(fields.get(2, b"")))
    properties = {keys[tags[i]]: values[tags[i + 1]] for i in range(0, len(tags), 2)}
    return Feature(fields.get(1, 0), properties, fields[3], _points(list(_varints(fields[4]))))


def _points(numbers: list[int]) -> list[tuple[int, int]]:
    found, place, x, y = [], 0, 0, 0
    while place < len(numbers):
        command, count = numbers[place] & 7, numbers[place] >> 3
        place += 1
        for _ in range(count * COMMANDS[command]):
            x += _signed(numbers[place])
            y += _signed(numbers[place + 1])
            found.append((x, y))
            place += 2
    return found


def _value(body: bytes) -> Any:
    number, value = next(_fields(body))
    if number == 1:
        return value.decode()
    if number in {2, 3}:
        return struct.unpack("<f" if number == 2 else "<d", value)[0]
    if number == 6:
        return _signed(value)
    return bool(value) if number == 7 else value


def _signed(value: int) -> int:
    return (value >> 1) ^ -(value & 1)


def _varints(body: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in body:
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield number
            number = shift = 0


def _fields(body: bytes) -> Iterator[tuple[int, Any]]:
    place = 0

    def varint() -> int:
        nonlocal place
        start = place
        while body[place] > 127:
            place += 1
        place += 1
        return next(_varints(body[start:place]))

    while place < len(body):
        key = varint()
        size = {0: 0, 1: 8, 5: 4}.get(key & 7)
        if size == 0:
            yield key >> 3, varint()
            continue
        length = varint() if size is None else size
        yield key >> 3, body[place : place + length]
        place += length
