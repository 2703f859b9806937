"""Rates are truncated, shares are rounded, and neither writes zeros at the end."""

import pytest

from cityloop.evaluation.rates import rate_text, share_text


@pytest.mark.parametrize(
    ("part", "whole", "truncated", "rounded"),
    [
        (17183, 18978, "90.54", "90.54"),
        (10268, 10879, "94.38", "94.38"),
        (4163, 4328, "96.18", "96.19"),
        (1103, 1134, "97.26", "97.27"),
        (670, 690, "97.1", "97.1"),
        (69, 76, "90.78", "90.79"),
        (12036, 17183, "70.04", "70.05"),
        (1, 3, "33.33", "33.33"),
        (2, 3, "66.66", "66.67"),
        (16, 16, "100", "100"),
        (0, 7, "0", "0"),
        (1, 2, "50", "50"),
        (1, 20_000, "0", "0.01"),
        (0, 0, "—", "—"),
    ],
)
def test_rates(part: int, whole: int, truncated: str, rounded: str) -> None:
    assert rate_text(part, whole) == truncated
    assert rate_text(part, whole, rounding="round") == rounded


@pytest.mark.parametrize(
    ("part", "text"),
    [(10879, "57.32"), (4328, "22.81"), (690, "3.64"), (1134, "5.98"), (76, "0.4"), (7, "0.04"), (17107, "90.14")],
)
def test_shares_are_rounded(part: int, text: str) -> None:
    assert share_text(part, 18978) == text
