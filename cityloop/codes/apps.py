"""The app codes."""

from django.apps import AppConfig


class CodesConfig(AppConfig):
    name = "cityloop.codes"
