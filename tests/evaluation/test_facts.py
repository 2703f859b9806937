"""Cases move, come back, are reopened: the same report follows, and an earlier one stays."""

from datetime import datetime, timedelta

import pytest

from cityloop.cases.feed import horizon
from cityloop.cases.models import CaseEvent
from cityloop.cases.shipped import text_of, words
from cityloop.evaluation.counting import Asked
from cityloop.evaluation.following import follow, rebuild
from cityloop.evaluation.making import cases_of, make_report
from cityloop.evaluation.models import CategorySpell, Ending, UnitSpell
from cityloop.evaluation.report import ALL, NONE, Figures
from cityloop.evaluation.terms import Terms
from cityloop.org.actor import SYSTEM
from cityloop.workflow.actions import publish
from cityloop.workflow.selectors import forget
from tests.cases.walk import Walk
from tests.world import NOW, World

BEGIN, END = NOW.replace(day=1, hour=0), NOW.replace(month=4, day=1, hour=0)
LATER = NOW + timedelta(days=20)


def catch_up() -> None:
    """Follow what this test's own transaction has written: it is still running, so the horizon would hide it."""
    follow(below=own_transaction() + 1)


def own_transaction() -> int:
    return int(CaseEvent.objects.order_by("-xid").values_list("xid", flat=True)[0])


def figures(world: World, unit: str, as_of: datetime = LATER, **options: str) -> Figures:
    catch_up()
    terms = Terms(BEGIN, END, as_of).with_options(options)
    return make_report(terms).figures(label(world, unit))


def label(world: World, unit: str) -> str:
    return unit if unit in {ALL, NONE, "department"} else f"u{world.units[unit].pk}"


def test_a_closed_case_counts_everywhere(world: World) -> None:
    Walk(world).closed()
    for row in ("water", "department", ALL):
        assert figures(world, row) == Figures(1, 1, 1, 1), row
    assert figures(world, "power") == Figures()


def test_before_and_after_the_period_it_counts_nowhere(world: World) -> None:
    Walk(world).closed()
    catch_up()
    for begin, end in ((BEGIN - timedelta(days=31), BEGIN), (END, END + timedelta(days=30))):
        assert make_report(Terms(begin, end, LATER)).figures(ALL) == Figures()


@pytest.mark.parametrize(
    ("before_feedback", "before_check", "disposal", "closing"),
    [(0, 0, 1, 1), (0, 5, 1, 0), (5, 0, 0, 0)],  # days lost: none, in check, in handling
)
def test_on_time_differs_from_closed_by_the_deadline(
    world: World, before_feedback: int, before_check: int, disposal: int, closing: int
) -> None:
    walk = Walk(world).dispatched().pass_time(days=before_feedback)
    walk.handle()
    walk.pass_time(days=before_check)
    walk.do("pass_audit", "dispatcher")
    walk.do("send_check", "operator")
    walk.answer("pass")
    walk.do("close", "operator", {"standard_met": True, "photos_compared": True})
    assert figures(world, "water") == Figures(1, 1, disposal, 1)
    assert figures(world, "water", on_time="closing") == Figures(1, 1, closing, 1)


def test_rework_is_judged_by_the_feedback_that_passed(world: World) -> None:
    walk = Walk(world).checked("fail").pass_time(days=1)
    walk.do("rework", "operator", {"note": "未清理干净"})
    walk.pass_time(days=10)
    walk.do("feed_back", "water", {"note": "重新清理", **walk.photo("water", "after")}, subject=walk.task("handle"))
    walk.do("pass_audit", "dispatcher")
    walk.do("send_check", "operator")
    walk.answer("pass")
    walk.do("close", "operator", {"standard_met": True, "photos_compared": True})
    assert figures(world, "water") == Figures(1, 1, 0, 1)


def test_a_redispatched_case_stays_received_and_is_the_other_units(world: World) -> None:
    walk = Walk(world).dispatched("power")
    moment = walk.now + timedelta(seconds=1)
    assert figures(world, "power", moment) == Figures(1, 1)
    walk.pass_time(hours=1).do("take_back", "dispatcher", {"note": "派错了"})
    walk.do("dispatch", "dispatcher", {"unit": world.units["water"].pk})
    walk.handle()
    assert figures(world, "power") == Figures(1, 0)
    assert figures(world, "water") == Figures(1, 1)
    assert figures(world, ALL) == Figures(1, 1)  # the city counts it once
    assert figures(world, "power", moved="left_out") == Figures()
    # The report as of before still says what was so then.
    assert figures(world, "power", moment) == Figures(1, 1)
    assert figures(world, "water", moment) == Figures()


def test_a_recalled_dispatch_was_none(world: World) -> None:
    walk = Walk(world).dispatched("power")
    moment = walk.now + timedelta(seconds=1)
    walk.do("recall", "dispatcher", {"note": "点错了"})
    assert figures(world, "power") == Figures()
    assert figures(world, ALL) == Figures()
    assert figures(world, "power", moment) == Figures(1, 1)


def test_coordination_stands_on_a_row_of_its_own(world: World) -> None:
    walk = Walk(world).filed()
    walk.do("coordinate", "dispatcher", {"reason": "unowned"})
    moment = walk.now + timedelta(seconds=1)
    assert figures(world, NONE) == Figures(1, 1)
    assert figures(world, ALL) == Figures(1, 1)
    assert figures(world, "department") == Figures()
    walk.do("dispatch", "dispatcher", {"unit": world.units["water"].pk})
    assert figures(world, NONE) == Figures()
    assert figures(world, "water") == Figures(1, 1)
    assert figures(world, NONE, moment) == Figures(1, 1)


def test_a_case_not_dispatched_yet_counts_nowhere(world: World) -> None:
    Walk(world).filed()
    assert figures(world, ALL) == Figures()


def test_a_reopened_case_was_closed_until_then(world: World) -> None:
    line = 'do = "reopen", label = "重办", en = "Reopen", at = ["closed"], to = "<", by = ["shift_leader"]'
    line = f'  {{ {line}, then = ["undo_last_step"] }},'
    text = text_of("case").replace("lines = [\n", f"lines = [\n{line}\n", 1)
    publish(text, {}, words(None), by=SYSTEM, now=NOW)
    try:
        walk = Walk(world).closed()
        moment = walk.now
        walk.pass_time(days=1).do("reopen", "shift_leader")
        assert figures(world, "water", moment) == Figures(1, 1, 1, 1)
        assert figures(world, "water") == Figures(1, 1)
        walk.do("close", "operator", {"standard_met": True, "photos_compared": True})
        assert figures(world, "water") == Figures(1, 1, 1, 1)
    finally:
        forget()


def test_an_amended_category_counts_from_then_on(world: World) -> None:
    walk = Walk(world).dispatched()
    moment = walk.now
    other = world.standard("event", "0401")
    walk.do("amend", "operator", {"standard": other.pk, "note": "类别有误"})
    catch_up()
    for as_of, standard in ((moment, world.standard()), (LATER, other)):
        report = make_report(Terms(BEGIN, END, as_of))
        counted = [major.id for major in report.majors if report.of_major(ALL, major).received]
        assert counted == [standard.minor.major_id]


def test_a_void_case_leaves_the_report(world: World) -> None:
    walk = Walk(world).dispatched()
    moment = walk.now
    walk.do("ask_void", "operator", {"reason": "duplicate", "note": "重复"})
    walk.do("grant", "shift_leader", subject=walk.request())
    assert walk.case.outcome == "void"
    assert figures(world, "water") == Figures()
    assert figures(world, "water", moment) == Figures(1, 1)


def test_what_hangs_below_counts_for_the_unit(world: World) -> None:
    Walk(world).dispatched("team")
    Walk(world).dispatched("street")
    assert figures(world, "water") == Figures(1, 1)
    assert figures(world, "d1") == Figures(1, 1)
    assert figures(world, "d2") == Figures()


def facts() -> list[list[tuple[object, ...]]]:
    return [
        sorted((tuple(row.values()) for row in model._default_manager.values(*columns)), key=str)
        for model, columns in (
            (UnitSpell, ("case_id", "unit_id", "received_at", "began_at", "ended_at", "undone_at")),
            (CategorySpell, ("case_id", "minor_id", "began_at", "ended_at")),
            (Ending, ("case_id", "outcome", "began_at", "ended_at", "handled_at", "due_at", "on_time", "in_time")),
        )
    ]


def test_followed_step_by_step_is_made_at_once(world: World) -> None:
    walk = Walk(world).dispatched("power")
    catch_up()
    walk.do("take_back", "dispatcher", {"note": "派错了"})
    catch_up()
    walk.do("dispatch", "dispatcher", {"unit": world.units["water"].pk})
    Walk(world).checked("fail")
    catch_up()
    Walk(world).closed()
    catch_up()
    followed = facts()
    assert all(followed)
    rebuild()
    assert facts() == followed


def test_nothing_is_followed_that_may_still_be_overtaken(world: World) -> None:
    """What is not below the horizon is left for the next time: this test's own transaction is still running."""
    Walk(world).closed()
    assert horizon() <= own_transaction()
    assert follow() == 0
    assert follow(below=own_transaction() + 1) > 0
    assert follow(below=own_transaction() + 1) == 0


def test_every_number_lists_exactly_its_cases(world: World) -> None:
    Walk(world).closed()
    Walk(world).dispatched("power")
    walk = Walk(world).dispatched("power")
    walk.do("take_back", "dispatcher", {"note": "派错了"})
    walk.do("dispatch", "dispatcher", {"unit": world.units["street"].pk})
    Walk(world).filed().do("coordinate", "dispatcher", {"reason": "unowned"})
    catch_up()
    report = make_report(Terms(BEGIN, END, LATER))
    labels = [row.label for row in report.rows] + ["district", "department", ALL]
    checked = 0
    for name in labels:
        for kind in ("", "event", "component"):
            found = report.figures(name, kind)
            for column in ("received", "given", "on_time", "closed", "open", "moved"):
                assert cases_of(report, Asked(name, column, kind)).count() == getattr(found, column), (name, column)
                checked += getattr(found, column)
        for major in report.majors:
            asked = Asked(name, "given", major.kind, major.id)
            assert cases_of(report, asked).count() == report.of_major(name, major).given
    assert checked > 20
