"""Initials of Chinese names, so that units, people and streets are found from the keyboard: 市建设局 → sjsj."""

from pypinyin import Style, lazy_pinyin


def initials_of(text: str) -> str:
    """First letters of the Chinese characters in lower case; Latin letters and digits stay as they are."""
    letters = "".join(lazy_pinyin(text, style=Style.FIRST_LETTER))
    return "".join(letter for letter in letters.lower() if letter.isalnum())
