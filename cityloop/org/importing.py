"""Units, people and posts from Excel: checked row by row, taken over whole or not at all (`base.importing`)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _
from django.utils.translation import override

from cityloop.base.errors import Refused
from cityloop.base.importing import Line, Report, Verdict, take_over
from cityloop.base.sheets import Book, Column, Row, Sheet, Value, read_book, write_book
from cityloop.org import actions
from cityloop.org.actor import Actor
from cityloop.org.models import Person, Post, Unit, UnitLevel
from cityloop.org.permissions import demand
from cityloop.org.posts import POST_KINDS


def _chinese(label: object) -> str:
    """The label as it stands in files, whatever language the administrator reads."""
    with override("zh-hans"):
        return str(label)


# Headings and titles are what cities write in their files: data, not words of the interface.
UNITS: Final = Sheet(
    "单位",
    (
        Column("编码", required=True, hint="全市唯一；再次导入时凭编码识别"),
        Column("名称", required=True),
        Column("简称"),
        Column("层级", required=True, hint="、".join(_chinese(label) for label in UnitLevel.labels)),
        Column("上级编码", hint="空为顶层"),
        Column("区域编码", hint="负责区域的编码前缀；空为全市"),
        Column("序号", hint="列表中的次序，整数"),
        Column("启用日期", day=True, hint="空为导入当日"),
    ),
)
PEOPLE: Final = Sheet(
    "人员",
    (
        Column("用户名", required=True, hint="全市唯一；再次导入时凭用户名识别"),
        Column("姓名", required=True),
        Column("工号"),
        Column("电话"),
        Column("单位账号", hint="是 / 否"),
        Column("经办人", hint="单位账号的经办人姓名，以顿号分隔"),
        Column("初始密码", hint="只用于新建人员，首次登录须修改；空则须由管理员设置后才能登录"),
    ),
)
POSTS: Final = Sheet(
    "岗位",
    (
        Column("用户名", required=True),
        Column("岗位", required=True, hint="、".join(_chinese(label) for label in POST_KINDS.values())),
        Column("单位编码", required=True),
        Column("区域编码", hint="岗位管辖区域的编码前缀；空为全市"),
        Column("起始日期", day=True, hint="空为导入当日"),
        Column("结束日期", day=True, hint="空为长期"),
    ),
)
SHEETS: Final = (UNITS, PEOPLE, POSTS)


def import_book(content: bytes, *, by: Actor, now: datetime, dry_run: bool) -> Report:
    """Check the workbook and, unless `dry_run` or something is wrong, take it over.

    Refused whole as `not_yours`, `too_large` or `invalid`; what is wrong with single rows stands in the report.
    """
    demand(by, "org.import")
    run = _Run(read_book(content, SHEETS), by, now, dry_run)

    def done() -> None:
        actions.note("imported", "", by=by, now=now, counts=run.report.counts)

    return take_over(run.report, SHEETS, run.take_book, dry_run=dry_run, done=done)


class _Run:
    """One pass over the rows; each row is an action of its own that may be refused without ending the pass."""

    def __init__(self, book: Book, by: Actor, now: datetime, dry_run: bool) -> None:
        self.book, self.by, self.now, self.dry_run = book, by, now, dry_run
        self.report = Report()
        self.report.add_problems(book.problems)
        self.hashes: dict[str, str] = {}
        self.units = {unit.code: unit for unit in Unit.objects.select_related("parent")}
        self.people = {person.username: person for person in Person.objects.prefetch_related("handlers")}

    def take_book(self) -> None:
        """Every row, in the order in which they need each other."""
        self.take_units(self.book.rows.get("单位", []))
        self.take_people(self.book.rows.get("人员", []))
        self.take_posts(self.book.rows.get("岗位", []))

    # --- units

    def take_units(self, rows: list[Row]) -> None:
        """Parents before children, whatever the order in the file."""
        rows = list(self.report.without_repeats(UNITS, rows, "编码", lambda row: row.text("编码")))
        parents = {code: unit.parent.code if unit.parent else "" for code, unit in self.units.items()}
        parents.update({row.text("编码"): row.text("上级编码") for row in rows})
        circular = {row.text("编码") for row in rows if _is_circular(row.text("编码"), parents)}
        for row in sorted(rows, key=lambda row: _depth(row.text("编码"), parents)):
            if row.text("编码") in circular:
                message = _("上级关系成环：%(code)s") % {"code": row.text("上级编码")}
                self.report.lines.append(Line("单位", row.number, "wrong", row.text("编码"), message))
            else:
                self.report.take(UNITS, row, row.text("编码"), self._unit)

    def _unit(self, row: Row) -> Verdict:
        parent = self._unit_named(row.text("上级编码"), _("上级单位 %(code)s 不存在")) if row.text("上级编码") else None
        level = _stored(row.text("层级"), UnitLevel.choices, _("没有此层级：%(word)s"))
        values = {"name": row.text("名称"), "short_name": row.text("简称"), "level": level}
        values["area_code"] = row.text("区域编码")
        position = _whole(row.text("序号"))
        unit = self.units.get(row.text("编码"))
        if unit is None:
            self.units[row.text("编码")] = actions.create_unit(
                row.text("编码"),
                by=self.by,
                now=self.now,
                parent=parent,
                position=position,
                active_from=row.day("启用日期"),
                **values,
            )
            return "new"
        given: dict[str, str | int] = {**values, "position": position}
        change = {key: value for key, value in given.items() if _given(row, key) and getattr(unit, key) != value}
        if change:
            actions.change_unit(unit, by=self.by, now=self.now, **change)  # type: ignore[arg-type]
        moved = "上级编码" in row.cells and unit.parent_id != (parent.pk if parent else None)
        if moved:
            self.units[unit.code] = actions.move_unit(unit, by=self.by, now=self.now, parent=parent)
        return "changed" if change or moved else "same"

    def _unit_named(self, code: str, message: str) -> Unit:
        unit = self.units.get(code)
        if unit is None:
            raise Refused("invalid", message % {"code": code})
        return unit

    # --- people

    def take_people(self, rows: list[Row]) -> None:
        """New accounts and changes of known ones."""
        for row in self.report.without_repeats(PEOPLE, rows, "用户名", _username):
            self.report.take(PEOPLE, row, _username(row), self._person)

    def _person(self, row: Row) -> Verdict:
        username = _username(row)
        shared = _yes_or_no(row.text("单位账号"))
        handlers = tuple(name.strip() for name in _split(row.text("经办人")) if name.strip())
        person = self.people.get(username)
        if person is None:
            self.people[username] = self._new_person(username, row, shared, handlers)
            return "new"
        values: dict[str, str | bool] = {"name": row.text("姓名"), "employee_no": row.text("工号")}
        values |= {"phone": row.text("电话"), "unit_account": shared}
        change = {key: value for key, value in values.items() if _given(row, key) and getattr(person, key) != value}
        if change:
            actions.change_person(person, by=self.by, now=self.now, **change)  # type: ignore[arg-type]
        active = {handler.name for handler in person.handlers.all() if handler.is_active}
        renamed = "经办人" in row.cells and set(handlers) != active
        if renamed:
            actions.change_handlers(person, by=self.by, now=self.now, names=handlers)
        return "changed" if change or renamed else "same"

    def _new_person(self, username: str, row: Row, shared: bool, handlers: tuple[str, ...]) -> Person:
        person = actions.create_person(
            username,
            by=self.by,
            now=self.now,
            name=row.text("姓名"),
            unit_account=shared,
            phone=row.text("电话"),
            employee_no=row.text("工号"),
            handlers=handlers,
        )
        password = row.text("初始密码")
        if password:
            actions.check_new_password(password, person)
            if not self.dry_run:
                person.password = self._hash(password)
                person.save(update_fields=["password"])
        return person

    def _hash(self, password: str) -> str:
        """Hashing is slow on purpose; a first password that many rows share is hashed once; all must change it."""
        if password not in self.hashes:
            self.hashes[password] = make_password(password)
        return self.hashes[password]

    # --- posts

    def take_posts(self, rows: list[Row]) -> None:
        """New posts, and new last days of known ones."""
        for row in rows:
            self.report.take(POSTS, row, f"{_username(row)} {row.text('岗位')}", self._post)

    def _post(self, row: Row) -> Verdict:
        username = _username(row)
        person = self.people.get(username)
        if person is None:
            raise Refused("invalid", _("人员 %(name)s 不存在") % {"name": username})
        unit = self._unit_named(row.text("单位编码"), _("单位 %(code)s 不存在"))
        kind = _stored(row.text("岗位"), POST_KINDS.items(), _("没有此岗位：%(word)s"))
        start, end = row.day("起始日期"), row.day("结束日期")
        same = Post.objects.filter(person=person, unit=unit, kind=kind, area_code=row.text("区域编码"))
        known = same.filter(valid_from=start).first() if start else same.filter(valid_to=None).first()
        if known is None:
            actions.appoint(
                person,
                by=self.by,
                now=self.now,
                kind=kind,
                unit=unit,
                area_code=row.text("区域编码"),
                valid_from=start,
                valid_to=end,
            )
            return "new"
        return self._known_post(known, end)

    def _known_post(self, post: Post, end: date | None) -> Verdict:
        if end == post.valid_to:
            return "same"
        if end is None:
            raise Refused("invalid", _("此岗位已定于 %(day)s 结束；续任请另起一行") % {"day": post.valid_to})
        actions.end_post(post, by=self.by, now=self.now, last_day=end)
        return "changed"


# Fields whose column may be absent from a file: then they stay as they are.
HEADINGS: Final = {
    "name": "名称",
    "short_name": "简称",
    "level": "层级",
    "area_code": "区域编码",
    "position": "序号",
    "employee_no": "工号",
    "phone": "电话",
    "unit_account": "单位账号",
}


def _username(row: Row) -> str:
    return actions.as_username(row.text("用户名"))


def _given(row: Row, key: str) -> bool:
    return HEADINGS[key] in row.cells or (key == "name" and "姓名" in row.cells)


def _is_circular(code: str, parents: dict[str, str]) -> bool:
    """Whether climbing from this unit comes back to it."""
    seen: set[str] = set()
    above = parents.get(code, "")
    while above and above not in seen:
        if above == code:
            return True
        seen.add(above)
        above = parents.get(above, "")
    return False


def _depth(code: str, parents: dict[str, str]) -> int:
    seen: set[str] = set()
    while code and code not in seen:
        seen.add(code)
        code = parents.get(code, "")
    return len(seen)


def _stored(word: str, choices: Iterable[tuple[str, object]], message: str) -> str:
    """The stored value of a label, or of the stored word itself."""
    for stored, label in choices:
        if word in {stored, _chinese(label)}:
            return stored
    raise Refused("invalid", message % {"word": word})


def _whole(word: str) -> int:
    if word and not (word.isascii() and word.isdigit() and len(word) <= 9):
        raise Refused("invalid", _("序号应为整数"))
    return int(word or 0)


def _yes_or_no(word: str) -> bool:
    if word in {"", "否", "no", "0"}:
        return False
    if word in {"是", "yes", "1"}:
        return True
    raise Refused("invalid", _("单位账号应填 是 或 否"))


def _split(words: str) -> list[str]:
    for mark in "，,；;/":
        words = words.replace(mark, "、")
    return words.split("、")


def export_book(*, by: Actor) -> bytes:
    """All units, people and posts in the format of the import; passwords are never written."""
    demand(by, "org.import")
    units = Unit.objects.select_related("parent").order_by("path")
    people = Person.objects.filter(is_active=True).prefetch_related("handlers")
    posts = Post.objects.filter(person__is_active=True).select_related("person", "unit")
    rows: dict[str, list[Sequence[Value]]] = {
        "单位": [_unit_cells(unit) for unit in units],
        "人员": [_person_cells(person) for person in people],
        "岗位": [_post_cells(post) for post in posts],
    }
    return write_book(SHEETS, rows)


def template_book() -> bytes:
    """The empty workbook with the headings and what to fill in."""
    return write_book(SHEETS, {})


def _unit_cells(unit: Unit) -> Sequence[Value]:
    parent = unit.parent.code if unit.parent else ""
    level = _chinese(UnitLevel(unit.level).label)
    return (unit.code, unit.name, unit.short_name, level, parent, unit.area_code, str(unit.position), unit.active_from)


def _person_cells(person: Person) -> Sequence[Value]:
    handlers = "、".join(handler.name for handler in person.handlers.all() if handler.is_active)
    shared = "是" if person.unit_account else "否"
    return (person.username, person.name, person.employee_no, person.phone, shared, handlers, "")


def _post_cells(post: Post) -> Sequence[Value]:
    kind = _chinese(POST_KINDS[post.kind])
    return (post.person.username, kind, post.unit.code, post.area_code, post.valid_from, post.valid_to)
