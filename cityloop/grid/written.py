"""How addresses are written: data of the city, in its own language whoever reads them."""

from typing import Final

from cityloop.base.spelling import is_latin

BEARINGS: Final = {
    "n": "北", "ne": "东北", "e": "东", "se": "东南", "s": "南", "sw": "西南", "w": "西", "nw": "西北",
}  # fmt: skip
# What a short name leaves out, by the level of the area.
ENDINGS: Final = {"city": ("市",), "district": ("新区", "区", "县", "市")}


def write_door(street: str, number: int, inner: str) -> str:
    """南京东路123号, 南京东路123弄5号, 123 Main St: `inner` is what follows the number (`parse.level_inner`)."""
    if is_latin(street):
        return f"{number}{inner} {street}"
    if inner.startswith("弄"):
        return f"{street}{number}{inner}号" if inner[-1:].isdecimal() else f"{street}{number}{inner}"
    return f"{street}{number}{inner}号" if inner.startswith("-") else f"{street}{number}号{inner}"


def write_step(place: str, bearing: str, metres: int | None) -> str:
    """大世界东侧50米; without metres 大世界东侧."""
    return f"{place}{BEARINGS[bearing]}侧" + (f"{metres}米" if metres else "")
