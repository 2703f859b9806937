"""What an inspector's word before filing is worth: a denial is not filed unseen, a rebound is not verified twice."""

import pytest

from cityloop.base.errors import Refused
from cityloop.cases.models import CaseLink, Task
from cityloop.notify.models import Notice
from tests.cases.walk import Walk
from tests.intake.calls import at_desk
from tests.world import World

pytestmark = pytest.mark.django_db


def sent_back_denied(world: World) -> Walk:
    """Filed while an inspector looked; he saw nothing; the dispatcher sent it back."""
    walk = Walk(world).reported("media", by="operator")
    walk.do("file", "operator")
    walk.answer("deny", "verify")
    walk.do("send_back", "dispatcher", {"note": "核实不属实"})
    return walk


def test_the_operator_does_not_file_what_was_denied(world: World) -> None:
    walk = sent_back_denied(world)
    with pytest.raises(Refused) as refusal:
        walk.do("file", "operator")
    assert (refusal.value.code, refusal.value.details["rule"]) == ("not_yet", "not_denied")
    page = at_desk(world).get(f"/cases/{walk.number}/?box=verified").content.decode()
    assert "核实不属实" in page
    assert "请重新核实、转值班长裁定或不予受理" in page


@pytest.mark.parametrize("first", ["escalate", None])
def test_the_shift_leader_files_it_with_a_reason(world: World, first: str | None) -> None:
    walk = sent_back_denied(world)
    if first:
        walk.do(first, "operator")
    with pytest.raises(Refused) as refusal:
        walk.do("file_denied", "shift_leader")
    assert refusal.value.details["fields"].keys() == {"note"}
    walk.do("file_denied", "shift_leader", {"note": "照片清楚，夜间出现"})
    assert walk.case.state == "filed"
    assert not Task.objects.filter(case=walk.case, kind="verify", ended=False).exists()


def test_the_way_out_is_offered_where_it_is_needed(world: World) -> None:
    denied, plain = sent_back_denied(world), Walk(world).reported("media", by="operator")
    plain.do("escalate", "operator")
    desk = at_desk(world, "shift_leader")
    assert "核实不属实仍立案的理由" in desk.get(f"/cases/{denied.number}/").content.decode()
    assert "仍立案" not in desk.get(f"/cases/{plain.number}/").content.decode()
    with pytest.raises(Refused) as refusal:
        plain.do("file_denied", "shift_leader", {"note": "照立"})
    assert refusal.value.details["rule"] == "denied"


def test_another_verification_clears_it(world: World) -> None:
    walk = sent_back_denied(world)
    walk.do("send_verify", "operator")
    walk.answer("confirm", "verify")
    walk.do("file", "operator")
    assert walk.case.state == "filed"


def test_a_denial_beside_filing_is_told_to_both_axes(world: World) -> None:
    walk = Walk(world).reported("media", by="operator")
    walk.do("file", "operator")
    walk.answer("deny", "verify")
    told = set(Notice.objects.filter(text_key="cases.denied").values_list("post_kind", flat=True))
    assert told == {"operator", "dispatcher"}
    assert "核实不属实" in at_desk(world, "dispatcher").get("/desk/filed").content.decode()


def test_a_rebound_of_a_hotline_case_is_not_verified_again(world: World) -> None:
    walk = Walk(world).reported("hotline", by="operator")
    walk.do("send_verify", "operator")
    walk.answer("confirm", "verify")
    walk.do("file", "operator")
    walk.do("dispatch", "dispatcher", {"unit": world.units["water"].pk})
    walk.handle()
    walk.do("pass_audit", "dispatcher")
    walk.do("send_check", "operator")
    walk.answer("rebound")
    again = CaseLink.objects.get(other=walk.case, kind=CaseLink.REBOUND).case
    assert (again.source.code, again.state, again.verification) == ("hotline", "reported", "confirm")
    walk.do("file", "operator", subject=again)
    again.refresh_from_db()
    assert again.state == "filed"
