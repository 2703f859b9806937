"""The report as a value: order, ranking, sums, sentences."""

from datetime import UTC, datetime

import pytest

from cityloop.evaluation.prose import lines_of
from cityloop.evaluation.report import ALL, NONE, Figures, MajorColumn, Report, UnitRow, read_report
from cityloop.evaluation.terms import Terms

TERMS = Terms(*(datetime(2008, month, 1, tzinfo=UTC) for month in (10, 11, 11)))
MAJOR = MajorColumn(1, "event", "市容环境")


def report_of(*rows: tuple[str, str, int, int], unowned: int = 0, rates: str = "truncate") -> Report:
    """A report with one category; rows: name, group, received, closed."""
    units = [UnitRow(f"u{place}", name, group, (place,)) for place, (name, group, _r, _c) in enumerate(rows, start=1)]
    counts = {
        (unit.label, "event", 1): Figures(row[2], row[2], row[3], row[3])
        for unit, row in zip(units, rows, strict=True)
        if row[2]
    }
    for group in ("district", "department"):
        own = [row for row in rows if row[1] == group]
        counts[group, "event", 1] = Figures(*(sum(row[place] for row in own) for place in (2, 2, 3, 3)))
    if unowned:
        counts[NONE, "event", 1] = Figures(unowned, unowned)
    received, closed = sum(row[2] for row in rows) + unowned, sum(row[3] for row in rows)
    counts[ALL, "event", 1] = Figures(received, received, closed, closed)
    units.append(UnitRow(NONE, "暂无责任单位", "district", (0,)))
    return Report(TERMS.with_options({"rates": rates}), units, [MAJOR], counts)


def names(rows: list[UnitRow]) -> list[str]:
    return [row.name for row in rows]


def test_rows_stand_by_volume_and_ties_in_the_order_of_the_list() -> None:
    report = report_of(
        ("甲", "district", 5, 1), ("乙", "district", 9, 9), ("丙", "district", 5, 5), ("丁", "district", 0, 0)
    )
    assert names(report.group("district")) == ["乙", "甲", "丙", "丁", "暂无责任单位"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("甲", 10, 5), ("乙", 10, 9)], [(1, "乙"), (2, "甲")]),
        # The same rate: the order of the list, and the same place; the next one counts on.
        ([("甲", 2, 2), ("乙", 9, 9), ("丙", 4, 1)], [(1, "甲"), (1, "乙"), (3, "丙")]),
        # Nothing received: no rate, last, behind those with 0 per cent.
        ([("甲", 0, 0), ("乙", 5, 0), ("丙", 1, 1)], [(1, "丙"), (2, "乙"), (3, "甲")]),
        # Truncation makes a tie of rates that differ in the third decimal.
        ([("甲", 30_000, 29_999), ("乙", 20_000, 19_999)], [(1, "甲"), (1, "乙")]),
    ],
)
def test_ranking(rows: list[tuple[str, int, int]], expected: list[tuple[int, str]]) -> None:
    report = report_of(*((name, "department", received, closed) for name, received, closed in rows))
    assert [(place, row.name) for place, row in report.ranking("department")] == expected


def test_the_unowned_are_not_ranked_and_count_in_the_city() -> None:
    report = report_of(("甲", "district", 3, 3), unowned=2)
    assert names([row for _place, row in report.ranking("district")]) == ["甲"]
    assert report.figures(ALL).received == 5
    assert report.figures("district").received == 3
    assert report.rate_text(ALL) == "60"


def test_tables_by_category_put_the_unowned_among_the_rest_by_volume() -> None:
    report = report_of(("区", "district", 1, 0), ("多", "department", 9, 0), ("少", "department", 1, 0), unowned=4)
    assert names(report.by_volume("event")) == ["区", "多", "暂无责任单位", "少"]


def test_sentences_name_whoever_had_nothing() -> None:
    lines = lines_of(report_of(("甲", "department", 3, 3), ("乙", "department", 0, 0), ("丙", "department", 0, 0)))
    assert any("乙、丙" in line and "2 个单位无案件受理" in line for line in lines)
    assert any("甲 3 件（100%）" in line for line in lines)


def test_a_stored_report_reads_back() -> None:
    report = report_of(("甲", "district", 3, 2), ("乙", "department", 2, 2), unowned=1)
    again = read_report(report.terms.as_json(), report.as_json())
    assert again.as_json() == report.as_json()
    assert again.terms == report.terms
