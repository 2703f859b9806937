"""The history tells on whoever changes it: any column of any event, any text, any row taken out or put in."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from cityloop.cases.models import Case, CaseEvent, EventText
from cityloop.cases.steps.history import FIELDS, faults
from tests.cases.walk import Walk
from tests.world import World

# Not in the hash: its own row, the chain itself, and the database's own number of the transaction.
OUTSIDE = {"id", "case", "hash", "xid"}
COLUMNS = [column for column in CaseEvent._meta.concrete_fields if column.name not in OUTSIDE]


@pytest.fixture
def told(world: World) -> Case:
    walk = Walk(world).dispatched()
    walk.do("amend", "operator", {"description": "电话 15400000000", "address": "西街2号", "note": "更正"})
    return walk.case


def other(column: Any, value: Any) -> Any:
    """Another value of that column."""
    if isinstance(column, models.BooleanField):
        return not value
    if isinstance(column, models.DateTimeField):
        return value + timedelta(microseconds=1) if value else "2026-01-01T00:00:00Z"
    if isinstance(column, models.UUIDField):
        return "00000000-0000-0000-0000-000000000001"
    if isinstance(column, models.JSONField):
        return '{"changed": true}'
    if isinstance(column, models.BinaryField):
        return b"\x01"
    return (value or 0) + 1 if isinstance(column, models.IntegerField | models.BigIntegerField) else f"{value}x"[-30:]


def force(statement: str, values: list[Any]) -> None:
    """Write past the trigger, as somebody with the database's own keys would."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_every_column_is_hashed() -> None:
    assert set(FIELDS) == {column.attname for column in COLUMNS}


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_a_changed_column_is_found(told: Case, column: Any) -> None:
    assert faults(told) == []
    for event in CaseEvent.objects.filter(case=told).order_by("seq"):
        with transaction.atomic():
            value = getattr(event, column.attname)
            changed = value + 100 if column.name == "seq" else other(column, value)
            force(f'UPDATE cases_caseevent SET "{column.column}" = %s WHERE id = %s', [changed, event.pk])
            assert faults(told), (event.seq, column.name)
            transaction.set_rollback(True)
    assert faults(told) == []


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM cases_caseevent WHERE case_id = %s AND seq = 2",
        "DELETE FROM cases_caseevent WHERE case_id = %s AND seq = 4",
        "UPDATE cases_caseevent SET hash = '\\x00' WHERE case_id = %s AND seq = 2",
        "UPDATE cases_case SET last_seq = last_seq - 1 WHERE id = %s",
        "UPDATE cases_case SET number = '20990101000001' WHERE id = %s",
    ],
)
def test_tampering_is_found(told: Case, statement: str) -> None:
    EventText.objects.filter(event__case=told).delete()
    assert faults(told) == []
    force(statement, [told.pk])
    told.refresh_from_db()
    assert faults(told)


@pytest.mark.parametrize("change", [{"note": "别的"}, {"private": {"data": {}}}, {"salt": b"1"}], ids=str)
def test_another_text_is_found(told: Case, change: dict[str, Any]) -> None:
    EventText.objects.filter(event__case=told).update(**change)
    assert faults(told)


def test_text_may_be_erased_lawfully(told: Case) -> None:
    assert EventText.objects.filter(event__case=told).delete()[0] >= 2
    assert faults(told) == []


def test_no_text_is_in_the_chain_itself(told: Case) -> None:
    for event in CaseEvent.objects.filter(case=told):
        assert "15400000000" not in f"{event.data}{event.before}"
        assert "果皮箱" not in f"{event.data}{event.before}"


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_itself_refuses(told: Case, change: str) -> None:
    rows = CaseEvent.objects.filter(case=told)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(late=False) if change == "update" else rows.delete()
