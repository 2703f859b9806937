"""Follows the feed of events into facts."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, Final

from cityloop.cases import feed
from cityloop.cases.models import Case, CaseEvent
from cityloop.evaluation.folding import NOBODY, READ, Folded, Told, fold
from cityloop.evaluation.models import CategorySpell, Ending, UnitSpell
from cityloop.workflow.selectors import get_flow

NAME: Final = "evaluation"
BATCH: Final = 2000  # events read at once
CASES: Final = 500  # cases counted anew at once
UNDOES: Final = "undo_last_step"


def follow(*, below: int | None = None) -> int:
    """Bring the facts up to date; how many events were new. `below` is the feed's `horizon` if not given."""
    if below is None and not feed.has_begun(NAME):
        rebuild()  # each case once, instead of once a batch
    return feed.follow(NAME, count_anew, below=below)


def rebuild() -> int:
    """Forget all facts and make them again from the events; of how many cases. Reports come out the same."""
    with feed.beginning_anew(NAME):
        for model in (UnitSpell, CategorySpell, Ending):
            model._default_manager.all().delete()
        ids = list(Case.objects.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), CASES):
            count_anew(ids[start : start + CASES])
    return len(ids)


def count_anew(case_ids: Collection[int]) -> None:
    """Make the facts of these cases again from their whole histories: as often as one likes."""
    folded = dict(_fold_all(case_ids))
    for model in (UnitSpell, CategorySpell, Ending):
        model._default_manager.filter(case_id__in=case_ids).delete()
    UnitSpell.objects.bulk_create(row for pk, found in folded.items() for row in _spells(pk, found))
    CategorySpell.objects.bulk_create(
        CategorySpell(case_id=pk, minor_id=row.minor_id, began_at=row.began_at, ended_at=row.ended_at)
        for pk, found in folded.items()
        for row in found.categories
    )
    Ending.objects.bulk_create(row for pk, found in folded.items() for row in _endings(pk, found))


def _spells(pk: int, found: Folded) -> Iterable[UnitSpell]:
    for row in found.lays:
        yield UnitSpell(
            case_id=pk,
            unit_id=None if row.unit_id == NOBODY else row.unit_id,
            received_at=row.received_at,
            began_at=row.began_at,
            ended_at=row.ended_at,
            undone_at=row.undone_at,
        )


def _endings(pk: int, found: Folded) -> Iterable[Ending]:
    for row in found.endings:
        yield Ending(
            case_id=pk,
            outcome=row.outcome,
            began_at=row.began_at,
            ended_at=row.ended_at,
            handled_at=row.handled_at,
            due_at=row.due_at,
            on_time=row.on_time,
            in_time=row.in_time,
        )


def _fold_all(case_ids: Collection[int]) -> Iterable[tuple[int, Folded]]:
    """The cases first, then their events: whatever was added in between is left for the next time."""
    cases = {row["pk"]: row for row in Case.objects.filter(pk__in=case_ids).values("pk", "last_seq", *READ)}
    told: dict[int, list[Told]] = defaultdict(list)
    columns = ("case_id", "seq", "at", "before", "do", "subject", "from_state", "flow_version")
    events = CaseEvent.objects.filter(case_id__in=case_ids).order_by("case_id", "seq").values_list(*columns)
    for case_id, seq, at, before, *step in events.iterator(chunk_size=BATCH):
        if seq <= cases[case_id]["last_seq"]:
            told[case_id].append(Told(at, before, _undoes(*step)))
    for pk, row in cases.items():
        yield pk, fold(told[pk], row)


def _undoes(do: str, subject: str, from_state: str, flow_version: int) -> bool:
    """Whether the flow calls this step a taking back of the one before."""
    if subject != "case" or not from_state:
        return False
    lines: list[Any] = list(get_flow(flow_version).lines_at(from_state, do))
    return any(UNDOES in line.then for line in lines)
