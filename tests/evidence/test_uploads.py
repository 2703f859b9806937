"""Uploads come in once, are linked by their sender, or go."""

import errno
import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from PIL import Image

from cityloop.base.errors import Refused
from cityloop.base.geometry import LonLat, as_lonlat
from cityloop.evidence import actions, files, selectors
from cityloop.evidence.actions import Claim
from cityloop.evidence.models import Evidence
from cityloop.evidence.policy import access_own_upload
from cityloop.org.actor import ANONYMOUS, SYSTEM, Actor
from cityloop.org.models import Person
from tests.evidence import make

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
LATER = NOW + timedelta(hours=73)
PHOTO = make.photo()


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> Path:
    """A store of its own for every test."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def person(name: str) -> Actor:
    return Actor(Person.objects.create(username=name, name=name).pk, name)


@pytest.fixture
def alice(db: None) -> Actor:
    return person("alice")


@pytest.fixture
def bob(db: None) -> Actor:
    return person("bob")


def put(by: Actor, content: bytes = PHOTO, *, uuid: UUID | None = None, **more: Any) -> Evidence:
    return actions.store(uuid or uuid4(), content, **({"purpose": "report", "by": by, "now": NOW} | more))


def files_in(folder: Path) -> int:
    return sum(1 for path in folder.rglob("*") if path.is_file())


def code_of(refused: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refusal:
        refused()
    return refusal.value.code


def test_a_photo_is_stored_with_what_it_says(alice: Actor, store: Path) -> None:
    gps = make.gps((31.0, 15.0, 0.0), "N", (121.0, 30.0, 0.0), "E")
    content = make.photo(size=(800, 600), exif=make.exif(shot={0x9003: "2026:03:02 11:00:00"}, gps=gps))
    claim = Claim("C:\\DCIM\\..\\IMG\x00 1.png", NOW - timedelta(days=3), LonLat(1, 1))
    found = Evidence.objects.get(pk=put(alice, content, claim=claim, purpose="before").pk)
    assert (found.kind, found.purpose, found.mime, found.size) == ("photo", "before", "image/jpeg", len(content))
    assert (found.width, found.height, found.original_name) == (800, 600, "IMG 1.png")
    assert (found.taken_at, found.taken_at_from) == (datetime(2026, 3, 2, 3, tzinfo=UTC), "file")
    assert as_lonlat(found.taken_point) == pytest.approx((121.5, 31.25))
    assert found.taken_point_from == "file"
    assert (found.uploaded_by_id, found.linked, found.expires_at) == (alice.person_id, False, NOW + timedelta(hours=72))
    with selectors.open_original(found) as original:
        assert original.read() == content
    with selectors.open_thumbnail(found) as thumbnail, Image.open(thumbnail) as image:
        assert image.size == (480, 360)
    assert (store / "original" / found.sha256[:2] / found.sha256[2:4] / found.sha256).exists()
    assert files_in(store) == 2


def test_what_the_sender_says_serves_where_the_file_is_silent(alice: Actor) -> None:
    found = put(alice, make.wav(), claim=Claim("a.wav", NOW, LonLat(121.5, 31.25)))
    assert (found.kind, found.taken_at, found.taken_at_from) == ("sound", NOW, "sender")
    assert (as_lonlat(found.taken_point), found.taken_point_from) == ((121.5, 31.25), "sender")
    assert put(alice, claim=Claim(taken_at=NOW + timedelta(days=2))).taken_at is None


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "invalid"),
        (b"not a photo", "invalid"),
        (PHOTO[:200], "invalid"),
        (make.png_head(60_000, 60_000), "too_large"),
        (PHOTO + b"\0" * (20 * 1024 * 1024), "too_large"),
    ],
)
def test_a_bad_file_leaves_nothing_behind(alice: Actor, store: Path, content: bytes, code: str) -> None:
    assert code_of(lambda: put(alice, content, claim=Claim("photo.jpg"))) == code
    assert (Evidence.objects.count(), files_in(store)) == (0, 0)


def test_reading_stops_at_the_limit(alice: Actor) -> None:
    class Endless(io.RawIOBase):
        taken = 0

        def read(self, size: int = -1) -> bytes:
            self.taken += size
            return b"\0" * size

    source = Endless()
    with pytest.raises(Refused) as refusal:
        actions.store(uuid4(), source, purpose="report", by=alice, now=NOW)  # type: ignore[arg-type]
    assert refusal.value.code == "too_large"
    assert source.taken < 101 * 1024 * 1024


def test_a_full_disk_is_said(alice: Actor, monkeypatch: pytest.MonkeyPatch, store: Path) -> None:
    def full(_source: Path, _target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "_move", full)
    assert code_of(lambda: put(alice)) == "unavailable"
    assert (Evidence.objects.count(), files_in(store)) == (0, 0)


def test_a_wrong_name_changes_nothing(alice: Actor) -> None:
    found = put(alice, make.photo("PNG"), claim=Claim("voice.mp3"))
    assert (found.kind, found.mime) == ("photo", "image/png")


def test_an_unknown_purpose_is_refused(alice: Actor) -> None:
    assert code_of(lambda: put(alice, purpose="selfie")) == "invalid"


def test_the_same_again_is_the_same_row(alice: Actor, store: Path) -> None:
    uuid = uuid4()
    first = actions.receive(uuid, PHOTO, purpose="report", by=alice, now=NOW)
    again = actions.receive(uuid, io.BytesIO(PHOTO), purpose="report", by=alice, now=LATER)
    assert (first.is_new, again.is_new, again.evidence.uploaded_at) == (True, False, NOW)
    assert (Evidence.objects.count(), files_in(store)) == (1, 2)


def test_an_id_is_used_once(alice: Actor, bob: Actor) -> None:
    uuid = put(alice).pk
    assert code_of(lambda: put(alice, make.wav(), uuid=uuid)) == "invalid"
    assert code_of(lambda: put(bob, PHOTO, uuid=uuid)) == "invalid"


def test_quota_of_a_day(alice: Actor, bob: Actor, settings: Any) -> None:
    settings.EVIDENCE_FILES_A_DAY = 2
    first = put(alice)
    put(alice)
    assert code_of(lambda: put(alice)) == "too_many"
    put(alice, uuid=first.pk)
    put(bob)
    put(alice, now=NOW + timedelta(hours=12))  # noon to the city's midnight
    settings.EVIDENCE_MEGABYTES_A_DAY = 0
    assert code_of(lambda: put(bob)) == "too_many"
    put(SYSTEM)


def test_link_in_order_in_one_statement(alice: Actor, django_assert_num_queries: Any) -> None:
    claim = Claim(taken_at=NOW, taken_point=LonLat(121.5, 31.25))
    ids = [put(alice, claim=claim).pk for _ in range(3)]
    with django_assert_num_queries(1):
        linked = actions.link([ids[2], ids[0], ids[2], ids[1]], by=alice, holder="case:1")
    assert [row.pk for row in linked] == [ids[2], ids[0], ids[1]]
    assert all(row.linked and row.expires_at is None and row.holder == "case:1" for row in linked)
    assert as_lonlat(linked[0].taken_point) == (121.5, 31.25)
    for row in linked:
        assert {k: v for k, v in vars(Evidence.objects.get(pk=row.pk)).items() if k != "_state"} == {
            k: v for k, v in vars(row).items() if k != "_state"
        }
    with django_assert_num_queries(0):
        assert actions.link([], by=alice) == []


def test_link_is_all_or_nothing(alice: Actor, bob: Actor) -> None:
    own, other = put(alice), put(bob)
    assert code_of(lambda: actions.link([own.pk, other.pk], by=alice)) == "invalid"
    assert code_of(lambda: actions.link([own.pk, uuid4()], by=alice)) == "invalid"
    assert code_of(lambda: actions.link([own.pk], by=SYSTEM)) == "invalid"
    assert code_of(lambda: actions.link([own.pk], by=ANONYMOUS)) == "invalid"
    assert not Evidence.objects.filter(linked=True).exists()


def test_link_to_two_holders_is_refused(alice: Actor) -> None:
    own = put(alice)
    actions.link([own.pk], by=alice, holder="case:1")
    actions.link([own.pk], by=alice, holder="case:1")
    assert code_of(lambda: actions.link([own.pk], by=alice, holder="case:2")) == "invalid"


def test_what_the_system_sent_the_system_links(db: None) -> None:
    assert actions.link([put(SYSTEM).pk], by=SYSTEM)[0].linked


def test_only_the_sender_sees_an_unlinked_upload(alice: Actor, bob: Actor) -> None:
    own = put(alice)
    assert access_own_upload(own.pk, by=alice) == own
    assert code_of(lambda: access_own_upload(own.pk, by=bob)) == "not_found"
    assert code_of(lambda: access_own_upload(uuid4(), by=alice)) == "not_found"
    assert code_of(lambda: access_own_upload(put(SYSTEM).pk, by=ANONYMOUS)) == "not_found"
    actions.link([own.pk], by=alice)
    assert code_of(lambda: access_own_upload(own.pk, by=alice)) == "not_found"


def test_expiry(alice: Actor, bob: Actor, store: Path, django_capture_on_commit_callbacks: Any) -> None:
    linked, left = put(alice), put(alice, make.photo("PNG"))
    put(bob, PHOTO)  # the same content as what stays
    young = put(bob, make.wav(), now=LATER - timedelta(hours=1))
    actions.link([linked.pk], by=alice)
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.expire(NOW + timedelta(hours=71)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.expire(LATER) == 2
    assert {row.pk for row in Evidence.objects.all()} == {linked.pk, young.pk}
    selectors.open_original(linked).close()
    selectors.open_thumbnail(linked).close()
    assert code_of(lambda: selectors.open_original(left)) == "unavailable"
    assert files_in(store) == 3
    put(alice, make.photo("PNG"), uuid=left.pk, now=LATER)


def test_files_without_a_row_are_swept(alice: Actor, store: Path) -> None:
    kept, lost = put(alice), put(alice, make.photo("PNG"))
    Evidence.objects.filter(pk=lost.pk).delete()
    (store / "incoming" / "half").write_bytes(b"half a phot")
    assert actions.sweep(datetime.now(UTC)) == 0
    assert actions.sweep(datetime.now(UTC) + timedelta(days=2)) == 2
    assert files_in(store) == 2
    selectors.open_original(kept).close()


@pytest.mark.django_db(transaction=True)
def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    put(person("alice"))
    call_command("expire_evidence")
    assert capsys.readouterr().out.startswith("1 expired uploads")
    assert not Evidence.objects.exists()


def test_public_copy_is_made_once_and_goes_with_its_original(alice: Actor, store: Path) -> None:
    own = put(alice, make.photo(exif=make.exif(main={0x010F: "SecretMaker"})))
    first = selectors.public_copy(own)
    assert b"SecretMaker" not in first
    assert selectors.public_copy(own) == first
    assert files_in(store) == 3
    with selectors.open_thumbnail(own) as thumbnail:
        small = thumbnail.read()
    files.path_of("thumbnail", own.sha256).unlink()  # restored from a backup without it
    with selectors.open_thumbnail(own) as thumbnail:
        assert thumbnail.read() == small
    files.remove(own.sha256)
    assert files_in(store) == 0


@pytest.mark.parametrize("content", [make.wav(), make.mp4(b"vide")])
def test_sound_and_film_have_neither_thumbnail_nor_public_copy(alice: Actor, content: bytes) -> None:
    own = put(alice, content)
    assert code_of(lambda: selectors.open_thumbnail(own)) == "not_found"
    assert code_of(lambda: selectors.public_copy(own)) == "not_found"


@pytest.mark.django_db(transaction=True)
def test_the_same_upload_twice_at_once_is_one_row(store: Path) -> None:
    alice, uuid, gate = person("alice"), uuid4(), threading.Barrier(2)

    def send(_number: int) -> bool:
        try:
            gate.wait(5)
            return actions.receive(uuid, PHOTO, purpose="report", by=alice, now=NOW).is_new
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, range(2))) == [False, True]
    assert (Evidence.objects.count(), files_in(store)) == (1, 2)


@pytest.mark.django_db(transaction=True)
def test_content_that_comes_while_it_expires_keeps_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """The deleter is held between row and file; the same content comes in meanwhile; its file must stay."""
    alice = person("alice")
    put(alice)
    at_file, came = threading.Event(), threading.Event()
    discard = actions._discard

    def held(sha256: str) -> bool:
        at_file.set()
        came.wait(5)
        return discard(sha256)

    def run() -> int:
        try:
            return actions.expire(LATER)
        finally:
            connection.close()

    monkeypatch.setattr(actions, "_discard", held)
    with ThreadPoolExecutor(1) as pool:
        expired = pool.submit(run)
        at_file.wait(5)
        new = put(alice, now=LATER)
        came.set()
        assert expired.result(5) == 1
    selectors.open_original(new).close()
