"""The columns of tables of addresses, in and out: the same whoever reads them."""

from typing import Final

from cityloop.base.sheets import Column, Sheet

TEXT: Final = frozenset(("地址", "详细地址", "位置", "地点", "address"))
LON: Final = frozenset(("经度", "lon", "lng", "longitude", "x"))
LAT: Final = frozenset(("纬度", "lat", "latitude", "y"))

FOUND: Final = Sheet(
    "结果",
    (
        Column("行号", hint="原表中的行"),
        Column("原文"),
        Column("结论", hint="可信：不低于 0.85；请核对：0.60 至 0.85；其余为未找到"),
        Column("地点"),
        Column("得分", hint="0 至 1"),
        Column("依据", hint="得分从何而来"),
        Column("经度", hint="WGS 84 / CGCS2000"),
        Column("纬度"),
        Column("区"),
        Column("街道"),
        Column("社区"),
        Column("单元网格"),
        Column("责任网格"),
        Column("其次", hint="第二可能的地点和得分"),
    ),
)
REPORT: Final = Sheet("报告", (Column("项目"), Column("数量")))
