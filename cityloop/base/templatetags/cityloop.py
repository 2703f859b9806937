"""Tags of the shell. Built into every template, so that no page has to load them."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select, Textarea
from django.forms.boundfield import BoundWidget
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cityloop.base import words
from cityloop.base.addresses import address_of
from cityloop.base.lamps import lamp_letter
from cityloop.base.navigation import NavLink, list_links

register = template.Library()

DASHES = BLANK_CHOICE_DASH[0][1]
LAMP_STATES = frozenset({"in_time", "soon", "overdue", "paused", "ended"})


@register.simple_tag
def city_name() -> str:
    """The name of the city that this installation serves."""
    return settings.CITY_NAME


@register.simple_tag
def punctuation(mark: str) -> str:
    """A colon, comma or stop between two words, as the reader's language writes it."""
    return words.punctuation(mark)


@register.simple_tag
def address(name: str, *args: object) -> str:
    """The address of a page as `url` gives it, remembered: for lists."""
    return address_of(name, *args)


@register.filter
def listed(parts: Iterable[object], mark: str) -> str:
    """Words in a row with this mark between them, as the reader's language writes it."""
    return words.listed((str(part) for part in parts), mark)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of `web/src/icons.json`; decorative, unless a label gives it a meaning of its own."""
    address = f"{static('web/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="cl-icon" role="img" aria-label="{}"><use href="{}"></use></svg>',
            label,
            address,
        )
    return format_html('<svg class="cl-icon" aria-hidden="true"><use href="{}"></use></svg>', address)


@register.simple_tag
def key(name: str) -> SafeString:
    """The cap of the key that `data-key` gives to a button; hidden from readers, who hear `aria-keyshortcuts`."""
    return format_html('<kbd aria-hidden="true">{}</kbd>', name.upper())


@register.simple_tag
def lamp(state: str, words: str = "") -> SafeString:
    """A lamp: colour, shape, letter, and the remaining time in words as the server computed it."""
    shown = state if state in LAMP_STATES else "ended"
    said = format_html('<span class="cl-lamp__words">{}</span>', words) if words else ""
    return format_html('<span class="cl-lamp cl-lamp--{}">{}{}</span>', shown, _sign(shown, get_language()), said)


@lru_cache(maxsize=64)
def _sign(state: str, language: str) -> SafeString:
    """The lamp without its words: the same few in every row of every list."""
    return render_to_string("components/lamp.html", {"state": state, "letter": lamp_letter(state)})


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, wide: bool = False) -> dict[str, Any]:
    """One form field with label, hint and error, in the look of the shell."""
    if isinstance(bound.field.widget, Select):
        _name_the_blank(bound.field.widget)
    grouped = isinstance(bound.field.widget, RadioSelect | CheckboxSelectMultiple)
    return {
        "field": bound,
        "wide": wide,
        "control": "" if grouped else bound.as_widget(attrs=_control_attributes(bound)),
        "grouped": grouped,
        "options": _options(bound) if grouped else [],
        "is_box": isinstance(bound.field.widget, CheckboxInput),
    }


@register.simple_tag(takes_context=True)
def navigation(context: template.Context) -> list[NavLink]:
    """The links of the top bar that this person may open."""
    return list_links(context.get("request"))


def _control_attributes(bound: BoundField) -> dict[str, str | bool]:
    widget = bound.field.widget
    classes = {Select: "form-select", Textarea: "form-control", CheckboxInput: "form-check-input"}
    kind = next((name for cls, name in classes.items() if isinstance(widget, cls)), "form-control")
    attributes: dict[str, str | bool] = {"class": f"{kind} is-invalid" if bound.errors else kind}
    if bound.errors:
        attributes["aria-describedby"] = f"{bound.id_for_label}_error"
    elif bound.help_text:
        attributes["aria-describedby"] = f"{bound.id_for_label}_hint"
    return attributes


def _options(bound: BoundField) -> list[BoundWidget]:
    """Each radio button or box of a group, to be drawn with its words beside it."""
    attributes = {**_control_attributes(bound), "class": "form-check-input"}
    for option in bound.subwidgets:
        option.data["attrs"] = {**option.data["attrs"], **attributes}
    return bound.subwidgets


def _name_the_blank(widget: Select) -> None:
    """Django's row of dashes says nothing to a reader."""
    widget.choices = [(value, _("请选择") if label == DASHES else label) for value, label in widget.choices]
