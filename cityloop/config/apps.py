"""The app config: no models, only the commands that look after an installation."""

from django.apps import AppConfig
from django.utils.translation import get_language, gettext

from cityloop.base import words


class ConfigConfig(AppConfig):
    name = "cityloop.config"
    label = "config"
    verbose_name = "CityLoop"

    def ready(self) -> None:
        """Teach pure code the catalogue."""
        words.learn(gettext, get_language)
