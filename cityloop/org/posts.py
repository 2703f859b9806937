"""The closed vocabulary of posts and the axis on which each stands."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Stored value → label. A new kind is a change of the product, not of a city's data.
POST_KINDS: Final[Mapping[str, str | Promise]] = {
    "inspector": _("监督员"),
    "video_inspector": _("视频监督员"),
    "operator": _("受理员"),
    "shift_leader": _("值班长"),
    "dispatcher": _("派遣员"),
    "commander": _("指挥长"),
    "unit": _("责任单位经办"),
    "leader": _("领导"),
    "evaluator": _("考评员"),
    "system_admin": _("系统管理员"),
    "security_admin": _("安全管理员"),
    "audit_admin": _("审计管理员"),
}
# Timers and imports act as this one; nobody is appointed to it.
SYSTEM_KIND: Final = "system"

# Supervision says what is a problem and whether it is solved, command says who solves it. One person acting on both
# axes of a case is marked.
AXES: Final[Mapping[str, str]] = {
    "inspector": "supervision",
    "video_inspector": "supervision",
    "operator": "supervision",
    "shift_leader": "supervision",
    "evaluator": "supervision",
    "dispatcher": "command",
    "commander": "command",
    "unit": "command",
}
# The three administrators watch each other; only the security administrator appoints them.
ADMIN_KINDS: Final = frozenset({"system_admin", "security_admin", "audit_admin"})

# Source: requirements §1.3, 值班长 has all powers of 受理员.
_ALSO: Final[Mapping[str, frozenset[str]]] = {"shift_leader": frozenset({"operator"})}


def powers_of(kind: str) -> frozenset[str]:
    """The kinds as which a holder of `kind` may act, itself included."""
    return frozenset({kind}) | _ALSO.get(kind, frozenset())


def kinds_acting_as(kind: str) -> frozenset[str]:
    """The kinds whose holders may act as `kind`, itself included: operator → {operator, shift_leader}."""
    return frozenset({kind}) | frozenset(other for other, also in _ALSO.items() if kind in also)


def axis_of(kind: str) -> str | None:
    """`supervision`, `command`, or None for leaders, administrators and the system."""
    return AXES.get(kind)
