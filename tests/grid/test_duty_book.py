"""Weekdays and hours as people write them into Excel."""

import pytest

from cityloop.base.errors import Refused
from cityloop.grid.duty_book import read_hours, read_weekdays, write_weekdays


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("", "1234567"),
        ("每天", "1234567"),
        ("12345", "12345"),
        ("1-5", "12345"),
        ("1-3,7", "1237"),
        ("一三五", "135"),
        ("周一至周五", "12345"),
        ("星期六、日", "67"),
    ],
)
def test_weekdays(text: str, days: str) -> None:
    assert write_weekdays(read_weekdays(text)) == days


@pytest.mark.parametrize("text", ["0", "8", "1-", "5-1", "工作", "-"])
def test_no_weekdays(text: str) -> None:
    with pytest.raises(Refused):
        read_weekdays(text)


def test_hours() -> None:
    assert read_hours("", "") is None
    found = read_hours("7:30", "15:00:00")
    assert found
    assert [f"{hour:%H:%M}" for hour in found] == ["07:30", "15:00"]
