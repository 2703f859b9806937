"""Every row that came in is offered, or kept with a reason."""

from collections import Counter

import pytest

from cityloop.codes import data

MINORS = {(row.edition, row.kind, row.code): row for row in data.minors()}
ROWS = data.handbook_rows()


@pytest.mark.parametrize(
    ("edition", "kind", "offered", "held"),
    [
        ("2013", "component", 110, {"unresolved": 8, "other_city": 26}),
        ("2013", "event", 78, {"unresolved": 5}),
        ("2007", "component", 84, {}),
        ("2007", "event", 54, {}),
    ],
)
def test_every_category_is_offered_or_held(edition: str, kind: str, offered: int, held: dict[str, int]) -> None:
    found = Counter(row.held for row in MINORS.values() if (row.edition, row.kind) == (edition, kind))
    assert found == {"": offered, **held}


@pytest.mark.parametrize(
    ("file", "rows"),
    [
        ("component_types_2013.csv", 118),
        ("event_types_2013.csv", 83),
        ("component_types_2007.csv", 84),
        ("event_types_2007.csv", 54),
        ("component_types_local.csv", 26),
        ("component_standards_2013.csv", 375),
        ("event_standards_2013.csv", 95),
        ("splits.csv", 52),
    ],
)
def test_tables_are_whole(file: str, rows: int) -> None:
    assert len(data.read_csv(file)) == rows


def test_handbook_rows_by_fate() -> None:
    def fate(row: data.HandbookRow) -> str:
        return MINORS[row.edition, row.kind, row.code].held or row.held or "offered"

    assert Counter((row.edition, row.kind, fate(row)) for row in ROWS) == {
        ("2013", "component", "offered"): 280,
        ("2013", "component", "other_city"): 95,
        ("2013", "event", "offered"): 97,
        ("2013", "event", "unresolved"): 1,
        ("2007", "component", "offered"): 226,
        ("2007", "event", "offered"): 59,
    }


def test_every_row_of_the_tables_is_a_row_of_the_handbook() -> None:
    keys = {row.key for row in ROWS}
    assert len(keys) == len(ROWS)
    for kind, file in (("component", "component_standards_2013.csv"), ("event", "event_standards_2013.csv")):
        for row in data.read_csv(file):
            assert ("2013", kind, row["code"], int(row["seq"])) in keys
    for edition in ("2013", "2007"):
        for row in data.read_csv(f"event_types_{edition}.csv"):
            assert bool(row["condition"]) == ((edition, "event", row["code"], 1) in keys), row["code"]


def test_scope_and_local_table_agree() -> None:
    rows = data.read_csv("component_standards_2013.csv")
    local = {row["code"] for row in rows if row["scope"] == "local"}
    assert local == {row.code for row in MINORS.values() if row.local}
    assert not local & {row["code"] for row in rows if row["scope"] == "national"}


@pytest.mark.parametrize("edition", ["2013", "2007"])
def test_splits_say_what_the_cells_say(edition: str) -> None:
    """The reviewed lines have the limits of the cell, and no cell with several conditions is left unsplit."""
    for row in data.read_csv(f"event_types_{edition}.csv"):
        parts = data.splits().get((edition, "event", row["code"]), ())
        if "/" in row["amount"]:
            assert [part["amount"] for part in parts] == row["amount"].split("/"), row["code"]
            units = row["unit"].split("×")[0].split("/")
            assert {part["unit"] for part in parts} == set(units), row["code"]
        elif "②" in row["condition"]:
            assert {(part["amount"], part["unit"]) for part in parts} == {(row["amount"], row["unit"])}, row["code"]
        else:
            assert not parts, row["code"]
        assert len(parts) == max(row["condition"].count(mark) and place for place, mark in enumerate("-①②③④⑤"))


def test_splits_agree_with_the_table_of_conditions() -> None:
    table: dict[str, list[tuple[str, str]]] = {}
    for row in data.read_csv("event_standards_2013.csv"):
        table.setdefault(row["code"], []).append((row["amount"], row["unit"]))
    for (edition, _kind, code), parts in data.splits().items():
        if edition == "2013" and len(table[code]) > 1:
            assert [(part["amount"], part["unit"]) for part in parts] == table[code], code


def test_every_split_has_a_reason_and_numbers_in_order() -> None:
    for key, parts in data.splits().items():
        assert [int(part["seq"]) for part in parts] == list(range(1, len(parts) + 1)), key
        assert all(part["reason"] and part["close_condition"] for part in parts), key


def test_offered_rows_are_complete() -> None:
    for row in ROWS:
        assert (row.condition and row.close_condition) or row.held, row.key
        if not row.held:
            assert set(row.limits) == set(data.AREA_CLASSES), row.key
            assert row.amount, row.key
            assert row.unit in data.UNITS.values(), row.key
        assert "①" not in row.condition, row.key


def test_2007_components_take_the_conditions_of_what_they_map_to() -> None:
    mapped = [row for row in ROWS if row.edition == "2007" and row.kind == "component"]
    by_key = {row.key: row for row in ROWS}
    for row in mapped:
        other = by_key["2013", "component", MINORS["2007", "component", row.code].maps_to, row.seq]
        assert (row.condition, row.amount, row.unit) == (other.condition, other.amount, other.unit)


def test_2007_events_say_what_the_2013_ones_they_map_to_say() -> None:
    by_minor: dict[tuple[str, str], list[tuple[str, object, str]]] = {}
    for row in ROWS:
        if row.kind == "event":
            by_minor.setdefault((row.edition, row.code), []).append((row.condition, row.amount, row.unit))
    for minor in MINORS.values():
        if minor.edition == "2007" and minor.kind == "event" and minor.maps_to:
            assert by_minor["2007", minor.code] == by_minor["2013", minor.maps_to], minor.code


def test_the_same_code_means_two_things() -> None:
    assert MINORS["2013", "event", "0501"].name == "供水管道破裂"
    assert MINORS["2007", "event", "0501"].name == "无照经营游商"


def test_every_name_has_english() -> None:
    english = data.english_names()
    for row in MINORS.values():
        assert english[row.name]
        assert english[row.major_name]
    assert all(row.label_en for row in data.entries())
    assert all(row.name_en for row in data.sources())


def test_codes_belong_to_one_major_name() -> None:
    names: dict[tuple[str, str, str], set[str]] = {}
    for row in MINORS.values():
        names.setdefault((row.edition, row.kind, row.code[:2]), set()).add(row.major_name)
    assert all(len(found) == 1 for found in names.values()), names


@pytest.mark.parametrize(
    ("source", "verification", "directly"),
    [
        ("inspector", "skipped", False),
        ("evaluation", "skipped", False),
        ("hotline", "required", False),
        ("web", "required", False),
        ("media", "parallel", False),
        ("leader", "skipped", True),
        ("system", "required", False),
    ],
)
def test_sources_and_verification(source: str, verification: str, directly: bool) -> None:
    row = next(row for row in data.sources() if row.code == source)
    assert (row.verification, row.files_directly) == (verification, directly)


def test_whoever_is_answered_is_not_an_inspector() -> None:
    for row in data.sources():
        assert not (row.kind == "inspector" and row.wants_answer)
        assert row.kind != "public" or row.wants_answer
