"""Whatever a reader may see is written so that it can be translated."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType

from tests.architecture.sources import ROOT, name_of, python_files, tree_of
from tests.words.catalogue import HAN

CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "pgettext", "pgettext_lazy", "ngettext", "mark", "speak"}
# Chinese in these is no sentence to a reader: tools of the command line, invented cities, what files hold.
OTHER_ROOMS = ("cityloop/config/demonstration/", "cityloop/evaluation/replay/", "cityloop/codes/data/")
OTHER_FILES = {
    "cityloop/base/secrets.py": "surnames and words before numbers, by which personal data is found",
    "cityloop/base/words.py": "punctuation of both languages",
    "cityloop/base/sheets.py": "the format of workbooks: the same columns whoever exports them",
    "cityloop/codes/sheets.py": "the format of the handbook",
    "cityloop/dispatch/sheets.py": "the format of the table of duties",
    "cityloop/base/spelling.py": "numerals of names",
    "cityloop/grid/written.py": "how addresses are written, which are the city's own words",
    "cityloop/grid/geocoding/batch_columns.py": "the format of tables of addresses",
    "cityloop/grid/geocoding/numerals.py": "numerals of addresses",
    "cityloop/grid/geocoding/parse.py": "the grammar of addresses",
    "cityloop/grid/geocoding/spotting.py": "the grammar of addresses",
    "cityloop/grid/duty_book.py": "the format of the book of duty grids",
    "cityloop/grid/duty_import.py": "the format of the book of duty grids",
    "cityloop/grid/exchange/layers.py": "the usual headings of fields in foreign files",
    "cityloop/grid/exchange/child/table.py": "the usual headings of coordinates in foreign files",
    "cityloop/org/importing.py": "the format of the book of units and people",
    "cityloop/limits/holidays.py": "names of holidays, which are data of the calendar",
    "cityloop/config/reference.py": "writes the reference pages, which name Chinese labels",
    "cityloop/config/settings.py": "the city's name, and the languages in their own words",
}
TEMPLATES = sorted((ROOT / "cityloop").rglob("templates/**/*.html"))
SAYING = {"translate", "trans", "plural", "punctuation"}
BEGINS = {"blocktranslate", "blocktrans"}
ENDS = {"endblocktranslate", "endblocktrans"}
CHINESE = re.compile(HAN.pattern + "|[：，、；。（）]")


def _passed_over(tree: ast.Module) -> Iterator[ast.AST]:
    """Docstrings, and whatever stands in a call that translates."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in CALLS:
            yield from (part for argument in node.args for part in ast.walk(argument))


def bare_literals(path: Path) -> Iterator[str]:
    """Chinese literals of a module that nobody can translate."""
    tree = tree_of(path)
    passed = {id(node) for node in _passed_over(tree)}
    for node in ast.walk(tree):
        words = node.value if isinstance(node, ast.Constant) and id(node) not in passed else None
        if isinstance(words, str) and HAN.search(words):
            yield f"{name_of(path)}:{node.lineno}: {words}"


def test_python_says_nothing_that_cannot_be_translated() -> None:
    found: list[str] = []
    for path in python_files("cityloop"):
        name = name_of(path)
        if name not in OTHER_FILES and not name.startswith(OTHER_ROOMS) and "/management/commands/" not in name:
            found += bare_literals(path)
    assert not found


@pytest.mark.parametrize("name", OTHER_FILES)
def test_every_exception_is_still_one(name: str) -> None:
    assert CHINESE.search("".join(bare_literals(ROOT / name)) or (ROOT / name).read_text(encoding="utf-8"))


def bare_texts(path: Path) -> Iterator[str]:
    """Chinese of a template that nobody can translate, punctuation too."""
    inside = False
    for token in Lexer(path.read_text(encoding="utf-8")).tokenize():
        name = (token.contents.split() or [""])[0] if token.token_type == TokenType.BLOCK else ""
        inside = name in BEGINS or (inside and name not in ENDS)
        if inside or name in SAYING or token.token_type == TokenType.COMMENT:
            continue
        if CHINESE.search(_without_exceptions(token.contents)):
            yield f"{name_of(path)}:{token.lineno}: {token.contents.strip()[:80]}"


def _without_exceptions(words: str) -> str:
    """A language's own name, the comma that goes with a phrase into a description, what filters translate."""
    return re.sub(r'简体中文|data-phrase="，|\|listed:"."|_\("[^"]*"\)', "", words)


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_templates_say_nothing_that_cannot_be_translated(path: Path) -> None:
    assert not list(bare_texts(path))


def test_templates_are_found() -> None:
    assert len(TEMPLATES) > 60


def test_every_sentence_of_the_scripts_has_english_words() -> None:
    """`tests/web` proves that scripts say nothing outside of this table, and tsc that it is complete."""
    table = (ROOT / "web" / "src" / "core" / "texts.ts").read_text(encoding="utf-8")
    pairs = re.findall(r"""^  '([^']+)': (?:'([^']*)'|"([^"]*)"),$""", table, flags=re.MULTILINE)
    assert len(pairs) == len(re.findall(r"^  '", table, flags=re.MULTILINE)) > 20
    for chinese, single, double in pairs:
        english = single or double
        assert english, chinese
        assert not CHINESE.search(english), english
        assert set(re.findall(r"\{\d\}", chinese)) == set(re.findall(r"\{\d\}", english)), chinese
