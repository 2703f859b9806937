"""Archives: judged by their table before a byte is unpacked, then unpacked under names of our own."""

import os
import stat
import zipfile
from dataclasses import dataclass

from cityloop.grid.exchange.child.answers import No

MOST_MEMBERS = 2000
MOST_RATIO = 200  # text packs to a twentieth, zeros to a thousandth
WANTED = (".shp", ".geojson", ".json", ".gpkg", ".osm", ".pbf", ".csv", ".txt")
BESIDE = (".shx", ".dbf", ".prj", ".cpg")
CHUNK = 1 << 20


@dataclass(frozen=True)
class Member:
    """One file that can be read, under the name it had in the archive."""

    shown: str
    path: str


def list_members(path: str, folder: str, *, most_bytes: int) -> list[Member]:
    """The readable files: the file itself, or what its archive holds, unpacked into `folder`."""
    name = os.path.basename(path)
    if not name.lower().endswith(".zip"):
        return [Member(name, path)]
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _judge(entries, most_bytes)
            return _unpacked(archive, entries, folder)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise No("zip_broken", why=str(error)[:200]) from None


def _judge(entries: list[zipfile.ZipInfo], most_bytes: int) -> None:
    if len(entries) > MOST_MEMBERS:
        raise No("zip_bomb", most=MOST_MEMBERS)
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > most_bytes or (unpacked > CHUNK * 10 and unpacked > packed * MOST_RATIO):
        raise No("zip_bomb", megabytes=unpacked >> 20)
    for entry in entries:
        name = shown_name(entry)
        parts = name.replace("\\", "/").split("/")
        if ".." in parts or name.startswith(("/", "\\")) or (len(name) > 1 and name[1] == ":"):
            raise No("zip_slip", name=name[:100])
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise No("zip_slip", name=name[:100])
        if entry.flag_bits & 1:
            raise No("zip_locked")


def shown_name(entry: zipfile.ZipInfo) -> str:
    """The name as its maker wrote it: Chinese Windows packs names in GBK and does not say so."""
    if entry.flag_bits & 0x800:
        return entry.filename
    raw = entry.orig_filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def _unpacked(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], folder: str) -> list[Member]:
    """Our names keep what belongs together: the parts of a Shapefile share a number."""
    numbers: dict[str, int] = {}
    found: list[Member] = []
    for entry in entries:
        shown = shown_name(entry)
        stem, ending = os.path.splitext(shown)
        ending = ending.lower()
        if ending not in (*WANTED, *BESIDE) or "__MACOSX" in shown:
            continue
        number = numbers.setdefault(stem.lower(), len(numbers) + 1)
        path = os.path.join(folder, f"member{number}{ending}")
        _unpack(archive, entry, path)
        if ending in WANTED:
            found.append(Member(shown, path))
    return found


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: str) -> None:
    left = entry.file_size
    with archive.open(entry) as packed, open(path, "wb") as file:
        while chunk := packed.read(CHUNK):
            left -= len(chunk)
            if left < 0:
                raise No("zip_bomb", megabytes=entry.file_size >> 20)
            file.write(chunk)
