"""The app evidence."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "cityloop.evidence"

    def ready(self) -> None:
        """Let uploads that nothing refers to expire every day, and let base data use photos."""
        from cityloop.base.chores import register_daily
        from cityloop.evidence.actions import expire, link
        from cityloop.grid.photos import register_link

        register_daily("evidence.expire", expire)
        register_link(link)
