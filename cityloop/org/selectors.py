"""Reads of units, people and posts."""

from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.reading import Reader
from cityloop.org.models import OrgVersion, Person, Post, Unit
from cityloop.org.posts import kinds_acting_as


def people_with_version() -> QuerySet[Person]:
    """People, each read together with the version of the organisation, so that `get_actor` costs no statement."""
    return Person.objects.annotate(org_version=Subquery(OrgVersion.objects.values("number")[:1]))


_people = Reader(Person)


def find_active_person(person_id: int) -> Person | None:
    """The open account of that id, with `org_version`: every request of a signed-in person asks this."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_people.columns}, (SELECT number FROM org_orgversion LIMIT 1)"
            " FROM org_person WHERE id = %s AND is_active",
            [person_id],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    person = _people.read(row)
    person.org_version = row[-1]  # type: ignore[attr-defined]
    return person


def find_person(username: str) -> Person | None:
    """The account of that user name."""
    return Person.objects.filter(username=username).first()


def get_person(person_id: int) -> Person:
    """The account of that id; refused as `not_found`."""
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise Refused("not_found", _("没有此人员"), {"person": person_id})
    return person


def search_people(text: str) -> QuerySet[Person]:
    """Accounts, closed ones too, whose name, user name, number or initials contain the text."""
    words = text.strip()
    match = Q(name__icontains=words) | Q(username__icontains=words) | Q(employee_no__istartswith=words)
    return Person.objects.filter(match | Q(initials__contains=words.lower())) if words else Person.objects.all()


def get_post(post_id: int) -> Post:
    """The post of that id, with its person and unit; refused as `not_found`."""
    post = Post.objects.select_related("person", "unit").filter(pk=post_id).first()
    if post is None:
        raise Refused("not_found", _("没有此岗位"), {"post": post_id})
    return post


def find_unit(code: str) -> Unit | None:
    """The unit of that code."""
    return Unit.objects.filter(code=code).first()


def get_unit(unit_id: int) -> Unit:
    """The unit of that id; refused as `not_found`."""
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        raise Refused("not_found", _("没有此单位"), {"unit": unit_id})
    return unit


def list_units(*, on: date | None = None) -> QuerySet[Unit]:
    """Units in the order of lists; with `on`, those in use on that day."""
    units = Unit.objects.all()
    return units.filter(active_between(on, "active_from", "active_to")) if on else units


def search_units(text: str, *, on: date) -> QuerySet[Unit]:
    """Units in use whose name, short name, code or initials contain the text."""
    words = text.strip()
    match = Q(name__icontains=words) | Q(short_name__icontains=words) | Q(code__istartswith=words)
    return list_units(on=on).filter(match | Q(initials__contains=words.lower()))


def units_below(path: str, *, on: date | None = None) -> QuerySet[Unit]:
    """The unit of that path and all below it."""
    return list_units(on=on).filter(path__startswith=path)


def list_posts(*, on: date) -> QuerySet[Post]:
    """Posts in force on that day of people whose account is active."""
    return Post.objects.filter(active_between(on, "valid_from", "valid_to"), person__is_active=True)


def people_acting_as(kind: str, *, on: date, unit_id: int | None = None, area_code: str = "") -> QuerySet[Person]:
    """People who may act as `kind` on that day, in that unit if given, whose scope covers the area."""
    posts = list_posts(on=on).filter(kind__in=kinds_acting_as(kind), area_code__in=prefixes_of(area_code))
    if unit_id is not None:
        posts = posts.filter(unit_id=unit_id)
    return Person.objects.filter(pk__in=posts.values("person_id"))


def prefixes_of(area_code: str) -> list[str]:
    """Every scope that covers this area: itself and all its prefixes, the empty one (whole city) included."""
    return [area_code[:length] for length in range(len(area_code) + 1)]


def active_between(day: date, start: str, end: str) -> Q:
    """Rows whose dates in the fields `start` and `end` (empty: open) include the day."""
    return Q(**{f"{start}__lte": day}) & (Q(**{f"{end}": None}) | Q(**{f"{end}__gte": day}))
