"""What the product ships as data, or registers by name, has English words."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest
from django.utils.translation import override

from cityloop.base.navigation import _links
from cityloop.base.words import speak
from cityloop.cases.boxes import BOXES
from cityloop.codes import data
from cityloop.formdefs.schema import kinds
from cityloop.notify.texts import TEXTS
from cityloop.org.permissions import PERMISSIONS
from cityloop.org.posts import POST_KINDS
from cityloop.workflow import registry
from tests.architecture.sources import ROOT
from tests.words.catalogue import HAN

FLOWS = sorted((ROOT / "cityloop" / "cases" / "flows").glob("*.toml"))


def labels_in(table: object, where: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every row with a label in a flow's text: lines, states, options, fields of forms."""
    if isinstance(table, Mapping):
        if "label" in table:
            yield where, table
        for name, value in table.items():
            yield from labels_in(value, f"{where}.{name}")
    elif isinstance(table, list):
        for place, value in enumerate(table):
            yield from labels_in(value, f"{where}[{place}]")


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_flows_have_english_labels(path: Any) -> None:
    rows = list(labels_in(tomllib.loads(path.read_text(encoding="utf-8"))))
    assert rows
    for where, row in rows:
        assert row.get("en"), f"{path.name}{where}: {row['label']} has no English label"
        assert not HAN.search(row["en"]), f"{path.name}{where}"


# What apps register when they are ready; the texts of pure code are spoken where they are shown.
REGISTERED: Mapping[str, Iterable[object]] = {
    "boxes": [box.label for box in BOXES.values()],
    "posts": list(POST_KINDS.values()),
    "permissions": [word for one in PERMISSIONS.values() for word in (one.label, one.group, one.sentence)],
    "notices": [text for key, text in TEXTS.items() if not key.startswith("test.")],
    "links": [link.label for link in _links.values()],
    "guards": [guard.otherwise for guard in registry.guards.values()],
    "relations": [*registry.relations.values(), *registry.clocks.values()],
    "field kinds": [kind.label for kind in kinds.values()],
}


@pytest.mark.parametrize("what", REGISTERED)
def test_registered_labels_have_english_words(what: str) -> None:
    labels = list(REGISTERED[what])
    assert labels
    with override("en"):
        assert not [label for label in labels if HAN.search(speak(str(label)))]


def test_categories_have_english_names() -> None:
    english = data.english_names()
    assert len(english) > 150
    assert not [name for name, word in english.items() if not word or HAN.search(word)]


def test_dictionaries_and_sources_have_english_words() -> None:
    words = [english for _chinese, english in data.dictionary_names().values()]
    words += [row.label_en for row in data.entries()]
    words += [row.name_en for row in data.sources()]
    assert len(words) > 50
    assert not [word for word in words if not word or HAN.search(word)]
