"""Loading what the project carries into the database: only what is missing, again and again."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from cityloop.base.initials import initials_of
from cityloop.codes import data
from cityloop.codes.models import Dictionary, DictionaryEntry, Edition, Major, Minor, Source, Standard
from cityloop.codes.record import Author, changed


@transaction.atomic
def load_editions(*, by: Author, now: datetime) -> Mapping[data.HandbookKey, int]:
    """Load the editions, categories and standards that the project carries, and say which row is which standard.

    Only what is missing is added: what a city has changed or retired since stays so, and its rows are left out of
    the answer where they no longer say what the shipped row says.
    """
    editions = {row.code: load_edition(row) for row in data.editions()}
    majors = load_majors(editions)
    minors = load_minors(editions, majors)
    standards, added = load_standards(minors)
    if added:
        changed("editions_loaded", ", ".join(editions), by=by, now=now, standards=added)
    return standards


def load_edition(row: data.EditionRow) -> Edition:
    """The edition, made if missing; the default only if there is none yet."""
    found = Edition.objects.filter(code=row.code).first()
    if found:
        return found
    return Edition.objects.create(
        code=row.code,
        name=row.name,
        year=row.year,
        valid_from=row.valid_from,
        is_default=row.is_default and not Edition.objects.filter(is_default=True).exists(),
        local_minors=row.local_minors,
    )


def load_majors(editions: Mapping[str, Edition]) -> Mapping[tuple[str, str, str], Major]:
    """Majors by (edition, kind, code), made if missing."""
    found = {(m.edition.code, m.kind, m.code): m for m in Major.objects.select_related("edition")}
    english = data.english_names()
    for row in data.minors():
        key = (row.edition, row.kind, row.code[:2])
        if key not in found:
            edition = editions[row.edition]
            found[key] = Major.objects.create(
                edition=edition,
                kind=row.kind,
                code=key[2],
                name=row.major_name,
                name_en=english[row.major_name],
                valid_from=edition.valid_from,
            )
    return found


def load_minors(
    editions: Mapping[str, Edition], majors: Mapping[tuple[str, str, str], Major]
) -> Mapping[tuple[str, str, str], Minor]:
    """Minors by (edition, kind, code), made if missing; the 2013 edition comes first, the 2007 one maps to it."""
    found = {(m.edition.code, m.kind, m.code): m for m in Minor.objects.select_related("edition")}
    for edition in editions.values():
        missing = [
            new_minor(row, edition, majors[row.edition, row.kind, row.code[:2]], found)
            for row in data.minors()
            if row.edition == edition.code and (row.edition, row.kind, row.code) not in found
        ]
        found.update({(edition.code, minor.kind, minor.code): minor for minor in Minor.objects.bulk_create(missing)})
    return found


def new_minor(row: data.MinorRow, edition: Edition, major: Major, known: Mapping[tuple[str, str, str], Minor]) -> Minor:
    """A minor category as the data gives it, not yet saved."""
    return Minor(
        major=major,
        edition=edition,
        kind=row.kind,
        code=row.code,
        name=row.name,
        name_en=data.english_names()[row.name],
        initials=initials_of(row.name),
        geometry=row.geometry,
        typical_unit=row.typical_unit,
        confidence=row.confidence,
        is_offered=not row.held,
        held=row.held,
        local=row.local,
        maps_to=known["2013", row.kind, row.maps_to] if row.maps_to else None,
        valid_from=edition.valid_from,
    )


def load_standards(minors: Mapping[tuple[str, str, str], Minor]) -> tuple[Mapping[data.HandbookKey, int], int]:
    """Standards by key, made where their minor has none of that number; and how many were made."""
    first: dict[tuple[int, int], Standard] = {}
    for row in Standard.objects.order_by("valid_from", "id"):
        first.setdefault((row.minor_id, row.seq), row)
    rows = {row.key: (row, minors[row.edition, row.kind, row.code]) for row in data.handbook()}
    missing = [new_standard(row, minor) for row, minor in rows.values() if (minor.id, row.seq) not in first]
    first.update({(made.minor_id, made.seq): made for made in Standard.objects.bulk_create(missing)})
    standards = {
        key: first[minor.id, row.seq].id
        for key, (row, minor) in rows.items()
        if first[minor.id, row.seq].condition == row.condition
    }
    return standards, len(missing)


def new_standard(row: data.HandbookRow, minor: Minor) -> Standard:
    """A standard as the data gives it, not yet saved."""
    return Standard(
        minor=minor,
        seq=row.seq,
        condition=row.condition,
        close_condition=row.close_condition,
        source=row.source,
        confidence=row.confidence,
        is_offered=not row.held,
        held=row.held,
        valid_from=minor.valid_from,
    )


@transaction.atomic
def load_dictionaries(*, by: Author, now: datetime) -> int:
    """Load dictionaries and sources that the project carries; returns how many rows were missing and are added."""
    known = {
        code: Dictionary.objects.get_or_create(code=code, defaults={"name": name, "name_en": english})[0]
        for code, (name, english) in data.dictionary_names().items()
    }
    there = set(DictionaryEntry.objects.values_list("dictionary__code", "code"))
    entries = [
        DictionaryEntry(
            dictionary=known[row.dictionary],
            code=row.code,
            label=row.label,
            label_en=row.label_en,
            note=row.note,
            position=row.position,
            valid_from=row.valid_from,
        )
        for row in data.entries()
        if (row.dictionary, row.code) not in there
    ]
    have = set(Source.objects.values_list("code", flat=True))
    names = [name for name in data.SourceRow.__slots__]
    sources = [Source(**{name: getattr(row, name) for name in names}) for row in data.sources() if row.code not in have]
    DictionaryEntry.objects.bulk_create(entries)
    Source.objects.bulk_create(sources)
    if entries or sources:
        changed("dictionaries_loaded", "", by=by, now=now, entries=len(entries), sources=len(sources))
    return len(entries) + len(sources)
