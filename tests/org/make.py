"""Small rows for these tests, made by the actions themselves, beside those of the world."""

from datetime import UTC, datetime

from cityloop.org.actions import appoint, create_person, create_unit
from cityloop.org.actor import SYSTEM, Actor, get_actor
from cityloop.org.models import Person, Unit

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, 9 o'clock in the city
PASSWORD = "right-horse-7"


def unit(code: str = "A", *, parent: Unit | None = None, name: str = "", level: str = "department") -> Unit:
    """A unit."""
    return create_unit(code, by=SYSTEM, now=NOW, name=name or f"单位{code}", level=level, parent=parent)


def person(
    username: str = "wang", *, name: str = "王工", unit_account: bool = False, handlers: tuple[str, ...] = ()
) -> Person:
    """An account with `PASSWORD`, which need not be changed."""
    return create_person(
        username,
        by=SYSTEM,
        now=NOW,
        name=name,
        password=PASSWORD,
        must_change_password=False,
        unit_account=unit_account,
        handlers=handlers,
    )


def holder(kind: str, username: str = "", *, at: Unit | None = None, area_code: str = "") -> Person:
    """An account with one post."""
    made = person(username or f"my_{kind}", name=kind)
    appoint(made, by=SYSTEM, now=NOW, kind=kind, unit=at or unit(f"U-{made.pk}"), area_code=area_code)
    return made


def actor(kind: str, *, at: Unit | None = None, area_code: str = "") -> Actor:
    """Somebody with one post."""
    return get_actor(holder(kind, at=at, area_code=area_code), now=NOW)
