"""How well geocoding answers a set of queries whose true places were worked out without it (tests/data/geocoding)."""

import pytest

from bench.geocoding import ask, load_cambridge, load_huangpu, read_queries
from tests.grid.make import NOW, clear

pytestmark = pytest.mark.django_db


def test_the_demonstration_area() -> None:
    clear()
    load_huangpu(NOW)
    queries = read_queries("huangpu.csv")
    assert len(queries) >= 300
    quality = ask(queries)
    assert quality.top1 >= 0.95, quality.wrong
    assert quality.top5 >= 0.98, quality.wrong
    assert quality.metres() <= 10


def test_real_address_ranges_of_cambridge() -> None:
    clear()
    load_cambridge(NOW)
    quality = ask(read_queries("cambridge.csv"))
    assert quality.top1 >= 0.92, quality.wrong
    assert quality.metres("range") <= 30
