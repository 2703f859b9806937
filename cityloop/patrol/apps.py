"""The app patrol: the inspector's phone pages."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PatrolConfig(AppConfig):
    name = "cityloop.patrol"
    verbose_name = _("城管通")

    def ready(self) -> None:
        """Register permissions, boxes, and the link on the top bar of desks."""
        from cityloop.base.navigation import register_link
        from cityloop.notify import targets
        from cityloop.patrol import boxes, permissions

        permissions.register_all()
        boxes.register_all()
        targets.register(frozenset({"inspector", "video_inspector"}), "patrol:notice")
        register_link(_("城管通"), "patrol:home", permission="patrol.use", position=250)
