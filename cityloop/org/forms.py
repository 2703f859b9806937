"""Forms of sign-in."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityloop.base.errors import Refused
from cityloop.org.actor import Actor


def add_refusal(form: forms.Form, refusal: Refused) -> None:
    """Show a refusal where it belongs: at the fields it names, else above the form."""
    fields = refusal.details.get("fields", {})
    known = {name: message for name, message in fields.items() if name in form.fields}
    for name, message in known.items():
        form.add_error(name, message)
    if not known:
        form.add_error(None, refusal.message)


def _text(**attrs: str) -> forms.TextInput:
    return forms.TextInput({"class": "form-control", **attrs})


def _secret(autocomplete: str) -> forms.PasswordInput:
    return forms.PasswordInput({"class": "form-control", "autocomplete": autocomplete})


class SignInForm(forms.Form):
    """User name and password."""

    username = forms.CharField(
        label=gettext_lazy("用户名"),
        max_length=60,
        widget=_text(autocomplete="username", autofocus="", autocapitalize="none", spellcheck="false"),
    )
    password = forms.CharField(
        label=gettext_lazy("密码"), max_length=200, strip=False, widget=_secret("current-password")
    )


class PasswordForm(forms.Form):
    """One's own password, the old one once and the new one twice."""

    old_password = forms.CharField(
        label=gettext_lazy("原密码"), max_length=200, strip=False, widget=_secret("current-password")
    )
    password = forms.CharField(
        label=gettext_lazy("新密码"), max_length=200, strip=False, widget=_secret("new-password")
    )
    again = forms.CharField(
        label=gettext_lazy("再输一次新密码"), max_length=200, strip=False, widget=_secret("new-password")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean(self) -> dict[str, Any]:
        """The two new ones are the same."""
        data = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("两次输入的新密码不同"))
        return data


class HandlerForm(forms.Form):
    """Who acts through this unit account."""

    handler = forms.TypedChoiceField(
        label=gettext_lazy("经办人"), coerce=int, widget=forms.RadioSelect({"class": "form-check-input"})
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["handler"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = list(actor.handlers)
