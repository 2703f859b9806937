"""The English catalogue has every message of the sources, translated, and nothing else."""

import re
import shutil

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.utils.translation import gettext, ngettext, override

from tests.architecture.sources import ROOT
from tests.words.catalogue import HAN, Message, places_of, read_catalogue

CATALOGUE = ROOT / "cityloop" / "locale" / "en" / "LC_MESSAGES" / "django.po"
MESSAGES = read_catalogue(CATALOGUE)
# Chinese that English readers need as it stands: what a file must hold, and examples of what to type.
QUOTED = re.compile(r"4工作时|是 or 否|南京东路河南中路")


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> list[Message]:
    """The catalogue as `cityloop collect-words` would make it now, in a copy of the sources."""
    copy = tmp_path_factory.mktemp("sources")
    shutil.copytree(ROOT / "cityloop", copy / "cityloop", ignore=shutil.ignore_patterns("__pycache__", "data", "*.mo"))
    locale = copy / "cityloop" / "locale"
    with pytest.MonkeyPatch.context() as patch, override_settings(LOCALE_PATHS=[locale]):
        patch.chdir(copy)
        call_command("collect_words")
    return read_catalogue(locale / "en" / "LC_MESSAGES" / "django.po")


def test_the_catalogue_has_every_message_of_the_sources_and_no_other(collected: list[Message]) -> None:
    wanted, found = {message.key for message in collected}, {message.key for message in MESSAGES}
    assert len(wanted) > 1000
    assert not wanted - found, "not in the catalogue: run `cityloop collect-words` and translate"
    assert not found - wanted, "no source has these any more: run `cityloop collect-words`"


def test_every_message_is_translated() -> None:
    assert not [message.id for message in MESSAGES if not all(message.translations.values())]
    assert not [message.id for message in MESSAGES if "fuzzy" in message.flags]


def test_english_is_english() -> None:
    texts = [QUOTED.sub("", text) for message in MESSAGES for text in message.translations.values()]
    assert not [text for text in texts if HAN.search(text) or re.search("[，。：；（）「」、]", text)]


def test_what_is_filled_in_is_the_same_in_both_languages() -> None:
    for message in MESSAGES:
        for text in message.translations.values():
            assert places_of(text) == places_of(message.id), message.id


def test_the_catalogue_carries_no_noise() -> None:
    text = CATALOGUE.read_text(encoding="utf-8")
    assert "POT-Creation-Date" not in text
    assert not re.search(r"^#: .*:\d+", text, flags=re.MULTILINE), "line numbers change with every edit"


def test_there_is_one_catalogue() -> None:
    assert list((ROOT / "cityloop").rglob("*.po")) == [CATALOGUE]


def test_the_compiled_catalogue_is_this_one() -> None:
    """`make prepare` compiles; in a checkout of one's own: `cityloop compilemessages`."""
    with override("en"):
        for message in MESSAGES:
            if not message.context and not message.plural:
                assert gettext(message.id) == message.translations["msgstr"], message.id
        assert [ngettext("工作日", "工作日", number) for number in (1, 2)] == ["work day", "work days"]
    with override("zh-hans"):
        assert gettext("工作日") == "工作日"
