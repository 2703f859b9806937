"""Forms of sign-in, import, units and people. They read; the actions judge and write."""

from typing import TYPE_CHECKING, Any, TypeAlias

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityloop.base.errors import Refused
from cityloop.base.sheets import MOST_BYTES
from cityloop.journal import words
from cityloop.org.actor import Actor
from cityloop.org.models import Person, Post, Unit

# Generic for the type checker alone: Django's own class takes no parameter.
if TYPE_CHECKING:
    _UnitForm: TypeAlias = forms.ModelForm[Unit]
    _PostForm: TypeAlias = forms.ModelForm[Post]
else:
    _UnitForm = _PostForm = forms.ModelForm


def add_refusal(form: forms.BaseForm, refusal: Refused) -> None:
    """Show a refusal where it belongs: at the fields it names, else above the form."""
    fields = refusal.details.get("fields", {})
    known = {name: message for name, message in fields.items() if name in form.fields}
    for name, message in known.items():
        form.add_error(name, message)
    if not known:
        form.add_error(None, refusal.message)


def _text(**attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs)


def _secret(autocomplete: str) -> forms.PasswordInput:
    return forms.PasswordInput({"autocomplete": autocomplete})


def _date() -> forms.DateInput:
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


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

    handler = forms.TypedChoiceField(label=gettext_lazy("经办人"), coerce=int, widget=forms.RadioSelect())

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["handler"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = list(actor.handlers)


class BookForm(forms.Form):
    """A workbook to import."""

    file = forms.FileField(
        label=gettext_lazy("Excel 文件（.xlsx）"),
        widget=forms.ClearableFileInput({"accept": ".xlsx"}),
    )

    def clean_file(self) -> Any:
        """Not larger than we read; asked before reading it."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("文件超过 %(size)s MB"), params={"size": MOST_BYTES >> 20})
        return file


class UnitForm(_UnitForm):
    """A unit's own fields; the actions save it."""

    class Meta:
        model = Unit
        fields = ["code", "name", "short_name", "level", "parent", "area_code", "position", "active_from"]
        widgets = {"active_from": _date()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["active_from"].required = False
        self.fields["parent"] = forms.ModelChoiceField(
            Unit.objects.filter(active_to=None).order_by("path"), label=self.fields["parent"].label, required=False
        )
        if self.instance.pk:
            # A code is how imports and partners know the unit; the first day is history.
            del self.fields["code"], self.fields["active_from"]

    def _post_clean(self) -> None:
        """The action checks and saves; the form only reads."""


class LastDayForm(forms.Form):
    """The last day in force; today if empty."""

    last_day = forms.DateField(label=gettext_lazy("最后一天"), required=False, widget=_date())


class PersonForm(forms.Form):
    """An account; the user name and the first password only for a new one."""

    username = forms.CharField(label=gettext_lazy("用户名"), max_length=60)
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)
    employee_no = forms.CharField(label=gettext_lazy("工号"), max_length=30, required=False)
    phone = forms.CharField(label=gettext_lazy("电话"), max_length=30, required=False)
    unit_account = forms.BooleanField(
        label=gettext_lazy("单位账号"), required=False, help_text=gettext_lazy("由多名经办人共用")
    )
    handlers = forms.CharField(
        label=gettext_lazy("经办人"),
        required=False,
        help_text=gettext_lazy("每行一人；只用于单位账号"),
        widget=forms.Textarea({"rows": 3}),
    )
    password = forms.CharField(
        label=gettext_lazy("初始密码"),
        max_length=200,
        required=False,
        strip=False,
        widget=_secret("new-password"),
        help_text=gettext_lazy("首次登录须修改；留空则须另行设置后才能登录"),
    )

    def __init__(self, person: Person | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if person is not None:
            del self.fields["username"], self.fields["password"]
            for name in ("name", "employee_no", "phone", "unit_account"):
                self.fields[name].initial = getattr(person, name)
            self.fields["handlers"].initial = "\n".join(
                handler.name for handler in person.handlers.all() if handler.is_active
            )

    def clean_handlers(self) -> tuple[str, ...]:
        """One name a line."""
        return tuple(line.strip() for line in self.cleaned_data["handlers"].splitlines() if line.strip())

    def clean_password(self) -> str | None:
        """Empty is no password."""
        return self.cleaned_data["password"] or None


class ResetForm(forms.Form):
    """A first password."""

    password = forms.CharField(
        label=gettext_lazy("初始密码"), max_length=200, strip=False, widget=_secret("new-password")
    )


class PostForm(_PostForm):
    """A post to give."""

    class Meta:
        model = Post
        fields = ["kind", "unit", "area_code", "valid_from", "valid_to"]
        widgets = {"valid_from": _date(), "valid_to": _date()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_from"].required = False

    def _post_clean(self) -> None:
        """The action checks and saves; the form only reads."""


class JournalForm(forms.Form):
    """What to look for in the journal."""

    what = forms.ChoiceField(
        label=gettext_lazy("操作"), required=False, choices=lambda: [("", gettext_lazy("全部")), *words.choices()]
    )
    words = forms.CharField(label=gettext_lazy("操作人或对象"), max_length=60, required=False)
    first = forms.DateField(label=gettext_lazy("起始日期"), required=False, widget=_date())
    last = forms.DateField(label=gettext_lazy("结束日期"), required=False, widget=_date())
