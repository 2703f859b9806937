"""Refusals and errors as pages."""

import pytest
from django.test import Client, RequestFactory

from cityloop.base.errors import STATUS, Refused
from cityloop.base.navigation import NavLink, list_links
from cityloop.base.views import RefusalMiddleware, csrf_failure, refused, server_error

pytestmark = pytest.mark.urls("cityloop.config.urls")


@pytest.mark.parametrize("code", [code for code in STATUS if code != "not_signed_in"])
def test_a_refusal_becomes_a_page_with_its_status_its_sentence_and_a_way_back(code: str) -> None:
    answer = refused(RequestFactory().get("/"), Refused(code, "这样不行。"))
    text = answer.content.decode()
    assert answer.status_code == STATUS[code]
    assert "这样不行。" in text
    assert code in text
    assert 'href="/"' in text


def test_in_a_fragment_a_refusal_is_only_its_sentence() -> None:
    request = RequestFactory().get("/", headers={"HX-Request": "true"})
    answer = refused(request, Refused("not_yet", "还差照片。", {"fields": {"photo": "必填"}}))
    assert answer.status_code == 409
    assert "<html" not in answer.content.decode()
    assert "必填" in answer.content.decode()


def test_a_stranger_is_sent_to_sign_in_and_back() -> None:
    answer = refused(RequestFactory().get("/cases/?a=1"), Refused("not_signed_in", "请登录"))
    assert answer.status_code == 302
    assert answer["Location"].endswith("?next=%2Fcases%2F%3Fa%3D1")


def test_other_exceptions_are_left_to_django() -> None:
    assert RefusalMiddleware(lambda _: None).process_exception(RequestFactory().get("/"), ValueError()) is None  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize(("view", "status"), [(server_error, 500), (csrf_failure, 403)])
def test_errors_need_no_database(view: object, status: int) -> None:
    assert view(RequestFactory().get("/")).status_code == status  # type: ignore[operator]


@pytest.mark.django_db
def test_what_is_not_there_says_so(client: Client) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "没有找到" in answer.content.decode()


def test_a_stranger_has_no_links() -> None:
    assert list_links(None) == []
    assert list_links(RequestFactory().get("/")) == []
    assert NavLink("提醒", "notify:list", "signed_in", 1).url == "/notices/"
