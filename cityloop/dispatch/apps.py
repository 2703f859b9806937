"""The app dispatch."""

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    name = "cityloop.dispatch"

    def ready(self) -> None:
        """Put this stage's boxes on the desks, its permissions, and its link of the top bar."""
        from django.utils.translation import gettext_lazy as _

        from cityloop.base.navigation import register_link
        from cityloop.cases.shown import panels
        from cityloop.dispatch import boxes, permissions, recorded

        boxes.register_all()
        panels.register(panels.Panel("dispatch:recommend", frozenset({"dispatcher"}), beside="dispatch"))
        permissions.register_all()
        recorded.register_all()
        register_link(_("本单位"), "dispatch:unit", permission="dispatch.own_unit", position=200)
        register_link(_("职责"), "dispatch:duties", permission="dispatch.manage_duties", position=850)
