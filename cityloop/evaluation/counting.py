"""The one statement that counts cases for a report, and lists them for a drill-down: the same rows for both."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.db import connection

from cityloop.evaluation.terms import Terms

NOBODY: Final = 0  # stands for "no unit" among unit ids

# One row a case and label: what the unit (or the group, or the city) had of it. `given`: it is responsible as of the
# moment. Cases that were voided by then are in no report.
ROWS: Final = """
WITH shown AS (SELECT * FROM unnest(%(units)s::bigint[], %(labels)s::text[]) AS t(unit_id, label)),
held AS (
    SELECT s.case_id, m.label,
        bool_or(s.began_at <= %(as_of)s AND (s.ended_at IS NULL OR s.ended_at > %(as_of)s)) AS given
    FROM evaluation_unitspell s JOIN shown m ON m.unit_id = coalesce(s.unit_id, 0)
    WHERE s.received_at >= %(begin)s AND s.received_at < %(end)s AND s.received_at <= %(as_of)s
        AND (s.undone_at IS NULL OR s.undone_at > %(as_of)s)
        AND (s.unit_id IS NOT NULL
            OR (s.began_at <= %(as_of)s AND (s.ended_at IS NULL OR s.ended_at > %(as_of)s)))
    GROUP BY s.case_id, m.label),
counted AS (
    SELECT held.case_id, held.label, held.given, minor.kind, minor.major_id,
        held.given AND coalesce(e.outcome IN ('solved', 'special'), false) AS closed,
        held.given AND coalesce(e.outcome IN ('solved', 'special') AND {on_time}, false) AS on_time
    FROM held
    LEFT JOIN evaluation_categoryspell c ON c.case_id = held.case_id
        AND c.began_at <= %(as_of)s AND (c.ended_at IS NULL OR c.ended_at > %(as_of)s)
    LEFT JOIN codes_minor minor ON minor.id = c.minor_id
    LEFT JOIN evaluation_ending e ON e.case_id = held.case_id
        AND e.began_at <= %(as_of)s AND (e.ended_at IS NULL OR e.ended_at > %(as_of)s)
    WHERE coalesce(e.outcome, '') <> 'void' {moved})
"""
COUNT: Final = """
SELECT label, kind, major_id, count(*), count(*) FILTER (WHERE given), count(*) FILTER (WHERE on_time),
    count(*) FILTER (WHERE closed)
FROM counted GROUP BY label, kind, major_id"""
ON_TIME: Final = {"disposal": "e.on_time", "closing": "e.in_time"}
MOVED: Final = {"counted": "", "left_out": "AND held.given"}
# A column of the report as a condition on the rows.
CONDITIONS: Final[Mapping[str, str]] = {
    "received": "true",
    "given": "given",
    "on_time": "on_time",
    "late": "closed AND NOT on_time",
    "closed": "closed",
    "open": "NOT closed",
    "moved": "NOT given",
}


class Group(NamedTuple):
    """Counts of one label, kind and major category."""

    label: str
    kind: str
    major_id: int
    received: int
    given: int
    on_time: int
    closed: int


class Asked(NamedTuple):
    """Which number: a label, a column, and perhaps a kind and a major category."""

    label: str
    column: str
    kind: str = ""
    major_id: int | None = None


def count(terms: Terms, labels: Mapping[int, str]) -> list[Group]:
    """Count every label of `labels` (unit id → label); a case counts once under a label."""
    with connection.cursor() as cursor:
        cursor.execute(_rows(terms) + COUNT, _given(terms, labels))
        return [Group(label, kind or "", major or 0, *numbers) for label, kind, major, *numbers in cursor.fetchall()]


def list_case_ids(terms: Terms, labels: Mapping[int, str], asked: Asked) -> list[int]:
    """The ids of exactly the cases of that number, newest first. Raises `KeyError` for an unknown column."""
    conditions = ["label = %(label)s", CONDITIONS[asked.column]]
    if asked.kind:
        conditions.append("kind = %(kind)s")
    if asked.major_id is not None:
        conditions.append("major_id = %(major)s")
    text = f"{_rows(terms)} SELECT case_id FROM counted WHERE {' AND '.join(conditions)} ORDER BY case_id DESC"
    given = {**_given(terms, labels), "label": asked.label, "kind": asked.kind, "major": asked.major_id}
    with connection.cursor() as cursor:
        cursor.execute(text, given)
        return [pk for (pk,) in cursor.fetchall()]


def list_majors(terms: Terms, labels: Mapping[int, str]) -> Sequence[int]:
    """The major categories of all counted cases."""
    return sorted({group.major_id for group in count(terms, labels) if group.major_id})


def _rows(terms: Terms) -> str:
    return ROWS.format(on_time=ON_TIME[terms.on_time], moved=MOVED[terms.moved])


def _given(terms: Terms, labels: Mapping[int, str]) -> dict[str, Any]:
    return {
        "begin": terms.begin,
        "end": terms.end,
        "as_of": terms.as_of,
        "units": list(labels),
        "labels": list(labels.values()),
    }
