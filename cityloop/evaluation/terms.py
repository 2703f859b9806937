"""The terms of a monthly report: which time, as of when, by which definitions. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

# Each option with its values, the first one in force unless a report says otherwise.
OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "on_time": ("disposal", "closing"),
    "moved": ("counted", "left_out"),
    "rates": ("truncate", "round"),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a report counts. The period is [begin, end) of the moments of dispatch; `as_of` is how things stood when.

    `on_time`: judged by the feedback that passed the check (`disposal`), or by the closing itself (`closing`).
    `moved`: cases that a unit had and has no more stay among its received ones, or are left out.
    `rates`: truncated to two decimals, or rounded.
    """

    begin: datetime
    end: datetime
    as_of: datetime
    on_time: str = "disposal"
    moved: str = "counted"
    rates: str = "truncate"

    @property
    def options(self) -> dict[str, str]:
        """The options as they are stored and put into addresses."""
        return {name: getattr(self, name) for name in OPTIONS}

    def with_options(self, given: Mapping[str, Any]) -> "Terms":
        """The same terms under the known options of `given`; unknown values are passed over."""
        known = {name: given[name] for name, values in OPTIONS.items() if given.get(name) in values}
        return replace(self, **known)

    def as_json(self) -> dict[str, str]:
        """The terms as they are stored."""
        return {name: str(value) for name, value in asdict(self).items()} | {
            name: getattr(self, name).isoformat() for name in ("begin", "end", "as_of")
        }


def read_terms(body: Mapping[str, str]) -> Terms:
    """Stored terms."""
    begin, end, as_of = (datetime.fromisoformat(body[name]) for name in ("begin", "end", "as_of"))
    return Terms(begin, end, as_of).with_options(body)
