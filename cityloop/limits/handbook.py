"""The handbook whole: categories and conditions live in `codes`, their limits here; this brings both in and out."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.codes import data, selectors, sheets
from cityloop.codes.actions import Draft, apply_plan, load_dictionaries, load_editions, lock_codes, put_standard
from cityloop.codes.catalogue import EditionNode, MajorNode, MinorNode, StandardNode
from cityloop.codes.changes import Plan, make_plan
from cityloop.codes.models import Held, Minor, Standard
from cityloop.codes.record import Author
from cityloop.limits.actions import Amount, add_missing_limits
from cityloop.limits.models import LimitRow

OFFERED: Final = "offered"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading added, and what the database offers now: rows by edition, kind and fate."""

    standards: int
    limits: int
    dictionaries: int
    categories: Mapping[tuple[str, str], Mapping[str, int]] = field(default_factory=dict)
    conditions: Mapping[tuple[str, str], Mapping[str, int]] = field(default_factory=dict)


@transaction.atomic
def load_handbook(*, by: Author, now: datetime) -> Loaded:
    """Load what the project carries of categories, conditions, limits and dictionaries; only what is missing.

    A limit is the same for every class of area until a city says otherwise.
    """
    lock_codes()
    before = len(selectors.snapshot().standards)
    ids = load_editions(by=by, now=now)
    dictionaries = load_dictionaries(by=by, now=now)
    limits = {
        (ids[row.key], area_class): Amount(limit.amount, limit.unit)
        for row in data.handbook()
        if row.key in ids
        for area_class, limit in row.limits.items()
    }
    added = add_missing_limits(limits, by=by, now=now)
    standards = len(selectors.snapshot().standards) - before
    return Loaded(standards, added, dictionaries, count_categories(), count_conditions())


def count_categories() -> Mapping[tuple[str, str], Mapping[str, int]]:
    """Minor categories by (edition, kind): how many are offered, how many are held for which reason."""
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for edition, minor in every_minor():
        found[edition, minor.kind][minor.held or OFFERED] += 1
    return {key: dict(value) for key, value in found.items()}


def count_conditions() -> Mapping[tuple[str, str], Mapping[str, int]]:
    """Filing standards without an end by (edition, kind): how many are offered, how many are held for which reason."""
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for edition, minor in every_minor():
        for row in minor.standards:
            if row.valid_to is None:
                found[edition, minor.kind][minor.held or row.held or OFFERED] += 1
    return {key: dict(value) for key, value in found.items()}


def every_minor() -> Iterator[tuple[str, MinorNode]]:
    """Every minor category with the code of its edition."""
    for edition in selectors.snapshot().editions.values():
        for major in edition.majors:
            for minor in major.minors:
                yield edition.code, minor


def open_limits(edition: EditionNode) -> Mapping[int, Mapping[str, data.Amount]]:
    """The limits without an end of an edition's standards, by standard id and class of area."""
    found: dict[int, dict[str, data.Amount]] = defaultdict(dict)
    rows = LimitRow.objects.filter(standard__minor__edition_id=edition.id, valid_to__isnull=True)
    for standard_id, area_class, amount, unit in rows.values_list("standard_id", "area_class", "amount", "unit"):
        found[standard_id][area_class] = data.Amount(amount, unit)
    return found


@transaction.atomic
def put_condition(
    minor: Minor,
    draft: Draft,
    limits: Mapping[str, data.Amount],
    *,
    seq: int | None = None,
    on: date,
    by: Author,
    now: datetime,
) -> Standard:
    """Let this be a filing condition with its limits by class of area, from a day on.

    It replaces the condition of that number, or is a further one. Without limits it is kept and not offered: giving a
    held condition its limits is putting it again with them.
    """
    made = put_standard(minor, replace(draft, has_limit=bool(limits)), seq=seq, on=on, by=by, now=now)
    wanted = {(made.id, area_class): Amount(limit.amount, limit.unit) for area_class, limit in limits.items()}
    add_missing_limits(wanted, by=by, now=now, on=on)
    return made


# --- in ---


def check_handbook(content: bytes, *, edition: EditionNode, on: date) -> Plan:
    """What a workbook would change from that day on, line by line. Writes nothing.

    Refused as `invalid` or `too_large` when the file as a whole cannot be used.
    """
    rows, problems = sheets.read_sheet(content)
    return make_plan(edition, rows, problems, limits=open_limits(edition), on=on)


@transaction.atomic
def import_handbook(
    content: bytes, *, edition_code: str, on: date, by: Author, now: datetime, source: str = ""
) -> Plan:
    """Write what a workbook changes, all or nothing; the plan says what was done.

    The plan is made anew under the lock of all writers of codes, so that nothing is written against rows that somebody
    changed since the report. A plan that is not sound is returned with nothing written.
    """
    lock_codes()
    plan = check_handbook(content, edition=edition_of(edition_code), on=on)
    if not plan.is_sound:
        return plan
    limits = {
        (standard.id, area_class): Amount(limit.amount, limit.unit)
        for change, standard in apply_plan(plan, by=by, now=now, source=source)
        if change.row
        for area_class, limit in change.row.limits.items()
    }
    add_missing_limits(limits, by=by, now=now, on=on)
    return plan


def edition_of(code: str) -> EditionNode:
    """The edition of that code, or the default one; refused as `not_found`."""
    found = selectors.find_edition(code) if code else selectors.default_edition()
    if found is None:
        raise Refused("not_found", _("没有这一版分类：%(code)s") % {"code": code}, {"fields": {"edition": code}})
    return found


# --- out ---


def export_handbook(edition: EditionNode) -> bytes:
    """The handbook as a workbook that can be edited and imported again: what has no end yet, held rows included."""
    limits = open_limits(edition)
    lines = (
        line
        for major in edition.majors
        if major.valid_to is None
        for minor in major.minors
        if minor.valid_to is None
        for line in lines_of(major, minor, limits)
    )
    return sheets.write_sheet(lines)


def lines_of(
    major: MajorNode, minor: MinorNode, limits: Mapping[int, Mapping[str, data.Amount]]
) -> Iterator[sheets.SheetRow]:
    """A minor category's lines; one without a condition has one line, ready to be filled in."""
    standards: tuple[StandardNode | None, ...] = tuple(row for row in minor.standards if row.valid_to is None)
    for row in standards or (None,):
        yield sheets.SheetRow(
            0,
            minor.kind,
            major.code,
            major.name,
            minor.code,
            minor.name,
            minor.geometry,
            row.seq if row else None,
            row.condition if row else "",
            row.close_condition if row else "",
            limits.get(row.id, {}) if row else {},
            "held" if minor.held in (Held.UNRESOLVED, Held.OTHER_CITY) else "offered",
        )
