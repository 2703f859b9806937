"""The app grid: areas, unit grids, duty grids, components, streets."""

from django.apps import AppConfig


class GridConfig(AppConfig):
    name = "cityloop.grid"

    def ready(self) -> None:
        """Register this app's permissions, its links of the top bar, its layers of the map and its daily chores."""
        from django.utils.translation import gettext_lazy as _

        from cityloop.base.chores import register_daily
        from cityloop.base.navigation import register_link
        from cityloop.grid import recorded
        from cityloop.grid.actions import settle_classes
        from cityloop.grid.exchange import imports
        from cityloop.grid.ownership import texts
        from cityloop.grid.policy import register_permissions
        from cityloop.grid.tiles.layers import register_layers
        from cityloop.grid.tiles.tallies import gather
        from cityloop.grid.updates import telling

        register_permissions()
        recorded.register_all()
        texts.register_all()
        telling.register_all()
        register_layers()
        register_daily("grid.tallies", gather)
        register_daily("grid.imports", imports.expire)
        register_link(_("地图"), "map", permission="grid.view", position=300)
        register_daily("grid.settle_classes", settle_classes)
        register_link(_("基础数据"), "grid:overview", permission="grid.browse", position=910)
