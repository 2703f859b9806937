"""The API of the monthly report: the same figures and lists as its page."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from ninja import Query, Router, Schema

from cityloop.base.pages import get_page
from cityloop.evaluation import actions
from cityloop.evaluation.following import follow
from cityloop.evaluation.forms import read_asked, read_terms
from cityloop.evaluation.making import cases_of, make_report
from cityloop.evaluation.own import own_months
from cityloop.evaluation.prose import lines_of
from cityloop.evaluation.report import ALL, GROUPS, KINDS, Report
from cityloop.evaluation.selectors import case_lines, get_publication
from cityloop.org.access import ActorRequest, ApiAuth

router = Router(auth=ApiAuth("evaluation.view"))
ORDER = ("-created_at", "-pk")


class TermsIn(Schema):
    """What a report counts: `docs/reference/monthly-report.md`."""

    month: str = ""
    period_from: str = ""
    period_to: str = ""
    as_of: str = ""
    on_time: str = ""
    moved: str = ""
    rates: str = ""
    publication: int | None = None

    def words(self) -> dict[str, str]:
        """The words that the page's address would have."""
        named = {"month": self.month, "from": self.period_from, "to": self.period_to, "as_of": self.as_of}
        return {**named, "on_time": self.on_time, "moved": self.moved, "rates": self.rates}


class NumberIn(Schema):
    """Which number of a report, and from where its list goes on."""

    label: str = ALL
    column: str = "received"
    kind: str = ""
    major: str = ""
    after: str = ""


class FiguresOut(Schema):
    """The figures of a row, of one kind or of both."""

    received: int
    given: int
    on_time: int
    closed: int
    open: int
    moved: int


class MajorOut(Schema):
    """A major category with what was given of it."""

    id: int
    kind: str
    name: str
    given: int


class RowOut(Schema):
    """A row: a unit, a group, the unowned cases (`none`) or the city (`all`)."""

    label: str
    name: str
    group: str
    figures: dict[str, FiguresOut]
    rate: Decimal | None
    majors: list[MajorOut]


class ReportOut(Schema):
    """A report."""

    begin: datetime
    end: datetime
    as_of: datetime
    options: dict[str, str]
    rows: list[RowOut]
    lines: list[str]


class CaseOut(Schema):
    """A case behind a number."""

    number: str
    kind: str
    major: str
    minor: str
    unit: str
    received_at: datetime | None
    due_at: datetime | None
    handled_at: datetime | None
    closed_at: datetime | None
    verdict: str


class CasesOut(Schema):
    """A page of the cases behind a number; `next` goes into `after`."""

    count: int
    items: list[CaseOut]
    next: str | None


class PublicationOut(Schema):
    """A stored report."""

    publication: int


@router.get("/reports/monthly", response=ReportOut, summary="The monthly report")
def get_monthly(request: ActorRequest, asked: Annotated[TermsIn, Query()]) -> dict[str, Any]:
    """The report of a month, or a stored one."""
    report = _report(request, asked)
    rows = [(row.label, row.name, row.group) for row in report.rows] + [(name, "", name) for name in (*GROUPS, ALL)]
    return {
        "begin": report.terms.begin,
        "end": report.terms.end,
        "as_of": report.terms.as_of,
        "options": report.terms.options,
        "rows": [_row(report, *row) for row in rows],
        "lines": lines_of(report),
    }


@router.get("/reports/monthly/cases", response=CasesOut, summary="The cases behind a number of the report")
def get_monthly_cases(
    request: ActorRequest,
    asked: Annotated[TermsIn, Query()],
    number: Annotated[NumberIn, Query()],
) -> dict[str, Any]:
    """Exactly the cases of one number, fifty at once."""
    report = _report(request, asked)
    rows = cases_of(report, read_asked(number.dict(), report))
    page = get_page(rows.select_related("minor__major"), order=ORDER, after=number.after)
    row = next((row for row in report.rows if row.label == number.label), None)
    return {
        "count": rows.count(),
        "items": case_lines(page.rows, report.terms, row),
        "next": page.last_key if page.has_next else None,
    }


class OwnMonthOut(Schema):
    """A unit's own figures of this month."""

    unit: str
    begin: datetime
    as_of: datetime
    received: int
    closed: int
    on_time: int
    open: int


@router.get(
    "/reports/own-unit",
    response=list[OwnMonthOut],
    summary="This month of my unit",
    auth=ApiAuth("evaluation.own_unit"),
)
def get_own_unit(request: ActorRequest) -> list[OwnMonthOut]:
    """The figures of each unit for which this person acts, and of no other."""
    return [
        OwnMonthOut(
            unit=month.unit,
            begin=month.terms.begin,
            as_of=month.terms.as_of,
            received=month.figures.received,
            closed=month.figures.closed,
            on_time=month.figures.on_time,
            open=month.figures.open,
        )
        for month in own_months(request.actor, request.now)
    ]


@router.post(
    "/reports/monthly", response=PublicationOut, summary="Publish a report", auth=ApiAuth("evaluation.publish")
)
def publish_monthly(request: ActorRequest, body: TermsIn) -> dict[str, Any]:
    """Keep the report on these terms."""
    made = actions.publish(read_terms(body.words(), now=request.now), by=request.actor, now=request.now)
    return {"publication": made.pk}


def _report(request: ActorRequest, asked: TermsIn) -> Report:
    if asked.publication is not None:
        return actions.stored_report(get_publication(asked.publication))
    follow()
    return make_report(read_terms(asked.words(), now=request.now))


def _row(report: Report, label: str, name: str, group: str) -> dict[str, Any]:
    figures = {kind or "both": report.figures(label, kind) for kind in ("", *KINDS)}
    return {
        "label": label,
        "name": name,
        "group": group,
        "figures": {
            kind: {**found._asdict(), "open": found.open, "moved": found.moved} for kind, found in figures.items()
        },
        "rate": report.rate(label),
        "majors": [
            {"id": major.id, "kind": major.kind, "name": major.name, "given": report.of_major(label, major).given}
            for major in report.majors
        ],
    }
