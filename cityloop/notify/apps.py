"""The app notify."""

from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "cityloop.notify"

    def ready(self) -> None:
        """Let old notices expire every day, and deliver those of the apps below."""
        from cityloop.base.chores import register_daily
        from cityloop.base.telling import register_teller
        from cityloop.notify.actions import deliver, expire

        register_daily("notify.expire", expire)
        register_teller(deliver)
