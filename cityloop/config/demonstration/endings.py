"""The endings: how far each kind of story goes. Each builds on the one before it."""

from typing import Final

from cityloop.cases.models import Case, Request
from cityloop.cases.steps.opening import Reporter
from cityloop.config.demonstration.story import CITIZENS, Story
from cityloop.dispatch.selectors import recommend
from cityloop.org.models import Person

NOBODYS_NUMBERS: Final = "154"  # a prefix that no operator has: `demo/README.md`
YES = {"standard_met": True, "photos_compared": True}


class Telling(Story):
    """One method an ending; `tell` runs the story's own."""

    def tell(self) -> None:
        """The whole story."""
        getattr(self, self.ending)()

    # --- before filing ---

    def reported(self) -> None:
        """An inspector has reported it."""
        self.report("inspector", self.patrol())

    def reported_by_citizen(self) -> None:
        """A citizen has called."""
        phone = f"{NOBODYS_NUMBERS}{self.dice.randint(10_000_000, 99_999_999)}"
        caller = Reporter(self.dice.choice(CITIZENS), phone, confidential=self.dice.random() < 0.2)
        self.report(self.dice.choice(("hotline", "web", "hotline")), self.person("operator"), reporter=caller)

    def verifying(self) -> None:
        """An inspector is on his way to verify."""
        self.reported_by_citizen()
        self.wait(2, 9)
        self.do("send_verify", self.person("operator"), {"note": "请到现场核实"})

    def _verify(self, do: str, note: str) -> None:
        self.wait(10, 40)
        task = self.task("verify")
        person = self.owner(task)
        photos = self.photos(person, "verify", solved=do == "deny")
        self.do(do, person, {"photos": photos, "point": list(self.place), "note": note}, task)

    def verified(self) -> None:
        """It is true."""
        self.verifying()
        self._verify("confirm", "情况属实")

    def not_true(self) -> None:
        """It was not there."""
        self.verifying()
        self._verify("deny", "现场未见所述问题")

    def escalated(self) -> None:
        """The operator cannot judge it."""
        self.reported()
        self.wait(2, 8)
        self.do("escalate", self.person("operator"), {"note": "是否够立案条件, 请值班长裁定"})

    def self_done(self) -> None:
        """The inspector has solved it himself."""
        self.report("inspector", self.patrol(), self_handled=True)

    def self_handled(self) -> None:
        """And the operator agrees."""
        self.self_done()
        self.wait(2, 9)
        self.do("accept_self_handled", self.person("operator"))

    def rejected(self) -> None:
        """Not for the city's management."""
        self.reported()
        self.wait(2, 9)
        data = {"reason": "private_dispute", "note": "属邻里纠纷, 已告知法律途径"}
        self.do("reject", self.person("operator"), data)

    def merged(self) -> None:
        """Somebody has reported the same before."""
        other = Case.objects.filter(
            supervising__area_code=self.district, dispatched_at__isnull=True, phase="received"
        ).exclude(state="self_done")
        into = self.dice.choice(other.order_by("pk")) if other else None
        self.reported()
        if into is None:
            return
        self.wait(2, 9)
        self.do("merge", self.person("operator"), {"into": into.number, "note": "同一处问题"})

    def filed(self) -> None:
        """Filed."""
        if self.dice.random() < 0.3:
            self.verified()
        else:
            self.reported()
        self.wait(2, 12)
        self.do("file", self.person("operator"), {"note": self.dice.choice(("符合立案条件", "", ""))})

    def _ask_void(self) -> None:
        self.wait(1, 8)
        self.do("ask_void", self.person("operator"), {"reason": "duplicate", "note": "重复登记"})

    def void_asked(self) -> None:
        """Somebody wants it void."""
        self.filed()
        self._ask_void()

    def void(self) -> None:
        """And it is."""
        self.void_asked()
        self.wait(2, 9)
        request = Request.objects.get(case__number=self.number)
        self.do("grant", self.person("shift_leader"), {"note": "同意"}, request)

    # --- handling ---

    def coordinating(self) -> None:
        """Nobody knows whose it is."""
        self.filed()
        self.wait(2, 9)
        data = {"reason": "unowned", "note": "权属不清, 请相关单位确认"}
        self.do("coordinate", self.person("dispatcher"), data)

    def _unit(self) -> int:
        """The unit that is recommended, as dispatchers mostly follow it."""
        for found in recommend(self.case, self.clock):
            if found.unit.pk in self.stage.by_unit:
                return found.unit.pk
        return self.dice.choice(
            [unit.pk for unit in self.stage.units if self.found.area_code.startswith(unit.area_code)]
        )

    def _handler(self) -> Person:
        task = self.task("handle")
        assert task.unit_id is not None
        return self.stage.by_unit[task.unit_id]

    def assigned(self) -> None:
        """A unit has it."""
        self.filed()
        self.wait(2, 12)
        data: dict[str, object] = {"unit": self._unit()}
        if self.dice.random() < 0.3:
            data["note"] = "请尽快到场处置"
        self.do("dispatch", self.person("dispatcher"), data)

    def accepted(self) -> None:
        """The unit has signed."""
        self.assigned()
        self.wait(5, 50)
        self.do("acknowledge", self._handler(), subject=self.task("handle"))

    def handed_on(self) -> None:
        """And handed it to a unit below."""
        self.accepted()
        task = self.task("handle")
        below = [unit for unit in self.stage.by_unit if self._is_below(unit, task.unit_id)]
        if below:
            self.wait(3, 20)
            data = {"unit": self.dice.choice(sorted(below)), "note": "请处置并拍照"}
            self.do("hand_on", self._handler(), data, task)

    def _is_below(self, unit_id: int, parent_id: int | None) -> bool:
        parent, child = self.stage.paths.get(parent_id or 0, "-"), self.stage.paths[unit_id]
        return child.startswith(parent) and unit_id != parent_id

    def return_asked(self) -> None:
        """The unit says that it is not its own."""
        self.accepted()
        self.wait(5, 30)
        data = {"reason": "not_responsible", "note": "该处设施不属我单位管养"}
        self.do("ask_return", self._handler(), data, self.task("handle"))

    def returned(self) -> None:
        """The dispatcher agrees and gives it to another."""
        self.return_asked()
        self.wait(5, 20)
        request = Request.objects.get(case__number=self.number)
        self.do("grant", self.person("dispatcher"), {"note": "同意, 改派"}, request)
        self.wait(2, 10)
        self.do("dispatch", self.person("dispatcher"), {"unit": self._unit()})

    def _feed_back(self, *, solved: bool = True) -> None:
        self.wait(25, 240)
        person = self._handler()
        photos = self.photos(person, "after", solved=solved)
        note = self.dice.choice(("已处置完毕", "已清理", "已修复", "已联系养护班组处理完成"))
        self.do("feed_back", person, {"photos": photos, "note": note}, self.task("handle"))

    def feedback(self) -> None:
        """The unit has fed back."""
        self.accepted()
        self._feed_back()

    def audit_failed(self) -> None:
        """The dispatcher wants it better."""
        self.feedback()
        self.wait(3, 20)
        self.do("fail_audit", self.person("dispatcher"), {"note": "照片看不清处置结果, 请补拍"})

    def to_check(self, *, solved: bool = True) -> None:
        """The dispatcher has passed it."""
        self.accepted()
        self._feed_back(solved=solved)
        self.wait(2, 20)
        self.do("pass_audit", self.person("dispatcher"))

    def checking(self, *, solved: bool = True) -> None:
        """An inspector is on his way to check."""
        self.to_check(solved=solved)
        self.wait(2, 15)
        self.do("send_check", self.person("operator"))

    def _check(self, do: str, note: str = "") -> None:
        self.wait(10, 70)
        task = self.task("check")
        person = self.owner(task)
        photos = self.photos(person, "check", solved=do == "pass")
        self.do(do, person, {"photos": photos, "point": list(self.place), "note": note}, task)

    def check_passed(self) -> None:
        """It is solved."""
        self.checking()
        self._check("pass")

    def check_failed(self) -> None:
        """It is not."""
        self.checking(solved=False)
        self._check("fail", "现场问题仍未解决")

    def rework(self) -> None:
        """The unit must do it again."""
        self.check_failed()
        self.wait(2, 12)
        self.do("rework", self.person("operator"), {"note": "核查不通过, 请返工"})

    # --- the end ---

    def closed(self) -> None:
        """Closed."""
        self.check_passed()
        self._close()

    def _close(self) -> None:
        self.wait(2, 20)
        self.do("close", self.person("operator"), YES)

    def closed_after_rework(self) -> None:
        """Closed at the second try."""
        self.rework()
        self._feed_back()
        self.wait(2, 20)
        self.do("pass_audit", self.person("dispatcher"))
        self.wait(2, 15)
        self.do("send_check", self.person("operator"))
        self._check("pass")
        self._close()

    def closed_rebounded(self) -> None:
        """It was solved, and came back."""
        self.checking()
        self._check("rebound", "已清理过, 现又出现")

    def closed_specially(self) -> None:
        """Closed by the shift leader without a check."""
        self.accepted()
        self.wait(60, 400)
        self.do("close_special", self.person("shift_leader"), {"note": "工程围挡期间无法核查, 按专题会意见结案"})
