"""Where a notice leads: to its own address, or, for whoever works elsewhere than at a desk, to a page of that app."""

from typing import Final, NamedTuple

from django.urls import reverse

from cityloop.notify.models import Notice
from cityloop.org.actor import Actor


class Target(NamedTuple):
    """Who holds no posts but these opens notices at this URL name; it is given the notice's id."""

    posts: frozenset[str]
    url_name: str


_targets: Final[list[Target]] = []


def register(posts: frozenset[str], url_name: str) -> None:
    """Lead the holders of these posts to a page of their own."""
    target = Target(posts, url_name)
    if target not in _targets:
        _targets.append(target)


def address_of(notice: Notice, reader: Actor) -> str:
    """The address of a notice for this reader; "" for none."""
    own = next((target for target in _targets if reader.kinds and reader.kinds <= target.posts), None)
    return reverse(own.url_name, args=[notice.pk]) if own else notice.url
