"""The app patrol."""

from django.apps import AppConfig


class PatrolConfig(AppConfig):
    name = "cityloop.patrol"
