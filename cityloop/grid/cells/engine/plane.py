"""Metres without bending a line: the local plane in which lengths and areas of cells are measured.

Equirectangular, true at one latitude: east and north are scaled by WGS 84's radii of curvature there. The scaling is
the same everywhere in the plane, so a straight border in degrees is straight in metres and a corner on the grid of
degrees needs no rounding. Every community has a plane of its own at its middle; within 20 km an area is right to two in
a thousand, within 2 km to two in ten thousand.
"""

from dataclasses import dataclass
from math import cos, radians, sin, sqrt
from typing import Final

UNITS: Final = 10_000_000  # in a degree: one unit is about a centimetre
AXIS, FLATTENING = 6378137.0, 1 / 298.257223563

Corner = tuple[int, int]  # units east and units north


@dataclass(frozen=True, slots=True)
class Plane:
    """The plane true at a latitude; `east` and `north` are metres per unit."""

    latitude: float
    east: float
    north: float

    @property
    def name(self) -> str:
        """How reports name it: a PROJ string but for the ellipsoid's radii."""
        return f"eqc(lat_ts={self.latitude:.4f}, WGS 84)"


def plane_at(latitude: float) -> Plane:
    """The plane true at that latitude (degrees)."""
    square = FLATTENING * (2 - FLATTENING)
    bend = sqrt(1 - square * sin(radians(latitude)) ** 2)
    north = AXIS * (1 - square) / bend**3
    east = AXIS / bend * cos(radians(latitude))
    return Plane(latitude, radians(1 / UNITS) * east, radians(1 / UNITS) * north)
