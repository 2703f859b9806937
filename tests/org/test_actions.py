"""Units, people and posts: what the actions write and what they refuse."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from cityloop.base.errors import Refused
from cityloop.journal.models import Entry
from cityloop.org import actions
from cityloop.org.actor import ANONYMOUS, SYSTEM, get_actor
from cityloop.org.models import Post, Unit
from tests.org.make import NOW, PASSWORD, actor, holder, person, unit

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


def refused(code: str, call: Callable[[], object]) -> Refused:
    """The refusal of that code which the call must raise."""
    with pytest.raises(Refused) as caught:
        call()
    assert caught.value.code == code
    return caught.value


def test_a_tree_keeps_its_paths_when_a_branch_moves() -> None:
    city, other = unit("1"), unit("2")
    branch = unit("1.1", parent=city)
    leaf = unit("1.1.1", parent=branch)
    actions.move_unit(branch, by=SYSTEM, now=NOW, parent=other)
    leaf.refresh_from_db()
    assert leaf.path == f"{other.pk}/{branch.pk}/{leaf.pk}/"
    actions.move_unit(branch, by=SYSTEM, now=NOW, parent=None)
    leaf.refresh_from_db()
    assert leaf.path == f"{branch.pk}/{leaf.pk}/"
    refused("invalid", lambda: actions.move_unit(branch, by=SYSTEM, now=NOW, parent=leaf))
    refused("invalid", lambda: actions.move_unit(branch, by=SYSTEM, now=NOW, parent=branch))


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("code", {"code": ""}),
        ("code", {"code": "taken"}),
        ("name", {"name": ""}),
        ("level", {"level": "planet"}),
        ("area_code", {"area_code": "31x"}),
    ],
)
def test_a_unit_that_breaks_a_rule_is_refused_by_field(field: str, values: dict[str, str]) -> None:
    unit("taken")
    given = {"code": "new", "name": "新", "level": "team", **values}
    code = given.pop("code")
    refusal = refused("invalid", lambda: actions.create_unit(code, by=SYSTEM, now=NOW, **given))
    assert list(refusal.details["fields"]) == [field]


def test_units_are_found_by_initials_and_change_is_journalled() -> None:
    made = unit("A", name="市建设局")
    assert made.initials == "sjsj"
    actions.change_unit(made, by=SYSTEM, now=NOW, name="市住建局")
    assert Unit.objects.get(code="A").initials == "szjj"
    entry = Entry.objects.get(what="org.unit_changed")
    assert entry.data == {"before": {"name": "市建设局"}, "after": {"name": "市住建局"}}


def test_a_unit_retires_only_when_nothing_hangs_on_it() -> None:
    top = unit("1")
    below = unit("1.1", parent=top)
    worker = person()
    post = actions.appoint(worker, by=SYSTEM, now=NOW, kind="unit", unit=below)
    assert refused("not_yet", lambda: actions.retire_unit(top, by=SYSTEM, now=NOW)).details["rule"] == "children"
    assert refused("not_yet", lambda: actions.retire_unit(below, by=SYSTEM, now=NOW)).details["rule"] == "posts"
    actions.end_post(post, by=SYSTEM, now=NOW + timedelta(days=3), last_day=TODAY)
    actions.retire_unit(below, by=SYSTEM, now=NOW)
    actions.retire_unit(top, by=SYSTEM, now=NOW)
    assert not Unit.objects.get(code="1").is_active_on(date(2026, 3, 3))


@pytest.mark.parametrize(
    ("act", "allowed"),
    [
        ("unit", {"system_admin"}),
        ("person", {"system_admin"}),
        ("post", {"system_admin"}),
        ("admin post", {"security_admin"}),
        ("password", {"system_admin", "security_admin"}),
        ("admin password", {"security_admin"}),
    ],
)
def test_only_the_right_administrator_may(act: str, allowed: set[str]) -> None:
    place, target = unit("P"), person("target")
    admin = holder("audit_admin", "other")
    acts: dict[str, Callable[..., object]] = {
        "unit": lambda by: actions.create_unit("x", by=by, now=NOW, name="x", level="team"),
        "person": lambda by: actions.create_person("x", by=by, now=NOW, name="x"),
        "post": lambda by: actions.appoint(target, by=by, now=NOW, kind="operator", unit=place),
        "admin post": lambda by: actions.appoint(target, by=by, now=NOW, kind="system_admin", unit=place),
        "password": lambda by: actions.reset_password(target, by=by, now=NOW, password=PASSWORD),
        "admin password": lambda by: actions.reset_password(admin, by=by, now=NOW, password=PASSWORD),
    }
    for kind in ("system_admin", "security_admin", "audit_admin", "operator"):
        by = actor(kind)
        if kind in allowed:
            acts[act](by)
        else:
            refused("not_yours", lambda by=by: acts[act](by))  # type: ignore[misc]
    refused("not_signed_in", lambda: acts[act](ANONYMOUS))


def test_nobody_appoints_himself() -> None:
    security = holder("security_admin")
    by = get_actor(security, now=NOW)
    refused("not_yours", lambda: actions.appoint(security, by=by, now=NOW, kind="system_admin", unit=unit()))


@pytest.mark.parametrize(
    ("start", "end", "fits"),
    [
        (date(2026, 3, 1), None, False),
        (date(2026, 2, 1), date(2026, 3, 2), False),
        (date(2026, 2, 1), date(2026, 3, 1), True),
        (date(2026, 3, 31), None, False),
        (date(2026, 4, 1), None, True),
    ],
)
def test_the_same_post_is_not_held_twice_at_once(start: date, end: date | None, fits: bool) -> None:
    worker, place = person(), unit()
    actions.appoint(worker, by=SYSTEM, now=NOW, kind="unit", unit=place, valid_to=date(2026, 3, 31))

    def again() -> Post:
        return actions.appoint(worker, by=SYSTEM, now=NOW, kind="unit", unit=place, valid_from=start, valid_to=end)

    if fits:
        again()
    else:
        refused("invalid", again)


def test_a_closed_account_has_no_posts_and_cannot_close_itself() -> None:
    admin = holder("system_admin")
    by = get_actor(admin, now=NOW)
    worker = holder("unit")
    actions.deactivate_person(worker, by=by, now=NOW)
    assert get_actor(worker, now=NOW + timedelta(days=1)).posts == ()
    assert refused("not_yours", lambda: actions.deactivate_person(admin, by=by, now=NOW)).details["rule"]
    refused("not_yours", lambda: actions.create_person("x", by=get_actor(worker, now=NOW), now=NOW, name="x"))


@pytest.mark.parametrize("password", ["short7", "1234567890", "password123", "wang-wang-wang"])
def test_weak_passwords_are_refused(password: str) -> None:
    call = lambda: actions.create_person("wang-wang-wang", by=SYSTEM, now=NOW, name="王", password=password)  # noqa: E731
    assert list(refused("invalid", call).details["fields"]) == ["password"]


def test_a_name_typed_in_full_width_capitals_is_the_same_account() -> None:
    person("wang01")
    call = lambda: actions.create_person("ＷＡＮＧ01 ", by=SYSTEM, now=NOW, name="王")  # noqa: E731
    assert list(refused("invalid", call).details["fields"]) == ["username"]
