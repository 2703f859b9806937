"""The generated pages say what the program has; what is documented by hand is complete."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cityloop.cases import shipped
from cityloop.config import reference
from cityloop.workflow import registry
from tests.architecture.sources import ROOT

SETTINGS = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")


def test_every_page_is_up_to_date() -> None:
    assert reference.stale() == [], "run `cityloop write-reference`"


def test_a_stale_page_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "pages", lambda: {"states.md": "other"})
    with pytest.raises(CommandError, match=r"states\.md"):
        call_command("write_reference", check=True, stdout=StringIO())


def test_every_state_of_the_requirements_has_its_place_and_every_state_is_named() -> None:
    rows = reference.requirement_rows()
    assert len(rows["rows"]) == 25
    named = {place for row in rows["rows"] for place in row["is"]} | set(rows["beside"])
    here = {f"{kind}/{name}" for kind in shipped.KINDS for name in shipped.flow_of(kind).states}
    # How tasks and requests end beside what the requirements list: taken away, granted, refused.
    plain = {"withdrawn", "returned", "granted", "refused"}
    assert {place for place in here - named if place.partition("/")[2] not in plain} == set()
    assert {place for place in named if "/" in place and " " not in place} <= here


def test_every_name_of_the_vocabulary_says_what_it_means() -> None:
    for name, guard in registry.guards.items():
        assert guard.label, name
        assert guard.otherwise, name
    assert all(registry.effect_labels.values())


def test_every_variable_that_is_read_is_on_the_page_of_settings() -> None:
    read = re.compile(r"""["'](CITYLOOP_[A-Z_]+)["']""")
    files = [*(ROOT / "cityloop" / "config").rglob("*.py"), *(ROOT / "deploy").glob("*.py")]
    found = {name for path in files for name in read.findall(path.read_text(encoding="utf-8"))}
    assert {name for name in found if f"`{name}`" not in SETTINGS} == set()
