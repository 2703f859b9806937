"""Who sees which case: the queryset of lists, and the same question asked of a case in hand."""

import pytest
from django.db.models import Q

from cityloop.cases.models import Case, Participant
from cityloop.cases.visibility import may_see, own_units
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
