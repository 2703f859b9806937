"""The app grid: areas, unit grids, duty grids, components, streets."""

from django.apps import AppConfig


class GridConfig(AppConfig):
    name = "cityloop.grid"

    def ready(self) -> None:
        """Register this app's permissions and its link of the top bar."""
        from django.utils.translation import gettext_lazy as _

        from cityloop.base.navigation import register_link
        from cityloop.grid import recorded
        from cityloop.grid.policy import register_permissions

        register_permissions()
        recorded.register_all()
        register_link(_("责任网格"), "grid:duty", permission="grid.manage", position=910)
