"""The app org: units, people, posts, sign-in."""

from django.apps import AppConfig


class OrgConfig(AppConfig):
    name = "cityloop.org"

    def ready(self) -> None:
        """Register this app's permissions."""
        from cityloop.org.permissions import permissions_of_org

        permissions_of_org()
