"""Tags of the shell. Built into every template, so that no page has to load them."""

from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select, Textarea
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cityloop.base.navigation import NavLink, list_links

register = template.Library()

# Letters inside the shapes, see components/lamp.html.
LAMP_STATES = frozenset({"in_time", "soon", "overdue", "paused", "ended"})


@register.simple_tag
def city_name() -> str:
    """The name of the city that this installation serves."""
    return settings.CITY_NAME


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


@register.inclusion_tag("components/lamp.html")
def lamp(state: str, words: str = "") -> dict[str, Any]:
    """A lamp: colour, shape, letter, and the remaining time in words as the server computed it."""
    return {"state": state if state in LAMP_STATES else "ended", "words": words}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, wide: bool = False) -> dict[str, Any]:
    """One form field with label, hint and error, in the look of the shell."""
    return {
        "field": bound,
        "wide": wide,
        "control": bound.as_widget(attrs=_control_attributes(bound)),
        "grouped": isinstance(bound.field.widget, RadioSelect | CheckboxSelectMultiple),
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
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        kind = "form-check-input"
    attributes: dict[str, str | bool] = {"class": f"{kind} is-invalid" if bound.errors else kind}
    if bound.errors:
        attributes["aria-describedby"] = f"{bound.id_for_label}_error"
    elif bound.help_text:
        attributes["aria-describedby"] = f"{bound.id_for_label}_hint"
    return attributes
