"""`/api/v1/evidence/{uuid}` over HTTP."""

import io
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from cityloop.evidence import actions
from cityloop.evidence.models import Evidence
from cityloop.org.actor import Actor
from cityloop.org.models import Person
from tests.evidence import make

PHOTO = make.photo(size=(800, 600))
WAV = make.wav()


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> Path:
    """A store of its own for every test."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def client_of(name: str) -> Client:
    client = Client()
    client.force_login(Person.objects.create(username=name, name=name, must_change_password=False))
    return client


@pytest.fixture
def alice(db: None) -> Client:
    return client_of("alice")


def put(client: Client, content: bytes = PHOTO, *, address: str = "", **headers: str) -> Any:
    named = {"X-Purpose": "report"} | {f"X-{name.replace('_', '-')}": text for name, text in headers.items()}
    path = address or f"/api/v1/evidence/{uuid4()}"
    return client.put(path, content, content_type="application/octet-stream", headers=named)


def test_a_raw_body(alice: Client) -> None:
    address = f"/api/v1/evidence/{uuid4()}"
    more = {"lon": "121.5", "lat": "31.25", "taken_at": "2026-03-01T08:00:00", "file_name": "a.txt"}
    first = put(alice, address=address, **more)
    assert first.status_code == 201, first.content
    told = first.json()
    assert (told["kind"], told["mime"], told["width"], told["size"]) == ("photo", "image/jpeg", 800, len(PHOTO))
    assert told["taken_point"] == [121.5, 31.25]
    assert told["taken_at"] == "2026-03-01T00:00:00Z"
    again = put(alice, address=address)
    assert (again.status_code, again.json()) == (200, told)
    assert alice.get(address).json() == told
    assert put(alice, WAV, address=address).status_code == 422


@pytest.mark.parametrize("content", [PHOTO, make.photo("PNG", size=(1500, 1100)) + b"\0" * 3_000_000])
def test_a_form(alice: Client, content: bytes) -> None:
    fields = {"purpose": "after", "lon": "121.5", "lat": "31.25", "file": SimpleUploadedFile("照片.jpg", content)}
    body = encode_multipart(BOUNDARY, fields)
    answer = alice.put(f"/api/v1/evidence/{uuid4()}", body, content_type=MULTIPART_CONTENT)
    assert answer.status_code == 201, answer.content
    kept = Evidence.objects.get()
    assert (kept.purpose, kept.original_name, kept.size) == ("after", "照片.jpg", len(content))
    assert answer.json()["taken_point"] == [121.5, 31.25]


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (b"", {}, 422, "invalid"),
        (b"text", {}, 422, "invalid"),
        (PHOTO, {"purpose": ""}, 422, "invalid"),
        (PHOTO, {"lon": "200", "lat": "0"}, 422, "invalid"),
        (PHOTO, {"lon": "121"}, 422, "invalid"),
        (PHOTO, {"taken_at": "yesterday"}, 422, "invalid"),
        (PHOTO, {"taken_at": "2026-13-01T00:00:00"}, 422, "invalid"),
        (make.png_head(50_000, 50_000), {}, 413, "too_large"),
    ],
)
def test_refusals(alice: Client, content: bytes, headers: dict[str, str], status: int, code: str) -> None:
    named = {"X-Purpose": "report"} | {f"X-{name.replace('_', '-')}": text for name, text in headers.items()}
    answer = alice.put(f"/api/v1/evidence/{uuid4()}", content, content_type="image/jpeg", headers=named)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Evidence.objects.exists()


@pytest.mark.parametrize("body", [b"", b"nonsense", b"--" + BOUNDARY.encode() + b"\r\n"])
def test_a_broken_form(alice: Client, body: bytes) -> None:
    answer = alice.put(f"/api/v1/evidence/{uuid4()}", body, content_type=MULTIPART_CONTENT)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert alice.put(f"/api/v1/evidence/{uuid4()}", b"x", content_type="multipart/form-data").status_code == 422


def test_a_body_announced_too_large_is_not_read(alice: Client) -> None:
    answer = alice.put(
        f"/api/v1/evidence/{uuid4()}", PHOTO, content_type="image/jpeg", CONTENT_LENGTH=str(200 * 1024 * 1024)
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_others_and_strangers_see_nothing(alice: Client) -> None:
    address = f"/api/v1/evidence/{uuid4()}"
    bob = client_of("bob")
    assert put(alice, address=address).status_code == 201
    for path in (address, f"{address}/original", f"{address}/thumbnail"):
        assert alice.get(path).status_code == 200
        assert (bob.get(path).status_code, bob.get(path).json()["code"]) == (404, "not_found")
        assert Client().get(path).status_code == 401
    assert put(Client()).status_code == 401
    sender = Person.objects.get(username="alice")
    actions.link([Evidence.objects.get().pk], by=Actor(sender.pk, sender.name))
    assert alice.get(address).status_code == 404


def test_content_cannot_run_as_a_page(alice: Client) -> None:
    address = f"/api/v1/evidence/{uuid4()}"
    put(alice, PHOTO + b"<script>alert(1)</script>", address=address)
    answer = alice.get(f"{address}/original")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "private" in answer["Cache-Control"]
    thumbnail = alice.get(f"{address}/thumbnail")
    assert thumbnail["Content-Type"] == "image/webp"
    content = b"".join(thumbnail.streaming_content)  # type: ignore[attr-defined]
    assert b"script" not in content
    with Image.open(io.BytesIO(content)) as image:
        assert image.size == (480, 360)
    assert alice.get(f"{address}/thumbnail", headers={"If-None-Match": thumbnail["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-3", 206, WAV[:4]),
        ("bytes=10-", 206, WAV[10:]),
        ("bytes=-5", 206, WAV[-5:]),
        ("bytes=10-99999999", 206, WAV[10:]),
        ("bytes=99999999-", 200, WAV),
        ("bytes=0-1,3-4", 200, WAV),
        ("bytes=-", 200, WAV),
        ("lines=1-2", 200, WAV),
    ],
)
def test_players_ask_for_parts(alice: Client, asked: str, status: int, part: bytes) -> None:
    address = f"/api/v1/evidence/{uuid4()}"
    put(alice, WAV, address=address)
    answer = alice.get(f"{address}/original", headers={"Range": asked})
    assert (answer.status_code, b"".join(answer.streaming_content)) == (status, part)  # type: ignore[attr-defined]
    assert answer["Content-Length"] == str(len(part))
