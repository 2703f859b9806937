"""The app limits."""

from django.apps import AppConfig


class LimitsConfig(AppConfig):
    name = "cityloop.limits"
