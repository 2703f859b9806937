"""Rows that look like a morning at the operators' desk. Nothing here is read from a database."""

from dataclasses import dataclass, field
from typing import Any

KINDS = [
    ("暴露垃圾", "豫园街道 方浜中路 218 号门前人行道，暴露垃圾一处约 2 平方米"),
    ("井盖缺损", "老西门街道 复兴东路与河南南路交叉口东北角，雨水井盖破损"),
    ("占道经营", "南京东路街道 宁海东路菜场北门，流动摊贩占用盲道"),
    ("违规户外广告", "外滩街道 北京东路 666 号科技京城，墙面违规喷涂"),
    ("路灯故障", "小东门街道 中华路 1600 弄口，路灯三盏不亮"),
    ("非机动车乱停放", "打浦桥街道 瑞金二路 118 号地铁口，共享单车堆放约四十辆，影响行人通行"),
]
LAMPS = [
    ("in_time", "剩 1天2小时10分 工作时"),
    ("soon", "剩 25分 紧急工作时"),
    ("overdue", "超 3小时5分 工作时"),
    ("paused", "计时暂停"),
    ("in_time", "剩 3 工作日"),
    ("ended", "按时"),
]


@dataclass
class Sample:
    """The state of one run: which cases still wait, and what was sent."""

    waiting: list[int] = field(default_factory=lambda: list(range(1, 41)))
    sent: list[dict[str, str]] = field(default_factory=list)
    answer: str = "done"  # or "refused", "broken", "signed_out"
    evidence: list[dict[str, str]] = field(default_factory=list)
    seconds: dict[int | str, float] = field(default_factory=dict)  # how long a case, or "do", takes to answer


STATE = Sample()


def reset() -> Sample:
    """Begin anew."""
    STATE.__init__()  # type: ignore[misc]
    return STATE


def row(number: int) -> dict[str, Any]:
    """One case of the list."""
    kind, place = KINDS[number % len(KINDS)]
    lamp, words = LAMPS[number % len(LAMPS)]
    return {
        "id": number,
        "number": f"20260301{number:05d}",
        "kind": kind,
        "place": place,
        "lamp": lamp,
        "words": words,
        "urgent": number % 7 == 3,
        "taken": "李伟" if number == 4 else "",
        "source": "监督员上报" if number % 3 else "公众举报",
        "at": f"08:{number % 60:02d}",
    }


TEAM, CENTRE = "豫园采集队", "市监督中心"
FOUND, ACCEPTED, VERIFIED = "03-01 08:12", "03-01 08:20", "03-01 09:55"
STEPS = [
    {"what": "上报", "who": "周强 监督员", "unit": TEAM, "at": FOUND, "note": "现场已核对，垃圾堆放约两天。"},
    {"what": "受理", "who": "张敏 受理员", "unit": CENTRE, "at": ACCEPTED, "spent": "8分"},
    {"what": "核实", "who": "周强 监督员", "unit": TEAM, "at": VERIFIED, "spent": "1小时35分", "late": True},
]
BOXES = [
    ("受理", [("待受理", 40, 3), ("公众待登记", 6, 0), ("核实中", 12, 1), ("待立案", 9, 0)]),
    ("核查结案", [("待发核查", 15, 2), ("核查中", 31, 0), ("待结案", 7, 0), ("自处理审核", 4, 0)]),
    ("其他", [("督办", 2, 1), ("已办", 0, 0), ("全部查询", 0, 0)]),
]
