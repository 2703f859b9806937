"""Forms of the handbook. They read; `handbook` judges and writes."""

import binascii
from base64 import b64decode, b64encode
from datetime import date
from typing import Any, Final, NamedTuple

from django import forms
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cityloop.base.errors import Refused
from cityloop.codes import selectors

MOST_UPLOAD: Final = 2 * 1024 * 1024  # it travels back and forth in the form until it is confirmed
SEALED_SECONDS: Final = 3600
SALT: Final = "limits.handbook"


class Upload(NamedTuple):
    """A workbook on its way from the report to the confirmation."""

    content: bytes
    edition: str
    on: date
    source: str


class HandbookForm(forms.Form):
    """A workbook, the edition it belongs to, and the day from which it holds."""

    file = forms.FileField(
        label=gettext_lazy("Excel 工作簿（.xlsx）"), widget=forms.ClearableFileInput({"accept": ".xlsx"})
    )
    edition = forms.ChoiceField(label=gettext_lazy("标准版本"))
    on = forms.DateField(label=gettext_lazy("生效日期"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    source = forms.CharField(
        label=gettext_lazy("依据"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("文件名或文号，记入每个立案条件"),
        widget=forms.TextInput(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        editions = selectors.snapshot().editions.values()
        field = self.fields["edition"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(edition.code, edition.name) for edition in editions]
        field.initial = next((edition.code for edition in editions if edition.is_default), None)

    def clean_file(self) -> UploadedFile:
        """No larger than what may travel in a form."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MOST_UPLOAD:
            raise forms.ValidationError(_("文件超过 %(size)s MB，请用命令行导入") % {"size": MOST_UPLOAD >> 20})
        return file

    def as_upload(self) -> Upload:
        """What was sent."""
        sent = self.cleaned_data
        return Upload(sent["file"].read(), sent["edition"], sent["on"], sent["source"])


def seal(upload: Upload, *, person_id: int | None) -> str:
    """The upload as a signed text that the page holds until it is confirmed; only the same person can use it."""
    body = [b64encode(upload.content).decode(), upload.edition, upload.on.isoformat(), upload.source]
    return signing.dumps(body, salt=f"{SALT}.{person_id}")


def unseal(text: str, *, person_id: int | None) -> Upload:
    """What `seal` sealed, at most an hour ago; refused as `stale`."""
    try:
        content, edition, on, source = signing.loads(text, salt=f"{SALT}.{person_id}", max_age=SEALED_SECONDS)
        return Upload(b64decode(content), edition, date.fromisoformat(on), source)
    except (signing.BadSignature, binascii.Error, ValueError, TypeError):
        raise Refused("stale", _("检查报告已过期，请重新上传"), {"rule": "sealed"}) from None
