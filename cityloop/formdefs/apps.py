"""The app formdefs."""

from django.apps import AppConfig


class FormdefsConfig(AppConfig):
    name = "cityloop.formdefs"
