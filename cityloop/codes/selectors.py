"""Reading codes. Everything comes from one snapshot per process, renewed when the stamp of the codes changes."""

from collections import OrderedDict, defaultdict
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any, Final, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.codes import catalogue as nodes
from cityloop.codes import version
from cityloop.codes.models import DictionaryEntry, Edition, Major, Minor, Source, Standard

SNAPSHOTS_KEPT: Final = 2
TREES_KEPT: Final = 16
_snapshots: "OrderedDict[str, nodes.Snapshot]" = OrderedDict()
_trees: "OrderedDict[tuple[str, int, date, bool], tuple[nodes.MajorNode, ...]]" = OrderedDict()
Node = TypeVar("Node", bound=nodes.Span)


def read_nodes(kind: type[Node], rows: "models.QuerySet[Any]") -> list[Node]:
    """Rows of a table as nodes; a node's fields are named like the columns, nested ones stay empty."""
    names = [field.name for field in fields(kind) if field.name not in ("standards", "minors", "majors")]
    return [kind(**row) for row in rows.values(*names)]


def gather(items: list[Node], parent: str) -> Mapping[int, tuple[Node, ...]]:
    """Nodes by the id of their parent."""
    found: dict[int, list[Node]] = defaultdict(list)
    for item in items:
        found[getattr(item, parent)].append(item)
    return {key: tuple(value) for key, value in found.items()}


def read_dictionaries() -> Mapping[str, tuple[nodes.EntryNode, ...]]:
    """Every dictionary with all its choices, past ones included."""
    columns = ("dictionary__code", "code", "label", "label_en", "note", "position", "valid_from", "valid_to")
    found: dict[str, list[nodes.EntryNode]] = defaultdict(list)
    for row in DictionaryEntry.objects.order_by("position", "code").values(*columns):
        found[row.pop("dictionary__code")].append(nodes.EntryNode(label_zh=row.pop("label"), **row))
    return {code: tuple(rows) for code, rows in found.items()}


def read_snapshot(stamp: str) -> nodes.Snapshot:
    """Every code, in six statements."""
    standards = read_nodes(nodes.StandardNode, Standard.objects.order_by("minor_id", "seq", "valid_from"))
    of_minor = gather(standards, "minor_id")
    minors = [
        replace(minor, standards=of_minor.get(minor.id, ()))
        for minor in read_nodes(nodes.MinorNode, Minor.objects.order_by("code"))
    ]
    of_major = gather(minors, "major_id")
    majors = [
        replace(major, minors=of_major.get(major.id, ()))
        for major in read_nodes(nodes.MajorNode, Major.objects.order_by("kind", "code"))
    ]
    of_edition = gather(majors, "edition_id")
    editions = [
        replace(edition, majors=of_edition.get(edition.id, ()))
        for edition in read_nodes(nodes.EditionNode, Edition.objects.order_by("-year"))
    ]
    return nodes.Snapshot(
        stamp=stamp,
        editions={edition.id: edition for edition in editions},
        dictionaries=read_dictionaries(),
        sources=tuple(read_nodes(nodes.SourceNode, Source.objects.order_by("position", "code"))),
        majors={major.id: major for major in majors},
        minors={minor.id: minor for minor in minors},
        standards={row.id: row for row in standards},
        minors_by_code={(minor.edition_id, minor.kind, minor.code): minor for minor in minors},
    )


def snapshot() -> nodes.Snapshot:
    """Every code as of the version in force."""
    stamp = version.current()
    found = _snapshots.get(stamp) if stamp else None
    if found is None:
        found = read_snapshot(stamp)
        _snapshots[stamp] = found
        while len(_snapshots) > SNAPSHOTS_KEPT:
            _snapshots.popitem(last=False)
    return found


def default_edition() -> nodes.EditionNode:
    """The edition under which new cases are filed; refused as `unavailable` before any is loaded."""
    for edition in snapshot().editions.values():
        if edition.is_default:
            return edition
    raise Refused("unavailable", _("没有部件事件分类，请先运行 cityloop load-codes"), {"rule": "default_edition"})


def find_edition(code: str) -> nodes.EditionNode | None:
    """The edition of that code ("2013"), or None."""
    return next((edition for edition in snapshot().editions.values() if edition.code == code), None)


def get_edition(edition_id: int) -> nodes.EditionNode:
    """The edition; refused as `not_found`."""
    return _get(snapshot().editions, edition_id)


def catalogue(edition_id: int, on: date, *, fileable_only: bool = True) -> tuple[nodes.MajorNode, ...]:
    """The tree for pickers: majors, minors and standards offered on that day, in order of kind and code.

    With `fileable_only=False` also minors that have no standard yet: components may be registered under them.
    """
    data = snapshot()
    key = (data.stamp, edition_id, on, fileable_only)
    tree = _trees.get(key) if data.stamp else None
    if tree is None:
        tree = tuple(nodes.prune(_get(data.editions, edition_id), on, fileable_only=fileable_only))
        _trees[key] = tree
        while len(_trees) > TREES_KEPT:
            _trees.popitem(last=False)
    return tree


def search(
    edition_id: int, words: str, on: date, *, kind: str = "", limit: int = 20, fileable_only: bool = True
) -> list[nodes.MinorNode]:
    """The offered minors that answer a word, initials ("bllj") or the beginning of a code, best first."""
    return nodes.search(catalogue(edition_id, on, fileable_only=fileable_only), words, kind=kind, limit=limit)


def find_minor(edition_id: int, kind: str, code: str) -> nodes.MinorNode | None:
    """The minor category of that code in that edition, retired and held ones included, or None."""
    return snapshot().minors_by_code.get((edition_id, kind, code))


def get_minor(minor_id: int) -> nodes.MinorNode:
    """The minor category; refused as `not_found`."""
    return _get(snapshot().minors, minor_id)


def get_major(major_id: int) -> nodes.MajorNode:
    """The major category; refused as `not_found`."""
    return _get(snapshot().majors, major_id)


def get_standard(standard_id: int) -> nodes.StandardNode:
    """The filing standard, retired ones included; refused as `not_found`."""
    return _get(snapshot().standards, standard_id)


def is_offered_standard(standard_id: int, on: date) -> bool:
    """Whether a case may be filed under that standard on that day: the row, its minor, major and edition hold."""
    data = snapshot()
    row = data.standards.get(standard_id)
    if row is None or not row.is_offered:
        return False
    minor = data.minors[row.minor_id]
    above = (row, minor, data.majors[minor.major_id], data.editions[minor.edition_id])
    return minor.is_offered and all(node.is_in_force(on) for node in above)


def list_sources(on: date) -> tuple[nodes.SourceNode, ...]:
    """The sources of reports on that day, in order."""
    return tuple(source for source in snapshot().sources if source.is_in_force(on))


def find_source(code: str) -> nodes.SourceNode | None:
    """The source of that code, retired ones included, or None."""
    return next((source for source in snapshot().sources if source.code == code), None)


def get_source(source_id: int) -> nodes.SourceNode:
    """The source; refused as `not_found`."""
    return _get({source.id: source for source in snapshot().sources}, source_id)


def entries(dictionary: str, on: date) -> tuple[nodes.EntryNode, ...]:
    """The choices of a dictionary on that day, in order; refused as `not_found` for an unknown dictionary."""
    return tuple(entry for entry in _get(snapshot().dictionaries, dictionary) if entry.is_in_force(on))


def find_entry(dictionary: str, code: str) -> nodes.EntryNode | None:
    """One choice by its stored code, retired ones included, or None."""
    return next((entry for entry in snapshot().dictionaries.get(dictionary, ()) if entry.code == code), None)


Key = TypeVar("Key", int, str)
Value = TypeVar("Value")


def _get(rows: Mapping[Key, Value], key: Key) -> Value:
    if key not in rows:
        raise Refused("not_found", _("没有这个代码"), {"rule": "code_exists", "value": key})
    return rows[key]
