"""Duty grids and their holders as an Excel workbook: the sheets, and how cells become weekdays, hours and codes."""

import re
from collections.abc import Sequence
from datetime import time

from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.base.sheets import Column, Sheet, Value, write_book
from cityloop.grid.models import EVERY_DAY, DutyGrid, DutyHolder
from cityloop.org.actor import Actor
from cityloop.org.permissions import demand

GRIDS = Sheet(
    "责任网格",
    (
        Column("编码", required=True, hint="已有的编码会被更新"),
        Column("名称", required=True),
        Column("单元网格", required=True, hint="15 位编码，用空格或顿号分隔；须相邻"),
    ),
)
HOLDERS = Sheet(
    "责任网格监督员",
    (
        Column("责任网格", required=True, hint="责任网格编码"),
        Column("用户名", required=True, hint="该区域的监督员"),
        Column("班次", hint="例如 早班；同一人、同一班次、同一起始日期再次导入即为修改"),
        Column("星期", hint="1 为星期一：12345、1-5、每天；空为每天"),
        Column("上班时间", hint="07:00；空为全天"),
        Column("下班时间", hint="早于上班时间即为次日"),
        Column("起始日期", day=True, hint="空为今天"),
        Column("结束日期", day=True, hint="最后一天；空为长期"),
    ),
)
SHEETS = (GRIDS, HOLDERS)
DAYS = {letter: number for number, letter in enumerate("一二三四五六日", start=1)} | {"天": 7}


def read_codes(text: str) -> list[str]:
    """Codes separated by blanks or commas of either script."""
    return [code for code in re.split(r"[\s,，、;；]+", text) if code]


def read_weekdays(text: str) -> int:
    """A mask of weekdays, Monday as bit 0; refused as `invalid`."""
    words = text.replace("星期", "").replace("周", "").replace("至", "-").strip()
    if words in ("", "每天"):
        return EVERY_DAY
    plain = "".join(str(DAYS.get(letter, letter)) for letter in words)
    days: set[int] = set()
    for part in read_codes(plain):
        span = re.fullmatch(r"([1-7])-([1-7])", part)
        if span:
            days |= set(range(int(span[1]), int(span[2]) + 1))
        elif re.fullmatch(r"[1-7]+", part):
            days |= {int(day) for day in part}
        else:
            days = set()
            break
    if not days:
        raise Refused("invalid", _("星期应写作 12345 或 1-5：%(text)s") % {"text": text}, {"rule": "weekdays"})
    return sum(1 << (day - 1) for day in days)


def read_hours(start: str, end: str) -> tuple[time, time] | None:
    """Both hours, or None for the whole day; refused as `invalid` when one is missing or unreadable."""
    if not start and not end:
        return None
    try:
        return time.fromisoformat(start.zfill(5)), time.fromisoformat(end.zfill(5))
    except ValueError:
        raise Refused("invalid", _("上下班时间应写作 07:00，且同时填写"), {"rule": "hours"}) from None


def write_weekdays(mask: int) -> str:
    """1234567 for every day."""
    return "".join(str(day) for day in range(1, 8) if mask >> (day - 1) & 1)


def template_duty() -> bytes:
    """The empty workbook with the headings and what to fill in."""
    return write_book(SHEETS, {})


def export_duty(*, by: Actor) -> bytes:
    """All duty grids and holders as a workbook that `import_duty` reads."""
    demand(by, "grid.manage")
    grids: list[Sequence[Value]] = [
        (grid.code, grid.name, " ".join(sorted(cell.code for cell in grid.cells.all())))
        for grid in DutyGrid.objects.filter(valid_to=None).defer("geom").prefetch_related("cells")
    ]
    holders = DutyHolder.objects.select_related("duty_grid", "person").order_by("duty_grid__code", "id")
    return write_book(SHEETS, {GRIDS.title: grids, HOLDERS.title: [_holder_row(holder) for holder in holders]})


def _holder_row(holder: DutyHolder) -> Sequence[Value]:
    return (
        holder.duty_grid.code,
        holder.person.username,
        holder.shift,
        write_weekdays(holder.weekdays),
        f"{holder.start_time:%H:%M}" if holder.start_time else "",
        f"{holder.end_time:%H:%M}" if holder.end_time else "",
        holder.valid_from,
        holder.valid_to,
    )
