"""The shipped editions as nodes without a database, for tests of what is pure."""

from collections.abc import Mapping
from functools import cache
from itertools import count

from cityloop.base.initials import initials_of
from cityloop.codes import data
from cityloop.codes.catalogue import EditionNode, MajorNode, MinorNode, StandardNode


@cache
def edition_node(code: str) -> EditionNode:
    """An edition as it is after loading; ids are made up."""
    ids = count(1)
    shipped = next(row for row in data.editions() if row.code == code)
    start = shipped.valid_from
    majors: dict[tuple[str, str], MajorNode] = {}
    minors: dict[tuple[str, str], list[MinorNode]] = {}
    for row in data.minors():
        if row.edition != code:
            continue
        key = (row.kind, row.code[:2])
        if key not in majors:
            english = data.english_names()[row.major_name]
            majors[key] = MajorNode(start, None, next(ids), 1, row.kind, key[1], row.major_name, english, False)
        minors.setdefault(key, []).append(minor_node(row, start_id=next(ids), major=majors[key]))
    whole = tuple(
        MajorNode(
            start, None, major.id, 1, major.kind, major.code, major.name, major.name_en, False, tuple(minors[key])
        )
        for key, major in sorted(majors.items())
    )
    return EditionNode(
        start, None, 1, code, shipped.name, shipped.year, shipped.is_default, shipped.local_minors, whole
    )


def minor_node(row: data.MinorRow, *, start_id: int, major: MajorNode) -> MinorNode:
    """A minor category with its conditions; the id of a condition is that of the minor times 1000 plus its number."""
    minor_id = start_id
    standards = tuple(
        StandardNode(
            major.valid_from,
            None,
            minor_id * 1000 + rule.seq,
            minor_id,
            rule.seq,
            rule.condition,
            rule.close_condition,
            rule.source,
            rule.confidence,
            not rule.held,
            rule.held,
        )
        for rule in data.handbook()
        if (rule.edition, rule.kind, rule.code) == (row.edition, row.kind, row.code)
    )
    return MinorNode(
        major.valid_from,
        None,
        id=minor_id,
        major_id=major.id,
        edition_id=1,
        kind=row.kind,
        code=row.code,
        name=row.name,
        name_en=data.english_names()[row.name],
        initials=initials_of(row.name),
        geometry=row.geometry,
        typical_unit=row.typical_unit,
        confidence=row.confidence,
        is_offered=not row.held,
        held=row.held,
        local=row.local,
        maps_to_id=None,
        standards=standards,
    )


def limits_of(edition: EditionNode) -> Mapping[int, Mapping[str, data.Amount]]:
    """The shipped limits by standard id, as the `limits` room gives them."""
    minors = {(minor.kind, minor.code): minor for major in edition.majors for minor in major.minors}
    found = {}
    for row in data.handbook():
        if row.edition == edition.code:
            standards = minors[row.kind, row.code].standards
            found.update({old.id: row.limits for old in standards if old.seq == row.seq and old.valid_to is None})
    return found
