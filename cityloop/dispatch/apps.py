"""The app dispatch."""

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "cityloop.dispatch"
