"""What a step reads beside its case: from the database, where everything read to be changed is locked.

`cases.load` has a second reader, over histories that are not stored yet. So engine, guards and effects never ask the
database themselves.
"""

from collections.abc import Iterable
from datetime import datetime

from cityloop.base.geometry import LonLat
from cityloop.base.reading import Reader
from cityloop.cases.models import Case, CaseEvent, CaseLink, Jurisdiction, Report, Request, Task
from cityloop.grid.selectors import Location, locate

OPEN = "SELECT {columns} FROM {table} WHERE case_id = %s AND NOT ended ORDER BY id FOR NO KEY UPDATE"
_tasks, _requests, _reports = Reader(Task), Reader(Request), Reader(Report)


class Rows:
    """The rows around one case."""

    def open_tasks(self, case: Case) -> list[Task]:
        """Its open tasks, by id."""
        return _tasks.list(OPEN.format(columns=_tasks.columns, table=_tasks.table), [case.pk])

    def open_requests(self, case: Case) -> list[Request]:
        """Its open requests, by id."""
        return _requests.list(OPEN.format(columns=_requests.columns, table=_requests.table), [case.pk])

    def tasks_ended_by(self, case: Case, group: int) -> list[Task]:
        """The tasks that a step has ended."""
        return list(Task.objects.select_for_update(no_key=True).filter(case=case, ended_group=group).order_by("id"))

    def requests_ended_by(self, case: Case, group: int) -> list[Request]:
        """The requests that a step has ended."""
        return list(Request.objects.select_for_update(no_key=True).filter(case=case, ended_group=group).order_by("id"))

    def last_handle(self, case: Case) -> Task | None:
        """The latest leading task of handling, open or not."""
        tasks = Task.objects.select_for_update(no_key=True).filter(case=case, kind="handle", part=Task.LEAD)
        return tasks.order_by("-id").first()

    def last_group(self, case: Case) -> list[CaseEvent]:
        """The events of the last step, in order."""
        events = CaseEvent.objects.filter(case=case, group=case.last_group).select_related("text")
        return list(events.order_by("seq"))

    def posts_of(self, case: Case, person_id: int | None) -> Iterable[str]:
        """The kinds of post in which that person has acted on the case."""
        return CaseEvent.objects.filter(case=case, actor_id=person_id).values_list("post", flat=True)

    def reports(self, case: Case) -> list[Report]:
        """The reports that the case holds now."""
        return _reports.list(f"SELECT {_reports.columns} FROM cases_report WHERE case_id = %s ORDER BY id", [case.pk])

    def give_reports(self, case: Case, other: Case) -> None:
        """Move the case's reports to the one that absorbs it."""
        Report.objects.filter(case=case).update(case=other)

    def take_reports_back(self, case: Case) -> None:
        """Undo that, for the reports too that it had absorbed before, and forget the link."""
        CaseLink.objects.filter(case=case, kind=CaseLink.MERGED).delete()
        own = [case.pk]
        for pk in own:
            own += CaseLink.objects.filter(other=pk, kind=CaseLink.MERGED).values_list("case_id", flat=True)
        Report.objects.filter(first_case__in=own).update(case=case)

    def locate(self, place: LonLat, now: datetime) -> Location:
        """What base data say of a place."""
        return locate(place, now=now)

    def find_jurisdiction(self, area_code: str) -> Jurisdiction | None:
        """The row with the longest prefix of that code."""
        prefixes = [area_code[:length] for length in range(len(area_code) + 1)]
        return Jurisdiction.objects.filter(area_code__in=prefixes).order_by("-area_code").first()


DATABASE = Rows()
