"""Who sees which case: the queryset of lists, and the same question asked of a case in hand."""

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from cityloop.base.pages import Page
from cityloop.cases.models import Case, Participant
from cityloop.cases.selectors import NEWEST, get_newest, visible
from cityloop.cases.visibility import may_see, own_parts, own_units
from cityloop.org.actions import appoint
from cityloop.org.actor import Actor
from tests.cases.walk import Walk
from tests.world import CAST, LONG_AGO, NOW, World


def _parts(case: Case, actor: Actor) -> list[int]:
    rows = Participant.objects.filter(Q(person_id=actor.person_id) | Q(unit__in=own_units(actor)), case=case)
    return [unit or 0 for unit in rows.values_list("unit", flat=True)]


@pytest.mark.parametrize("username", [*CAST, "stranger"])
def test_lists_and_locks_see_the_same(world: World, username: str) -> None:
    cases = [walk.case for walk in (Walk(world).reported(), Walk(world).filed(), Walk(world).dispatched())]
    cases.append(Walk(world).reported(by="other_inspector", point=world.place(5)).case)
    actor = world.actor(username)
    listed = set(Case.objects.visible_to(actor).values_list("pk", flat=True))
    assert {case.pk for case in cases if may_see(actor, case, _parts(case, actor))} == listed & {c.pk for c in cases}


@pytest.mark.parametrize(("area", "seen"), [("310101", True), ("310106", False)])
def test_an_area_bounds_what_a_unit_sees(world: World, area: str, seen: bool) -> None:
    case = Walk(world).dispatched("power").case
    person = world.people["stranger"]
    unit = world.units["power"]
    appoint(
        person, by=world.actor("system_admin"), now=NOW, kind="unit", unit=unit, area_code=area, valid_from=LONG_AGO
    )
    actor = world.actor("stranger")
    assert Case.objects.visible_to(actor).filter(pk=case.pk).exists() is seen
    assert may_see(actor, case, _parts(case, actor)) is seen


def _pages(actor: Actor) -> list[Page[Case]]:
    """The whole list, two rows a page."""
    found = [get_newest(actor, visible(actor), size=2, narrowed=False)]
    while found[-1].has_next:
        found.append(get_newest(actor, visible(actor), after=found[-1].last_key, size=2, narrowed=False))
    return found


@pytest.mark.parametrize("area", ["", "310101"])
@pytest.mark.parametrize("username", ["stranger", "inspector", "operator"])
def test_the_newest_are_the_newest_of_all_that_is_seen(world: World, username: str, area: str) -> None:
    person = world.people["stranger"]
    for unit in ("power", "water"):
        appoint(
            person,
            by=world.actor("system_admin"),
            now=NOW,
            kind="unit",
            unit=world.units[unit],
            area_code=area,
            valid_from=LONG_AGO,
        )
    for number in range(3):
        Walk(world).dispatched("power")
        Walk(world).dispatched("water")
        # Elsewhere and newer: an area that is left out must not leave a hole in the page.
        Walk(world).reported(by="other_inspector", point=world.place(5 + number % 2))
    actor = world.actor(username)
    pages = _pages(actor)
    assert [case.pk for page in pages for case in page.rows] == list(
        visible(actor).order_by(*NEWEST).values_list("pk", flat=True)
    )
    assert len(pages) > 1
    back = get_newest(actor, visible(actor), before=pages[1].first_key, size=2, narrowed=False)
    assert [case.pk for case in back.rows] == [case.pk for case in pages[0].rows]


def test_the_newest_of_a_part_are_read_from_its_index(world: World) -> None:
    """Not from all participations of a unit that has had thousands."""
    Walk(world).dispatched("power")
    actor = world.actor("power")
    with CaptureQueriesContext(connection) as sent:
        assert get_newest(actor, visible(actor), size=2, narrowed=False).rows
    (statement,) = sent.captured_queries
    # The page itself, and what it is taken from: so many rows of each of his parts.
    assert statement["sql"].count(" LIMIT 3") == 1 + len(own_parts(actor) or [])
