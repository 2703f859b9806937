"""`/api/v1/codes`: categories, standards, sources and dictionaries in force, for pages, phones and partners."""

from datetime import date
from functools import lru_cache
from typing import Annotated, Final, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from cityloop.base.errors import Refused
from cityloop.base.time import city_date
from cityloop.codes import selectors
from cityloop.codes.catalogue import EditionNode, MinorNode

router = Router()
MOST_FOUND: Final = 50


class EditionOut(Schema):
    """An edition of the national categories."""

    code: str
    name: str
    year: int


class StandardOut(Schema):
    """A filing standard: when to file, when it counts as solved."""

    id: int
    seq: int
    condition: str
    close_condition: str


class MinorOut(Schema):
    """A minor category with the standards offered today."""

    id: int
    kind: str
    code: str
    name: str
    name_en: str
    initials: str
    geometry: str
    typical_unit: str
    local: bool
    standards: list[StandardOut]


class MajorOut(Schema):
    """A major category."""

    id: int
    kind: str
    code: str
    name: str
    name_en: str
    local: bool
    minors: list[MinorOut]


class SourceOut(Schema):
    """A source of reports."""

    id: int
    code: str
    name: str
    name_en: str
    kind: str
    verification: str
    files_directly: bool
    wants_answer: bool


class EntryOut(Schema):
    """A choice of a dictionary: its stored code, its Chinese and its English label."""

    code: str
    label: str
    label_en: str
    note: str


class CatalogueOut(Schema):
    """Everything a form needs to choose from, as of one day."""

    edition: EditionOut
    on: date
    version: str
    majors: list[MajorOut]
    sources: list[SourceOut]
    dictionaries: dict[str, list[EntryOut]]


class FoundOut(Schema):
    """What answers a search, best first."""

    edition: EditionOut
    minors: list[MinorOut]


Kind = Literal["", "component", "event"]
Words = Annotated[str, Query(max_length=40)]
EditionCode = Annotated[str, Query(max_length=20)]
Few = Annotated[int, Query(ge=1, le=MOST_FOUND)]


def edition_of(code: str) -> EditionNode:
    """The edition asked for, or the one in force; refused as `not_found`."""
    edition = selectors.find_edition(code) if code else selectors.default_edition()
    if edition is None:
        raise Refused("not_found", _("没有这一版分类"), {"fields": {"edition": code}})
    return edition


@lru_cache(maxsize=8)
def render(version: str, edition_id: int, on: date, fileable: bool) -> bytes:
    """The catalogue as JSON; kept, since every phone asks for the same."""
    snapshot = selectors.snapshot()
    body = CatalogueOut(
        edition=EditionOut.from_orm(selectors.get_edition(edition_id)),
        on=on,
        version=version,
        majors=[MajorOut.from_orm(row) for row in selectors.catalogue(edition_id, on, fileable_only=fileable)],
        sources=[SourceOut.from_orm(row) for row in selectors.list_sources(on)],
        dictionaries={
            name: [
                EntryOut(code=row.code, label=row.label_zh, label_en=row.label_en, note=row.note)
                for row in selectors.entries(name, on)
            ]
            for name in snapshot.dictionaries
        },
    )
    return body.model_dump_json().encode()


@router.get("/codes", response=CatalogueOut, url_name="codes")
def read_catalogue(request: HttpRequest, edition: EditionCode = "", fileable: bool = True) -> HttpResponse:
    """The whole catalogue of an edition, by default the one in force, as of today in the city.

    The answer has an ETag; ask again with `If-None-Match` and get 304 while nothing has changed. With
    `fileable=false` also categories without a standard, under which components may be registered but no case filed.
    """
    found = edition_of(edition)
    on = city_date(timezone.now())
    version = selectors.snapshot().stamp
    etag = f'"{version}-{found.code}-{on:%Y%m%d}-{fileable:d}"'
    asked = {tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")}
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if etag in asked:
        return HttpResponse(status=304, headers=headers)
    body = render(version, found.id, on, fileable)
    return HttpResponse(body, content_type="application/json", headers=headers)


@router.get("/codes/search", response=FoundOut, url_name="codes_search")
def search_catalogue(
    request: HttpRequest,
    q: Words,
    *,
    kind: Kind = "",
    edition: EditionCode = "",
    limit: Few = 20,
    fileable: bool = True,
) -> dict[str, EditionNode | list[MinorNode]]:
    """Categories by code, name, pinyin initials (`bllj`), English name or a word of a filing condition, best first."""
    found = edition_of(edition)
    on = city_date(timezone.now())
    minors = selectors.search(found.id, q, on, kind=kind, limit=limit, fileable_only=fileable)
    return {"edition": found, "minors": minors}
