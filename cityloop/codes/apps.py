"""The app codes."""

from django.apps import AppConfig


class CodesConfig(AppConfig):
    name = "cityloop.codes"

    def ready(self) -> None:
        """Name what this app records in the journal."""
        from cityloop.codes import recorded

        recorded.register_all()
