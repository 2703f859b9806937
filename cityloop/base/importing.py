"""Import of a workbook: every row is tried, and all of them are taken over or none.

The check is the import itself in a transaction that is rolled back, so what it promises is what happens.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityloop.base.errors import Refused
from cityloop.base.sheets import Problem, Row, Sheet

Verdict = Literal["new", "changed", "same", "wrong"]
LABELS: Final = {
    "new": gettext_lazy("新增"),
    "changed": gettext_lazy("更新"),
    "same": gettext_lazy("不变"),
    "wrong": gettext_lazy("错误"),
}
MOST_LINES: Final = 1000  # on a page: what a browser likes


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one row, and why."""

    sheet: str
    row: int
    verdict: Verdict
    subject: str
    message: str = ""

    @property
    def label(self) -> str:
        """The verdict in the reader's language."""
        return str(LABELS[self.verdict])


@dataclass(slots=True)
class Report:
    """All lines in the order of the file; `applied` once the rows are taken over."""

    lines: list[Line] = field(default_factory=list)
    applied: bool = False

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong, so that the import may be confirmed."""
        return bool(self.lines) and not any(line.verdict == "wrong" for line in self.lines)

    @property
    def counts(self) -> dict[str, int]:
        """Lines by verdict."""
        return dict(Counter(line.verdict for line in self.lines))

    def add_problems(self, problems: Iterable[Problem]) -> None:
        """What the reader of the workbook found wrong."""
        self.lines += [Line(problem.sheet, problem.row, "wrong", "", problem.message) for problem in problems]

    def take(self, sheet: Sheet, row: Row, subject: str, act: Callable[[Row], Verdict]) -> None:
        """Do one row and write its line; a refusal undoes this row and does not end the pass."""
        verdict: Verdict = "wrong"
        try:
            with transaction.atomic():
                verdict, message = act(row), ""
        except Refused as refusal:
            message = refusal.message
        self.lines.append(Line(sheet.title, row.number, verdict, subject, message))

    def without_repeats(
        self, sheet: Sheet, rows: Iterable[Row], heading: str, key: Callable[[Row], str]
    ) -> Iterator[Row]:
        """The rows whose key is not in the file before; the others are wrong, each naming the first."""
        first: dict[str, int] = {}
        for row in rows:
            word = key(row)
            if first.setdefault(word, row.number) == row.number:
                yield row
            else:
                message = _("%(key)s与第 %(row)s 行重复") % {"key": heading, "row": first[word]}
                self.lines.append(Line(sheet.title, row.number, "wrong", word, message))

    def shown(self) -> dict[str, Any]:
        """For a page (`components/import.html`): what is wrong first, what stays as it is last, cut at `MOST_LINES`."""
        lines = sorted(self.lines, key=lambda line: {"wrong": 0, "same": 2}.get(line.verdict, 1))
        return {"report": self, "lines": lines[:MOST_LINES], "hidden": len(lines[MOST_LINES:]), "counts": self.counts}

    def spoken(self) -> Iterator[str]:
        """For a terminal: the rows that change something or are wrong, then what became of the file."""
        for line in self.lines:
            if line.verdict != "same":
                yield f"{line.sheet} {line.row}: {line.verdict} {line.subject} {line.message}".rstrip()
        counts = ", ".join(f"{count} {verdict}" for verdict, count in sorted(self.counts.items()))
        yield f"{counts or 'no rows'}; {'imported' if self.applied else 'nothing written'}"


class _RollBack(Exception):
    """Ends the trial."""


def take_over(
    report: Report, sheets: Sequence[Sheet], rows: Callable[[], None], *, dry_run: bool, done: Callable[[], None]
) -> Report:
    """Run `rows`, which fill the report, and `done`, which writes the whole down: kept only if all is well."""
    try:
        with transaction.atomic():
            rows()
            if dry_run or not report.is_sound:
                raise _RollBack
            done()
            report.applied = True
    except _RollBack:
        pass
    order = {sheet.title: position for position, sheet in enumerate(sheets)}
    report.lines.sort(key=lambda line: (order[line.sheet], line.row))
    return report
