"""Text on its way into a spreadsheet: shown there, never calculated."""

from cityloop.grid.exchange.child.answers import is_formula


def guarded(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if is_formula(text) else text
