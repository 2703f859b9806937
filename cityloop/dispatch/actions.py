"""Writes of duties: one by one, or a whole table at once. Each is guarded by a permission and journalled."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.time import city_date
from cityloop.codes.models import Edition, Major, Minor
from cityloop.dispatch.models import PLACE, Duty
from cityloop.journal.actions import record
from cityloop.org.actor import Actor
from cityloop.org.models import Unit
from cityloop.org.permissions import demand

Key = tuple[int, str, str]  # edition, kind, code


@dataclass(frozen=True, slots=True)
class DutyLine:
    """One line of a table of duties, with its number in the file."""

    number: int
    edition: str
    kind: str
    code: str
    unit_code: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a table did."""

    new: int
    ended: int
    same: int


def set_duty(
    edition: Edition,
    kind: str,
    code: str,
    *,
    unit_codes: Iterable[str],
    by: Actor,
    now: datetime,
) -> list[Duty]:
    """From today these units answer for the category, best first; none: nobody does. Refused as `invalid`."""
    demand(by, "dispatch.manage_duties")
    lines = [DutyLine(0, edition.code, kind, code, unit_code.strip()) for unit_code in unit_codes]
    check = _Check()
    if not lines:
        check.key(DutyLine(0, edition.code, kind, code, ""))
    wanted: dict[Key, list[str]] = {(edition.pk, kind, code): []}
    for line in lines:
        wanted[check.key(line)].append(check.unit(line))
    with transaction.atomic():
        _put(wanted, city_date(now))
        subject = f"{edition.code} {kind} {code}"
        data = {"units": [line.unit_code for line in lines]}
        record("dispatch.duty_set", by_id=by.person_id, by_name=by.name, now=now, subject=subject, data=data)
    return list(Duty.objects.filter(edition=edition, kind=kind, code=code, valid_to=None))


def load_duties(path: Path, *, by: Actor, now: datetime) -> Loaded:
    """Take over a CSV of `edition, kind, code, unit` (demo/README.md), all or none: see `take_over_table`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(enumerate(csv.DictReader(file), start=2))
        lines = [DutyLine(number, row["edition"], row["kind"], row["code"], row["unit"]) for number, row in rows]
    except (OSError, ValueError, KeyError):
        raise Refused("invalid", _("不是职责表：%(file)s") % {"file": path.name}, {"file": path.name}) from None
    return take_over_table(lines, by=by, now=now)


def take_over_table(lines: Iterable[DutyLine], *, by: Actor, now: datetime) -> Loaded:
    """From today the table counts for the categories that it names; several lines of one category are several units.

    Refused as `invalid` with the first wrong line: an unknown edition or category, or a unit code that fits no unit.
    """
    demand(by, "dispatch.manage_duties")
    check, wanted = _Check(), dict[Key, list[str]]()
    for line in lines:
        wanted.setdefault(check.key(line), []).append(check.unit(line))
    with transaction.atomic():
        done = _put(wanted, city_date(now))
        data = {"new": done.new, "ended": done.ended, "same": done.same}
        record("dispatch.duties_loaded", by_id=by.person_id, by_name=by.name, now=now, data=data)
    return done


class _Check:
    """Looks categories and units up once for a whole table."""

    def __init__(self) -> None:
        self.editions = {edition.code: edition.pk for edition in Edition.objects.all()}
        rows = (*Minor.objects.values_list("major__edition_id", "kind", "code"),)
        self.codes = {*rows, *Major.objects.values_list("edition_id", "kind", "code")}
        self.units = set(Unit.objects.values_list("code", flat=True))

    def key(self, line: DutyLine) -> Key:
        """The category; refused as `invalid`."""
        edition = self.editions.get(line.edition)
        if edition is None:
            raise _wrong(line, _("没有这一版分类：%(code)s") % {"code": line.edition})
        if (edition, line.kind, line.code) not in self.codes:
            raise _wrong(line, _("没有这个类别：%(kind)s %(code)s") % {"kind": line.kind, "code": line.code})
        return edition, line.kind, line.code

    def unit(self, line: DutyLine) -> str:
        """The code of a unit, or a pattern that fits at least one; refused as `invalid`."""
        before, place, after = line.unit_code.partition(PLACE)
        fits = line.unit_code in self.units
        if place:
            fits = any(
                code.startswith(before) and code.endswith(after) and len(code) > len(before + after)
                for code in self.units
            )
        if not fits:
            raise _wrong(line, _("没有这个单位：%(code)s") % {"code": line.unit_code})
        return line.unit_code


def _wrong(line: DutyLine, message: str) -> Refused:
    if not line.number:
        return Refused("invalid", message, {"fields": {"unit": message}})
    text = _("第 %(row)d 行：%(message)s") % {"row": line.number, "message": message}
    return Refused("invalid", text, {"row": line.number, "reason": message})


def _put(wanted: Mapping[Key, list[str]], today: date) -> Loaded:
    """End what is no longer wanted yesterday (or drop it, if it began today), and begin what is new."""
    standing: dict[Key, list[Duty]] = {}
    for duty in Duty.objects.select_for_update().filter(Q(valid_to=None) | Q(valid_to__gte=today)):
        standing.setdefault((duty.edition_id, duty.kind, duty.code), []).append(duty)
    new, over, same = list[Duty](), list[Duty](), 0
    for key, unit_codes in wanted.items():
        old = standing.get(key, [])
        if [duty.unit_code for duty in old] == unit_codes:
            same += len(old)
            continue
        over += old
        edition, kind, code = key
        new += [
            Duty(edition_id=edition, kind=kind, code=code, unit_code=unit_code, valid_from=today)
            for unit_code in dict.fromkeys(unit_codes)
        ]
    Duty.objects.filter(pk__in=[duty.pk for duty in over if duty.valid_from >= today]).delete()
    past = [duty.pk for duty in over if duty.valid_from < today]
    Duty.objects.filter(pk__in=past).update(valid_to=today - timedelta(days=1))
    Duty.objects.bulk_create(new)
    return Loaded(len(new), len(over), same)
