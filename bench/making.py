"""One case file of the bench: a story with chances, told to `cases.load`."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection

from bench.city import DISTRICTS, District, departments, standards
from cityloop.cases.load import Histories
from cityloop.cases.steps.opening import NewReport
from cityloop.codes.models import DictionaryEntry, Source
from cityloop.evidence.models import Evidence
from cityloop.org.actor import Actor, get_actor
from tests.world import find

DAYS = 180
WORDS = ("果皮箱旁堆放垃圾", "路面破损有积水", "非法小广告粘贴多处", "占道经营影响通行", "绿化带内暴露垃圾", "井盖松动")
ROADS = ("南京东路", "河南中路", "福州路", "西藏中路", "人民路", "复兴东路")
EVIDENCE = """COPY evidence_evidence (id, kind, purpose, sha256, mime, size, taken_at_from, taken_point_from,
uploaded_at, uploaded_by_id, original_name, linked, holder, expires_at) FROM STDIN"""


class Ahead(Exception):
    """The next step lies in the future: the case is open at this point."""


class Maker:
    """Makes case files up to `now`, at places by the operator who files there."""

    def __init__(self, now: datetime, places: Mapping[str, Sequence[list[float]]]) -> None:
        self.now = now
        self.places = places
        world = find()
        self.actors: dict[str, Actor] = {name: get_actor(person, now=now) for name, person in world.people.items()}
        self.people = {person.pk: name for name, person in world.people.items()}
        self.unit_ids = {code: world.units[code].pk for code in departments(world)}
        self.standards = standards()
        self.sources = {row.code: row for row in Source.objects.all()}
        self.reason = DictionaryEntry.objects.filter(dictionary__code="reject_reasons")[0].code
        self.holders = _duty_holders()
        self.histories = Histories()
        self.photos: list[tuple[Any, ...]] = []

    def make(self, chance: Random, age: float) -> str:
        """One case; `age` from 0 (new) to 1 (half a year) says when it was reported. Returns its number."""
        began = self.now - timedelta(days=DAYS * age, seconds=chance.uniform(0, 3600))
        return Story(self, chance, began).tell()

    def photo(self, chance: Random, person_id: int, purpose: str, at: datetime) -> str:
        """A row of an upload that no file stands behind."""
        key = UUID(int=chance.getrandbits(128), version=4)
        self.photos.append(photo_row(key, person_id, purpose, at))
        return str(key)

    def flush(self) -> None:
        """Copy in what was made."""
        store_photos(self.photos)
        self.photos = []
        self.histories.flush()


def photo_row(key: UUID, person_id: int, purpose: str, at: datetime) -> tuple[Any, ...]:
    """The columns of `EVIDENCE`."""
    content = key.hex * 2
    row = (key, "photo", purpose, content, "image/jpeg", 180_000, "", "", at, person_id, "", False, "")
    return (*row, at + timedelta(days=3))


def store_photos(rows: list[tuple[Any, ...]]) -> None:
    """Copy in rows of uploads."""
    with connection.cursor() as cursor, cursor.copy(EVIDENCE) as copy:
        for row in rows:
            copy.write_row(row)


def _duty_holders() -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT duty_grid_id, person_id FROM grid_dutyholder")
        return dict(cursor.fetchall())


class Story:
    """One case file."""

    def __init__(self, maker: Maker, chance: Random, began: datetime) -> None:
        self.maker, self.chance, self.at = maker, chance, began
        self.district: District = chance.choices(DISTRICTS, (7, 3))[0]
        self.unit = chance.choice(sorted(maker.unit_ids))
        self.number = ""

    def tell(self) -> str:
        """From the report to its end, or to now."""
        public = self.chance.random() < 0.2
        self._report(public)
        try:
            if public:
                self._do("send_verify", self.district.operator, 10, 60, data=self._inspector())
                self._answer("confirm", "verify")
            if self.chance.random() < 0.04:
                data = {"reason": self.maker.reason, "note": "属私人院内"}
                self._do("reject", self.district.operator, 5, 60, data=data)
            else:
                self._through()
        except Ahead:
            pass
        return self.number

    def _through(self) -> None:
        operator, dispatcher = self.district.operator, self.district.dispatcher
        self._do("file", operator, 5, 120)
        self._do("dispatch", dispatcher, 5, 120, data={"unit": self.maker.unit_ids[self.unit]})
        self._do("acknowledge", self.unit, 5, 300, kind="handle")
        self._handle()
        if self.chance.random() < 0.05:
            self._check("fail")
            self._do("rework", operator, 5, 60, data={"note": "仍有残留"})
            self._handle()
        self._check("pass")
        self._do("close", operator, 5, 120, data={"standard_met": True, "photos_compared": True})

    def _handle(self) -> None:
        self._do("feed_back", self.unit, 30, 4000, kind="handle", photo="after", data={"note": "已处理"})
        self._do("pass_audit", self.district.dispatcher, 5, 120)

    def _check(self, answer: str) -> None:
        self._do("send_check", self.district.operator, 5, 120, data=self._inspector())
        self._answer(answer, "check")

    def _answer(self, answer: str, kind: str) -> None:
        inspector = self.maker.people[self._inspector()["person"]]
        data = {"note": "现场还在"} if answer == "fail" else {}
        self._do(answer, inspector, 20, 200, kind=kind, photo=kind, data=data)

    def _inspector(self) -> dict[str, int]:
        case = self.maker.histories.get_case(self.number)
        return {"person": self.maker.holders[case.duty_grid_id or 0]}

    def _report(self, public: bool) -> None:
        chance, maker = self.chance, self.maker
        new = NewReport(
            source=maker.sources["hotline" if public else "inspector"],
            description=chance.choice(WORDS),
            address=f"{chance.choice(ROADS)}{chance.randint(1, 900)}号",
            point=chance.choice(maker.places[self.district.operator]),
            standard_id=chance.choice(maker.standards),
            urgent=chance.random() < 0.03,
        )
        inspector = "inspector" if self.district.first_cell == 0 else "other_inspector"
        by = maker.actors[self.district.operator if public else inspector]
        self.number = maker.histories.report(new, by=by, now=self.at).number

    def _do(
        self,
        do: str,
        by: str,
        least: int,
        most: int,
        *,
        kind: str = "",
        photo: str = "",
        data: dict[str, Any] | None = None,
    ) -> None:
        """One action between `least` and `most` minutes after the one before."""
        at = self.at + timedelta(minutes=self.chance.triangular(least, most, least))
        if at > self.maker.now:
            raise Ahead
        self.at = at
        actor, made = self.maker.actors[by], self.maker.histories
        values = dict(data or {})
        if photo:
            values["photos"] = [self.maker.photo(self.chance, actor.person_id or 0, photo, at)]
        tasks = [task for task in made.list_tasks(self.number) if task.kind == kind and not task.ended]
        made.perform(tasks[-1] if kind else made.get_case(self.number), do, by=actor, now=at, data=values)


# Every upload that the bench sends along is a row of this table.
assert Evidence._meta.db_table == "evidence_evidence"
