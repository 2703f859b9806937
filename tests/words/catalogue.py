"""A gettext catalogue as the tests read it."""

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path

HAN = re.compile(r"[\u3400-\u9fff]")
LINE = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?)\s+(".*")$')
PLACES = re.compile(r"%\((\w+)\)\d*[a-z]|\{(\w*)\}")


@dataclass
class Message:
    """One entry: its id with context and plural, and its translations."""

    flags: str = ""
    context: str = ""
    id: str = ""
    plural: str = ""
    translations: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from every other."""
        return self.context, self.id, self.plural


def read_catalogue(path: Path) -> list[Message]:
    """Every entry but the header; obsolete ones are an error."""
    text = path.read_text(encoding="utf-8")
    assert "\n#~" not in text, f"{path}: obsolete entries"
    found = [_read_message(block.splitlines()) for block in re.split(r"\n\n+", text.strip())]
    return [message for message in found if message.id]


def _read_message(lines: list[str]) -> Message:
    values: dict[str, str] = {}
    last = flags = ""
    for line in lines:
        if line.startswith("#,"):
            flags += line[2:]
        elif match := LINE.match(line):
            last = match[1]
            values[last] = ast.literal_eval(match[2])
        elif line.startswith('"'):
            values[last] += ast.literal_eval(line)
    translations = {name: text for name, text in values.items() if name.startswith("msgstr")}
    return Message(
        flags, values.get("msgctxt", ""), values.get("msgid", ""), values.get("msgid_plural", ""), translations
    )


def places_of(text: str) -> set[str]:
    """The names that a sentence leaves to be filled in."""
    return {first or second for first, second in PLACES.findall(text)}
