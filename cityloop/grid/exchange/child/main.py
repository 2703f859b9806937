"""What the child does with its one file: look it over, or read one of its layers."""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

from cityloop.grid.exchange.child import jail, ogr, table
from cityloop.grid.exchange.child.answers import Decoder, No, is_formula, say
from cityloop.grid.exchange.child.unpack import Member, list_members

MOST_FIELDS = 300
MOST_VALUES = 300  # different values of one field that are worth mapping one by one
SAMPLES = 20
MOST_TEXT = 2000
GB_NAMES = {"936", "cp936", "gbk", "gb2312", "gb18030"}
NOT_DECODED = "�"


def main() -> int:
    """Obey the one instruction on standard input."""
    order = json.loads(sys.stdin.readline())
    try:
        os.environ.update(jail.ENVIRONMENT, CPL_TMPDIR=order["folder"])
        jail.set_limits(order["limits"])
        library = ogr.Library(order["gdal"])
        locked = jail.lock_in(order["folder"])
        members = list_members(order["path"], order["folder"], most_bytes=order["limits"]["unpacked"])
        if order["task"] == "look":
            say({"locked": locked, **look(library, members, order)})
        else:
            read(library, members, order)
    except No as no:
        say({"refused": no.word, "values": no.values})
    except MemoryError:
        say({"refused": "memory", "values": {}})
    sys.stdout.flush()
    # GDAL may have been left in any state: no tidying up, the process ends here.
    os._exit(0)


def choose(members: list[Member], wanted: str) -> Member:
    """The file to read: the wanted one, or the only one."""
    for member in members:
        check_format(member)
    if not members:
        raise No("no_layer")
    found = [member for member in members if member.shown == wanted] if wanted else members[:1]
    if not found:
        raise No("no_such_file", name=wanted)
    return found[0]


def check_format(member: Member) -> None:
    """Only endings that we know; a virtual file, which would name others, least of all."""
    ending = os.path.splitext(member.path)[1].lower()
    if ending == ".vrt":
        raise No("virtual")
    if ending not in ogr.DRIVERS and ending not in (".csv", ".txt"):
        raise No("format", ending=ending or member.shown)
    if os.path.getsize(member.path) == 0:
        raise No("empty_file")
    with open(member.path, "rb") as file:
        if b"<OGRVRTDataSource" in file.read(4096):
            raise No("virtual")


def is_table(member: Member) -> bool:
    """Whether it is read as CSV."""
    return member.path.endswith((".csv", ".txt"))


def look(library: ogr.Library, members: list[Member], order: dict[str, Any]) -> dict[str, Any]:
    """Every layer of the chosen file: fields, samples, the values of each field, how many rows."""
    member = choose(members, order.get("member", ""))
    shown = [other.shown for other in members]
    layers = list(looks_of(library, member, order))
    return {"members": shown, "member": member.shown, "layers": layers}


def looks_of(library: ogr.Library, member: Member, order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What each layer looks like."""
    if is_table(member):
        csv = table.Table(member.path, order.get("encoding", ""))
        found = Survey(csv.fields, order["limits"]["rows"])
        for values in csv.rows():
            found.add(None, values[: len(csv.fields)])
        yield {
            "name": member.shown, "geometry": "CSV", "epsg": 0, "system": "", "encoding": csv.encoding,
            "places": table.guess_places(csv.fields), **found.told(),
        }  # fmt: skip
        return
    source = ogr.Source(library, member.path)
    for layer in source.layers:
        decoder = Decoder(order.get("encoding", "") or encoding_beside(member.path))
        fields = [decoder.watch(name) for name in layer.raw_fields]
        found = Survey(fields, order["limits"]["rows"])
        for shape, raw in source.rows(layer, list(range(len(fields)))):
            found.add(shape, [decoder.watch(value) for value in raw])
        if not decoder.fits:
            raise No("encoding")
        # Names were perhaps read before the first value showed what the encoding is.
        found.fields = [name.decode(decoder.fits, "replace") for name in layer.raw_fields]
        yield {
            "name": layer.raw_name.decode(decoder.fits, "replace") if len(source.layers) > 1 else member.shown,
            "geometry": layer.geometry, "epsg": layer.epsg, "system": layer.system, "encoding": decoder.fits,
            "places": {}, **found.told(),
        }  # fmt: skip


class Survey:
    """What a layer's rows are like."""

    def __init__(self, fields: list[str], most_rows: int) -> None:
        if len(fields) > MOST_FIELDS:
            raise No("too_many_fields", most=MOST_FIELDS)
        self.fields = fields
        self.most_rows = most_rows
        self.count = 0
        self.samples: list[list[str]] = []
        self.values: list[Counter[str] | None] = [Counter() for _ in fields]
        self.kinds: Counter[str] = Counter()

    def add(self, shape: str | None, values: list[str]) -> None:
        """One more row."""
        self.count += 1
        if self.count > self.most_rows:
            raise No("too_many_rows", most=self.most_rows)
        if shape:
            self.kinds[shape[2:10]] += 1
        if len(self.samples) < SAMPLES:
            self.samples.append([value[:100] for value in values])
        for place, value in enumerate(values):
            counter = self.values[place]
            if counter is not None and value:
                counter[value[:100]] += 1
                if len(counter) > MOST_VALUES:
                    self.values[place] = None

    def told(self) -> dict[str, Any]:
        """For the mapping screen."""
        values = [None if found is None else found.most_common() for found in self.values]
        return {"fields": self.fields, "rows": self.count, "samples": self.samples, "values": values}


def encoding_beside(path: str) -> str:
    """What the .cpg file beside a Shapefile says, where Python knows it."""
    try:
        with open(os.path.splitext(path)[0] + ".cpg", encoding="ascii") as file:
            said = file.read(40).strip().lower()
        said = "utf-8" if said == "65001" else "gb18030" if said in GB_NAMES else said
        "".encode(said)
        return said
    except (OSError, UnicodeDecodeError, LookupError):
        return ""


def read(library: ogr.Library, members: list[Member], order: dict[str, Any]) -> None:
    """Print the rows of one layer: number, WKB, values of the wanted fields, what is odd about them."""
    member = choose(members, order.get("member", ""))
    count = 0
    for count, (shape, values, odd) in enumerate(rows_of(library, member, order), start=1):
        if count > order["limits"]["rows"]:
            raise No("too_many_rows", most=order["limits"]["rows"])
        say([count, shape, values, odd])
    if not count:
        raise No("no_rows")
    say({"end": count})


Row = tuple[str | None, list[str], list[str]]


def rows_of(library: ogr.Library, member: Member, order: dict[str, Any]) -> Iterator[Row]:
    """The rows, whatever the format."""
    return table_rows(library, member, order) if is_table(member) else layer_rows(library, member, order)


def table_rows(library: ogr.Library, member: Member, order: dict[str, Any]) -> Iterator[Row]:
    """Rows of a CSV file, with points or shapes from its columns."""
    csv = table.Table(member.path, order.get("encoding", ""))
    at = table.reads_places(order.get("places", {}), csv.fields)
    wanted = places_of(csv.fields, order["fields"])
    for values in csv.rows():
        shape = library.read_wkt(values[at["wkt"]]) if "wkt" in at else table.point(values[at["x"]], values[at["y"]])
        kept, odd = tidy([values[place] for place in wanted])
        yield shape, kept, ["width", *odd] if len(values) > len(csv.fields) else odd


def layer_rows(library: ogr.Library, member: Member, order: dict[str, Any]) -> Iterator[Row]:
    """Rows of a layer that GDAL reads."""
    source = ogr.Source(library, member.path)
    encoding = order.get("encoding") or "utf-8"
    names = [layer.raw_name.decode(encoding, "replace") for layer in source.layers]
    wanted_layer = order.get("layer", "")
    layer = source.layers[names.index(wanted_layer)] if wanted_layer in names else source.layers[0]
    fields = [name.decode(encoding, "replace") for name in layer.raw_fields]
    for shape, raw in source.rows(layer, places_of(fields, order["fields"])):
        kept, odd = tidy([value.decode(encoding, "replace") for value in raw])
        yield shape, kept, odd


def places_of(fields: list[str], wanted: list[str]) -> list[int]:
    """Where the wanted fields stand; refused when the file has not got one."""
    missing = [name for name in wanted if name not in fields]
    if missing:
        raise No("no_field", name="、".join(missing[:5]))
    return [fields.index(name) for name in wanted]


def tidy(values: list[str]) -> tuple[list[str], list[str]]:
    """The values fit to be stored, and what is odd: `formula:3`, `encoding:0`, `long:2` by place."""
    odd: list[str] = []
    for place, value in enumerate(values):
        if not value:
            continue
        text = value.strip()
        if is_formula(text):
            odd.append(f"formula:{place}")
        if NOT_DECODED in text:
            odd.append(f"encoding:{place}")
        if len(text) > MOST_TEXT:
            odd.append(f"long:{place}")
            text = text[:MOST_TEXT]
        values[place] = text.replace("\0", NOT_DECODED) if "\0" in text else text
    return values, odd
