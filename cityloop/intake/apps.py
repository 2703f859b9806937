"""The app intake."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "cityloop.intake"

    def ready(self) -> None:
        """Put this stage's boxes on the desks."""
        from cityloop.intake import boxes

        boxes.register_all()
