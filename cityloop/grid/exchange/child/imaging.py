"""One image out: a GeoTIFF becomes a pyramid of map tiles in one GeoPackage."""

import ctypes
import json
import os
import sys
from typing import Any

from cityloop.grid.exchange.child import jail, ogr
from cityloop.grid.exchange.child.answers import No, say

RASTER, UPDATE = 0x02, 0x01
BYTE = 1  # GDAL's word for eight bits
BANDS = (1, 2, 3, 4)  # grey or colours, with or without transparency
TILES = "tiles"
PYRAMID = ["TILING_SCHEME=GoogleMapsCompatible", "TILE_FORMAT=PNG_JPEG", "QUALITY=80", f"RASTER_TABLE={TILES}"]
HALVINGS = 10  # from the finest zoom down
DOUBLES, INTS = ctypes.c_double * 6, ctypes.c_int * HALVINGS
FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "GDALGetRasterXSize": (ogr.INT, [ogr.PTR]),
    "GDALGetRasterYSize": (ogr.INT, [ogr.PTR]),
    "GDALGetRasterCount": (ogr.INT, [ogr.PTR]),
    "GDALGetProjectionRef": (ogr.TEXT, [ogr.PTR]),
    "GDALGetGeoTransform": (ogr.INT, [ogr.PTR, ctypes.POINTER(ctypes.c_double)]),
    "GDALGetRasterBand": (ogr.PTR, [ogr.PTR, ogr.INT]),
    "GDALGetRasterDataType": (ogr.INT, [ogr.PTR]),
    "GDALTranslateOptionsNew": (ogr.PTR, [ogr.PTR, ogr.PTR]),
    "GDALTranslate": (ogr.PTR, [ogr.TEXT, ogr.PTR, ogr.PTR, ogr.PTR]),
    "GDALBuildOverviews": (ogr.INT, [ogr.PTR, ogr.TEXT, ogr.INT, ogr.PTR, ogr.INT, ogr.PTR, ogr.PTR, ogr.PTR]),
}


def main() -> int:
    """Obey the one instruction on standard input."""
    order = json.loads(sys.stdin.readline())
    try:
        os.environ.update(jail.ENVIRONMENT, CPL_TMPDIR=order["folder"])
        jail.set_limits(order["limits"])
        library = ogr.Library(order["gdal"])
        for name, (result, parameters) in FUNCTIONS.items():
            function = getattr(library.gdal, name)
            function.restype, function.argtypes = result, parameters
        jail.lock_in(order["folder"])
        convert(library, order)
        say({"end": 1})
    except No as no:
        say({"refused": no.word, "values": no.values})
    except MemoryError:
        say({"refused": "memory", "values": {}})
    sys.stdout.flush()
    os._exit(0)


def convert(library: ogr.Library, order: dict[str, Any]) -> None:
    """Write the tiles of the finest zoom, then each coarser one from the one before."""
    gdal = library.gdal
    allowed = (ogr.TEXT * 2)(b"GTiff", None)
    source = gdal.GDALOpenEx(order["source"].encode(), ogr.READ_ONLY | RASTER, allowed, None, None)
    if not source:
        raise No("image_format", why=library.failure())
    check(library, source, order["limits"]["pixels"])
    words = ["-of", "GPKG", *(word for option in PYRAMID for word in ("-co", option))]
    arguments = (ogr.TEXT * (len(words) + 1))(*(word.encode() for word in words), None)
    made = gdal.GDALTranslate(order["target"].encode(), source, gdal.GDALTranslateOptionsNew(arguments, None), None)
    if not made or library.failures:
        raise No("damaged", why=library.failure())
    gdal.GDALClose(made)
    gdal.GDALClose(source)
    tiles = gdal.GDALOpenEx(order["target"].encode(), UPDATE | RASTER, (ogr.TEXT * 2)(b"GPKG", None), None, None)
    halvings = INTS(*(2**step for step in range(1, HALVINGS + 1)))
    if not tiles or gdal.GDALBuildOverviews(tiles, b"AVERAGE", HALVINGS, halvings, 0, None, None, None):
        raise No("damaged", why=library.failure())
    gdal.GDALClose(tiles)


def check(library: ogr.Library, source: Any, most_pixels: int) -> None:
    """An image that lies somewhere, in colours that a screen shows."""
    gdal = library.gdal
    if gdal.GDALGetRasterXSize(source) * gdal.GDALGetRasterYSize(source) > most_pixels:
        raise No("too_many_pixels", most=most_pixels // 1_000_000)
    place = DOUBLES()
    if gdal.GDALGetGeoTransform(source, place) or not gdal.GDALGetProjectionRef(source):
        raise No("no_place")
    bands = gdal.GDALGetRasterCount(source)
    if bands not in BANDS or gdal.GDALGetRasterDataType(gdal.GDALGetRasterBand(source, 1)) != BYTE:
        raise No("image_bands")
