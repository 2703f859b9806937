"""Reads of the registration page: what is like this report, who called before, what may be filed here."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.contrib.gis.db.models import Extent
from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Polygon
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.geometry import LonLat, as_point
from cityloop.base.secrets import digests, digests_of_tail, mask_text
from cityloop.cases.models import Case, Jurisdiction, Report
from cityloop.cases.policy import Sight, sight
from cityloop.cases.selectors import visible
from cityloop.cases.shown.present import contact_row
from cityloop.codes import selectors as codes
from cityloop.codes.catalogue import MajorNode, MinorNode, SourceNode, StandardNode
from cityloop.codes.models import SourceKind
from cityloop.grid.models import Area, Level
from cityloop.intake.policy import centres_of
from cityloop.limits.selectors import limit_for
from cityloop.limits.words import limit_words
from cityloop.org.actor import Actor

NEAR_METRES: Final = 50
NEAR_SPAN: Final = timedelta(hours=24)
SAME_ADDRESS_SPAN: Final = timedelta(days=7)
MOST_SIMILAR: Final = 6
MOST_CALLS: Final = 20
DEGREE: Final = 111_000  # metres of a degree of latitude; a box a little too wide is narrowed by distance
TAIL: Final = 4
# What a seat types in; inspectors and cameras register themselves.
TYPED_IN: Final = frozenset({SourceKind.PUBLIC, SourceKind.LEADER, SourceKind.MEDIA, SourceKind.SYSTEM})


def list_typed_sources(today: date) -> list[SourceNode]:
    """The sources that an operator registers by hand, in order."""
    return [source for source in codes.list_sources(today) if source.kind in TYPED_IN]


@dataclass(frozen=True, slots=True)
class Similar:
    """An open case that may be the same problem, and why."""

    case: Case
    why: str
    metres: float | None = None

    @property
    def text(self) -> str:
        """What was said, masked as in every list."""
        return mask_text(self.case.description)


def similar_cases(
    *, by: Actor, now: datetime, minor_id: int | None = None, place: LonLat | None = None, address: str = ""
) -> list[Similar]:
    """Open cases of the same category within 50 m and 24 hours, nearest first; then those at the same address."""
    found: dict[int, Similar] = {}
    for case in _near(visible(by), minor_id, place, now):
        metres = case.away.m
        words = _("同类，相距 %(metres)d 米") % {"metres": round(metres)}
        found[case.pk] = Similar(case, words, metres)
    for case in _at_address(visible(by), address, now):
        found.setdefault(case.pk, Similar(case, _("地址相同")))
    return list(found.values())[:MOST_SIMILAR]


def _open(rows: QuerySet[Case]) -> QuerySet[Case]:
    return rows.exclude(phase="ended")


def _near(rows: QuerySet[Case], minor_id: int | None, place: LonLat | None, now: datetime) -> list[Any]:
    if minor_id is None or place is None:
        return []
    side = NEAR_METRES * 2 / DEGREE
    box = Polygon.from_bbox((place.lon - side, place.lat - side, place.lon + side, place.lat + side))
    box.srid = 4326
    near = _open(rows).filter(point__intersects=box, minor_id=minor_id, created_at__gt=now - NEAR_SPAN)
    close = near.annotate(away=Distance("point", as_point(place))).filter(away__lte=NEAR_METRES)
    return list(close.order_by("away", "pk")[:MOST_SIMILAR])


def _at_address(rows: QuerySet[Case], address: str, now: datetime) -> list[Case]:
    words = address.strip()
    if not words:
        return []
    same = _open(rows).filter(created_at__gt=now - SAME_ADDRESS_SPAN, address=words)
    return list(same.order_by("-created_at", "-pk")[:MOST_SIMILAR])


@dataclass(frozen=True, slots=True)
class Call:
    """A report under a telephone number, with the contact as this person may see it."""

    report: Report
    contact: dict[str, Any]
    seen: Sight

    @property
    def text(self) -> str:
        """What was said, as it may be read."""
        return self.seen.text(self.report.text)

    @property
    def address(self) -> str:
        """Where, likewise."""
        return self.seen.text(self.report.address)

    @property
    def case(self) -> Case:
        """The case that holds the report now."""
        return self.report.case


def calls_from(number: str, *, by: Actor, limit: int = MOST_CALLS) -> list[Call]:
    """Reports under a full number, or under any number that ends in these four digits; newest first.

    Only cases that the actor may see. Refused as `invalid` for what is no number.
    """
    digits = "".join(character for character in number if character.isdigit())
    column = "contact__tail_digest" if len(digits) == TAIL else "contact__phone_digest"
    wanted = digests_of_tail(digits) if len(digits) == TAIL else digests(number)
    rows = Report.objects.filter(**{f"{column}__in": wanted}, case__in=Case.objects.visible_to(by))
    rows = rows.select_related("source", "contact", "case__source", "case__minor")
    return [
        Call(report, contact, seen)
        for report in rows.order_by("-created_at", "-pk")[:limit]
        if (contact := contact_row(report.contact, seen := _sight(report, by))) is not None
    ]


def _sight(report: Report, by: Actor) -> Sight:
    """What may be read of this one report: others of its case are not looked at here."""
    sealed = report.contact is not None and report.contact.confidential
    return sight(by, report.case, sealed=sealed, blind=False)


def is_number(text: str) -> bool:
    """Whether calls can be looked up under this text."""
    try:
        return bool(text.strip()) and bool(digests_of_tail(text))
    except Refused:
        return False


@dataclass(frozen=True, slots=True)
class MinorChoice:
    """A category as the picker shows it."""

    minor: MinorNode
    major: MajorNode


def list_minors(words: str, today: date, *, limit: int = 9) -> list[MinorChoice]:
    """Categories by code, name, initials or a word of a filing condition, best first."""
    found = codes.search(codes.default_edition().id, words, today, limit=limit)
    return [MinorChoice(minor, codes.get_major(minor.major_id)) for minor in found]


@dataclass(frozen=True, slots=True)
class StandardChoice:
    """A filing standard and how long handling may take under it in that class of area."""

    standard: StandardNode
    limit: str


def list_standards(minor_id: int, area_class: str, today: date) -> list[StandardChoice]:
    """The filing standards of a category offered today, with their limits."""
    rows = codes.get_minor(minor_id).standards_on(today)
    found = ((row, limit_for(row.id, area_class, today)) for row in rows)
    return [StandardChoice(row, limit_words(limit) if limit else "") for row, limit in found]


def centre_of(actor: Actor) -> LonLat | None:
    """Where an empty map begins: the middle of the district for which the actor takes calls."""
    over = Jurisdiction.objects.filter(supervising__in=centres_of(actor, "operator")).order_by("area_code").first()
    areas = Area.objects.filter(level=Level.DISTRICT, code__startswith=over.area_code if over else "")
    box: tuple[float, float, float, float] | None = areas.aggregate(box=Extent("geom"))["box"]
    return LonLat((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) if box else None
