"""From words to places (地理编码): ranked, each with a score and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from cityloop.base.geometry import LonLat, metres_between
from cityloop.base.words import speak
from cityloop.grid.geocoding import placing, seeking
from cityloop.grid.geocoding.likeness import WORDS, Why
from cityloop.grid.geocoding.parse import Query, Reading, Step, parse
from cityloop.grid.geocoding.seeking import Match
from cityloop.grid.geocoding.spotting import Plan, plan
from cityloop.grid.ground import grounds_of
from cityloop.grid.written import write_door, write_step

Kind = Literal["door", "crossing", "street", "place", "area"]
Names = Mapping[str, Sequence[Match]]

MOST_STREETS: Final = 4  # of one name that are tried for doors and crossings
MOST_NAMES: Final = 10  # of one name that are shown
MOST_PAIRS: Final = 24
SURE: Final = 0.9  # from here on a street's crossings are worth proposing
LAGGING: Final = 0.74  # share of a good best score below which others only hide it
AHEAD: Final = 0.12  # by how much a best place leads that nobody need choose
ELSEWHERE: Final = 0.75  # weight of what does not lie in the area that was said
CITYWIDE: Final = 20_000.0  # metres over which nearness to the asker breaks ties


@dataclass(frozen=True, slots=True)
class Found:
    """A place that answers a text. `score` is between 0 and 1; `why` says how it was come by, the weightiest first.

    `road` and `crossing` name its streets, where it stands by one; `code` is that of the place or area, if it has one.
    """

    label: str
    kind: Kind
    place: LonLat
    score: float
    why: tuple[Why, ...]
    road: str = ""
    crossing: str = ""
    code: str = ""
    area_code: str = ""

    @property
    def reason(self) -> str:
        """Why, in the reader's words."""
        return speak("，").join(speak(WORDS[one]) for one in self.why)

    @property
    def is_whole(self) -> bool:
        """Whether its words say all of what was typed: a door, or a step from somewhere."""
        return self.kind == "door" or Why.STEP in self.why

    @property
    def address(self) -> str:
        """As an address field takes it: 南京东路（近河南中路）."""
        if self.kind == "crossing" and self.crossing and Why.STEP not in self.why:
            return speak("%(road)s（近%(crossing)s）", road=self.road, crossing=self.crossing)
        return self.label


def find_places(text: str, *, limit: int = 12, around: LonLat | None = None) -> list[Found]:
    """The places that a text may mean, the best first; `around`, where the asker is, breaks ties.

    At most nine statements, none of which reads more for a larger city.
    """
    query = parse(text)
    if not query.text:
        return []
    wanted = plan(query, seeking.find_spots(query.text))
    names = seeking.find_names(wanted.names)
    area = _area_of(wanted, names)
    found = [*_crossings(wanted, names), *_doors(wanted, names, area), *_named(wanted, names, area)]
    if not found:
        matches = seeking.find_scattered(query.rest)
        found = _from_names([(Reading("name", (query.rest,)), match) for match in matches], area)
    found = _without_laggards(_weigh_area(_distinct(found)[: 2 * limit], area))
    found = _distinct([*found, *_along(found, limit)])
    return _finish(found, query, limit=limit, around=around)


def is_sure(found: Sequence[Found]) -> bool:
    """Whether the first one is meant: it fits well, and the next one clearly less."""
    if not found or found[0].score < 0.8:
        return False
    rivals = [one for one in found[1:] if Why.ALONG not in one.why]
    return not rivals or found[0].score - rivals[0].score >= AHEAD


def _without_laggards(found: list[Found]) -> list[Found]:
    if not found or found[0].score < 0.8:
        return found
    return [one for one in found if one.score >= LAGGING * found[0].score]


def _finish(found: list[Found], query: Query, *, limit: int, around: LonLat | None) -> list[Found]:
    if around is not None:
        found = sorted(
            found, key=lambda one: -(one.score - 0.04 * min(metres_between(one.place, around) / CITYWIDE, 1))
        )
    found = found[:limit]
    if query.step and found:
        found = _stepped(found, query.step)
    return [replace(one, score=round(min(one.score, 1.0), 2)) for one in found]


def _distinct(found: Iterable[Found]) -> list[Found]:
    """The best of each place, in order."""
    seen: dict[tuple[str, ...], Found] = {}
    for one in sorted(found, key=lambda one: (-one.score, len(one.label), one.label, one.code)):
        pair = tuple(sorted((one.road, one.crossing))) if one.kind == "crossing" else (one.label, one.code)
        seen.setdefault((one.kind, *pair), one)
    return list(seen.values())


def _streets(names: Names, asked: str) -> list[Match]:
    return [match for match in names.get(asked, ()) if match.street][:MOST_STREETS]


def _crossings(wanted: Plan, names: Names) -> list[Found]:
    tried: dict[tuple[str, str], tuple[float, tuple[Why, ...]]] = {}
    for reading in (one for one in wanted.readings if one.kind == "crossing"):
        for one in _streets(names, reading.names[0]):
            for other in _streets(names, reading.names[1]):
                score = reading.sure * one.score * other.score
                pair = (one.street, other.street)
                if pair[0] != pair[1] and score > tried.get(pair, (0.0, ()))[0]:
                    tried[pair] = (score, _inexact(one.why, other.why))
    best = sorted(tried, key=lambda pair: -tried[pair][0])[:MOST_PAIRS]
    spotted = placing.place_crossings(best)
    met = [_crossing(pair, spotted[pair], *tried[pair]) for pair in best if pair in spotted]
    return [*met, *_near_landmarks(wanted, names)]


def _crossing(pair: tuple[str, str], at: placing.Spotted, score: float, why: tuple[Why, ...]) -> Found:
    label = f"{pair[0]}/{pair[1]}"
    return Found(label, "crossing", at.place, score * at.weight, (at.why, *why), road=pair[0], crossing=pair[1])


def _near_landmarks(wanted: Plan, names: Names) -> list[Found]:
    """`南京东路近外滩`: the street where it comes nearest to the landmark."""
    asked = [
        (reading.sure * street.score * mark.score, street, mark)
        for reading in wanted.readings
        if reading.kind == "crossing"
        for street in _streets(names, reading.names[0])[:2]
        for mark in [match for match in names.get(reading.names[1], ()) if match.lon is not None][:2]
    ]
    spotted = placing.place_beside([(street.street, _point(mark)) for _, street, mark in asked])
    return [
        Found(
            speak("%(road)s（近%(crossing)s）", road=street.street, crossing=mark.name.bearer),
            "place",
            spotted[nr].place,
            score * spotted[nr].weight,
            (Why.NEARBY, *_inexact(street.why, mark.why)),
            road=street.street,
        )
        for nr, (score, street, mark) in enumerate(asked)
        if nr in spotted
    ]


def _doors(wanted: Plan, names: Names, area: str) -> list[Found]:
    asked = [
        (reading, match)
        for reading in wanted.readings
        if reading.kind == "door"
        for match in list(names.get(reading.names[0], ()))[:MOST_STREETS]
        if match.street or match.place_kind
    ]
    keys = [(seeking.street_key_of(match), reading.number, reading.inner) for reading, match in asked]
    spotted = placing.place_doors(keys)
    found = [
        _door(asked[nr][0], asked[nr][1], at)
        for nr, doors in spotted.items()
        for at in doors
        if _may_stand(asked[nr], at)
    ]
    unknown = [asked[nr] for nr in range(len(asked)) if nr not in spotted and asked[nr][1].street]
    middles = placing.place_middles([match.street for _, match in unknown], area=area)
    for reading, match in unknown:
        if match.street in middles:
            weight = 0.62 * reading.sure * match.score
            found.append(
                _street(match.street, middles[match.street], weight, (Why.NO_DOOR, *_inexact(match.why)), area)
            )
    return found


def _street(name: str, middle: tuple[LonLat, bool], score: float, why: tuple[Why, ...], area: str) -> Found:
    place, is_inside = middle
    return Found(name, "street", place, score, why, road=name, area_code=area if is_inside else "")


def _may_stand(asked: tuple[Reading, Match], at: placing.Spotted) -> bool:
    """Numbers run along streets; in a compound they do not, so nothing is worked out there."""
    return bool(asked[1].street) or at.why in (Why.DOOR, Why.LANE)


def _door(reading: Reading, match: Match, at: placing.Spotted) -> Found:
    label = at.label or write_door(match.name.bearer, reading.number, reading.inner)
    return Found(
        label,
        "door",
        at.place,
        reading.sure * match.score * at.weight,
        (at.why, *_inexact(match.why)),
        road=match.street,
        code=at.code if at.why is Why.DOOR else "",
        area_code=at.area_code,
    )


def _named(wanted: Plan, names: Names, area: str) -> list[Found]:
    hits = [
        (reading, match)
        for reading in wanted.readings
        if reading.kind == "name"
        for match in names.get(reading.names[0], ())[:MOST_NAMES]
    ]
    return _from_names(hits, area)


def _from_names(hits: Sequence[tuple[Reading, Match]], area: str) -> list[Found]:
    middles = placing.place_middles(sorted({match.street for _, match in hits if match.street}), area=area)
    areas = placing.place_areas(sorted({match.code for _, match in hits if match.name.rank == 0}))
    found = []
    for reading, match in hits:
        score = reading.sure * match.score
        why: tuple[Why, ...] = (Why.WITHIN,) if reading.within else (match.why,)
        if match.street in middles:
            found.append(_street(match.street, middles[match.street], score, (*why, Why.MIDDLE), area))
        elif match.code in areas and match.name.rank == 0:
            found.append(
                Found(match.name.bearer, "area", areas[match.code], score, why, code=match.code, area_code=match.code)
            )
        elif match.lon is not None:
            found.append(
                Found(match.name.bearer, "place", _point(match), score, why, code=match.code, area_code=match.area_code)
            )
    return found


def _along(found: Sequence[Found], limit: int) -> list[Found]:
    """The crossings of a street that was surely meant: what an operator asks the caller for next."""
    first = found[0] if found else None
    if not first or first.kind != "street" or first.score < 0.5 or len(found) >= limit:
        return []
    weight = 0.8 if first.score >= SURE else 0.6
    return [
        Found(f"{first.road}/{other}", "crossing", place, first.score * weight, (Why.ALONG,), first.road, other)
        for other, place in placing.place_along(first.road, limit=limit)
    ]


def _area_of(wanted: Plan, names: Names) -> str:
    """The deepest area that the text begins with, if we know one of that name."""
    codes = [
        match.code
        for asked in wanted.areas
        for match in [one for one in names.get(asked, ()) if one.name.rank == 0 and one.score >= 0.8][:1]
    ]
    return max(codes, key=len, default="")


def _weigh_area(found: list[Found], area: str) -> list[Found]:
    """Put what lies outside the area that was said behind what lies in it."""
    if not area:
        return found
    unknown = [nr for nr, one in enumerate(found) if not one.area_code]
    grounds = grounds_of([found[nr].place for nr in unknown])
    codes = {nr: ground.area_code for nr, ground in zip(unknown, grounds, strict=True)}
    weighed = []
    for nr, one in enumerate(found):
        code = one.area_code or codes[nr]
        if code.startswith(area):
            weighed.append(replace(one, area_code=code, why=(*one.why, Why.AREA)))
        else:
            weighed.append(replace(one, area_code=code, score=one.score * ELSEWHERE, why=(*one.why, Why.OTHER_AREA)))
    return sorted(weighed, key=lambda one: -one.score)


def _stepped(found: Sequence[Found], step: Step) -> list[Found]:
    """Each place that far in that direction."""
    ends = placing.take_steps([(one.place, one.road, one.crossing) for one in found], step)
    why = Why.STEP if step.said else Why.STEP_GUESSED
    return [
        replace(
            one,
            label=write_step(one.label, step.bearing, step.metres if step.said else None),
            place=end,
            why=(why, *one.why),
            score=one.score * (0.97 if step.said else 0.9),
        )
        for one, end in zip(found, ends, strict=True)
    ]


def _inexact(*reasons: Why) -> tuple[Why, ...]:
    """The reasons that need saying: a name that simply agrees needs none."""
    return tuple(dict.fromkeys(why for why in reasons if why is not Why.EXACT))


def _point(match: Match) -> LonLat:
    assert match.lon is not None
    assert match.lat is not None
    return LonLat(round(match.lon, 6), round(match.lat, 6))
