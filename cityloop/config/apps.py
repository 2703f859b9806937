"""The app config: no models, only the commands that look after an installation."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "cityloop.config"
    label = "config"
    verbose_name = "CityLoop"
