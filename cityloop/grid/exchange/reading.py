"""Foreign files, seen from the safe side: a child process opens them, we read its lines.

Whatever happens to the child, the answer here is rows to the end or one refusal.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.contrib.gis.gdal.libgdal import lgdal

from cityloop.grid.exchange.refusals import refused

ROOT: Final = str(Path(__file__).resolve().parents[3])
PROGRAM: Final = (
    f"import sys; sys.path[:0] = [{ROOT!r}]; from cityloop.grid.exchange.child.main import main; sys.exit(main())"
)
MEMORY: Final = 2 << 30
SECONDS: Final = 900
MOST_ROWS: Final = 5_000_000


@dataclass(frozen=True)
class Field:
    """A field of a foreign layer: some of its values, and all different ones with their counts when they are few."""

    name: str
    samples: tuple[str, ...]
    values: tuple[tuple[str, int], ...] | None


@dataclass(frozen=True)
class Layer:
    """What one layer of a foreign file looks like. `epsg` is 0 where the file does not say."""

    name: str
    geometry: str
    rows: int
    encoding: str
    epsg: int
    system: str
    fields: tuple[Field, ...]
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Look:
    """What a foreign file holds: the names in its archive, the one that was looked at, its layers."""

    members: tuple[str, ...]
    member: str
    layers: tuple[Layer, ...]
    locked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """Which rows of a file are wanted: file in the archive, layer, encoding, fields, columns of the coordinates."""

    member: str = ""
    layer: str = ""
    encoding: str = ""
    fields: Sequence[str] = ()
    places: Mapping[str, str] = field(default_factory=dict)


class Row(NamedTuple):
    """A row: number, hexadecimal WKB, values of the wanted fields, what is odd about it."""

    number: int
    shape: str | None
    values: list[str]
    odd: list[str]


def look(path: Path, *, member: str = "", encoding: str = "") -> Look:
    """Look a file over: layers, fields, samples. Refused where it cannot be read to its end."""
    with _child(path, task="look", member=member, encoding=encoding) as lines:
        found = next(lines)
    layers = tuple(_layer(layer) for layer in found["layers"])
    return Look(tuple(found["members"]), found["member"], layers, tuple(found["locked"]))


def _layer(found: Mapping[str, Any]) -> Layer:
    fields = tuple(
        Field(
            name,
            tuple(sample[place] for sample in found["samples"]),
            tuple((value, count) for value, count in values) if values is not None else None,
        )
        for place, (name, values) in enumerate(zip(found["fields"], found["values"], strict=True))
    )
    plain = {name: found[name] for name in ("name", "geometry", "rows", "encoding", "epsg", "system", "places")}
    return Layer(**plain, fields=fields)


def read_rows(path: Path, part: Part) -> Iterator[Row]:
    """Rows one after the other, and at the end of an incomplete file a refusal: whoever stores rows undoes it then."""
    order = {
        "member": part.member,
        "layer": part.layer,
        "encoding": part.encoding,
        "fields": list(part.fields),
        "places": dict(part.places),
    }
    with _child(path, task="read", **order) as lines:
        for line in lines:
            if isinstance(line, dict):
                return
            yield Row(*line)


@contextmanager
def _child(path: Path, **order: Any) -> Iterator[Iterator[Any]]:
    """A child at work on the file; leaving it early ends it."""
    scratch = Path(settings.IMPORT_ROOT)
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="reading-") as folder:
        copy = _own_copy(path, Path(folder))
        limits = {"memory": MEMORY, "seconds": SECONDS, "rows": MOST_ROWS, "unpacked": settings.IMPORT_UNPACKED_BYTES}
        order |= {"path": str(copy), "folder": folder, "gdal": lgdal._name, "limits": limits}
        process = subprocess.Popen(
            # A clean environment: the child inherits no address of the database and no key.
            [sys.executable, "-I", "-S", "-c", PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd=folder,
            start_new_session=True,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        alarm = threading.Timer(SECONDS, process.kill)
        alarm.start()
        try:
            yield _lines(process, order)
        finally:
            alarm.cancel()
            process.kill()
            process.communicate()


def _own_copy(path: Path, folder: Path) -> Path:
    """The file inside the folder that the child is kept in, under a name of ours."""
    copy = folder / f"source{path.suffix.lower()}"
    try:
        os.link(path, copy)
    except OSError:  # another file system
        shutil.copyfile(path, copy)
    return copy


def _lines(process: "subprocess.Popen[str]", order: Mapping[str, Any]) -> Iterator[Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.close()
    except BrokenPipeError:
        pass
    process.stdin = None
    is_whole = False
    for text in process.stdout:
        if not text.endswith("\n"):  # it died in the middle of a line
            break
        line = json.loads(text)
        if isinstance(line, dict):
            if "refused" in line:
                raise refused(line["refused"], line["values"])
            is_whole = True
        yield line
    if not is_whole:
        raise refused(_why_it_ended(process.wait()), {})


def _why_it_ended(code: int) -> str:
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return "time"
    return {-signal.SIGXFSZ: "zip_bomb", -signal.SIGABRT: "memory"}.get(code, "crashed")
