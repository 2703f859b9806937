"""Actors: posts of the moment, from the cache, in a known number of statements."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cityloop.base.errors import Refused
from cityloop.org import actions
from cityloop.org.actor import ANONYMOUS, SYSTEM, get_actor
from cityloop.org.permissions import PERMISSIONS, has_permission
from cityloop.org.posts import POST_KINDS, axis_of, kinds_acting_as, powers_of
from cityloop.org.selectors import people_acting_as, people_with_version
from tests.org.make import NOW, actor, holder, person, unit

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("kind", "powers", "acting", "axis"),
    [
        ("operator", {"operator"}, {"operator", "shift_leader"}, "supervision"),
        ("shift_leader", {"shift_leader", "operator"}, {"shift_leader"}, "supervision"),
        ("dispatcher", {"dispatcher"}, {"dispatcher"}, "command"),
        ("leader", {"leader"}, {"leader"}, None),
    ],
)
def test_powers(kind: str, powers: set[str], acting: set[str], axis: str | None) -> None:
    assert powers_of(kind) == powers
    assert kinds_acting_as(kind) == acting
    assert axis_of(kind) == axis


@pytest.mark.django_db
def test_posts_are_those_of_the_moment() -> None:
    worker, place = person(), unit()
    actions.appoint(worker, by=SYSTEM, now=NOW, kind="operator", unit=place, valid_from=date(2026, 3, 5))
    actions.appoint(worker, by=SYSTEM, now=NOW, kind="dispatcher", unit=place, valid_to=TODAY)
    assert get_actor(worker, now=NOW).kinds == {"dispatcher"}
    # 2 March ends in the city at 16:00 UTC.
    assert get_actor(worker, now=NOW + timedelta(hours=15)).kinds == frozenset()
    assert get_actor(worker, now=NOW + timedelta(days=3)).has("operator")


@pytest.mark.django_db
def test_a_change_is_seen_at_once_and_the_cache_costs_nothing() -> None:
    worker, place = person(), unit()
    for kind in ("operator", "dispatcher"):
        actions.appoint(worker, by=SYSTEM, now=NOW, kind=kind, unit=place)
        assert kind in get_actor(worker, now=NOW).kinds
    actions.change_unit(place, by=SYSTEM, now=NOW, name="新名")
    with CaptureQueriesContext(connection) as first:
        known = people_with_version().get(pk=worker.pk)
        assert get_actor(known, now=NOW).posts[0].unit_name == "新名"
    with CaptureQueriesContext(connection) as again:
        get_actor(people_with_version().get(pk=worker.pk), now=NOW)
    assert (len(first), len(again)) == (4, 1)


@pytest.mark.django_db
def test_events_show_the_handler_behind_a_unit_account() -> None:
    account = person("jsj", name="市建设局", unit_account=True, handlers=("王工", "李工"))
    first, second = account.handlers.all()
    assert get_actor(account, handler_id=first.pk, now=NOW).name == "市建设局·王工"
    actions.change_handlers(account, by=SYSTEM, now=NOW, names=("王工", "赵工"))
    with pytest.raises(Refused) as caught:
        get_actor(account, handler_id=second.pk, now=NOW)
    assert caught.value.code == "not_signed_in"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("scope", "area", "found"), [("", "310101", True), ("3101", "310101", True), ("310105", "310101", False)]
)
def test_people_are_found_by_scope(scope: str, area: str, found: bool) -> None:
    place = unit()
    leader = holder("shift_leader", at=place, area_code=scope)
    assert (leader in people_acting_as("operator", on=TODAY, unit_id=place.pk, area_code=area)) is found
    assert leader not in people_acting_as("operator", on=TODAY, unit_id=0, area_code=area)


@pytest.mark.django_db
def test_permissions_by_post() -> None:
    assert SYSTEM.is_system
    assert not SYSTEM.is_signed_in
    assert not ANONYMOUS.is_system
    assert has_permission(ANONYMOUS, "public")
    assert not has_permission(ANONYMOUS, "signed_in")
    for kind in POST_KINDS:
        who = actor(kind)
        for name, permission in PERMISSIONS.items():
            assert has_permission(who, name) is bool(permission.posts & powers_of(kind)), (kind, name)
            assert has_permission(SYSTEM, name)


@pytest.mark.django_db
def test_what_was_rolled_back_is_not_remembered() -> None:
    worker, place = person(), unit()
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012 (what is rolled back)
        actions.appoint(worker, by=SYSTEM, now=NOW, kind="operator", unit=place)
        assert get_actor(worker, now=NOW).has("operator")
        raise ZeroDivisionError
    assert not get_actor(worker, now=NOW).posts
    actions.appoint(worker, by=SYSTEM, now=NOW, kind="dispatcher", unit=place)
    assert get_actor(worker, now=NOW).kinds == {"dispatcher"}
