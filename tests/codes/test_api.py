"""The catalogue over HTTP."""

from typing import Any

import pytest
from django.test import Client

from cityloop.codes import version
from cityloop.codes.actions import set_verification
from cityloop.codes.catalogue import EditionNode
from cityloop.codes.models import Edition, Source
from cityloop.org.models import Person
from tests.codes.conftest import ADMIN, NOW


@pytest.fixture
def signed_in(client: Client, codes: EditionNode) -> Client:
    """Somebody with an account and no post: codes are no secret inside."""
    person = Person.objects.create(username="reader", name="读者", password="-", must_change_password=False)
    client.force_login(person)
    return client


def get(client: Client, address: str, **headers: str) -> Any:
    return client.get(f"/api/v1/{address}", headers=headers)


def test_strangers_are_sent_away(client: Client, codes: EditionNode) -> None:
    answer = get(client, "codes")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


def test_the_whole_catalogue(signed_in: Client) -> None:
    body = get(signed_in, "codes").json()
    assert body["edition"] == {"code": "2013", "name": "GB/T 30428.2-2013", "year": 2013}
    assert [major["code"] for major in body["majors"] if major["kind"] == "event"] == [
        "01",
        "02",
        "03",
        "04",
        "05",
        "06",
    ]
    assert sum(len(major["minors"]) for major in body["majors"]) == 66 + 78
    rubbish = next(minor for major in body["majors"] for minor in major["minors"] if minor["name"] == "暴露垃圾")
    assert [row["condition"] for row in rubbish["standards"]] == ["公共场所生活垃圾未入容器"]
    assert body["dictionaries"]["case_levels"][1] == {
        "code": "urgent",
        "label": "紧急",
        "label_en": "Urgent",
        "note": "危及安全，须立即处理",
    }
    assert body["sources"][0]["verification"] == "skipped"


def test_other_catalogues(signed_in: Client) -> None:
    for query, minors in (("?fileable=false", 188), ("?edition=2007", 100), ("?edition=2007&fileable=false", 138)):
        body = get(signed_in, f"codes{query}").json()
        assert sum(len(major["minors"]) for major in body["majors"]) == minors


def test_not_sent_again_until_changed(signed_in: Client) -> None:
    etag = get(signed_in, "codes")["ETag"]
    again = get(signed_in, "codes", if_none_match=f'"other", W/{etag}')
    assert (again.status_code, again.content) == (304, b"")
    set_verification(Source.objects.get(code="media"), "required", files_directly=False, by=ADMIN, now=NOW)
    changed = get(signed_in, "codes", if_none_match=etag)
    assert changed.status_code == 200
    assert next(row for row in changed.json()["sources"] if row["code"] == "media")["verification"] == "required"


def test_search(signed_in: Client) -> None:
    table: tuple[tuple[str, list[str]], ...] = (
        ("q=bllj", ["暴露垃圾"]),
        ("q=0501&kind=event", ["供水管道破裂"]),
        ("q=0501&kind=event&edition=2007", ["无照经营游商"]),
        ("q=井盖&limit=2", ["上水井盖", "污水井盖"]),
        ("q=电力井盖", []),
        ("q=电力井盖&fileable=false", ["电力井盖"]),
        ("q=", []),
    )
    for query, names in table:
        found = get(signed_in, f"codes/search?{query}").json()["minors"]
        assert [minor["name"] for minor in found] == names, query


def test_refusals(signed_in: Client) -> None:
    for address, status, code in (
        ("codes?edition=1999", 404, "not_found"),
        ("codes/search?q=x&edition=1999", 404, "not_found"),
        ("codes/search", 422, "invalid"),
        ("codes/search?q=x&kind=person", 422, "invalid"),
        ("codes/search?q=x&limit=1000", 422, "invalid"),
        ("codes/search?q=" + "x" * 41, 422, "invalid"),
    ):
        answer = get(signed_in, address)
        assert (answer.status_code, answer.json()["code"]) == (status, code), address


def test_before_anything_is_loaded(signed_in: Client) -> None:
    Edition.objects.update(is_default=False)
    version.bump()
    answer = get(signed_in, "codes")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
