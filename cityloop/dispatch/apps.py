"""The app dispatch."""

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "cityloop.dispatch"

    def ready(self) -> None:
        """Put this stage's boxes on the desks."""
        from cityloop.dispatch import boxes

        boxes.register_all()
