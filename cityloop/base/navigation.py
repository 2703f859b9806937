"""Links of the top bar. Apps add theirs by name in `AppConfig.ready`; org says who may open what."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from cityloop.base.addresses import address_of, find_address

MayOpen = Callable[[Any, str], bool]  # (request, permission)


@dataclass(frozen=True)
class NavLink:
    """One link: `url_name` is opened by whoever has `permission`; `position` orders the bar (hundreds)."""

    label: str | Promise
    url_name: str
    permission: str
    position: int

    @property
    def url(self) -> str:
        """The address of the page."""
        return address_of(self.url_name)


_links: dict[str, NavLink] = {}
_may_open: list[MayOpen] = []


def register_link(label: str | Promise, url_name: str, *, permission: str, position: int) -> None:
    """Add a link to the top bar; the same URL name twice keeps the later one."""
    _links[url_name] = NavLink(label, url_name, permission, position)


def decide_by(may_open: MayOpen) -> None:
    """Name the one function that says whether a request's person holds a named permission."""
    _may_open[:] = [may_open]


def list_links(request: Any) -> list[NavLink]:
    """The links that the person of this request may open; none before signing in."""
    if request is None or not _may_open or not getattr(request, "user", None) or not request.user.is_authenticated:
        return []
    found = sorted(_links.values(), key=lambda link: link.position)
    return [link for link in found if find_address(link.url_name) and _may_open[0](request, link.permission)]
