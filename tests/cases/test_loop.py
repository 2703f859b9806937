"""The loop closes: every step by its post, and nothing else."""

import pytest
from django.core.checks import run_checks

from cityloop.base.errors import Refused
from cityloop.cases.models import CaseEvent
from cityloop.cases.steps.history import faults
from tests.cases.walk import Walk
from tests.world import World


def test_a_case_walks_from_report_to_closed(world: World) -> None:
    walk = Walk(world).closed()
    case = walk.case
    assert (case.state, case.phase, case.outcome) == ("closed", "ended", "solved")
    assert case.is_late is False
    assert faults(case) == []
    steps = CaseEvent.objects.filter(case=case).order_by("seq").values_list("do", "actor_name")
    assert list(steps) == [
        ("report", "褚监督"),
        ("file", "王受理"),
        ("dispatch", "钱派遣"),
        ("acknowledge", "水务局"),
        ("feed_back", "水务局"),
        ("fed_back", "水务局"),
        ("pass_audit", "钱派遣"),
        ("send_check", "王受理"),
        ("pass", "褚监督"),
        ("checked", "褚监督"),
        ("close", "王受理"),
    ]


def test_a_public_report_is_verified_first(world: World) -> None:
    walk = Walk(world).reported("hotline", by="operator")
    with pytest.raises(Refused) as refused:
        walk.do("file", "operator")
    assert (refused.value.code, refused.value.details["rule"]) == ("not_yet", "verified_as_required")
    walk.do("send_verify", "operator")
    assert walk.case.state == "verifying"
    walk.answer("confirm", "verify")
    assert walk.case.state == "verified"
    walk.do("file", "operator")
    assert walk.case.state == "filed"


def test_a_database_in_use_passes_its_checks(world: World) -> None:
    """`migrate` runs them: an upgrade of a living city must get past."""
    Walk(world).dispatched()
    assert run_checks(tags=["database"], databases=["default"]) == []
