"""The app evidence."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "cityloop.evidence"

    def ready(self) -> None:
        """Let uploads that nothing refers to expire every day."""
        from cityloop.base.chores import register_daily
        from cityloop.evidence.actions import expire

        register_daily("evidence.expire", expire)
