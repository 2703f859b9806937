"""When a year's holidays are published, provisional deadlines are computed again."""

from cityloop.cases.models import Case, Timer
from cityloop.cases.steps import clocks

BATCH = 500


def recompute_provisional(published: object) -> None:
    """Give every open case with a provisional deadline its deadline under the calendar now in force.

    Runs inside the publishing transaction, so that no deadline of the old and the new calendar stand beside each
    other. The verdicts of ended handling stay: they are the verdicts of their day.
    """
    last = 0
    while True:
        rows = list(
            Case.objects.select_for_update(no_key=True)
            .filter(provisional=True, running_since__isnull=False, pk__gt=last)
            .order_by("pk")[:BATCH]
        )
        if not rows:
            return
        for case in rows:
            clocks.recompute(case)
            case.stage_due_at = case.due_at if case.phase == "handling" else case.stage_due_at
            case.save(update_fields=["due_at", "provisional", "calendar", "stage_due_at"])
            if case.due_at is not None:
                Timer.objects.filter(case=case, clock="handling").update(fires_at=case.due_at)
        last = rows[-1].pk
