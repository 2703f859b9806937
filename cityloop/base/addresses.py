"""Addresses of pages by name, remembered: a list of fifty rows asks for the same few again and again."""

from functools import lru_cache

from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse

REMEMBERED = 8192


def address_of(name: str, *args: object) -> str:
    """What `reverse` says; `NoReverseMatch` if there is no such page."""
    return _address(get_urlconf(), get_script_prefix(), name, args)


def find_address(name: str, *args: object) -> str | None:
    """The same, None if there is no such page."""
    try:
        return address_of(name, *args)
    except NoReverseMatch:
        return None


@lru_cache(maxsize=REMEMBERED)
def _address(urlconf: str | None, prefix: str, name: str, args: tuple[object, ...]) -> str:
    return reverse(name, urlconf=urlconf, args=args)
