"""Contacts are sealed, found by digest, and masked."""

from typing import Any

import pytest

from cityloop.base import secrets
from cityloop.base.errors import Refused
from cityloop.base.secrets import Sealed, Unreadable


@pytest.fixture(autouse=True)
def keys(settings: Any) -> dict[str, str]:
    """Two keys, the second in force."""
    settings.CONTACT_KEYS = {"2025": "old secret", "2026": "new secret"}
    return settings.CONTACT_KEYS  # type: ignore[no-any-return]


@pytest.mark.parametrize("text", ["15412345678", "张三丰", "", "x" * 5000])
def test_sealed_and_opened(text: str) -> None:
    sealed = secrets.seal(text)
    assert sealed.key_id == "2026"
    assert not text or text.encode() not in sealed.content
    assert secrets.unseal(sealed) == text
    assert secrets.unseal(Sealed(sealed.key_id, memoryview(sealed.content))) == text  # type: ignore[arg-type]
    assert secrets.seal(text).content != sealed.content


def test_old_keys_still_open(settings: Any) -> None:
    settings.CONTACT_KEYS = {"2025": "old secret"}
    old = secrets.seal("15412345678")
    settings.CONTACT_KEYS = {"2025": "old secret", "2026": "new secret"}
    assert secrets.unseal(old) == "15412345678"
    settings.CONTACT_KEYS = {"2026": "new secret"}
    with pytest.raises(Unreadable):
        secrets.unseal(old)


def test_changed_bytes_do_not_open() -> None:
    sealed = secrets.seal("15412345678")
    for at in (0, 12, len(sealed.content) - 1):
        changed = bytearray(sealed.content)
        changed[at] ^= 1
        with pytest.raises(Unreadable):
            secrets.unseal(Sealed(sealed.key_id, bytes(changed)))
    for content in (b"", sealed.content[:12], sealed.content[:-1]):
        with pytest.raises(Unreadable):
            secrets.unseal(Sealed(sealed.key_id, content))
    with pytest.raises(Unreadable):
        secrets.unseal(Sealed("2025", sealed.content))


def test_digests_find_every_way_of_writing(settings: Any) -> None:
    assert secrets.digest("+86 154-1234-5678") == secrets.digest("１５４１２３４５６７８")
    assert secrets.digest("021-63331234转801") == secrets.digest("(021)6333 1234")
    assert secrets.digest("15412345678") != secrets.digest("15412345679")
    assert secrets.digest_tail("15412345678") == secrets.digest_tail("5678") == secrets.digest_tail("02163335678-801")
    assert secrets.digest_tail("15412345678") != secrets.digest("15412345678")
    new = secrets.digest("15412345678")
    settings.CONTACT_KEYS = {"2025": "old secret"}
    old = secrets.digest("15412345678")
    settings.CONTACT_KEYS = {"2025": "old secret", "2026": "new secret"}
    assert secrets.digests("15412345678") == [old, new]
    assert len(secrets.digests_of_tail("5678")) == 2
    assert len(new) == 32


@pytest.mark.parametrize("text", ["567", "", "abcd", "转5678"])
def test_no_number_no_digest(text: str) -> None:
    for digest in (secrets.digest, secrets.digest_tail):
        with pytest.raises(Refused) as refusal:
            digest(text)
        assert refusal.value.code == "invalid"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15412345678", "15412345678"),
        (" 154 1234 5678 ", "15412345678"),
        ("154-1234-5678", "15412345678"),
        ("+86 154 1234 5678", "15412345678"),
        ("0086-15412345678", "15412345678"),
        ("8615412345678", "15412345678"),
        ("015412345678", "15412345678"),
        ("１５４１２３４５６７８", "15412345678"),
        ("021-63331234", "02163331234"),
        ("（021）6333-1234", "02163331234"),
        ("+86 21 6333 1234", "02163331234"),
        ("+86-021-63331234", "02163331234"),
        ("0514-87654321", "051487654321"),
        ("0514-8765432", "05148765432"),
        ("021-63331234-801", "02163331234转801"),
        ("021-63331234转801", "02163331234转801"),
        ("02163331234 ext. 801", "02163331234转801"),
        ("02163331234#801", "02163331234转801"),
        ("63331234", "63331234"),
        ("63331234-801", "63331234转801"),
        ("87654321转1", "87654321转1"),
        ("8765432转1", "8765432转1"),
        ("12345", "12345"),
        ("110", "110"),
        ("95588", "95588"),
        ("400-820-8820", "4008208820"),
        ("+852 2123 4567", "+85221234567"),
        ("001-650-253-0000", "+16502530000"),
    ],
)
def test_one_form(text: str, expected: str) -> None:
    assert secrets.normalise_phone(text) == expected
    assert secrets.normalise_phone(expected) == expected


@pytest.mark.parametrize(
    "text", ["", "abc", "12", "1541234567", "154123456789", "12812345678", "张三", "021-6333", "-", "转"]
)
def test_no_number(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        secrets.normalise_phone(text)
    assert refusal.value.code == "invalid"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15412345678", "154****5678"),
        ("+86 154 1234 5678", "154****5678"),
        ("021-63331234转801", "021****1234"),
        ("0514-87654321", "0514****4321"),
        ("63331234", "****1234"),
        ("+85221234567", "+852****4567"),
        ("110", "****"),
        ("不详", "****"),
        ("", ""),
    ],
)
def test_masked_phone(text: str, expected: str) -> None:
    assert secrets.mask_phone(text) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("张三", "张*"),
        ("张小三", "张**"),
        ("欧阳修", "欧阳*"),
        ("欧阳", "欧*"),
        ("张", "张*"),
        ("John Smith", "J***"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_masked_name(name: str, expected: str) -> None:
    assert secrets.mask_name(name) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("联系人电话15412345678，门口有垃圾", "联系人电话154****5678，门口有垃圾"),
        ("请打 154-1234-5678 或021-63331234", "请打 154****5678 或021****1234"),
        ("+86 15412345678。", "154****5678。"),
        ("电话１５４１２３４５６７８！", "电话154****5678！"),
        ("（021）63331234", "021****1234"),
        ("身份证31010119900307123X", "身份证310***********123X"),
        ("电话：63331234", "电话：****1234"),
        ("电话63331234，手机 15412345678", "电话****1234，手机 154****5678"),
        ("2026年11月20日，编号20261120，长63331234毫米", "2026年11月20日，编号20261120，长63331234毫米"),
        (
            "案件202611200001，部件3101010103000001，网格310101002001001",
            "案件202611200001，部件3101010103000001，网格310101002001001",
        ),
        ("井盖①破损㎡", "井盖①破损㎡"),
        ("", ""),
    ],
)
def test_masked_text(text: str, expected: str) -> None:
    assert secrets.mask_text(text) == expected
    assert secrets.mask_text(expected) == expected
