"""The letters inside lamps: the one place that says them, for screens and for the API."""

from django.utils.translation import pgettext


def lamp_letter(state: str) -> str:
    """One letter that tells a lamp without its colour: `in_time`, `soon`, `overdue`, `paused`, `ended`; else a dash."""
    match state:
        case "in_time":
            return pgettext("lamp", "正")
        case "soon":
            return pgettext("lamp", "临")
        case "overdue":
            return pgettext("lamp", "超")
        case "paused":
            return pgettext("lamp", "停")
        case "ended":
            return pgettext("lamp", "结")
        case _:
            return pgettext("lamp", "—")
