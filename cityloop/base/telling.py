"""Notices from apps that stand below the one which delivers them. Texts by key; who delivers registers when ready."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, Protocol

from django.utils.functional import Promise

TEXTS: Final[dict[str, str | Promise]] = {}


class Teller(Protocol):
    """Leaves a notice for people by their ids, and for whoever handles in these units."""

    def __call__(
        self,
        key: str,
        params: Mapping[str, str],
        *,
        people: Iterable[int],
        units: Iterable[int],
        url: str,
        now: datetime,
    ) -> None:
        """Leave it, in the caller's transaction."""


_teller: list[Teller] = []


def register_text(key: str, text: str | Promise) -> None:
    """Name a text; `{number}` and the like are filled from the params. `ValueError` for a key that is taken."""
    if key in TEXTS:
        raise ValueError(f"text {key} is registered twice")
    TEXTS[key] = text


def register_teller(teller: Teller) -> None:
    """Let notices be delivered by this; called once, in `AppConfig.ready`."""
    _teller[:] = [teller]


def tell(
    key: str,
    params: Mapping[str, str],
    *,
    people: Iterable[int] = (),
    units: Iterable[int] = (),
    url: str = "",
    now: datetime,
) -> None:
    """Leave a notice for these people, and for whoever handles in these units."""
    _teller[0](key, params, people=people, units=units, url=url, now=now)
