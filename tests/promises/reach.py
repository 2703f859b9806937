"""How every state is reached, by performing actions; a new state without a way here fails a test."""

from collections.abc import Callable
from typing import Final

from tests.cases.walk import Walk
from tests.world import World

RETURN: Final = {"reason": "not_responsible", "note": "不属我局"}
VOID: Final = {"reason": "filed_by_mistake", "note": "重复登记"}
REJECT: Final = {"reason": "below_standard", "note": "属私人院内"}
Way = Callable[[World], Walk]


def _then(way: Way, do: str, by: str, data: dict[str, object] | None = None, of: str = "") -> Way:
    def walk_on(world: World) -> Walk:
        walk = way(world)
        walk.do(do, by, data, subject=walk.request() if of == "request" else walk.task(of) if of else None)
        return walk

    return walk_on


def reported(world: World) -> Walk:
    return Walk(world).reported()


def from_hotline(world: World) -> Walk:
    return Walk(world).reported("hotline", by="operator")


def self_done(world: World) -> Walk:
    return Walk(world).reported(self_handled=True)


def dispatched(world: World) -> Walk:
    return Walk(world).dispatched()


def helped(world: World) -> Walk:
    walk = Walk(world).filed()
    units = world.units
    walk.do("dispatch", "dispatcher", {"unit": units["water"].pk, "assistants": [units["power"].pk]})
    return walk


def handed_on(world: World) -> Walk:
    walk = accepted(world)
    walk.do("hand_on", "water", {"unit": world.units["team"].pk}, subject=walk.task("handle"))
    return walk


def merged(world: World) -> Walk:
    one, two = Walk(world).reported(), Walk(world).reported()
    two.do("merge", "operator", {"into": one.number})
    return two


def verified(world: World) -> Walk:
    walk = verifying(world)
    walk.answer("confirm", "verify")
    return walk


def answered(kind: str, do: str) -> Way:
    def answer(world: World) -> Walk:
        walk = verifying(world) if kind == "verify" else Walk(world).checking()
        walk.answer(do, kind)
        return walk

    return answer


accepted = _then(dispatched, "acknowledge", "water", of="handle")
asked_return = _then(accepted, "ask_return", "water", RETURN, "handle")
asked_void = _then(reported, "ask_void", "operator", VOID)
verifying = _then(from_hotline, "send_verify", "operator")
closing = {"standard_met": True, "photos_compared": True}

CASE: Final[dict[str, Way]] = {
    "reported": reported,
    "verifying": verifying,
    "verified": verified,
    "escalated": _then(reported, "escalate", "operator"),
    "self_done": self_done,
    "filed": lambda world: Walk(world).filed(),
    "coordinating": _then(lambda world: Walk(world).filed(), "coordinate", "dispatcher", {"reason": "unowned"}),
    "handling": dispatched,
    "feedback": lambda world: Walk(world).fed_back(),
    "to_check": _then(lambda world: Walk(world).fed_back(), "pass_audit", "dispatcher"),
    "checking": lambda world: Walk(world).checking(),
    "to_close": lambda world: Walk(world).checked(),
    "closed": lambda world: Walk(world).closed(),
    "closed_special": _then(dispatched, "close_special", "shift_leader", {"note": "领导要求"}),
    "self_handled": _then(self_done, "accept_self_handled", "operator"),
    "rejected": _then(reported, "reject", "operator", dict(REJECT)),
    "void": _then(asked_void, "grant", "shift_leader", of="request"),
    "merged": merged,
}
# (kind, state): the newest task or request of that kind is in it.
SUBJECTS: Final[dict[tuple[str, str], Way]] = {
    ("verify", "assigned"): verifying,
    ("verify", "done"): verified,
    ("verify", "denied"): answered("verify", "deny"),
    ("verify", "undecided"): answered("verify", "unable"),
    ("verify", "withdrawn"): _then(verifying, "recall", "operator"),
    ("check", "assigned"): CASE["checking"],
    ("check", "passed"): answered("check", "pass"),
    ("check", "failed"): answered("check", "fail"),
    ("check", "rebounded"): answered("check", "rebound"),
    ("check", "undecided"): answered("check", "unable"),
    ("check", "withdrawn"): _then(CASE["checking"], "close_special", "shift_leader", {"note": "x"}),
    ("handle", "assigned"): dispatched,
    ("handle", "accepted"): accepted,
    ("handle", "handed_on"): handed_on,
    ("handle", "done"): CASE["feedback"],
    ("handle", "withdrawn"): _then(dispatched, "take_back", "dispatcher", {"note": "改派"}),
    ("handle", "returned"): _then(asked_return, "grant", "dispatcher", of="request"),
    ("return", "open"): asked_return,
    ("return", "granted"): _then(asked_return, "grant", "dispatcher", of="request"),
    ("return", "refused"): _then(asked_return, "refuse", "dispatcher", {"note": "属你局"}, "request"),
    ("return", "withdrawn"): _then(asked_return, "withdraw", "water", of="request"),
    ("void", "open"): asked_void,
    ("void", "granted"): CASE["void"],
    ("void", "refused"): _then(asked_void, "refuse", "shift_leader", {"note": "继续"}, "request"),
    ("void", "withdrawn"): _then(asked_void, "withdraw", "operator", of="request"),
}
