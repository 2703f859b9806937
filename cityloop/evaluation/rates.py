"""Rates and shares as the reports print them. Pure, in whole numbers: no float decides a digit."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, localcontext

DIGITS = Decimal("0.01")


def percent(part: int, whole: int, *, rounding: str = "truncate") -> Decimal | None:
    """`part` of `whole` in per cent with two decimals, truncated or rounded (half up); None of nothing."""
    if whole == 0:
        return None
    mode = ROUND_DOWN if rounding == "truncate" else ROUND_HALF_UP
    with localcontext(prec=40):
        return (Decimal(part) * 100 / Decimal(whole)).quantize(DIGITS, mode)


def text_of(value: Decimal | None) -> str:
    """Without trailing zeros: 97.10 is 97.1, 100.00 is 100; "—" for None."""
    if value is None:
        return "—"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def rate_text(part: int, whole: int, *, rounding: str = "truncate") -> str:
    """A rate as printed."""
    return text_of(percent(part, whole, rounding=rounding))


def share_text(part: int, whole: int) -> str:
    """A share as printed: always rounded."""
    return text_of(percent(part, whole, rounding="round"))
