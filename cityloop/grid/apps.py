"""The app grid."""

from django.apps import AppConfig


class GridConfig(AppConfig):
    name = "cityloop.grid"
