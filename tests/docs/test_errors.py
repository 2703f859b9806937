"""The page of errors and the codes are one list."""

import ast
import re

import pytest

from cityloop.base.errors import STATUS, Refused
from tests.architecture.sources import ROOT, name_of, python_files, tree_of

PAGE = (ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(\w+)` \| (\d+) \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)


def test_every_code_is_explained_with_its_status() -> None:
    assert {code: int(status) for code, status, _meaning, _advice in ROWS} == dict(STATUS)
    assert len(ROWS) == len(STATUS)


def test_every_code_says_what_a_client_does() -> None:
    assert all(meaning.endswith(".") and advice.endswith(".") for _code, _status, meaning, advice in ROWS)


def test_every_code_in_the_program_is_known() -> None:
    """A refusal with a misspelt code is found here and not by the first reader who meets it."""
    unknown = [
        f"{name_of(path)}:{node.lineno} {node.args[0].value}"
        for path in python_files("cityloop")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refused"
        if node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value not in STATUS
    ]
    assert not unknown


@pytest.mark.parametrize("code", STATUS)
def test_the_shape(code: str) -> None:
    refusal = Refused(code, "说明", {"rule": "r"})
    assert refusal.as_json() == {"code": code, "message": "说明", "details": {"rule": "r"}}
    assert refusal.status == STATUS[code]
