"""The form of the page of duties."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DutiesForm(forms.Form):
    """A workbook of duties."""

    file = forms.FileField(label=_("职责表（.xlsx）"), widget=forms.FileInput(attrs={"accept": ".xlsx"}))
