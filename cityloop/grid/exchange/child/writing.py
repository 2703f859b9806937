"""One file out: rows that the parent has written as lines of GeoJSON become another format."""

import json
import os
import sys
from typing import Any

from cityloop.grid.exchange.child import jail, ogr
from cityloop.grid.exchange.child.answers import No, say

# Formats by our word: GDAL's driver, options of the layer.
FORMATS: dict[str, tuple[str, list[str]]] = {
    "gpkg": ("GPKG", []),
    "shp": ("ESRI Shapefile", ["-lco", "ENCODING=UTF-8"]),
    "shp-gbk": ("ESRI Shapefile", ["-lco", "ENCODING=CP936"]),
}


def main() -> int:
    """Obey the one instruction on standard input."""
    order = json.loads(sys.stdin.readline())
    try:
        os.environ.update(jail.ENVIRONMENT, CPL_TMPDIR=order["folder"])
        jail.set_limits(order["limits"])
        library = ogr.Library(order["gdal"])
        jail.lock_in(order["folder"])
        write(library, order)
        say({"end": 1})
    except No as no:
        say({"refused": no.word, "values": no.values})
    sys.stdout.flush()
    os._exit(0)


def write(library: ogr.Library, order: dict[str, Any]) -> None:
    """Translate `source` to `target`, keeping the coordinates as they are and naming their system."""
    gdal = library.gdal
    translate, new_options = gdal.GDALVectorTranslate, gdal.GDALVectorTranslateOptionsNew
    translate.restype, translate.argtypes = ogr.PTR, [ogr.TEXT, ogr.PTR, ogr.INT, ogr.PTR, ogr.PTR, ogr.PTR]
    new_options.restype, new_options.argtypes = ogr.PTR, [ogr.PTR, ogr.PTR]
    allowed = (ogr.TEXT * 2)(b"GeoJSONSeq", None)
    source = gdal.GDALOpenEx(f"GeoJSONSeq:{order['source']}".encode(), ogr.READ_ONLY | ogr.VECTOR, allowed, None, None)
    if not source:
        raise No("damaged", why=library.failure())
    driver, extra = FORMATS[order["format"]]
    words = ["-f", driver, *extra, *order["options"]]
    arguments = (ogr.TEXT * (len(words) + 1))(*(word.encode() for word in words), None)
    handles = (ogr.PTR * 1)(source)
    made = translate(order["target"].encode(), None, 1, handles, new_options(arguments, None), None)
    if not made:
        raise No("damaged", why=library.failure())
    gdal.GDALClose(made)
    gdal.GDALClose(source)
