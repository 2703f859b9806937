"""Photos of components and objects: base data know their numbers; whoever keeps photos registers how to link them."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from cityloop.org.actor import Actor


class Link(Protocol):
    """Marks uploads as used by a holder; refuses what is not the actor's own."""

    def __call__(self, ids: Sequence[UUID], *, by: Actor, holder: str = "") -> object:
        """Link them."""


_link: list[Link] = []


def register_link(link: Link) -> None:
    """Let photos be linked by this; called once, in `AppConfig.ready`."""
    _link[:] = [link]


def link_photos(kind: str, code: str, *, before: Sequence[UUID], after: Sequence[UUID], by: Actor) -> None:
    """Link the photos that are new; those that the row has stay linked whoever sent them."""
    new = [one for one in after if one not in before]
    if new:
        _link[0](new, by=by, holder=f"{kind}:{code}"[:40])
