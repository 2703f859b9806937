"""Writes of places and their names (地名地址): one at a time from the pages, and many at once from an import.

Each is guarded by `grid.edit`, written into the history, journalled, and changes the stamp of base data.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.geometry import LonLat, as_lonlat, as_multi, as_point
from cityloop.base.spelling import key_of
from cityloop.base.time import city_date
from cityloop.grid.ground import Ground, grounds_of
from cityloop.grid.models import Area, NameKind, NameRank, Place, PlaceKind, PlaceName, Street, Subject, Verb
from cityloop.grid.naming import make_name, rank_of, store_names
from cityloop.grid.recording import Happened, differences, values_of, write_history
from cityloop.grid.selectors import revision_of
from cityloop.grid.version import note
from cityloop.grid.written import write_door
from cityloop.org.actor import Actor
from cityloop.org.permissions import demand

BATCH: Final = 2000
KIND_NUMBERS: Final = {kind: number for number, kind in enumerate(PlaceKind.values, start=1)}
TOLD: Final = (
    "kind", "name", "category", "street", "number", "inner", "area_code", "point", "outline", "source", "note",
    "invented",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewPlace:
    """A place as somebody gives it. A door needs its street (or compound) and number, everything else a name.

    Without a `code` it gets one: 6 digits of the district, 2 of its kind, 8 of a running number. `aliases` and `former`
    are its other names.
    """

    kind: str
    point: LonLat
    name: str = ""
    code: str = ""
    category: str = ""
    street: str = ""
    number: int | None = None
    inner: str = ""
    aliases: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    outline: Any = None
    source: str = ""
    note: str = ""
    invented: bool = False
    valid_from: date | None = None


@dataclass(slots=True)
class Inserted:
    """How many rows of an import were new, changed, and as they were before."""

    new: int = 0
    changed: int = 0
    same: int = 0
    codes: list[str] = field(default_factory=list, repr=False)


@transaction.atomic
def create_place(new: NewPlace, *, by: Actor, now: datetime) -> Place:
    """Register a place."""
    demand(by, "grid.edit")
    if new.code and Place.objects.filter(code=new.code).exists():
        raise _invalid("code", _("标识码已存在：%(code)s") % {"code": new.code})
    inserted = _store([new], by=by, now=now, batch="")
    note("place_created", inserted.codes[0], by=by, now=now, name=new.name)
    return Place.objects.get(code=inserted.codes[0])


@transaction.atomic
def change_place(code: str, new: NewPlace, *, by: Actor, now: datetime, revision: int | None = None) -> Place:
    """Give the place of that code these values; its kind, outline, source and other names stay.

    With the `revision` that was seen (`selectors.revision_of`), refused as `stale` if somebody was faster.
    """
    demand(by, "grid.edit")
    place = _open(code, revision)
    kept = replace(
        new, code=code, kind=place.kind, outline=place.outline, source=new.source or place.source,
        invented=place.invented, valid_from=place.valid_from,
    )  # fmt: skip
    _store([kept], by=by, now=now, batch="", keep_names=True)
    note("place_changed", code, by=by, now=now, name=new.name)
    return get_place(code)


@transaction.atomic
def retire_place(code: str, *, by: Actor, now: datetime, reason: str, revision: int | None = None) -> Place:
    """Let today be the last day of the place and its names; its code never comes again. A reason must be given."""
    demand(by, "grid.edit")
    place = _open(code, revision)
    if not reason.strip():
        raise _invalid("reason", _("停用须写明原因"))
    last = city_date(now)
    place.valid_to = last
    place.save(update_fields=["valid_to"])
    PlaceName.objects.filter(place=place, valid_to=None).update(valid_to=last)
    gone = Happened(Subject.PLACE, code, Verb.RETIRED, {"valid_to": None}, {"valid_to": last.isoformat()})
    write_history([gone], by=by, now=now, reason=reason)
    note("place_retired", code, by=by, now=now, name=place.name)
    return place


def insert_places(rows: Iterable[NewPlace], *, by: Actor, now: datetime, batch: str = "") -> Inserted:
    """The door for imports: store any number of places, set-based, in the caller's transaction.

    A row whose code is known is refreshed, names included; without a code it is new. Cell and area are worked out from
    the points. A row that cannot be stored is refused as `invalid` with its `code` and `name` in the details: check
    beforehand with `check_place`. Needs `grid.edit`; journalled once, with a history row for each place.
    """
    demand(by, "grid.edit")
    with transaction.atomic():
        total = Inserted()
        source = iter(rows)
        while chunk := list(islice(source, BATCH)):
            done = _store(chunk, by=by, now=now, batch=batch)
            total.new, total.changed, total.same = (
                total.new + done.new,
                total.changed + done.changed,
                total.same + done.same,
            )
            total.codes += done.codes
        counts = {"new": total.new, "changed": total.changed, "same": total.same}
        note("places_imported", batch or "-", by=by, now=now, counts=counts)
    with connection.cursor() as cursor:
        # Whoever searches next shall not have to read what waits to be sorted into the indexes.
        cursor.execute("SELECT gin_clean_pending_list('grid_name_near'), gin_clean_pending_list('grid_name_grams')")
    return total


def check_place(new: NewPlace) -> str:
    """What is wrong with it, or nothing."""
    if new.kind not in PlaceKind.values:
        return _("没有此地名类别：%(kind)s") % {"kind": new.kind}
    if new.kind == PlaceKind.DOOR and not (new.street and new.number):
        return _("门牌应有所在道路和门牌号")
    if new.kind != PlaceKind.DOOR and not key_of(new.name):
        return _("请填写名称")
    if not (-180 <= new.point.lon <= 180 and -90 <= new.point.lat <= 90):
        return _("位置应为 [经度, 纬度]")
    return ""


@transaction.atomic
def add_name(bearer: "Place | Area | str", name: str, *, kind: str, by: Actor, now: datetime) -> PlaceName:
    """Give a place, an area, or the street of that name another name: an alias, a former or a short one."""
    demand(by, "grid.edit")
    if kind not in (NameKind.ALIAS, NameKind.FORMER, NameKind.SHORT) or not key_of(name):
        raise _invalid("name", _("请填写名称和性质"))
    given, subject, code = _bearer(bearer)
    if PlaceName.objects.filter(**given, name=name, valid_to=None).exists():
        raise _invalid("name", _("已有此名称：%(name)s") % {"name": name})
    row = make_name(name, kind=kind, **given)
    row.save()
    write_history([Happened(subject, code, Verb.CHANGED, {}, {"names": [f"+{name}"]})], by=by, now=now)
    note("name_added", code, by=by, now=now, name=name)
    return row


@transaction.atomic
def end_name(row: PlaceName, *, by: Actor, now: datetime) -> None:
    """Let one of the other names go; the standard name goes only with its bearer."""
    demand(by, "grid.edit")
    if row.kind == NameKind.STANDARD:
        raise _invalid("name", _("标准名称不能停用"))
    row.valid_to = city_date(now)
    row.save(update_fields=["valid_to"])
    _given, subject, code = _bearer(row.place or row.area or row.street)
    write_history([Happened(subject, code, Verb.CHANGED, {"names": [row.name]}, {"names": []})], by=by, now=now)
    note("name_ended", code, by=by, now=now, name=row.name)


def get_place(code: str) -> Place:
    """The place of that code, as long as it lasts; refused as `not_found`."""
    found = Place.objects.filter(code=code, valid_to=None).first()
    if found is None:
        raise Refused("not_found", _("没有此地名：%(code)s") % {"code": code}, {"place": code})
    return found


def _open(code: str, revision: int | None) -> Place:
    place = get_place(code)
    if revision is not None and revision != revision_of(Subject.PLACE, code):
        raise Refused("stale", _("打开之后已有他人修改过，请核对后再保存"), {"rule": "revision"})
    return place


def _bearer(bearer: "Place | Area | str") -> tuple[dict[str, Any], str, str]:
    if isinstance(bearer, Place):
        return {"place": bearer, "rank": rank_of(bearer.kind)}, Subject.PLACE, bearer.code
    if isinstance(bearer, Area):
        return {"area": bearer, "rank": NameRank.AREA}, Subject.AREA, bearer.code
    if not Street.objects.filter(name=bearer, valid_to=None).exists():
        raise _invalid("street", _("没有此道路：%(name)s") % {"name": bearer})
    return {"street": bearer, "rank": NameRank.STREET}, Subject.STREET, bearer[:40]


def _store(rows: Sequence[NewPlace], *, by: Actor, now: datetime, batch: str, keep_names: bool = False) -> Inserted:
    for row in rows:
        wrong = check_place(row)
        if wrong:
            raise Refused("invalid", wrong, {"fields": {"name": wrong}, "code": row.code, "name": row.name})
    grounds = grounds_of([row.point for row in rows])
    places = _coded([_as_place(row, ground, now) for row, ground in zip(rows, grounds, strict=True)])
    before = {place.code: place for place in Place.objects.filter(code__in=[place.code for place in places])}
    fields = [*TOLD, "street_key", "cell", "changed_on"]
    stored = Place.objects.bulk_create(
        places, BATCH, update_conflicts=True, unique_fields=["code"], update_fields=[*fields, "valid_to"]
    )
    _store_names(list(zip(rows, stored, strict=True)), known=set(before), keep=keep_names, now=now)
    return _write_down(stored, before, by=by, now=now, batch=batch)


def _as_place(row: NewPlace, ground: Ground, now: datetime) -> Place:
    return Place(
        code=row.code,
        kind=row.kind,
        name=row.name or write_door(row.street, row.number or 0, row.inner),
        category=row.category,
        street=row.street,
        street_key=key_of(row.street),
        number=row.number,
        inner=row.inner,
        area_code=ground.area_code,
        cell_id=ground.cell_id,
        point=as_point(row.point),
        outline=None if row.outline is None else as_multi(row.outline),
        source=row.source,
        note=row.note,
        invented=row.invented,
        changed_on=city_date(now),
        valid_from=row.valid_from or city_date(now),
    )


def _coded(places: list[Place]) -> list[Place]:
    """The places, those without a code with a new one."""
    without = [place for place in places if not place.code]
    if without:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('grid_place_number') FROM generate_series(1, %s)", [len(without)])
            numbers = [row[0] for row in cursor.fetchall()]
        for place, number in zip(without, numbers, strict=True):
            place.code = f"{place.area_code[:6]:0<6}{KIND_NUMBERS[place.kind]:02d}{number:08d}"
    if len({place.code for place in places}) < len(places):
        raise _invalid("code", _("标识码重复"))
    return places


def _store_names(rows: list[tuple[NewPlace, Place]], *, known: set[str], keep: bool, now: datetime) -> None:
    """Give each place its names; what a known one has besides ends, unless `keep` leaves the other names alone."""
    named = [(row, place) for row, place in rows if place.kind != PlaceKind.DOOR or row.aliases or row.former]
    old: dict[tuple[int, str], PlaceName] = {}
    if known:
        found = PlaceName.objects.filter(place__in=[place for _row, place in rows], valid_to=None)
        old = {(name.place_id or 0, name.name): name for name in found.only("id", "place_id", "name", "kind")}
    wanted = {
        (place.pk, name): (kind, place)
        for row, place in named
        for name, kind in [
            *((name, NameKind.FORMER) for name in row.former),
            *((name, NameKind.ALIAS) for name in row.aliases),
            *([(place.name, NameKind.STANDARD)] if place.kind != PlaceKind.DOOR else []),
        ]
        if key_of(name)
    }
    ended = [
        name.pk
        for key, name in old.items()
        if wanted.get(key, ("",))[0] != name.kind and (not keep or name.kind == NameKind.STANDARD or key in wanted)
    ]
    PlaceName.objects.filter(pk__in=ended).update(valid_to=city_date(now))
    stays = {key for key, name in old.items() if name.pk not in ended}
    store_names(
        make_name(name, kind=kind, rank=rank_of(place.kind), place=place)
        for (pk, name), (kind, place) in wanted.items()
        if (pk, name) not in stays
    )


def _write_down(places: Sequence[Place], before: dict[str, Place], *, by: Actor, now: datetime, batch: str) -> Inserted:
    done, happened = Inserted(codes=[place.code for place in places]), []
    for place in places:
        old = values_of(before[place.code], TOLD) if place.code in before else {}
        then, after = differences(old, values_of(place, TOLD))
        if not old:
            done.new += 1
            filled = {name: value for name, value in after.items() if value not in ("", None, False)}
            happened.append(Happened(Subject.PLACE, place.code, Verb.CREATED, {}, filled))
        elif after:
            done.changed += 1
            verb = Verb.MOVED if "point" in after else Verb.CHANGED
            happened.append(Happened(Subject.PLACE, place.code, verb, then, after))
        else:
            done.same += 1
    write_history(happened, by=by, now=now, batch=batch)
    return done


def new_from(place: Place) -> NewPlace:
    """What is registered of a place, as a form shows it."""
    values = {name: getattr(place, name) for name in TOLD if name not in ("point", "outline", "area_code")}
    point = as_lonlat(place.point)
    assert point is not None
    return NewPlace(**values, code=place.code, point=point, outline=place.outline, valid_from=place.valid_from)


def _invalid(field_name: str, message: str) -> Refused:
    return Refused("invalid", message, {"fields": {field_name: message}})
