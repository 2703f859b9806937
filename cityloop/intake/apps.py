"""The app intake."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "cityloop.intake"

    def ready(self) -> None:
        """Put this stage's boxes on the desks, its permissions, and its links of the top bar."""
        from django.utils.translation import gettext_lazy as _

        from cityloop.base.navigation import register_link
        from cityloop.intake import boxes, permissions, recorded

        boxes.register_all()
        permissions.register_all()
        recorded.register_all()
        register_link(_("登记"), "intake:register", permission="intake.register", position=110)
        register_link(_("来电查找"), "intake:contacts", permission="cases.contacts", position=120)
        register_link(_("坐席"), "intake:seats", permission="intake.seats", position=130)
