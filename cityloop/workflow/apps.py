"""The app workflow."""

from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "cityloop.workflow"

    def ready(self) -> None:
        """Name what this app records in the journal."""
        from cityloop.workflow import recorded

        recorded.register_all()
