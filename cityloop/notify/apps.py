"""The app notify."""

from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "cityloop.notify"

    def ready(self) -> None:
        """Let old notices expire every day."""
        from cityloop.base.chores import register_daily
        from cityloop.notify.actions import expire

        register_daily("notify.expire", expire)
