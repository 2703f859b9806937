"""The journal in words: every act that the code records is named, and so is what it keeps."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cityloop.journal import words
from cityloop.journal.actions import record
from cityloop.journal.models import Entry
from cityloop.org import actions
from cityloop.org.actor import SYSTEM
from tests.architecture.sources import name_of, python_files, tree_of
from tests.org.make import NOW, holder, person, unit

SOURCES = python_files("cityloop")
# Arguments of the helpers that say who and when, not what.
WHO = {"by", "now", "subject"}


def app_of(path: Path) -> str:
    """The app that a file belongs to."""
    return name_of(path).split("/")[1]


def calls(path: Path) -> Iterator[ast.Call]:
    """Every call with an argument."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and node.args:
            yield node


def called(call: ast.Call) -> str:
    """The name that is called, without its module."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def recorders() -> dict[str, set[str]]:
    """The functions of each app that put its name before a word and record it."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in SOURCES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef) and any(
                isinstance(one, ast.Call) and called(one) == "record" and isinstance(one.args[0], ast.JoinedStr)
                for one in ast.walk(node)
                if isinstance(one, ast.Call) and one.args
            ):
                found[app_of(path)].add(node.name)
    return found


def constants(node: ast.expr | None) -> set[str]:
    """The texts that an expression may be: a constant, or one of two."""
    if isinstance(node, ast.IfExp):
        return constants(node.body) | constants(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def assigned() -> dict[str, set[str]]:
    """The texts that any name of the project is given."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in SOURCES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    if isinstance(target, ast.Name):
                        found[target.id] |= constants(node.value)
    return found


def keys_of(call: ast.Call) -> set[str]:
    """The names of what is kept, as far as the call spells them."""
    given = {word.arg: word.value for word in call.keywords if word.arg}
    data = given.pop("data", None)
    spelled = {key.value for key in data.keys if isinstance(key, ast.Constant)} if isinstance(data, ast.Dict) else set()
    return spelled | (set(given) - WHO - {"by_id", "by_name"})


def recorded() -> dict[str, set[str]]:
    """Every act that the code records, with the names of what it keeps."""
    helpers, names = recorders(), assigned()
    found: dict[str, set[str]] = defaultdict(set)
    for path in SOURCES:
        app = app_of(path)
        for call in calls(path):
            first = call.args[0]
            if called(call) in helpers[app]:
                for word in constants(first):
                    found[f"{app}.{word}"] |= keys_of(call)
            elif called(call) == "record" and not isinstance(first, ast.JoinedStr):
                name = first.attr if isinstance(first, ast.Attribute) else getattr(first, "id", "")
                texts = constants(first) or {text for text in names[name] if "." in text}
                assert texts, f"{name_of(path)}:{call.lineno} records nobody knows what"
                for text in texts:
                    found[text] |= keys_of(call)
    return found


def test_every_act_is_named_and_every_name_is_an_act() -> None:
    named = {f"{app}.{act}" for app, one in words.RECORDED.items() for act in one.acts}
    found = set(recorded())
    assert len(found) > 40
    assert (found - named, named - found) == (set(), set())


def test_what_is_kept_is_named() -> None:
    shown_as_a_change = {"before", "after"}
    unnamed = {
        f"{what}: {key}"
        for what, keys in recorded().items()
        for key in keys - set(words.RECORDED[what.partition(".")[0]].data) - shown_as_a_change
    }
    assert not unnamed


@pytest.mark.parametrize(
    ("what", "data", "said"),
    [
        ("org.unit_changed", {"before": {"name": "甲"}, "after": {"name": "乙"}}, [("名称", "甲 → 乙")]),
        ("org.unit_moved", {"before": None, "after": "102"}, [("上级单位", "— → 102")]),
        ("org.person_changed", {"fields": ["name", "phone"]}, [("修改的内容", "姓名、电话")]),
        ("org.post_appointed", {"kind": "dispatcher", "valid_to": None}, [("岗位", "派遣员"), ("结束日期", "—")]),
        ("org.person_created", {"unit_account": True, "handlers": []}, [("单位账号", "是"), ("经办人", "—")]),
        ("org.imported", {"counts": {"same": 1, "new": 2}}, [("行数", "新增 2、不变 1")]),
        (
            "grid.duty_grid_set",
            {"cells": list("ABCDEFGHIJKLMNO")},
            [("单元网格", "A、B、C、D、E、F、G、H、I、J、K、L 等 15 项")],
        ),
        ("limits.limit_set", {"amount": "2", "unit": "work_day"}, [("时限", "2"), ("单位", "工作日")]),
        ("evaluation.published", {"begin": "2026-03-01T16:00:00+00:00"}, [("起始时间", "2026-03-02 00:00")]),
        ("old.gone", {"key": "value"}, [("key", "value")]),
    ],
)
def test_what_is_kept_is_said(what: str, data: dict[str, Any], said: list[tuple[str, str]]) -> None:
    assert words.facts_of(what, data) == said


@pytest.mark.django_db
def test_an_act_without_a_name_is_not_recorded() -> None:
    with pytest.raises(AssertionError, match=r"org\.nothing"):
        record("org.nothing", by_id=None, by_name="", now=NOW)


@pytest.mark.django_db
def test_the_page_says_what_was_done(client: Client) -> None:
    actions.change_unit(unit("W1", name="城管中队"), by=SYSTEM, now=NOW, name="城管大队")
    actions.change_person(person("wang"), by=SYSTEM, now=NOW, phone="15400000001")
    Entry.objects.create(at=NOW, what="old.gone", by_name="王工", subject="x", data={"key": "value"})
    client.force_login(holder("audit_admin"))
    page = client.get("/journal").content.decode()
    for said in ("修改单位", "城管中队 → 城管大队", "修改人员", "修改的内容", "电话", "old.gone"):
        assert said in page
    assert "org.unit_changed" not in page.partition("<table")[2]
    assert "{" not in page.partition("<tbody")[2].partition("</tbody")[0]
    assert "15400000001" not in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("what", "shown", "hidden"),
    [
        ("", "修改单位", "无"),
        ("org.", "修改单位", "无"),
        ("org.unit_changed", "修改单位", "新建单位"),
        ("grid.", "没有记录", "修改单位"),
    ],
)
def test_entries_are_sought_by_act(client: Client, what: str, shown: str, hidden: str) -> None:
    actions.change_unit(unit("W1", name="城管中队"), by=SYSTEM, now=NOW, name="城管大队")
    client.force_login(holder("audit_admin"))
    rows = client.get("/journal", {"what": what}).content.decode().partition("<tbody")[2]
    assert shown in rows
    assert hidden not in rows
