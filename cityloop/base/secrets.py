"""Contacts of citizens: sealed for storage, digested for search, masked for screens.

Keys are `settings.CONTACT_KEYS`, id → secret, the last in force; older ones still open what they sealed. They lie
outside database and backup, so neither alone tells whom to call.
"""

import hashlib
import hmac
import os
import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

from cityloop.base.errors import Refused

NONCE: Final = 12  # bytes before the sealed text, as AES-GCM wants
TAIL: Final = 4  # digits by which callers and cases are found
HIDDEN: Final = "****"

# Phone numbers without anything between the digits.
MOBILE: Final = re.compile(r"1[3-9]\d{9}")
# With area code; without; 12345 and its like; banks and carriers; 400 and 800 numbers.
FIXED: Final = re.compile(r"0(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}|[2-9]\d{6,7}|1\d{2,5}|9[56]\d{3,6}|[48]00\d{7}")
ABROAD: Final = re.compile(r"\+[1-9]\d{6,14}")
BETWEEN: Final = re.compile(r"[\s._()\[\]·]")
DASH: Final = re.compile(r"[-—–‐−]+")
EXTENSION: Final = re.compile(r"(?:转|分机|ext|x|#|,)+:?")

# In free text. Boundaries are no digits, so that longer numbers (case, component and cell codes) stay.
MOBILE_IN_TEXT: Final = r"(?:(?:\+|00)?86[-\s]?)?1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}"
FIXED_IN_TEXT: Final = r"\(?0(?:10|2\d|[3-9]\d{2})\)?[-\s]?[2-9]\d{2,3}[-\s]?\d{4}"
ID_IN_TEXT: Final = r"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]"
PRIVATE: Final = re.compile(rf"(?<!\d)(?:(?P<id>{ID_IN_TEXT})|(?P<phone>{MOBILE_IN_TEXT}|{FIXED_IN_TEXT}))(?!\d)")
# A local number is told from a date or an amount only by the word before it.
NAMED_NUMBER: Final = re.compile(
    r"((?:电话|手机|座机|联系方式|号码|tel|phone)[是为:\s]{0,3})([2-9]\d{6,7})(?!\d)", re.IGNORECASE
)

# Of two letters each, one after the other.
COMPOUND: Final = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙"
    "慕容仲孙钟离长孙宇文司徒鲜于司空令狐呼延百里东郭南门西门第五轩辕拓跋"
)
COMPOUND_SURNAMES: Final = frozenset(COMPOUND[at : at + 2] for at in range(0, len(COMPOUND), 2))


class Sealed(NamedTuple):
    """A sealed text and the id of the key that opens it; both are stored."""

    key_id: str
    content: bytes


class Unreadable(Exception):
    """A sealed text cannot be opened: its key is not among the settings, or the bytes were changed."""


def seal(text: str) -> Sealed:
    """Encrypt with the key in force. The same text is sealed differently each time."""
    key_id = key_in_force()
    nonce = os.urandom(NONCE)
    return Sealed(key_id, nonce + AESGCM(_key(key_id, b"seal")).encrypt(nonce, text.encode(), key_id.encode()))


def unseal(sealed: Sealed) -> str:
    """Decrypt; raises `Unreadable`."""
    content = bytes(sealed.content)
    if len(content) <= NONCE:
        raise Unreadable(sealed.key_id)
    try:
        cipher = AESGCM(_key(sealed.key_id, b"seal"))
        return cipher.decrypt(content[:NONCE], content[NONCE:], sealed.key_id.encode()).decode()
    except InvalidTag:
        raise Unreadable(sealed.key_id) from None


def key_in_force() -> str:
    """The id of the key that seals and digests now."""
    return list(settings.CONTACT_KEYS)[-1]


def digest(number: str, *, key_id: str = "") -> bytes:
    """HMAC of a phone number in its normal form without extension, for exact search; refused as `invalid` if none."""
    return _digest("number", _main_number(number), key_id)


def digest_tail(number: str, *, key_id: str = "") -> bytes:
    """HMAC of its last four digits. Given four digits, it is theirs; refused as `invalid` with fewer."""
    digits = _plain(number).strip()
    tail = digits if re.fullmatch(r"\d{4}", digits) else _main_number(number)[-TAIL:]
    return _digest("tail", tail, key_id)


def digests(number: str) -> list[bytes]:
    """The digest under every key, for finding rows that older keys digested: `digest__in=digests(number)`."""
    return [digest(number, key_id=key_id) for key_id in settings.CONTACT_KEYS]


def digests_of_tail(number: str) -> list[bytes]:
    """The digest of the last four digits under every key."""
    return [digest_tail(number, key_id=key_id) for key_id in settings.CONTACT_KEYS]


def _digest(purpose: str, text: str, key_id: str) -> bytes:
    return hmac.digest(_key(key_id or key_in_force(), b"digest"), f"{purpose}:{text}".encode(), hashlib.sha256)


def _key(key_id: str, purpose: bytes) -> bytes:
    secret = settings.CONTACT_KEYS.get(key_id)
    if secret is None:
        raise Unreadable(key_id)
    return _derived(secret, purpose)


@lru_cache(maxsize=64)
def _derived(secret: str, purpose: bytes) -> bytes:
    """256 bits for one purpose, so that a digest tells nothing about the cipher's key."""
    return HKDF(hashes.SHA256(), 32, None, b"cityloop contact " + purpose).derive(secret.encode())


def normalise_phone(text: str) -> str:
    """The one form of a number: `15412345678`, `02163331234`, `02163331234转801` with extension, `+85221234567`.

    Taken away: spaces, hyphens, brackets, +86, 0086 and 86, the 0 before a mobile from elsewhere; full-width digits
    become plain. Refused as `invalid` if it is no phone number.
    """
    bare = BETWEEN.sub("", _plain(text).lower())
    head, *marked = EXTENSION.split(bare, maxsplit=1)
    groups = DASH.split(head)
    tries = [(groups, marked[0])] if marked else [(groups, ""), (groups[:-1], groups[-1])]
    for digits, extension in tries:
        number = _whole("".join(digits))
        if number and re.fullmatch(r"\d{0,6}", extension):
            return f"{number}转{extension}" if extension else number
    raise Refused("invalid", _("电话号码格式不正确"), {"fields": {"phone": _("手机、固定电话或服务号码")}})


def mask_phone(text: str) -> str:
    """`154****5678`, `021****1234`: the last four digits stay, by which people recognise a number."""
    try:
        number = _main_number(text)
    except Refused:
        return HIDDEN if text.strip() else ""
    if len(number) <= TAIL + 2:
        return HIDDEN
    return number[: max(0, len(number) - 2 * TAIL)] + HIDDEN + number[-TAIL:]


def mask_name(name: str) -> str:
    """`张*`, `欧阳*`, `J***`: the surname stays, a first letter where there is none."""
    plain = name.strip()
    if not plain:
        return ""
    if plain[0].isascii():
        return f"{plain[0]}***"
    shown = 2 if plain[:2] in COMPOUND_SURNAMES and len(plain) > 2 else 1
    return plain[:shown] + "*" * max(1, len(plain) - shown)


def mask_text(text: str) -> str:
    """Free text with phone and identity numbers masked; everything else stays letter by letter."""
    plain = "".join(_plain(letter) if len(_plain(letter)) == 1 else letter for letter in text)
    spans = [(match.span(), _mask_found(match)) for match in PRIVATE.finditer(plain)]
    spans += [(match.span(2), mask_phone(match[2])) for match in NAMED_NUMBER.finditer(plain)]
    for (start, end), mask in sorted(spans, reverse=True):
        text = text[:start] + mask + text[end:]
    return text


def _mask_found(match: re.Match[str]) -> str:
    found = match["id"]
    return f"{found[:3]}***********{found[-4:]}" if found else mask_phone(match["phone"])


def _plain(text: str) -> str:
    """Full-width letters and digits as plain ones."""
    return unicodedata.normalize("NFKC", text)


def _main_number(text: str) -> str:
    return normalise_phone(text).partition("转")[0]


def _whole(number: str) -> str:
    """The number in its one form, or nothing if these digits are none."""
    if number.startswith("00"):
        number = f"+{number[2:]}"
    if number.startswith("+86"):
        home = number[3:]
        number = home if MOBILE.fullmatch(home) or home.startswith(("0", "400", "800")) else f"0{home}"
    elif re.fullmatch(r"(?:86|0)1[3-9]\d{9}", number):
        number = number[-11:]
    return number if any(form.fullmatch(number) for form in (MOBILE, FIXED, ABROAD)) else ""
