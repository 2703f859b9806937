"""Writes of units, people and posts. Each is guarded by a permission, journalled, and raises the version."""

import unicodedata
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.initials import initials_of
from cityloop.base.time import city_date
from cityloop.journal.actions import record
from cityloop.org.actor import Actor
from cityloop.org.models import Handler, Person, Post, SignInCount, Token, Unit, UnitLevel
from cityloop.org.permissions import demand
from cityloop.org.posts import ADMIN_KINDS, POST_KINDS
from cityloop.org.selectors import active_between

BUMP = """
INSERT INTO org_orgversion (id, number) VALUES (1, nextval('org_version_number'))
ON CONFLICT (id) DO UPDATE SET number = excluded.number
"""


class Keep(Enum):
    """The word for "as it is" where None means something else."""

    KEEP = "keep"


KEEP = Keep.KEEP


def bump_version() -> None:
    """Tell every process that units, people or posts have changed."""
    with connection.cursor() as cursor:
        cursor.execute(BUMP)


def note(what: str, subject: str, *, by: Actor, now: datetime, **data: Any) -> None:
    """Journal one act of this app and raise the version."""
    bump_version()
    record(f"org.{what}", by_id=by.person_id, by_name=by.name, now=now, subject=subject, data=data)


def invalid(field: str, message: str) -> Refused:
    """A refusal of one field."""
    return Refused("invalid", message, {"fields": {field: message}})


def as_username(text: str) -> str:
    """The user name as stored and compared: without full-width forms, blanks around, and capitals."""
    return unicodedata.normalize("NFKC", text).strip().lower()


# --- units -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def create_unit(
    code: str,
    *,
    by: Actor,
    now: datetime,
    name: str,
    level: str,
    parent: Unit | None = None,
    short_name: str = "",
    area_code: str = "",
    position: int = 0,
    active_from: date | None = None,
) -> Unit:
    """A new unit under `parent`, in use from today or `active_from`."""
    demand(by, "org.manage_units")
    check_unit(code, name, level, area_code)
    if Unit.objects.filter(code=code).exists():
        raise invalid("code", _("单位编码 %(code)s 已存在") % {"code": code})
    start = active_from or city_date(now)
    if parent and parent.active_to and parent.active_to < start:
        raise Refused("not_yet", _("上级单位已停用"), {"rule": "parent_active"})
    unit = Unit(code=code, name=name, short_name=short_name, level=level, parent=parent, position=position)
    unit.area_code = area_code
    unit.active_from = start
    unit.initials = initials_of(name + short_name)
    unit.save()
    unit.path = f"{parent.path if parent else ''}{unit.pk}/"
    unit.save(update_fields=["path"])
    note("unit_created", code, by=by, now=now, name=name, level=level, parent=parent.code if parent else None)
    return unit


def check_unit(code: str, name: str, level: str, area_code: str) -> None:
    """Refuse the fields of a unit that break a rule."""
    if not code or len(code) > 30:
        raise invalid("code", _("单位编码为 1 至 30 个字符"))
    if not name or len(name) > 100:
        raise invalid("name", _("单位名称为 1 至 100 个字符"))
    if level not in UnitLevel.values:
        raise invalid("level", _("没有此层级：%(level)s") % {"level": level})
    check_area_code(area_code)


def check_area_code(area_code: str) -> None:
    """Refuse an area code that is not digits only."""
    if area_code and not (area_code.isascii() and area_code.isdigit() and len(area_code) <= 12):
        raise invalid("area_code", _("区域编码为至多 12 位数字"))


@transaction.atomic
def change_unit(
    unit: Unit,
    *,
    by: Actor,
    now: datetime,
    name: str | None = None,
    short_name: str | None = None,
    level: str | None = None,
    area_code: str | None = None,
    position: int | None = None,
    parent: Unit | Keep | None = KEEP,
) -> Unit:
    """Change what is given; events of the past keep the names of their moment. Another parent moves the branch."""
    demand(by, "org.manage_units")
    given = {"name": name, "short_name": short_name, "level": level, "area_code": area_code, "position": position}
    before = {key: getattr(unit, key) for key, new in given.items() if new is not None and getattr(unit, key) != new}
    for key in before:
        setattr(unit, key, given[key])
    check_unit(unit.code, unit.name, unit.level, unit.area_code)
    if before:
        unit.initials = initials_of(unit.name + unit.short_name)
        unit.save(update_fields=[*before, "initials"])
        note("unit_changed", unit.code, by=by, now=now, before=before, after={key: given[key] for key in before})
    if not isinstance(parent, Keep) and unit.parent_id != (parent.pk if parent else None):
        return move_unit(unit, by=by, now=now, parent=parent)
    return unit


@transaction.atomic
def move_unit(unit: Unit, *, by: Actor, now: datetime, parent: Unit | None) -> Unit:
    """Hang the unit and all below it under another parent; the paths follow. Refused if that made a circle."""
    demand(by, "org.manage_units")
    # Two moves at once could close a circle that neither sees.
    locked = {row.pk: row for row in Unit.objects.select_for_update().order_by("pk")}
    unit, parent = locked[unit.pk], locked[parent.pk] if parent else None
    if parent and parent.path.startswith(unit.path):
        raise invalid("parent", _("不能移到自己的下级之下"))
    old_path, old_parent = unit.path, locked[unit.parent_id] if unit.parent_id else None
    new_path = f"{parent.path if parent else ''}{unit.pk}/"
    Unit.objects.filter(path__startswith=old_path).update(
        path=Concat(Value(new_path), Substr(F("path"), len(old_path) + 1))
    )
    unit.parent, unit.path = parent, new_path
    unit.save(update_fields=["parent"])
    codes = {"before": old_parent.code if old_parent else None, "after": parent.code if parent else None}
    note("unit_moved", unit.code, by=by, now=now, **codes)
    return unit


@transaction.atomic
def retire_unit(unit: Unit, *, by: Actor, now: datetime, last_day: date | None = None) -> Unit:
    """Take the unit out of use after `last_day` (today if not given); refused while posts or units hang on it."""
    demand(by, "org.manage_units")
    last_day = last_day or city_date(now)
    after = active_between(last_day + timedelta(days=1), "active_from", "active_to")
    if Unit.objects.filter(after, parent=unit).exists():
        raise Refused("not_yet", _("请先停用其下级单位"), {"rule": "children"})
    if Post.objects.filter(active_between(last_day + timedelta(days=1), "valid_from", "valid_to"), unit=unit).exists():
        raise Refused("not_yet", _("请先免去其全部岗位"), {"rule": "posts"})
    if last_day < unit.active_from:
        raise invalid("last_day", _("停用日期早于启用日期"))
    unit.active_to = last_day
    unit.save(update_fields=["active_to"])
    note("unit_retired", unit.code, by=by, now=now, last_day=last_day.isoformat())
    return unit


# --- people ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def create_person(
    username: str,
    *,
    by: Actor,
    now: datetime,
    name: str,
    password: str | None = None,
    must_change_password: bool = True,
    unit_account: bool = False,
    phone: str = "",
    employee_no: str = "",
    handlers: tuple[str, ...] = (),
) -> Person:
    """A new account. Without a password nobody can sign in with it until one is set."""
    demand(by, "org.manage_people")
    username = as_username(username)
    check_person(username, name, unit_account, handlers)
    if Person.objects.filter(username=username).exists():
        raise invalid("username", _("用户名 %(name)s 已存在") % {"name": username})
    person = Person(username=username, name=name, unit_account=unit_account, phone=phone, employee_no=employee_no)
    person.initials = initials_of(name)
    person.must_change_password = must_change_password
    set_checked_password(person, password)
    person.save()
    Handler.objects.bulk_create(Handler(unit_account=person, name=handler) for handler in handlers)
    note("person_created", username, by=by, now=now, name=name, unit_account=unit_account, handlers=list(handlers))
    return person


def check_person(username: str, name: str, unit_account: bool, handlers: tuple[str, ...]) -> None:
    """Refuse the fields of an account that break a rule."""
    if not username or len(username) > 60 or any(letter.isspace() for letter in username):
        raise invalid("username", _("用户名为 1 至 60 个字符，不含空格"))
    if not name or len(name) > 60:
        raise invalid("name", _("姓名为 1 至 60 个字符"))
    if handlers and not unit_account:
        raise invalid("handlers", _("只有单位账号才有经办人"))
    if len(set(handlers)) != len(handlers):
        raise invalid("handlers", _("经办人重名"))


def check_new_password(password: str, person: Person) -> None:
    """Refuse a password that breaks the rules of passwords."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise invalid("password", " ".join(error.messages)) from None


def set_checked_password(person: Person, password: str | None) -> None:
    """Set the password after the rules of passwords, or make the account unusable with None."""
    if password is not None:
        check_new_password(password, person)
    person.set_password(password)


@transaction.atomic
def change_person(
    person: Person,
    *,
    by: Actor,
    now: datetime,
    name: str | None = None,
    phone: str | None = None,
    employee_no: str | None = None,
    unit_account: bool | None = None,
    handlers: tuple[str, ...] | None = None,
) -> Person:
    """Change what is given; `handlers` replaces the list of a unit account."""
    demand(by, "org.manage_people")
    given = {"name": name, "phone": phone, "employee_no": employee_no, "unit_account": unit_account}
    changed = [key for key, value in given.items() if value is not None and getattr(person, key) != value]
    for key in changed:
        setattr(person, key, given[key])
    check_person(person.username, person.name, person.unit_account, handlers or ())
    if changed:
        person.initials = initials_of(person.name)
        person.save(update_fields=[*changed, "initials"])
        # Telephone numbers do not belong in the journal: only that they changed.
        note("person_changed", person.username, by=by, now=now, fields=changed)
    if handlers is not None and set(handlers) != _active_handlers(person):
        change_handlers(person, by=by, now=now, names=handlers)
    return person


def _active_handlers(person: Person) -> set[str]:
    return set(person.handlers.filter(is_active=True).values_list("name", flat=True))


@transaction.atomic
def change_handlers(person: Person, *, by: Actor, now: datetime, names: tuple[str, ...]) -> None:
    """Make `names` the handlers behind a unit account; those who left are kept inactive, for the record."""
    demand(by, "org.manage_people")
    check_person(person.username, person.name, person.unit_account, names)
    person.handlers.exclude(name__in=names).update(is_active=False)
    for name in names:
        Handler.objects.update_or_create(unit_account=person, name=name, defaults={"is_active": True})
    note("handlers_changed", person.username, by=by, now=now, handlers=list(names))


@transaction.atomic
def deactivate_person(person: Person, *, by: Actor, now: datetime) -> None:
    """Close an account: its sessions and tokens end at once, its posts today."""
    demand(by, "org.manage_people")
    demand_over(person, by=by, now=now)
    if person.pk == by.person_id:
        raise Refused("not_yet", _("不能停用自己"), {"rule": "self"})
    person.is_active = False
    person.save(update_fields=["is_active"])
    person.tokens.filter(revoked_at=None).update(revoked_at=now)
    today = city_date(now)
    person.posts.filter(valid_from__gt=today).delete()
    person.posts.filter(active_between(today, "valid_from", "valid_to")).update(valid_to=today)
    note("person_deactivated", person.username, by=by, now=now)


@transaction.atomic
def reactivate_person(person: Person, *, by: Actor, now: datetime) -> None:
    """Open a closed account again, without posts."""
    demand(by, "org.manage_people")
    person.is_active = True
    person.save(update_fields=["is_active"])
    note("person_reactivated", person.username, by=by, now=now)


def demand_over(person: Person, *, by: Actor, now: datetime) -> None:
    """Refuse whoever would take over an administrator's account without being the security administrator."""
    if Post.objects.filter(
        active_between(city_date(now), "valid_from", "valid_to"), person=person, kind__in=ADMIN_KINDS
    ).exists():
        demand(by, "org.appoint_admins")


@transaction.atomic
def reset_password(person: Person, *, by: Actor, now: datetime, password: str) -> None:
    """Set a first password that must be changed at the next sign-in; unlocks the account and ends its sessions."""
    demand(by, "org.reset_password")
    demand_over(person, by=by, now=now)
    set_checked_password(person, password)
    person.must_change_password = True
    person.save(update_fields=["password", "must_change_password"])
    person.tokens.filter(revoked_at=None).update(revoked_at=now)
    SignInCount.objects.filter(username=person.username).delete()
    note("password_reset", person.username, by=by, now=now)


@transaction.atomic
def change_password(person: Person, *, by: Actor, now: datetime, old: str, new: str) -> None:
    """The holder's own change of password; every other session and token of his ends."""
    if not person.check_password(old):
        raise invalid("old_password", _("原密码不正确"))
    if old == new:
        raise invalid("password", _("新密码不能与原密码相同"))
    set_checked_password(person, new)
    person.must_change_password = False
    person.save(update_fields=["password", "must_change_password"])
    person.tokens.filter(revoked_at=None).update(revoked_at=now)
    note("password_changed", person.username, by=by, now=now)


# --- posts -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def appoint(
    person: Person,
    *,
    by: Actor,
    now: datetime,
    kind: str,
    unit: Unit,
    area_code: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Post:
    """Give the person a post in the unit, from today unless said otherwise, up to and including `valid_to`."""
    if kind not in POST_KINDS:
        raise invalid("kind", _("没有此岗位：%(kind)s") % {"kind": kind})
    demand(by, permission_to_appoint(kind))
    if by.person_id == person.pk:
        raise Refused("not_yours", _("不能给自己任命岗位"), {"rule": "self"})
    check_area_code(area_code)
    start = valid_from or city_date(now)
    if valid_to and valid_to < start:
        raise invalid("valid_to", _("结束日期早于起始日期"))
    if not person.is_active:
        raise Refused("not_yet", _("此账号已停用"), {"rule": "person_active"})
    if unit.active_to and unit.active_to < start:
        raise Refused("not_yet", _("单位 %(code)s 已停用") % {"code": unit.code}, {"rule": "unit_active"})
    post = Post(person=person, kind=kind, unit=unit, area_code=area_code, valid_from=start, valid_to=valid_to)
    _check_overlap(post)
    post.save()
    note("post_appointed", person.username, by=by, now=now, **_post_data(post))
    return post


@transaction.atomic
def end_post(post: Post, *, by: Actor, now: datetime, last_day: date | None = None) -> Post:
    """Let `last_day` be the post's last, also a later one than before; without it the post ends with yesterday."""
    demand(by, permission_to_appoint(post.kind))
    end = last_day or city_date(now) - timedelta(days=1)
    if end < post.valid_from:
        # It never came into force, or only today: the journal keeps that it was.
        note("post_ended", post.person.username, by=by, now=now, **_post_data(post), removed=True)
        post.delete()
        return post
    post.valid_to = end
    _check_overlap(post)
    post.save(update_fields=["valid_to"])
    note("post_ended", post.person.username, by=by, now=now, **_post_data(post))
    return post


def permission_to_appoint(kind: str) -> str:
    """The permission that appointing to this kind and ending it needs."""
    return "org.appoint_admins" if kind in ADMIN_KINDS else "org.manage_people"


def _check_overlap(post: Post) -> None:
    """Refuse the same post held twice on one day. The person's row is locked, so two appointments cannot pass by."""
    Person.objects.select_for_update(no_key=True).get(pk=post.person_id)
    same = Post.objects.filter(person=post.person_id, kind=post.kind, unit=post.unit_id, area_code=post.area_code)
    for other in same.exclude(pk=post.pk):
        before = other.valid_to is not None and other.valid_to < post.valid_from
        after = post.valid_to is not None and post.valid_to < other.valid_from
        if not before and not after:
            raise invalid("valid_from", _("此人在这段时间已有相同岗位"))


def _post_data(post: Post) -> dict[str, Any]:
    return {
        "kind": post.kind,
        "unit": post.unit.code,
        "area_code": post.area_code,
        "valid_from": post.valid_from.isoformat(),
        "valid_to": post.valid_to and post.valid_to.isoformat(),
    }


# --- machine tokens --------------------------------------------------------------------------------------------------


def revoke_token(token: Token, *, by: Actor, now: datetime) -> None:
    """Make a machine's token useless; its holder may do it, and whoever may reset his password."""
    if token.person_id != by.person_id:
        demand(by, "org.reset_password")
    if token.revoked_at is None:
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
        note("token_revoked", token.label, by=by, now=now, person=token.person.username)
