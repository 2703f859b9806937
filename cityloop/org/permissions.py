"""Named permissions: which posts may open a page or start an administrative act.

One table for the whole product; each app adds its own in `AppConfig.ready`. Who may act on a case is not here:
the flow says it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityloop.base.errors import Refused
from cityloop.org.actor import Actor
from cityloop.org.posts import POST_KINDS, kinds_acting_as

# The two words that a URL may say instead of a permission's name.
PUBLIC: Final = "public"
SIGNED_IN: Final = "signed_in"


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission: its label, the group it is listed in, what it allows, and the posts that have it."""

    label: str | Promise
    group: str | Promise
    sentence: str | Promise
    posts: frozenset[str]


PERMISSIONS: Final[dict[str, Permission]] = {}


def register(
    name: str, label: str | Promise, *, group: str | Promise, sentence: str | Promise, posts: Iterable[str]
) -> None:
    """Add a permission under a dotted name. `posts` are kinds of `POST_KINDS`; whoever acts as one of them has it."""
    kinds = frozenset(posts)
    unknown = kinds - set(POST_KINDS)
    if unknown:
        raise ValueError(f"{name}: unknown posts {sorted(unknown)}")
    if name in PERMISSIONS:
        raise ValueError(f"{name} is registered twice")
    every = frozenset(acting for kind in kinds for acting in kinds_acting_as(kind))
    PERMISSIONS[name] = Permission(label, group, sentence, every)


def has_permission(actor: Actor, name: str) -> bool:
    """Whether this actor has the named permission; the system has every one."""
    if name == PUBLIC or actor.is_system:
        return True
    if name == SIGNED_IN:
        return actor.is_signed_in
    return bool(actor.kinds & PERMISSIONS[name].posts)


def demand(actor: Actor, name: str) -> None:
    """Refuse as `not_signed_in` or `not_yours` an actor without the named permission."""
    if has_permission(actor, name):
        return
    if not actor.is_signed_in:
        raise Refused("not_signed_in", _("请先登录"), {"rule": name})
    raise Refused("not_yours", _("您的岗位没有此权限：%(name)s") % {"name": PERMISSIONS[name].label}, {"rule": name})


def names_of(actor: Actor) -> list[str]:
    """The names of all permissions this actor has, sorted."""
    return sorted(name for name in PERMISSIONS if has_permission(actor, name))


def permissions_of_org() -> Mapping[str, Permission]:
    """Register what this app itself needs; called once by `OrgConfig.ready`."""
    group = gettext_lazy("机构与人员")
    admins = ("system_admin", "security_admin")
    viewers = (*admins, "audit_admin", "shift_leader", "commander")
    for name, label, sentence, posts in (
        ("org.view", gettext_lazy("查看机构"), gettext_lazy("查看单位、人员和岗位"), viewers),
        ("org.manage_units", gettext_lazy("维护单位"), gettext_lazy("新建、改名、移动和停用单位"), admins[:1]),
        (
            "org.manage_people",
            gettext_lazy("维护人员"),
            gettext_lazy("新建和停用人员，维护经办人，任免业务岗位"),
            admins[:1],
        ),
        (
            "org.appoint_admins",
            gettext_lazy("任免管理员"),
            gettext_lazy("任免系统、安全、审计管理员，重置其密码"),
            admins[1:],
        ),
        ("org.appoint", gettext_lazy("任免岗位"), gettext_lazy("打开任免岗位；哪类岗位由谁任免另有规定"), admins),
        ("org.reset_password", gettext_lazy("重置密码"), gettext_lazy("重置他人密码并解除锁定"), admins),
        ("org.import", gettext_lazy("导入机构"), gettext_lazy("从 Excel 导入单位、人员和岗位"), admins[:1]),
        ("org.read_journal", gettext_lazy("查看日志"), gettext_lazy("查看系统日志；日志不能修改"), ("audit_admin",)),
    ):
        register(name, label, group=group, sentence=sentence, posts=posts)
    return PERMISSIONS
