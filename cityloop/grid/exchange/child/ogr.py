"""One file through GDAL's C library: its layers, and the rows of one of them."""

import ctypes
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cityloop.grid.exchange.child.answers import No

DRIVERS = {
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".shp": "ESRI Shapefile",
    ".gpkg": "GPKG",
    ".osm": "OSM",
    ".pbf": "OSM",
}
READ_ONLY, VECTOR, VERBOSE = 0x00, 0x04, 0x40
LITTLE_ENDIAN = 1
FAILURE = 3
MOST_WKB = 8 << 20
PTR, INT, TEXT = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
# name: (result, parameters)
FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "GDALAllRegister": (None, []),
    "GDALOpenEx": (PTR, [TEXT, ctypes.c_uint, PTR, PTR, PTR]),
    "GDALClose": (None, [PTR]),
    "GDALDatasetGetLayerCount": (INT, [PTR]),
    "GDALDatasetGetLayer": (PTR, [PTR, INT]),
    "GDALDatasetResetReading": (None, [PTR]),
    "GDALDatasetGetNextFeature": (PTR, [PTR, ctypes.POINTER(PTR), PTR, PTR, PTR]),
    "OGR_L_GetName": (TEXT, [PTR]),
    "OGR_L_GetLayerDefn": (PTR, [PTR]),
    "OGR_L_GetGeomType": (INT, [PTR]),
    "OGR_L_GetSpatialRef": (PTR, [PTR]),
    "OGR_L_GetNextFeature": (PTR, [PTR]),
    "OGR_L_ResetReading": (None, [PTR]),
    "OGR_FD_GetFieldCount": (INT, [PTR]),
    "OGR_FD_GetFieldDefn": (PTR, [PTR, INT]),
    "OGR_Fld_GetNameRef": (TEXT, [PTR]),
    "OGR_F_Destroy": (None, [PTR]),
    "OGR_F_GetGeometryRef": (PTR, [PTR]),
    "OGR_F_GetFieldAsString": (TEXT, [PTR, INT]),
    "OGR_F_IsFieldSetAndNotNull": (INT, [PTR, INT]),
    "OGR_G_WkbSize": (INT, [PTR]),
    "OGR_G_ExportToWkb": (INT, [PTR, INT, TEXT]),
    "OGR_G_CreateFromWkt": (INT, [ctypes.POINTER(TEXT), PTR, ctypes.POINTER(PTR)]),
    "OGR_G_DestroyGeometry": (None, [PTR]),
    "OGRGeometryTypeToName": (TEXT, [INT]),
    "OSRAutoIdentifyEPSG": (INT, [PTR]),
    "OSRGetAuthorityCode": (TEXT, [PTR, TEXT]),
    "OSRGetName": (TEXT, [PTR]),
    "CPLSetErrorHandler": (PTR, [PTR]),
}
HANDLER = ctypes.CFUNCTYPE(None, INT, INT, TEXT)


class Library:
    """GDAL, with the worst thing that it has said since it was last asked."""

    def __init__(self, path: str) -> None:
        self.gdal: Any = ctypes.CDLL(path)
        for name, (result, parameters) in FUNCTIONS.items():
            function = getattr(self.gdal, name)
            function.restype, function.argtypes = result, parameters
        self.failures: list[str] = []
        self._handler = HANDLER(self._hear)
        self.gdal.CPLSetErrorHandler(ctypes.cast(self._handler, PTR))
        self.gdal.GDALAllRegister()

    def _hear(self, level: int, _number: int, text: bytes) -> None:
        if level >= FAILURE and len(self.failures) < 20:
            self.failures.append((text or b"").decode("utf-8", "replace")[:300])

    def failure(self) -> str:
        """What went wrong since the last question; forgotten afterwards."""
        found = "; ".join(self.failures[:3])
        self.failures.clear()
        return found

    def wkb_of(self, geometry: Any) -> str | None:
        """The geometry as hexadecimal WKB; None for one too large to be a place in a city."""
        size = self.gdal.OGR_G_WkbSize(geometry)
        if not 0 < size <= MOST_WKB:
            return None
        room = ctypes.create_string_buffer(size)
        return None if self.gdal.OGR_G_ExportToWkb(geometry, LITTLE_ENDIAN, room) else room.raw.hex()

    def read_wkt(self, text: str) -> str | None:
        """WKT as hexadecimal WKB; None if it is none."""
        words, found = ctypes.c_char_p(text.encode()), PTR()
        failed = self.gdal.OGR_G_CreateFromWkt(ctypes.byref(words), None, ctypes.byref(found))
        self.failures.clear()
        if failed or not found:
            return None
        try:
            return self.wkb_of(found)
        finally:
            self.gdal.OGR_G_DestroyGeometry(found)


@dataclass
class Layer:
    """A layer of an open file: its fields' raw names, and what GDAL says of its geometry."""

    handle: Any
    raw_name: bytes
    raw_fields: list[bytes]
    geometry: str
    epsg: int
    system: str


class Source:
    """An open file of one of our drivers."""

    def __init__(self, library: Library, path: str) -> None:
        ending = os.path.splitext(path)[1].lower()
        self.library, self.gdal = library, library.gdal
        self.is_osm = DRIVERS[ending] == "OSM"
        allowed = (TEXT * 2)(DRIVERS[ending].encode(), None)
        # Text comes as the bytes that it is in the file; which encoding they are in we find out ourselves.
        options = (TEXT * 2)(b"ENCODING=" if ending == ".shp" else None, None)
        self.handle = self.gdal.GDALOpenEx(path.encode(), READ_ONLY | VECTOR | VERBOSE, allowed, options, None)
        if not self.handle:
            raise No("damaged", format=DRIVERS[ending], why=library.failure())
        library.failures.clear()
        count = self.gdal.GDALDatasetGetLayerCount(self.handle)
        self.layers = [self._layer(self.gdal.GDALDatasetGetLayer(self.handle, place)) for place in range(count)]
        if not self.layers:
            raise No("no_layer")

    def _layer(self, handle: Any) -> Layer:
        gdal = self.gdal
        definition = gdal.OGR_L_GetLayerDefn(handle)
        fields = [
            gdal.OGR_Fld_GetNameRef(gdal.OGR_FD_GetFieldDefn(definition, place))
            for place in range(gdal.OGR_FD_GetFieldCount(definition))
        ]
        system = gdal.OGR_L_GetSpatialRef(handle)
        epsg, name = 0, ""
        if system:
            gdal.OSRAutoIdentifyEPSG(system)
            code = gdal.OSRGetAuthorityCode(system, None)
            epsg = int(code) if code and code.isdigit() else 0
            name = (gdal.OSRGetName(system) or b"").decode("utf-8", "replace")
        self.library.failures.clear()
        geometry = gdal.OGRGeometryTypeToName(gdal.OGR_L_GetGeomType(handle)).decode()
        return Layer(handle, gdal.OGR_L_GetName(handle), fields, geometry, epsg, name)

    def rows(self, layer: Layer, places: list[int]) -> Iterator[tuple[str | None, list[bytes]]]:
        """WKB and raw values of these fields, row by row. A damaged row ends the reading: what follows is not to be
        trusted."""
        gdal, as_string = self.gdal, self.gdal.OGR_F_GetFieldAsString
        for feature in self._features(layer):
            geometry = gdal.OGR_F_GetGeometryRef(feature)
            shape = self.library.wkb_of(geometry) if geometry else None
            values = [as_string(feature, place) or b"" for place in places]
            gdal.OGR_F_Destroy(feature)
            if self.library.failures:
                raise No("damaged", format="", why=self.library.failure())
            yield shape, values
        if self.library.failures:
            raise No("damaged", format="", why=self.library.failure())

    def _features(self, layer: Layer) -> Iterator[Any]:
        """Rows of one layer. OpenStreetMap's layers lie mixed in the file and are read together."""
        gdal = self.gdal
        if not self.is_osm:
            gdal.OGR_L_ResetReading(layer.handle)
            while feature := gdal.OGR_L_GetNextFeature(layer.handle):
                yield feature
            return
        gdal.GDALDatasetResetReading(self.handle)
        at = PTR()
        while feature := gdal.GDALDatasetGetNextFeature(self.handle, ctypes.byref(at), None, None, None):
            if at.value == layer.handle:
                yield feature
            else:
                gdal.OGR_F_Destroy(feature)

    def close(self) -> None:
        """Let go of the file."""
        self.gdal.GDALClose(self.handle)
