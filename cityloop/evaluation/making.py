"""Makes a report from the facts: which rows it has, what they counted, which older cases it names."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_noop as _

from cityloop.base.time import city_date
from cityloop.cases.models import Case
from cityloop.codes.models import Edition, Major
from cityloop.evaluation.counting import NOBODY, Asked, count, list_case_ids, list_majors
from cityloop.evaluation.models import Ending, UnitSpell
from cityloop.evaluation.report import ALL, GROUPS, KINDS, NONE, MajorColumn, OlderCase, Report, UnitRow, figures_of
from cityloop.evaluation.terms import Terms
from cityloop.org.models import Unit, UnitLevel

# Which levels of units stand in which table. Whatever hangs below one of them counts for it.
LEVELS: Final[Mapping[str, str]] = {
    UnitLevel.DISTRICT_CENTRE: GROUPS[0],
    UnitLevel.DEPARTMENT: GROUPS[1],
    UnitLevel.COMPANY: GROUPS[1],
}
OTHER: Final = "other"
MOST_OLDER: Final = 200  # older cases that a report names


def make_report(terms: Terms, *, like: Report | None = None) -> Report:
    """The report on these terms, from the facts as they are now; with the rows and columns of another, if given."""
    rows = list(like.rows) if like else unit_rows(terms)
    groups = [*count(terms, labels_of(rows))]
    for labels in (group_labels(rows), all_labels(rows)):
        groups += count(terms, labels)
    counts = figures_of(groups)
    if not any(label == OTHER for label, _kind, _major in counts):
        rows = [row for row in rows if row.label != OTHER]
    majors = like.majors if like else major_columns(terms, rows)
    return Report(terms, rows, majors, counts, older_cases(terms))


def unit_rows(terms: Terms) -> list[UnitRow]:
    """The units in use in the period, in the order of the unit list, each with all below it; then the unowned."""
    units = list(Unit.objects.order_by("position", "pk"))
    first, after = city_date(terms.begin), city_date(terms.end)
    shown = {
        unit.pk: unit
        for unit in units
        if unit.level in LEVELS and unit.active_from < after and (unit.active_to is None or unit.active_to >= first)
    }
    members: dict[int, list[int]] = {}
    for unit in units:
        members.setdefault(_row_of(unit, shown), []).append(unit.pk)
    rows = [UnitRow(f"u{pk}", unit.label, LEVELS[unit.level], tuple(members.get(pk, ()))) for pk, unit in shown.items()]
    rest = UnitRow(OTHER, _("其他单位"), GROUPS[1], tuple(members.get(NOBODY, ())))
    return [*rows, rest, UnitRow(NONE, _("暂无责任单位"), GROUPS[0], (NOBODY,))]


def _row_of(unit: Unit, shown: Mapping[int, Unit]) -> int:
    """The nearest unit upward that has a row."""
    above = (int(pk) for pk in reversed(unit.path.strip("/").split("/")))
    return next((pk for pk in above if pk in shown), NOBODY)


def labels_of(rows: Iterable[UnitRow]) -> dict[int, str]:
    """Unit id → label of its row."""
    return {pk: row.label for row in rows for pk in row.unit_ids}


def group_labels(rows: Iterable[UnitRow]) -> dict[int, str]:
    """Unit id → group."""
    return {pk: row.group for row in rows if row.label != NONE for pk in row.unit_ids}


def all_labels(rows: Iterable[UnitRow]) -> dict[int, str]:
    """Every unit id → the whole city."""
    return {pk: ALL for row in rows for pk in row.unit_ids}


def labels_for(label: str, rows: Sequence[UnitRow]) -> dict[int, str]:
    """The labels among which this one is found."""
    if label == ALL:
        return all_labels(rows)
    return group_labels(rows) if label in GROUPS else labels_of(rows)


def major_columns(terms: Terms, rows: Sequence[UnitRow]) -> list[MajorColumn]:
    """The major categories of the period: of the editions under which its cases stand, else of the one in use."""
    used = list_majors(terms, all_labels(rows))
    editions = Edition.objects.filter(majors__in=used) if used else Edition.objects.filter(is_default=True)
    day = Q(valid_from__lt=city_date(terms.end)) & (Q(valid_to=None) | Q(valid_to__gt=city_date(terms.begin)))
    majors = Major.objects.filter(day, edition__in=editions) | Major.objects.filter(pk__in=used)
    ordered = majors.distinct().select_related("edition").order_by("-edition__year", "code")
    several = len({major.edition_id for major in ordered}) > 1
    return [
        MajorColumn(major.pk, kind, f"{major.name}（{major.edition.year}）" if several else major.name)
        for kind in KINDS
        for major in ordered
        if major.kind == kind
    ]


def cases_of(report: Report, asked: Asked) -> QuerySet[Case]:
    """Exactly the cases of one number of the report."""
    ids = list_case_ids(report.terms, labels_for(asked.label, report.rows), asked)
    # One array instead of as many parameters as a month has cases.
    rows: QuerySet[Case] = Case.objects.extra(where=['"cases_case"."id" = ANY(%s)'], params=[ids])
    return rows


def older_cases(terms: Terms) -> list[OlderCase]:
    """Cases from before the period: those still open as of the moment, and coordinated ones closed in between."""
    ended = Ending.objects.filter(_at(terms), case=OuterRef("pk"))
    begun = UnitSpell.objects.filter(case=OuterRef("pk"), received_at__lt=terms.begin, undone_at=None)
    coordinated = begun.filter(unit=None)
    within = UnitSpell.objects.filter(
        case=OuterRef("pk"), received_at__gte=terms.begin, received_at__lt=terms.end, undone_at=None
    )
    closed_since = ended.filter(began_at__gte=terms.begin, outcome__in=("solved", "special"))
    cases = (
        Case.objects.alias(ended=Exists(ended), since=Exists(closed_since))
        .annotate(coordinated=Exists(coordinated), is_closed=F("ended"))
        .filter(Exists(begun), ~Exists(within), Q(ended=False) | Q(since=True, coordinated=True))
        .order_by("pk")
    )
    unit = UnitSpell.objects.filter(_at(terms), case=OuterRef("pk")).values("unit__name")[:1]
    rows = cases.annotate(unit_name=Subquery(unit)).select_related("minor").prefetch_related("reports")
    return [_older(case) for case in rows[:MOST_OLDER]]


def _at(terms: Terms) -> Q:
    """What held as of the moment."""
    return Q(began_at__lte=terms.as_of) & (Q(ended_at=None) | Q(ended_at__gt=terms.as_of))


def _older(case: Case) -> OlderCase:
    numbers = [report.external_number for report in case.reports.all() if report.external_number]
    return OlderCase(
        case_id=case.pk,
        number=case.number,
        external_number=numbers[0] if numbers else "",
        category=case.minor.name if case.minor else "",
        unit=getattr(case, "unit_name", None) or _("暂无责任单位"),
        coordinated=bool(getattr(case, "coordinated", False)),
        closed=bool(getattr(case, "is_closed", False)),
    )
