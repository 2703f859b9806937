"""The app grid: areas, unit grids, duty grids, components, streets."""

from django.apps import AppConfig


class GridConfig(AppConfig):
    name = "cityloop.grid"

    def ready(self) -> None:
        """Register this app's permissions, its link of the top bar and its layers of the map."""
        from django.utils.translation import gettext_lazy as _

        from cityloop.base.chores import register_daily
        from cityloop.base.navigation import register_link
        from cityloop.grid import recorded
        from cityloop.grid.policy import register_permissions
        from cityloop.grid.tiles.layers import register_layers
        from cityloop.grid.tiles.tallies import gather

        register_permissions()
        recorded.register_all()
        register_layers()
        register_daily("grid.tallies", gather)
        register_link(_("责任网格"), "grid:duty", permission="grid.manage", position=910)
        register_link(_("影像"), "grid:imagery", permission="grid.manage", position=920)
