"""The app grid: areas, unit grids, duty grids, components, streets."""

from django.apps import AppConfig


class GridConfig(AppConfig):
    name = "cityloop.grid"

    def ready(self) -> None:
        """Register this app's permissions."""
        from cityloop.grid.policy import register_permissions

        register_permissions()
