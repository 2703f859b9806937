"""Panels that other apps add to the case page and the desk, by URL name: those ask for them and know nothing more."""

from dataclasses import dataclass
from typing import Final

from django.urls import NoReverseMatch, reverse

from cityloop.cases.models import Case
from cityloop.org.actor import Actor


@dataclass(frozen=True, slots=True)
class Panel:
    """A fragment of the address `url_name` with the case's number, for some posts while the case is in some states.

    `beside` names an action: the fragment then stands in that action's form. Buttons in it with
    `data-choose="<field>" data-value data-label` fill that form's field.
    """

    url_name: str
    posts: frozenset[str]
    states: frozenset[str] = frozenset()  # empty: in every state
    beside: str = ""

    def fits(self, case: Case, by: Actor) -> bool:
        """Whether this person sees the panel on this case."""
        return bool(by.kinds & self.posts) and (not self.states or case.state in self.states)


_panels: Final[dict[str, Panel]] = {}
_desk: Final[dict[str, frozenset[str]]] = {}


def register(panel: Panel) -> None:
    """Add a panel; the same URL name twice keeps the later one."""
    _panels[panel.url_name] = panel


def panels_of(case: Case, by: Actor, *, beside: str = "") -> list[str]:
    """The addresses of the panels on this case, in the order of registration."""
    found = [panel for panel in _panels.values() if panel.beside == beside and panel.fits(case, by)]
    return [address for panel in found if (address := _address(panel, case))]


def register_desk(url_name: str, posts: frozenset[str]) -> None:
    """Add a fragment to the desk of these posts, below the boxes; it is asked for once the desk stands."""
    _desk[url_name] = posts


def desk_panels(by: Actor) -> list[str]:
    """The addresses of the fragments on this person's desk."""
    found = [url_name for url_name, posts in _desk.items() if by.kinds & posts]
    return [address for url_name in found if (address := _reverse(url_name))]


def _address(panel: Panel, case: Case) -> str:
    return _reverse(panel.url_name, case.number)


def _reverse(url_name: str, *args: str) -> str:
    try:
        return reverse(url_name, args=args)
    except NoReverseMatch:
        return ""
