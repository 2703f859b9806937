"""Who acts: a person with his posts of the moment, as a plain value. `perform` takes it as `by`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Final

from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.time import city_date
from cityloop.base.words import mark
from cityloop.org.models import Handler, OrgVersion, Person, Post, Unit
from cityloop.org.posts import SYSTEM_KIND, kinds_acting_as, powers_of


@dataclass(frozen=True, slots=True)
class ActorPost:
    """One post held now. `id` and `unit_id` are None only for the system."""

    id: int | None
    kind: str
    unit_id: int | None
    unit_name: str
    unit_path: str  # "1/5/9/": ids from the root unit to this one
    area_code: str  # prefix of area codes in scope, "" for the whole city
    below: tuple[int, ...] = ()  # ids of the unit and of all units below it

    def covers(self, area_code: str) -> bool:
        """Whether that area lies in this post's scope."""
        return area_code.startswith(self.area_code)


@dataclass(frozen=True)
class Actor:
    """A person at a moment. Nothing here reads the database."""

    person_id: int | None
    name: str
    posts: tuple[ActorPost, ...] = ()
    unit_account: bool = False
    handler_id: int | None = None
    handlers: tuple[tuple[int, str], ...] = field(default=(), compare=False)  # who may act through a unit account

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Every kind this actor may act as; a shift leader is an operator too."""
        return frozenset(kind for post in self.posts for kind in powers_of(post.kind))

    def has(self, kind: str) -> bool:
        """Whether some post lets him act as `kind`."""
        return kind in self.kinds

    def posts_as(self, kind: str) -> tuple[ActorPost, ...]:
        """The posts in which he may act as `kind`; exact ones first."""
        acting = kinds_acting_as(kind)
        return tuple(sorted((post for post in self.posts if post.kind in acting), key=lambda post: post.kind != kind))

    @property
    def is_system(self) -> bool:
        """The system itself: timers, imports, the command line."""
        return SYSTEM_KIND in self.kinds

    @property
    def is_signed_in(self) -> bool:
        """A person with an account."""
        return self.person_id is not None


SYSTEM: Final = Actor(None, mark("系统"), (ActorPost(None, SYSTEM_KIND, None, "", "", ""),))
ANONYMOUS: Final = Actor(None, mark("公众"))


@dataclass(frozen=True, slots=True)
class _Known:
    """What the cache keeps of a person: all posts with their dates, and the handlers of a unit account."""

    posts: tuple[tuple[ActorPost, date, date | None], ...]
    handlers: tuple[tuple[int, str], ...]


def get_actor(person: Person, *, handler_id: int | None = None, now: datetime) -> Actor:
    """The actor that this person is at `now`, through the handler chosen for a unit account.

    Posts come from a cache per process, keyed by `OrgVersion`; a person fetched by `fetch_with_version` costs
    no statement here. Refused as `not_signed_in` when the handler is no longer one of this account.
    """
    known = _load(org_version(person), person.pk)
    today = city_date(now)
    posts = tuple(post for post, start, end in known.posts if start <= today and (end is None or today <= end))
    name = person.name
    if handler_id is not None:
        handler = dict(known.handlers).get(handler_id)
        if handler is None:
            raise Refused("not_signed_in", _("经办人已停用，请重新登录"), {"rule": "handler"})
        name = f"{person.name}·{handler}"
    return Actor(person.pk, name, posts, person.unit_account, handler_id, known.handlers)


def org_version(person: Person) -> int:
    """The version of the organisation, read along with the person where the query did so."""
    number = getattr(person, "org_version", None)
    if number is None:
        number = OrgVersion.objects.values_list("number", flat=True).first()
    return int(number or 0)


@lru_cache(maxsize=8192)
def _load(version: int, person_id: int) -> _Known:
    """Posts and handlers as of that version: `version` is only the key of the cache."""
    posts = list(Post.objects.filter(person_id=person_id).select_related("unit"))
    units = dict(Unit.objects.values_list("pk", "path")) if posts else {}
    handlers = Handler.objects.filter(
        unit_account_id=person_id, unit_account__unit_account=True, is_active=True
    ).values_list("id", "name")
    return _Known(
        tuple((_as_actor_post(post, units), post.valid_from, post.valid_to) for post in posts), tuple(handlers)
    )


def _as_actor_post(post: Post, units: Mapping[int, str]) -> ActorPost:
    unit = post.unit
    below = tuple(sorted(pk for pk, path in units.items() if path.startswith(unit.path)))
    return ActorPost(post.pk, post.kind, unit.pk, unit.label, unit.path, post.area_code, below)
