"""What forms are offered, and how a code is found."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.utils.translation import override

from cityloop.base.errors import Refused
from cityloop.codes import selectors, version
from cityloop.codes.actions import set_verification
from cityloop.codes.catalogue import EditionNode, prune, search
from cityloop.codes.models import Edition, Source
from tests.codes.conftest import ADMIN, NOW
from tests.codes.nodes import edition_node

TODAY = date(2026, 5, 20)
TREE = tuple(prune(edition_node("2013"), TODAY, fileable_only=True))


def minors(edition: EditionNode, kind: str, *, fileable_only: bool = True) -> list[str]:
    tree = selectors.catalogue(edition.id, TODAY, fileable_only=fileable_only)
    return [minor.code for major in tree if major.kind == kind for minor in major.minors]


@pytest.mark.parametrize(
    ("edition", "kind", "fileable", "offered"),
    [
        ("2013", "component", 66, 110),
        ("2013", "event", 78, 78),
        ("2007", "component", 51, 84),
        ("2007", "event", 49, 54),
    ],
)
def test_catalogue_counts(codes: EditionNode, edition: str, kind: str, fileable: int, offered: int) -> None:
    found = selectors.find_edition(edition)
    assert found
    assert len(minors(found, kind)) == fileable
    assert len(minors(found, kind, fileable_only=False)) == offered


def test_held_rows_are_kept_and_not_offered(codes: EditionNode) -> None:
    unresolved = selectors.find_minor(codes.id, "component", "0135")
    other_city = selectors.find_minor(codes.id, "component", "0197")
    assert unresolved
    assert other_city
    assert (unresolved.held, other_city.held, other_city.local) == ("unresolved", "other_city", True)
    assert {"0135", "0197"}.isdisjoint(minors(codes, "component", fileable_only=False))
    assert not selectors.is_offered_standard(other_city.standards[0].id, TODAY)


def test_a_row_without_a_limit_is_held(codes: EditionNode) -> None:
    minor = selectors.find_minor(codes.id, "event", "0115")
    assert minor
    assert [(row.held, row.is_offered) for row in minor.standards] == [("no_limit", False)]


def test_offered_from_the_day_of_the_edition(codes: EditionNode) -> None:
    minor = selectors.find_minor(codes.id, "event", "0110")
    assert minor
    for on, offered in ((date(2014, 8, 14), False), (date(2014, 8, 15), True), (date(2026, 5, 20), True)):
        assert selectors.is_offered_standard(minor.standards[0].id, on) is offered
        assert bool(selectors.catalogue(codes.id, on)) is offered


@pytest.mark.parametrize(
    ("typed", "kind", "first"),
    [
        ("0110", "event", "暴露垃圾"),
        ("暴露", "", "暴露垃圾"),
        ("垃圾", "event", "暴露垃圾"),
        ("bllj", "", "暴露垃圾"),
        ("BLLJ", "", "暴露垃圾"),
        ("ld", "component", "路灯"),
        ("路灯", "", "路灯"),
        ("street lamp", "", "路灯"),
        ("箅孔", "", "雨水箅子"),
        ("0110", "component", "热力井盖"),
    ],
)
def test_search(typed: str, kind: str, first: str) -> None:
    assert search(TREE, typed, kind=kind)[0].name == first


@pytest.mark.parametrize("typed", ["", "  ", "zzzz", "河东驿站", "9999"])
def test_search_finds_nothing(typed: str) -> None:
    assert search(TREE, typed) == []


def test_search_is_cut(codes: EditionNode) -> None:
    assert len(selectors.search(codes.id, "0", TODAY, limit=7)) == 7


def test_names_in_the_reader_s_language(codes: EditionNode) -> None:
    minor = selectors.find_minor(codes.id, "event", "0110")
    assert minor
    with override("en"):
        assert minor.label == "Exposed rubbish"
        assert selectors.entries("case_levels", TODAY)[0].label == "Normal"
    with override("zh-hans"):
        assert minor.label == "暴露垃圾"


def test_dictionaries(codes: EditionNode) -> None:
    assert [entry.code for entry in selectors.entries("case_levels", TODAY)] == ["normal", "urgent", "major"]
    found = selectors.find_entry("reject_reasons", "duplicate")
    assert found
    assert found.label == "已有同一案件"
    assert selectors.find_entry("reject_reasons", "nothing") is None
    with pytest.raises(Refused) as refusal:
        selectors.entries("nothing", TODAY)
    assert refusal.value.code == "not_found"


def test_sources(codes: EditionNode) -> None:
    assert len(selectors.list_sources(TODAY)) == 14
    leader = selectors.find_source("leader")
    assert leader
    assert leader.files_directly
    assert selectors.get_source(leader.id) == leader


def test_no_codes_yet(codes: EditionNode) -> None:
    Edition.objects.update(is_default=False)
    version.bump()
    with pytest.raises(Refused) as refusal:
        selectors.default_edition()
    assert refusal.value.code == "unavailable"


def test_unknown_ids(codes: EditionNode) -> None:
    for ask in (selectors.get_standard, selectors.get_minor, selectors.get_source, selectors.get_edition):
        with pytest.raises(Refused) as refusal:
            ask(0)
        assert refusal.value.code == "not_found"


class TestVersion:
    """The stamp by which a process knows that its codes are current."""

    @pytest.fixture(autouse=True)
    def loaded(self, codes: EditionNode) -> None:
        """Codes are loaded, and for the connection it is as if that had been committed."""
        connection.run_on_commit.clear()

    def test_reading_costs_nothing_while_remembered(self, django_assert_num_queries: object) -> None:
        selectors.list_sources(TODAY)
        with django_assert_num_queries(0):  # type: ignore[operator]
            selectors.default_edition()
            selectors.list_sources(TODAY)
            selectors.entries("case_levels", TODAY)

    def test_one_statement_when_the_memory_is_old(self, django_assert_num_queries: object) -> None:
        selectors.list_sources(TODAY)
        version.forget()
        with django_assert_num_queries(1):  # type: ignore[operator]
            selectors.list_sources(TODAY)

    def test_a_write_is_seen_at_once(self) -> None:
        before = selectors.find_source("media")
        assert before
        assert before.verification == "parallel"
        row = Source.objects.get(code="media")
        set_verification(row, "required", files_directly=False, by=ADMIN, now=NOW)
        after = selectors.find_source("media")
        assert after
        assert after.verification == "required"

    def test_what_is_rolled_back_is_not_remembered(self) -> None:
        was = version.current()
        with transaction.atomic():
            set_verification(Source.objects.get(code="media"), "skipped", files_directly=True, by=ADMIN, now=NOW)
            seen = selectors.find_source("media")
            assert seen
            assert seen.verification == "skipped"
            transaction.set_rollback(True)
        assert version.current() == was
        kept = selectors.find_source("media")
        assert kept
        assert kept.verification == "parallel"
