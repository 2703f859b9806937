"""What a set of cells is like: how many, how large, what is wrong; as figures, as lines of text, as JSON."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from cityloop.base.words import mark, speak
from cityloop.grid.cells.engine.checks import Limits, Problem

SENTENCES: Final[Mapping[str, str]] = {
    "code": mark("网格编码不合规则"),
    "twice": mark("网格编码重复"),
    "broken": mark("边界为空或自相交"),
    "parts": mark("网格由多块组成"),
    "hole": mark("网格中有空洞"),
    "crossing": mark("网格越过社区边界"),
    "overlap": mark("网格相互重叠"),
    "uncovered": mark("社区中有未覆盖的地面"),
    "small": mark("网格面积过小"),
    "large": mark("网格面积过大"),
    "order": mark("编号未按自西向东、自北向南"),
}


@dataclass(frozen=True, slots=True)
class Spread:
    """How large cells are, in m²; `fitting` is the share within the limits."""

    count: int
    least: int
    median: int
    p90: int
    most: int
    total: int
    fitting: float


@dataclass(frozen=True, slots=True)
class Report:
    """Figures of all cells and of each community, and the problems."""

    whole: Spread
    communities: Mapping[str, Spread]
    problems: tuple[Problem, ...]
    plane: str
    overlap_m2: float = 0.0
    gap_m2: float = 0.0

    @property
    def faults(self) -> list[Problem]:
        """What keeps the cells from being published."""
        return [problem for problem in self.problems if problem.is_fault]

    @property
    def counts(self) -> dict[str, int]:
        """How many problems of each kind."""
        return dict(sorted(Counter(problem.kind for problem in self.problems).items()))


def spread_of(areas: Sequence[float], limits: Limits) -> Spread:
    """The figures of these areas."""
    if not len(areas):
        return Spread(0, 0, 0, 0, 0, 0, 1.0)
    found = np.asarray(areas, dtype=float)
    least, median, p90, most = (round(float(value)) for value in np.percentile(found, [0, 50, 90, 100]))
    fitting = float(((found >= limits.small) & (found <= limits.large)).mean())
    return Spread(len(found), least, median, p90, most, round(float(found.sum())), fitting)


def report_of(
    areas: Mapping[str, float],
    problems: Sequence[Problem],
    limits: Limits,
    *,
    plane: str,
    overlap_m2: float = 0.0,
    gap_m2: float = 0.0,
) -> Report:
    """The report of cells, given as m² by code."""
    members: dict[str, list[float]] = defaultdict(list)
    for code, area in areas.items():
        members[code[:12]].append(area)
    return Report(
        spread_of(list(areas.values()), limits),
        {code: spread_of(found, limits) for code, found in sorted(members.items())},
        tuple(problems),
        plane,
        overlap_m2,
        gap_m2,
    )


def as_json(report: Report) -> dict[str, Any]:
    """The report as data."""
    return {
        "plane": report.plane,
        "whole": asdict(report.whole),
        "communities": {code: asdict(spread) for code, spread in report.communities.items()},
        "counts": report.counts,
        "faults": len(report.faults),
        "problems": [asdict(problem) for problem in report.problems],
        "outlines": {"overlap_m2": round(report.overlap_m2, 2), "gap_m2": round(report.gap_m2, 2)},
    }


def as_lines(report: Report, *, most: int = 20) -> list[str]:
    """The report as text, the first problems named."""
    whole = report.whole
    lines = [
        speak("量算平面：%(plane)s", plane=report.plane),
        speak("单元网格 %(count)d 个，共 %(total).3f 平方公里", count=whole.count, total=whole.total / 1e6),
        speak(
            "面积（平方米）：最小 %(least)d，中位 %(median)d，90%% 以内 %(p90)d，最大 %(most)d；%(share)s 在范围内",
            least=whole.least,
            median=whole.median,
            p90=whole.p90,
            most=whole.most,
            share=f"{whole.fitting:.1%}",
        ),
        speak("社区边界：重叠 %(over).1f 平方米，补缝 %(gap).1f 平方米", over=report.overlap_m2, gap=report.gap_m2),
    ]
    if not report.problems:
        return [*lines, speak("检查：没有缝隙、重叠、越界，没有发现问题")]
    lines += [f"{speak(SENTENCES[kind])}: {count}" for kind, count in report.counts.items()]
    return lines + [f"  {line_of(problem)}" for problem in report.problems[:most]]


def line_of(problem: Problem) -> str:
    """One problem as a line."""
    parts = [problem.code, problem.other, speak(SENTENCES[problem.kind])]
    parts.append(speak("%(area).1f 平方米", area=problem.m2) if problem.m2 else "")
    parts.append("{:.6f},{:.6f}".format(*problem.place) if problem.place else "")
    return " ".join(part for part in parts if part)
