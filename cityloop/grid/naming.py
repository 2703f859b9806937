"""Names by which places, areas and streets are found: written here, with all their forms (`base.spelling`).

Streets and areas are written by many (imports, generators, editors); whoever notes such an act (`version.note`) lets
their new names be learnt, so that none is forgotten. A street's name that no street bears any more finds nothing.
"""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Final

from django.db import connection
from django.db.models import F

from cityloop.base.spelling import spell
from cityloop.grid.models import Area, NameKind, NameRank, PlaceKind, PlaceName
from cityloop.grid.written import ENDINGS

COLUMNS: Final = (
    "place_id", "area_id", "street", "name", "kind", "rank", "valid_to", "key", "pinyin", "sound", "initials", "near",
    "grams",
)  # fmt: skip

NEW_STREETS: Final = """
SELECT DISTINCT s.name FROM grid_street s WHERE s.valid_to IS NULL AND s.name <> '' AND NOT EXISTS (
    SELECT FROM grid_placename n WHERE n.street = s.name AND n.name = s.name AND n.valid_to IS NULL)"""
NEW_AREAS: Final = """
SELECT a.id FROM grid_area a WHERE a.valid_to IS NULL AND NOT EXISTS (
    SELECT FROM grid_placename n
    WHERE n.area_id = a.id AND n.kind = 'standard' AND n.name = a.name AND n.valid_to IS NULL)
    OR (a.valid_to IS NULL AND a.level IN ('city', 'district') AND NOT EXISTS (
    SELECT FROM grid_placename n WHERE n.area_id = a.id AND n.kind = 'short' AND starts_with(a.name, n.name)))"""


def make_name(name: str, *, kind: str = NameKind.STANDARD, rank: int, **bearer: Any) -> PlaceName:
    """A name with its forms, not yet stored; `bearer` is `place`, `area` or `street`."""
    forms = asdict(spell(name))
    return PlaceName(
        name=name,
        kind=kind,
        rank=rank,
        **bearer,
        **{**forms, "near": list(forms["near"]), "grams": list(forms["grams"])},
    )


def rank_of(place_kind: str) -> NameRank:
    """How early names of such places are proposed."""
    return NameRank.POI if place_kind == PlaceKind.POI else NameRank.MARK


def store_names(rows: Iterable[PlaceName]) -> int:
    """Store names that nobody has stored yet; how many. Written by COPY: an import has hundreds of thousands."""
    count = 0
    statement = f"COPY grid_placename ({', '.join(COLUMNS)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([getattr(row, name) for name in COLUMNS])
            count += 1
    return count


def learn_names() -> int:
    """Learn the names of streets and areas that are not known yet; how many. Two statements where there are none."""
    with connection.cursor() as cursor:
        cursor.execute(NEW_STREETS)
        streets = [row[0] for row in cursor.fetchall()]
        cursor.execute(NEW_AREAS)
        areas = [row[0] for row in cursor.fetchall()]
    rows = [make_name(name, rank=NameRank.STREET, street=name) for name in sorted(streets)]
    # A renamed area keeps its old name as a former one.
    PlaceName.objects.filter(area_id__in=areas, kind=NameKind.STANDARD).exclude(name=F("area__name")).update(
        kind=NameKind.FORMER
    )
    taken = set(PlaceName.objects.filter(area_id__in=areas, valid_to=None).values_list("area_id", "name"))
    for area in Area.objects.filter(pk__in=areas).only("id", "name", "level"):
        names = [(area.name, NameKind.STANDARD)] + [(short, NameKind.SHORT) for short in short_names(area)]
        rows += [
            make_name(name, kind=kind, rank=NameRank.AREA, area=area)
            for name, kind in names
            if (area.pk, name) not in taken
        ]
    return store_names(rows)


def short_names(area: Area) -> list[str]:
    """黄浦 for 黄浦区. 街道 and communities are not shortened: they would be taken for the road of that name."""
    for ending in ENDINGS.get(area.level, ()):
        if area.name.endswith(ending) and len(area.name) - len(ending) >= 2:
            return [area.name.removesuffix(ending)]
    return []
