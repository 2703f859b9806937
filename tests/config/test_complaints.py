"""What the API says of input that is not of the documented form: in the reader's language, field by field."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override
from pydantic_core._pydantic_core import list_all_errors

from cityloop.config.complaints import SENTENCES, complaint
from tests.promises.http import signed_in
from tests.world import World

ERRORS = {error["type"]: error.get("example_context") or {} for error in list_all_errors()}


def fields(answer: Any) -> dict[str, str]:
    """The complaints of a refusal, which has the one shape."""
    said = answer.json()
    assert (answer.status_code, said["code"], set(said)) == (422, "invalid", {"code", "message", "details"})
    assert isinstance(said["details"]["fields"], dict)
    return dict(said["details"]["fields"])


@pytest.mark.parametrize(
    ("language", "lon", "lat", "limit"),
    [
        ("zh-hans", "不应大于 180", "应为数字", "必填"),
        ("en", "Should be at most 180", "Should be a number", "Required"),
    ],
)
def test_a_query_is_refused_in_words(world: World, language: str, lon: str, lat: str, limit: str) -> None:
    client, speaks = signed_in(world, "operator"), {"Accept-Language": language}
    assert fields(client.get("/api/v1/locate", {"lon": 200, "lat": "x"}, headers=speaks)) == {"lon": lon, "lat": lat}
    assert fields(client.get("/api/v1/geocode", headers=speaks)) == {"q": limit}


def test_a_body_is_refused_in_words(world: World) -> None:
    client = signed_in(world, "operator")
    body = {"client_id": "x", "source": 7, "point": [1]}
    said = fields(client.post("/api/v1/reports", body, content_type="application/json"))
    assert said["client_id"] == "应为 UUID"
    assert said["source"] == "应为文字"
    assert not [words for words in said.values() if not re.search("[\u4e00-\u9fff]", words)]


def test_an_unreadable_body_is_refused_in_words(client: Client) -> None:
    for language, words in (("zh-hans", "请求内容无法读取"), ("en", "could not be read")):
        headers = {"Accept-Language": language}
        answer = client.post("/api/v1/session", "{", content_type="application/json", headers=headers)
        assert (answer.json()["code"], words in answer.json()["message"]) == ("invalid", True)


def test_the_table_names_what_the_framework_has() -> None:
    assert set(SENTENCES) <= set(ERRORS)


@pytest.mark.parametrize("kind", ERRORS)
def test_every_error_has_a_sentence_in_both_languages(kind: str) -> None:
    problem = {"type": kind, "ctx": ERRORS[kind], "msg": "Input should be something"}
    said = complaint(problem)
    assert re.search("[\u4e00-\u9fff]", said)
    assert "Input" not in said
    assert "%(" not in said
    with override("en"):
        assert not re.search("[\u4e00-\u9fff]", complaint(problem))


def test_what_is_not_known_is_said_in_general() -> None:
    assert complaint({"type": "of a later version"}) == "填写的内容不符合要求"
    assert complaint({"type": "greater_than", "ctx": {"than": 3}}) == "填写的内容不符合要求"


def test_choices_are_listed() -> None:
    assert complaint({"type": "enum", "ctx": {"expected": "'a', 'b' or 'c'"}}) == "应为以下之一：a、b、c"
