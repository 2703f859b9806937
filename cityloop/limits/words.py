"""Limits, lamps and what is left, in the reader's language. All figures come from `clock` and `lamp`."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from cityloop.base import lamps
from cityloop.base.words import run_together
from cityloop.limits.clock import Calendar, Limit, Unit
from cityloop.limits.lamp import Lamp, TimeLeft, time_left


def unit_words(unit: str, amount: Decimal | int = 2) -> str:
    """工作时, 自然日, ...; `ValueError` for a unit that does not exist. English tells one from several."""
    number = 1 if amount == 1 else 2
    match Unit(unit):
        case Unit.URGENT_HOUR:
            return ngettext("紧急工作时", "紧急工作时", number)
        case Unit.URGENT_DAY:
            return ngettext("紧急工作日", "紧急工作日", number)
        case Unit.WORK_HOUR:
            return ngettext("工作时", "工作时", number)
        case Unit.WORK_DAY:
            return ngettext("工作日", "工作日", number)
        case Unit.CALENDAR_DAY:
            return ngettext("自然日", "自然日", number)


def limit_words(limit: Limit) -> str:
    """4 工作时, 0.5 工作日; minutes where hours would have a long fraction: 15 分钟（工作时）."""
    hours = limit.amount
    if limit.unit in (Unit.URGENT_HOUR, Unit.WORK_HOUR) and hours != hours.quantize(Decimal("0.1")):
        minutes = limit.total_us // 60_000_000
        return _("%(minutes)s 分钟（%(unit)s）") % {"minutes": minutes, "unit": unit_words(limit.unit)}
    return f"{hours.normalize():f} {unit_words(limit.unit, limit.amount)}"


def remaining_words(calendar: Calendar, unit: str, now: datetime, at: datetime) -> str:
    """剩 1小时12分 工作时; 超 2工作日3小时: the time of the unit's own clock to the deadline, or past it."""
    return left_words(time_left(calendar, unit, now, at))


def left_words(left: TimeLeft) -> str:
    """The same from figures."""
    if left.is_nothing:
        return _("已超期") if left.late else _("剩 不足1分钟")
    span = span_words(left)
    return (_("超 %(span)s") if left.late else _("剩 %(span)s")) % {"span": span}


def span_words(left: TimeLeft) -> str:
    """2工作日3小时, 1小时12分 工作时: what is zero is left out, minutes too from a day on."""
    parts = [_day_words(left.days, left.unit)] if left.days else []
    if left.hours:
        parts.append(_("%(hours)s小时") % {"hours": left.hours})
    if left.minutes and not left.days:
        parts.append(_("%(minutes)s分") % {"minutes": left.minutes})
    text = run_together(parts)
    if left.days or left.unit is Unit.CALENDAR_DAY:
        return text
    return f"{text} {_clock_words(left.rest)}"


def _clock_words(unit: Unit) -> str:
    """Which clock counts the hours and minutes of a span: English names the clock, not its hours."""
    match unit:
        case Unit.WORK_HOUR:
            return pgettext("clock", "工作时")
        case Unit.URGENT_HOUR:
            return pgettext("clock", "紧急工作时")
        case _:
            return unit_words(unit)


def _day_words(days: int, unit: Unit) -> str:
    match unit:
        case Unit.WORK_DAY:
            return _("%(days)s工作日") % {"days": days}
        case Unit.URGENT_DAY:
            return _("%(days)s紧急工作日") % {"days": days}
        case _:
            return _("%(days)s天") % {"days": days}


def lamp_words(lamp: Lamp) -> str:
    """What the lamp says, for readers of screens and for its title."""
    return {
        Lamp.IN_TIME: _("时限内"),
        Lamp.SOON: _("即将超期"),
        Lamp.LATE: _("已超期"),
        Lamp.PAUSED: _("已暂停计时"),
        Lamp.ENDED: _("已结束"),
        Lamp.NONE: _("无时限"),
    }[lamp]


def lamp_letter(lamp: Lamp) -> str:
    """One letter inside the lamp, so that it can be told without its colour."""
    return lamps.lamp_letter("overdue" if lamp is Lamp.LATE else lamp.value)
