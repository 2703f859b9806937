"""Both doors make the same rows: what `perform` writes step by step, and what `load` copies in at once."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID, uuid4

import pytest
from django.db.models import Model

from cityloop.base.errors import Refused
from cityloop.cases.actions import Outcome, perform, report
from cityloop.cases.load import Histories
from cityloop.cases.models import (
    Case,
    CaseEvent,
    CaseEvidence,
    CaseLink,
    Contact,
    EventText,
    Participant,
    Report,
    Request,
    Task,
    Timer,
)
from cityloop.cases.steps import history
from cityloop.cases.steps.history import faults
from cityloop.cases.steps.opening import NewReport, Reporter
from cityloop.cases.steps.step import AnySubject
from cityloop.cases.timers import fire_due
from cityloop.codes.models import DictionaryEntry
from cityloop.org.actor import Actor
from tests.cases.walk import upload
from tests.world import NOW, World


class Door(Protocol):
    """What a script needs of a door."""

    def report(self, new: NewReport, *, by: Actor, now: datetime, client_id: UUID) -> Outcome: ...

    def act(self, number: str, kind: str, do: str, *, by: Actor, now: datetime, data: Mapping[str, Any]) -> Outcome: ...


class Front:
    """Step by step through `perform`."""

    def report(self, new: NewReport, *, by: Actor, now: datetime, client_id: UUID) -> Outcome:
        return report(new, by=by, now=now, client_id=client_id)

    def act(self, number: str, kind: str, do: str, *, by: Actor, now: datetime, data: Mapping[str, Any]) -> Outcome:
        fire_due(now, virtual=True)
        case = Case.objects.get(number=number)
        subject: AnySubject = case
        if kind in {"return", "void"}:
            subject = Request.objects.filter(case=case).latest("id")
        elif kind != "case":
            subject = Task.objects.filter(case=case, kind=kind, ended=False).latest("id")
        return perform(subject, do, by=by, now=now, client_id=uuid4(), revision=subject.revision, data=data)


class Load:
    """All at once through `Histories`."""

    def __init__(self) -> None:
        self.histories = Histories()

    def report(self, new: NewReport, *, by: Actor, now: datetime, client_id: UUID) -> Outcome:
        return self.histories.report(new, by=by, now=now, client_id=client_id)

    def act(self, number: str, kind: str, do: str, *, by: Actor, now: datetime, data: Mapping[str, Any]) -> Outcome:
        made = self.histories
        subject: AnySubject = made.get_case(number)
        if kind in {"return", "void"}:
            subject = made.list_requests(number)[-1]
        elif kind != "case":
            subject = [task for task in made.list_tasks(number) if task.kind == kind and not task.ended][-1]
        return made.perform(subject, do, by=by, now=now, client_id=uuid4(), revision=subject.revision, data=data)


class Script:
    """One story, told at a door. Each step takes ten minutes; `late` lets the deadline pass."""

    def __init__(self, world: World, door: Door) -> None:
        self.world, self.door, self.now = world, door, NOW
        self.numbers: list[str] = []

    def report(self, by: str, source: str, **fields: Any) -> None:
        values: dict[str, Any] = {
            "description": "果皮箱旁堆放垃圾",
            "address": "东街1号",
            "point": self.world.place(0),
            "standard_id": self.world.standard().pk,
            "evidence": [upload(self.world, by, "report", self.now)],
            **fields,
        }
        new = NewReport(source=self.world.source(source), **values)
        made = self.door.report(new, by=self.world.actor(by, self.now), now=self.now, client_id=uuid4())
        self.numbers.append(made.number)

    def do(self, do: str, by: str, kind: str = "case", *, case: int = -1, photo: str = "", **data: Any) -> None:
        self.now += timedelta(minutes=10)
        if photo:
            data["photos"] = [upload(self.world, by, photo, self.now)]
        actor = self.world.actor(by, self.now)
        self.door.act(self.numbers[case], kind, do, by=actor, now=self.now, data=data)


def whole_loop(script: Script) -> None:
    """Verified, filed, returned, handed on, audited twice, checked twice, reworked, closed."""
    units = {code: unit.pk for code, unit in script.world.units.items()}
    reason = DictionaryEntry.objects.filter(dictionary__code="return_reasons")[0].code
    script.report("operator", "hotline", reporter=Reporter("张女士", "15412345678"))
    script.do("send_verify", "operator", note="请核实")
    script.do("confirm", "inspector", "verify", photo="verify")
    script.do(
        "amend", "operator", standard=script.world.standard("event", "0111").pk, note="类别有误", address="东街2号"
    )
    script.do("file", "operator")
    script.do("dispatch", "dispatcher", unit=units["power"], note="请尽快")
    script.do("recall", "dispatcher", note="点错")
    script.do("dispatch", "dispatcher", unit=units["power"], assistants=[units["street"]])
    script.do("acknowledge", "street", "handle")
    script.do("feed_back", "street", "handle", note="已协助", photo="after")
    script.do("ask_return", "power", "handle", reason=reason, note="不是我单位设施")
    script.do("grant", "dispatcher", "return")
    script.do("dispatch", "dispatcher", unit=units["water"])
    script.do("acknowledge", "water", "handle")
    script.do("hand_on", "water", "handle", unit=units["team"], note="你队去办")
    script.do("acknowledge", "team", "handle")
    script.do("feed_back", "team", "handle", note="已清", photo="after")
    script.now += timedelta(days=20)  # the deadline passes: the timer fires
    script.do("feed_back", "water", "handle", note="已清运", photo="after")
    script.do("fail_audit", "dispatcher", note="照片不清")
    script.do("feed_back", "water", "handle", note="补办", photo="after")
    script.do("pass_audit", "dispatcher")
    script.do("send_check", "operator")
    script.do("fail", "inspector", "check", note="还有一堆", photo="check")
    script.do("rework", "operator", note="请再处理")
    script.do("feed_back", "water", "handle", note="已再清", photo="after")
    script.do("pass_audit", "dispatcher")
    script.do("send_check", "operator")
    script.do("pass", "inspector", "check", photo="check")
    script.do("close", "operator", standard_met=True, photos_compared=True)


def beside_it(script: Script) -> None:
    """Merged and parted again, void by request, refused self-handling, and a problem that came back."""
    units = {code: unit.pk for code, unit in script.world.units.items()}
    void = DictionaryEntry.objects.filter(dictionary__code="void_reasons")[0].code
    script.report("inspector", "inspector")
    script.report("operator", "hotline")
    script.do("merge", "operator", into=script.numbers[0])
    script.do("unmerge", "operator", note="不是同一处")
    script.do("merge", "operator", into=script.numbers[0])
    script.do("file", "operator", case=0)
    script.do("ask_void", "operator", case=0, reason=void, note="重复登记")
    script.do("grant", "shift_leader", "void", case=0)
    script.report("inspector", "inspector", self_handled=True)
    script.do("refuse_self_handled", "operator", note="照片不符")
    script.do("file", "operator")
    script.do("dispatch", "dispatcher", unit=units["water"])
    script.do("acknowledge", "water", "handle")
    script.do("feed_back", "water", "handle", note="已清运", photo="after")
    script.do("pass_audit", "dispatcher")
    script.do("send_check", "operator")
    script.do("rebound", "inspector", "check", note="又堆了", photo="check")


# What no two runs have in common: ids, what is digested with them, and the transaction.
UNLIKE = {
    "id",
    "number",
    "client_id",
    "body_digest",
    "hash",
    "last_hash",
    "xid",
    "evidence_id",
    "phone",
    "name",
    "gender",
    "key_id",
}
PHOTO = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
REFERENCES = {
    "case_id": Case,
    "first_case_id": Case,
    "other_id": Case,
    "task_id": Task,
    "parent_id": Task,
    "contact_id": Contact,
    "report_id": Report,
    "event_id": CaseEvent,
}
TABLES: tuple[type[Model], ...] = (
    Case,
    Contact,
    Report,
    Task,
    Request,
    CaseEvent,
    EventText,
    Timer,
    Participant,
    CaseEvidence,
    CaseLink,
)


def _stored(numbers: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Every row of these cases and those linked to them, with ids replaced by places in their table."""
    cases = list(Case.objects.filter(number__gte=min(numbers)).order_by("pk"))
    ids = [case.pk for case in cases]
    rows: dict[type[Model], list[Any]] = {Case: cases}
    for table in TABLES[1:]:
        column = {Contact: "reports__case_id", EventText: "event__case_id"}.get(table, "case_id")
        rows[table] = list(table._default_manager.filter(**{f"{column}__in": ids}).order_by("pk"))
    places = {table: {row.pk: place for place, row in enumerate(rows[table])} for table in rows}
    subjects = {**places[Task], **places[Request]}
    return {
        table.__name__: sorted(
            (_plain(row, places, subjects, [case.number for case in cases]) for row in rows[table]), key=str
        )
        for table in TABLES
    }


def _plain(row: Any, places: Any, subjects: dict[int, int], numbers: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column in row._meta.concrete_fields:
        name, value = column.attname, getattr(row, column.attname)
        if name in UNLIKE:
            continue
        if name in REFERENCES and value is not None:
            value = places[REFERENCES[name]][value]
        if name == "subject_id" and value:
            value = subjects[value]
        if name == "before":
            value = {key: _by_place(table, subjects) for key, table in value.items()}
        if isinstance(value, memoryview):
            value = bytes(value)
        text = PHOTO.sub("photo", str(value))
        for place, number in enumerate(numbers):
            text = text.replace(number, f"case {place}")
        found[name] = text
    return found


def _by_place(table: Any, subjects: dict[int, int]) -> Any:
    """How tasks and requests were, by their place instead of their id."""
    is_table = isinstance(table, dict) and all(key.isdigit() for key in table)
    return {subjects[int(key)]: row for key, row in table.items()} if is_table else table


@pytest.mark.parametrize("story", [whole_loop, beside_it])
def test_both_doors_make_the_same_rows(world: World, monkeypatch: pytest.MonkeyPatch, story: Any) -> None:
    monkeypatch.setattr(history.secrets, "token_bytes", lambda length: b"s" * length)
    front, load = Script(world, Front()), Script(world, Load())
    story(front)
    stored = _stored(front.numbers)
    story(load)
    assert load.door.histories.flush() >= len(load.numbers)
    loaded = _stored(load.numbers)
    for name, rows in stored.items():
        assert loaded[name] == rows, name
    for case in Case.objects.filter(number__gte=min(front.numbers)):
        assert faults(case) == []


def test_a_loaded_case_goes_on_through_the_front_door(world: World) -> None:
    script = Script(world, Load())
    script.report("inspector", "inspector")
    script.do("file", "operator")
    script.door.histories.flush()
    case = Case.objects.get(number=script.numbers[0])
    now = script.now + timedelta(hours=1)
    perform(case, "dispatch", by=world.actor("dispatcher"), now=now, data={"unit": world.units["water"].pk})
    case.refresh_from_db()
    assert case.state == "handling"
    assert faults(case) == []


@pytest.mark.parametrize(
    ("do", "by", "data", "code"),
    [
        ("file", "dispatcher", {}, "not_yours"),
        ("close", "operator", {}, "not_here"),
        ("merge", "operator", {"into": "nothing"}, "not_found"),
        ("reject", "operator", {}, "invalid"),
    ],
)
def test_what_the_flow_refuses_cannot_be_loaded(
    world: World, do: str, by: str, data: dict[str, Any], code: str
) -> None:
    script = Script(world, Load())
    script.report("inspector", "inspector")
    with pytest.raises(Refused) as refused:
        script.do(do, by, **data)
    assert refused.value.code == code
    assert script.door.histories.get_case(script.numbers[0]).last_seq == 1


def test_nothing_is_stored_before_the_flush(world: World) -> None:
    before = CaseEvent.objects.count()
    script = Script(world, Load())
    script.report("inspector", "inspector")
    assert CaseEvent.objects.count() == before
    assert script.door.histories.flush() == 1
    assert CaseEvent.objects.count() == before + 1
