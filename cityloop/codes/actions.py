"""Writing codes. Every action bumps the version and is journalled; nothing is deleted, rows only end."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.initials import initials_of
from cityloop.codes import version
from cityloop.codes.catalogue import local_numbers
from cityloop.codes.changes import FIRST_LOCAL_MAJOR, Change, Plan
from cityloop.codes.loading import load_dictionaries, load_editions
from cityloop.codes.models import (
    Confidence,
    Dictionary,
    DictionaryEntry,
    Edition,
    Held,
    Kind,
    Major,
    Minor,
    Source,
    Standard,
    Verification,
)
from cityloop.codes.record import Author, changed
from cityloop.codes.sheets import SheetRow

__all__ = ["load_dictionaries", "load_editions"]

CODES_LOCK: Final = 20_0000  # advisory lock of this app


@dataclass(frozen=True, slots=True)
class Draft:
    """A filing standard as it shall be. `has_limit` says whether a limit comes with it: without one it is held."""

    condition: str
    close_condition: str
    source: str = ""
    has_limit: bool = True


def lock_codes() -> None:
    """Let one writer of codes at a time read, judge and write. Held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CODES_LOCK])
    version.forget()


# --- editions and local extension ---


@transaction.atomic
def choose_edition(edition: Edition, *, by: Author, now: datetime) -> None:
    """Let new cases be filed under this edition from now on. Open cases keep theirs."""
    Edition.objects.filter(is_default=True).exclude(pk=edition.pk).update(is_default=False)
    Edition.objects.filter(pk=edition.pk).update(is_default=True)
    edition.is_default = True
    changed("edition_chosen", edition.code, by=by, now=now)


@transaction.atomic
def add_major(
    edition: Edition,
    *,
    kind: str,
    name: str,
    on: date,
    by: Author,
    now: datetime,
    code: str = "",
    name_en: str = "",
) -> Major:
    """Add a local major category from a day on; numbered from 21 upward, by itself if no code is given."""
    taken = {int(used) for used in edition.majors.filter(kind=kind).values_list("code", flat=True)}
    number = int(code) if code.isdigit() else next(n for n in range(FIRST_LOCAL_MAJOR, 100) if n not in taken)
    if number < FIRST_LOCAL_MAJOR or number in taken:
        raise _invalid("code", _("本地扩展大类从 21 起编号，不得重复"), "local_major")
    major = Major.objects.create(
        edition=edition,
        kind=Kind(kind),
        code=f"{number:02d}",
        name=name,
        name_en=name_en,
        local=True,
        valid_from=on,
    )
    changed("major_added", f"{edition.code} {kind} {major.code}", by=by, now=now, name=name)
    return major


def find_local_number(major: Major, wanted: str) -> int | None:
    """The two digits of a local minor: the wanted ones if the edition's rule and what is taken allow, or the next.

    Inside a national major numbers go downward from 99 (2013), or not at all (2007); inside a local one upward.
    """
    taken = {int(code[2:]): local for code, local in major.minors.values_list("code", "local")}
    free = local_numbers(taken, inside_local=major.local, extends=major.edition.local_minors)
    if not wanted:
        return free[0] if free else None
    return int(wanted) if wanted.isdigit() and int(wanted) in free else None


@transaction.atomic
def add_minor(
    major: Major,
    *,
    name: str,
    on: date,
    by: Author,
    now: datetime,
    code: str = "",
    geometry: str = "",
    name_en: str = "",
) -> Minor:
    """Add a local minor category from a day on; numbered by the edition's rule if no four-digit code is given."""
    number = find_local_number(major, code[2:]) if code[:2] in ("", major.code) else None
    if number is None:
        raise _invalid(
            "code",
            _("本地扩展小类的编码不合规则：国标大类内从 99 向下编号（2007 版只能用 21 及以后的大类）"),
            "local_minor",
        )
    minor = Minor.objects.create(
        major=major,
        edition=major.edition,
        kind=major.kind,
        code=f"{major.code}{number:02d}",
        name=name,
        name_en=name_en,
        initials=initials_of(name),
        geometry=geometry or ("point" if major.kind == Kind.COMPONENT else ""),
        confidence=Confidence.LOCAL,
        local=True,
        valid_from=on,
    )
    changed("minor_added", f"{major.edition.code} {minor.kind} {minor.code}", by=by, now=now, name=name)
    return minor


def _invalid(field: str, message: str, rule: str) -> Refused:
    return Refused("invalid", message, {"rule": rule, "fields": {field: message}})


@transaction.atomic
def offer_minor(minor: Minor, *, on: date, by: Author, now: datetime, name: str = "") -> None:
    """Offer a held minor from a day on: another city's extension adopted, or an unresolved code that was looked up.

    An unresolved one needs its name.
    """
    if minor.held == Held.UNRESOLVED and not name:
        raise _invalid("name", _("未核实的编码须先写明名称"), "named")
    was = minor.name
    if name and name != minor.name:
        minor.name, minor.name_en, minor.initials = name, "", initials_of(name)
    minor.is_offered, minor.held, minor.confidence = True, "", Confidence.LOCAL
    minor.valid_from = max(minor.valid_from, on)
    minor.save()
    changed("minor_offered", _subject(minor), by=by, now=now, name=minor.name, was=was)


@transaction.atomic
def retire_minor(minor: Minor, *, on: date, by: Author, now: datetime) -> None:
    """Offer the minor no longer from that day on. Its cases and components keep it."""
    minor.valid_to = _last_day(minor, on)
    minor.save(update_fields=["valid_to"])
    changed("minor_retired", _subject(minor), by=by, now=now, on=on.isoformat())


def _subject(minor: Minor) -> str:
    return f"{minor.edition.code} {minor.kind} {minor.code}"


def _last_day(row: Minor | Standard | DictionaryEntry, on: date) -> date:
    if on < row.valid_from:
        raise _invalid("on", _("停用日期早于起用日期"), "dates_in_order")
    return on


# --- standards ---


def next_seq(minor: Minor) -> int:
    """The number after the last one that a standard of this minor ever had."""
    top: int | None = minor.standards.aggregate(top=Max("seq"))["top"]
    return (top or 0) + 1


def replace_standard(minor: Minor, seq: int, draft: Draft, *, on: date) -> Standard:
    """End the open standard of that number on that day and open this one. Neither journalled nor versioned."""
    end_standard(minor, seq, on=on)
    return minor.standards.create(
        seq=seq,
        condition=draft.condition,
        close_condition=draft.close_condition,
        source=draft.source,
        confidence=Confidence.LOCAL,
        is_offered=draft.has_limit,
        held="" if draft.has_limit else Held.NO_LIMIT,
        valid_from=on,
    )


def end_standard(minor: Minor, seq: int, *, on: date) -> Standard | None:
    """End the open standard of that number, if there is one, on that day. Neither journalled nor versioned."""
    row = minor.standards.filter(seq=seq, valid_to__isnull=True).first()
    if row:
        row.valid_to = _last_day(row, on)
        row.save(update_fields=["valid_to"])
    return row


@transaction.atomic
def put_standard(
    minor: Minor, draft: Draft, *, seq: int | None = None, on: date, by: Author, now: datetime
) -> Standard:
    """Let this be the standard of that number from a day on; the one it replaces ends on that day.

    `seq=None` takes the next number. Cases keep the row they were filed with. Without a limit the row is held.
    The caller gives the new row its limits (`limits.handbook`).
    """
    made = replace_standard(minor, next_seq(minor) if seq is None else seq, draft, on=on)
    changed("standard_put", f"{_subject(minor)}-{made.seq}", by=by, now=now, standard=made.id)
    return made


@transaction.atomic
def retire_standard(standard: Standard, *, on: date, by: Author, now: datetime) -> None:
    """File nothing more under that standard from that day on."""
    end_standard(standard.minor, standard.seq, on=on)
    changed("standard_retired", f"{_subject(standard.minor)}-{standard.seq}", by=by, now=now, on=on.isoformat())


# --- a city's handbook ---


@transaction.atomic
def apply_plan(plan: Plan, *, by: Author, now: datetime, source: str = "") -> list[tuple[Change, Standard]]:
    """Write what a workbook changes, all or nothing; returns each line that opened a standard with it.

    The caller gives the new standards their limits. Refused as `invalid` when a line is wrong.
    """
    if not plan.is_sound:
        raise _invalid("file", _("文件有误，未作任何更改"), "sound_plan")
    edition = Edition.objects.get(pk=plan.edition_id)
    made = []
    for change in plan.changes:
        if change.row and change.verdict != "same":
            standard = apply_change(edition, change, plan.on, source=source, by=by, now=now)
            if standard:
                made.append((change, standard))
    changed("handbook_imported", edition.code, by=by, now=now, on=plan.on.isoformat(), source=source, **plan.counts())
    return made


def apply_change(
    edition: Edition, change: Change, on: date, *, source: str, by: Author, now: datetime
) -> Standard | None:
    """Write one line; the standard that it opened, if any."""
    row = change.row
    assert row
    minor = find_or_add_minor(edition, row, on=on, by=by, now=now)
    if change.verdict == "retired":
        if change.seq is None:
            retire_minor(minor, on=on, by=by, now=now)
        else:
            end_standard(minor, change.seq, on=on)
        return None
    if not minor.is_offered:
        offer_minor(minor, on=on, by=by, now=now, name=row.name)
    if change.seq is None:
        return None
    draft = Draft(row.condition, row.close_condition, source, has_limit=bool(row.limits))
    return replace_standard(minor, change.seq, draft, on=on)


def find_or_add_minor(edition: Edition, row: SheetRow, *, on: date, by: Author, now: datetime) -> Minor:
    """The minor category of a line; a local one, and its local major, are made if missing."""
    minor = edition.minors.filter(kind=row.kind, code=row.code).first()
    if minor:
        return minor
    major = edition.majors.filter(kind=row.kind, code=row.major_code).first()
    if major is None:
        major = add_major(edition, kind=row.kind, name=row.major_name, on=on, code=row.major_code, by=by, now=now)
    return add_minor(major, name=row.name, on=on, code=row.code, geometry=row.geometry, by=by, now=now)


# --- dictionaries and sources ---


@transaction.atomic
def add_entry(
    dictionary: Dictionary,
    *,
    code: str,
    label: str,
    on: date,
    by: Author,
    now: datetime,
    label_en: str = "",
    note: str = "",
) -> DictionaryEntry:
    """Add a choice at the end of a dictionary, from a day on."""
    if dictionary.entries.filter(code=code).exists():
        raise _invalid("code", _("代号已用过，不得重复"), "one_entry_per_code")
    top: int | None = dictionary.entries.aggregate(top=Max("position"))["top"]
    entry = dictionary.entries.create(
        code=code, label=label, label_en=label_en, note=note, position=(top or 0) + 1, valid_from=on
    )
    changed("entry_added", f"{dictionary.code}.{code}", by=by, now=now, label=label)
    return entry


@transaction.atomic
def retire_entry(entry: DictionaryEntry, *, on: date, by: Author, now: datetime) -> None:
    """Offer the choice no longer from that day on. What was stored keeps its label."""
    entry.valid_to = _last_day(entry, on)
    entry.save(update_fields=["valid_to"])
    changed("entry_retired", f"{entry.dictionary.code}.{entry.code}", by=by, now=now, on=on.isoformat())


@transaction.atomic
def set_verification(source: Source, verification: str, *, files_directly: bool, by: Author, now: datetime) -> None:
    """Say whether reports of this source are verified before filing, and whether they may be filed at once."""
    was = source.verification
    source.verification, source.files_directly = Verification(verification), files_directly
    source.save(update_fields=["verification", "files_directly"])
    changed("source_verification", source.code, by=by, now=now, was=was, verification=verification)
