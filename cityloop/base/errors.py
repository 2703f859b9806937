"""Refusals: every rule that says no says so by one of these codes, in one shape, on pages and in the API."""

from collections.abc import Mapping
from typing import Any, Final

# HTTP status by code. `docs/reference/errors.md` explains each; a test holds the two together.
STATUS: Final[Mapping[str, int]] = {
    "invalid": 422,  # the input breaks a rule that it names
    "not_signed_in": 401,
    "not_yours": 403,  # the flow knows the action, but not for this person's posts
    "not_found": 404,  # not there, or not to be seen by this person: a stranger cannot tell
    "not_here": 409,  # the action does not exist in this state
    "not_yet": 409,  # a guard says what is missing
    "stale": 409,  # somebody else was faster
    "too_many": 429,
    "too_large": 413,
    "unavailable": 503,
}


class Refused(Exception):
    """A rule said no.

    `code` is stable and one of `STATUS`; `message` is a sentence for the reader, in his language;
    `details` names the rule or the fields: `{"rule": "located"}`, `{"fields": {"note": "必填"}}`.
    """

    def __init__(self, code: str, message: str, details: Mapping[str, Any] | None = None) -> None:
        assert code in STATUS, code
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.details: Mapping[str, Any] = details or {}

    @property
    def status(self) -> int:
        """The HTTP status of this refusal."""
        return STATUS[self.code]

    def as_json(self) -> dict[str, Any]:
        """The one shape of a refusal."""
        return {"code": self.code, "message": str(self.message), "details": dict(self.details)}
