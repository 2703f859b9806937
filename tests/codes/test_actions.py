"""Changing codes: rows end, new ones begin, nothing is lost."""

from datetime import date

import pytest

from cityloop.base.errors import Refused
from cityloop.codes import selectors
from cityloop.codes.actions import (
    Draft,
    add_entry,
    add_major,
    add_minor,
    choose_edition,
    load_dictionaries,
    load_editions,
    offer_minor,
    put_standard,
    retire_entry,
    retire_minor,
    retire_standard,
)
from cityloop.codes.catalogue import EditionNode
from cityloop.codes.models import Dictionary, Edition, Major, Minor, Standard
from cityloop.journal.models import Entry
from tests.codes.conftest import ADMIN, NOW

JUNE = date(2026, 6, 1)
MAY = date(2026, 5, 31)


def minor_of(edition: str, kind: str, code: str) -> Minor:
    return Minor.objects.get(edition__code=edition, kind=kind, code=code)


def major_of(edition: str, kind: str, code: str) -> Major:
    return Major.objects.get(edition__code=edition, kind=kind, code=code)


def test_loading_twice_changes_nothing(codes: EditionNode) -> None:
    before = (Minor.objects.count(), Standard.objects.count(), Entry.objects.count())
    again = load_editions(by=ADMIN, now=NOW)
    assert load_dictionaries(by=ADMIN, now=NOW) == 0
    assert (Minor.objects.count(), Standard.objects.count(), Entry.objects.count()) == before
    assert before[:2] == (365, 758)
    assert len(again) == 758


def test_loading_leaves_the_city_s_changes(codes: EditionNode) -> None:
    minor = minor_of("2013", "event", "0110")
    old = minor.standards.get()
    put_standard(minor, Draft("积存半天以上", "清走"), seq=1, on=JUNE, by=ADMIN, now=NOW)
    ids = load_editions(by=ADMIN, now=NOW)
    assert ids["2013", "event", "0110", 1] == old.id  # type: ignore[index]
    assert minor.standards.count() == 2


def test_a_changed_standard_is_a_new_row(codes: EditionNode) -> None:
    minor = minor_of("2013", "event", "0110")
    old = minor.standards.get()
    new = put_standard(minor, Draft("积存半天以上", "清走"), seq=1, on=JUNE, by=ADMIN, now=NOW)
    for day, offered in ((MAY, old), (JUNE, new)):
        assert [row.id for row in selectors.get_minor(minor.id).standards_on(day)] == [offered.id]
    assert selectors.get_standard(old.id).condition == "公共场所生活垃圾未入容器"
    assert Entry.objects.filter(what="codes.standard_put", by_name="测试管理员").exists()


def test_a_new_standard_takes_the_next_number(codes: EditionNode) -> None:
    minor = minor_of("2013", "component", "0137")
    made = put_standard(minor, Draft("灯罩脱落", "修复", has_limit=False), on=JUNE, by=ADMIN, now=NOW)
    assert (made.seq, made.is_offered, made.held) == (7, False, "no_limit")


def test_a_standard_cannot_end_before_it_began(codes: EditionNode) -> None:
    minor = minor_of("2013", "event", "0110")
    with pytest.raises(Refused) as refusal:
        put_standard(minor, Draft("甲", "乙"), seq=1, on=date(2014, 1, 1), by=ADMIN, now=NOW)
    assert refusal.value.details["rule"] == "dates_in_order"


def test_retire_a_standard_and_a_minor(codes: EditionNode) -> None:
    minor = minor_of("2013", "component", "0125")
    standard = minor.standards.get(seq=3)
    retire_standard(standard, on=JUNE, by=ADMIN, now=NOW)
    assert selectors.is_offered_standard(standard.id, MAY)
    assert not selectors.is_offered_standard(standard.id, JUNE)
    retire_minor(minor, on=JUNE, by=ADMIN, now=NOW)
    other = minor.standards.get(seq=1)
    assert selectors.is_offered_standard(other.id, MAY)
    assert not selectors.is_offered_standard(other.id, JUNE)


def test_local_minors(codes: EditionNode) -> None:
    for edition, kind, major, wanted, given in (
        ("2013", "event", "01", "", "0199"),
        ("2013", "event", "01", "0150", "0150"),
        ("2013", "event", "01", "0138", None),  # national
        ("2013", "event", "01", "0299", None),  # another major's
        ("2013", "event", "01", "01xx", None),
        ("2013", "component", "01", "", "0198"),  # 0199 is another city's, kept
        ("2007", "event", "01", "", None),  # extends in major 21 only
        ("2007", "event", "01", "0120", None),
    ):
        row = major_of(edition, kind, major)
        if given is None:
            with pytest.raises(Refused) as refusal:
                add_minor(row, name="新小类", on=JUNE, code=wanted, by=ADMIN, now=NOW)
            assert refusal.value.details["rule"] == "local_minor", wanted
        else:
            made = add_minor(row, name="新小类", on=JUNE, code=wanted, by=ADMIN, now=NOW)
            assert (made.code, made.local, made.initials, made.valid_from) == (given, True, "xxl", JUNE)


def test_local_majors_of_2007(codes: EditionNode) -> None:
    edition = Edition.objects.get(code="2007")
    made = [
        add_major(edition, kind="event", name=name, on=date(2008, 10, 1), by=ADMIN, now=NOW)
        for name in ("公用设施", "房屋建筑", "其他")
    ]
    assert [major.code for major in made] == ["21", "22", "23"]
    minor = add_minor(made[0], name="公用设施损坏", on=date(2008, 10, 1), by=ADMIN, now=NOW)
    assert minor.code == "2101"
    row = put_standard(minor, Draft("设施损坏", "修复"), on=date(2008, 10, 1), by=ADMIN, now=NOW)
    assert selectors.is_offered_standard(row.id, date(2008, 10, 31))
    assert not selectors.is_offered_standard(row.id, date(2008, 9, 30))


def test_no_local_major_under_a_taken_or_national_number(codes: EditionNode) -> None:
    edition = Edition.objects.get(code="2013")
    add_major(edition, kind="event", name="甲", on=JUNE, by=ADMIN, now=NOW)
    for code in ("21", "07", "1"):
        with pytest.raises(Refused) as refusal:
            add_major(edition, kind="event", name="乙", on=JUNE, code=code, by=ADMIN, now=NOW)
        assert refusal.value.details["rule"] == "local_major"


def test_adopt_another_city_s_extension(codes: EditionNode) -> None:
    minor = minor_of("2013", "component", "0284")
    offer_minor(minor, on=JUNE, by=ADMIN, now=NOW)
    standard = minor.standards.get(seq=1)
    assert not selectors.is_offered_standard(standard.id, MAY)
    assert selectors.is_offered_standard(standard.id, JUNE)


def test_an_unresolved_code_needs_its_name(codes: EditionNode) -> None:
    minor = minor_of("2013", "component", "0135")
    with pytest.raises(Refused):
        offer_minor(minor, on=JUNE, by=ADMIN, now=NOW)
    offer_minor(minor, on=JUNE, by=ADMIN, now=NOW, name="路灯控制箱")
    assert selectors.search(codes.id, "ldkzx", JUNE, fileable_only=False)[0].code == "0135"


def test_choose_edition(codes: EditionNode) -> None:
    choose_edition(Edition.objects.get(code="2007"), by=ADMIN, now=NOW)
    assert selectors.default_edition().code == "2007"
    assert Edition.objects.filter(is_default=True).count() == 1


def test_dictionary_entries_end_and_keep_their_label(codes: EditionNode) -> None:
    dictionary = Dictionary.objects.get(code="reject_reasons")
    entry = add_entry(dictionary, code="season", label="季节性问题", on=JUNE, by=ADMIN, now=NOW)
    assert selectors.entries("reject_reasons", JUNE)[-1].code == "season"
    retire_entry(entry, on=date(2026, 7, 1), by=ADMIN, now=NOW)
    assert "season" not in {found.code for found in selectors.entries("reject_reasons", date(2026, 7, 1))}
    found = selectors.find_entry("reject_reasons", "season")
    assert found
    assert found.label == "季节性问题"
    with pytest.raises(Refused) as refusal:
        add_entry(dictionary, code="season", label="别的", on=JUNE, by=ADMIN, now=NOW)
    assert refusal.value.code == "invalid"
