"""The app org: units, people, posts, sign-in."""

from django.apps import AppConfig


class OrgConfig(AppConfig):
    name = "cityloop.org"

    def ready(self) -> None:
        """Register this app's permissions and chores, and say who may see which link of the top bar."""
        from django.utils.translation import gettext_lazy as _

        from cityloop.base.chores import register_daily
        from cityloop.base.navigation import decide_by, register_link
        from cityloop.org import recorded
        from cityloop.org.drafts import expire_drafts
        from cityloop.org.permissions import has_permission, permissions_of_org
        from cityloop.org.sessions import clear_sessions

        permissions_of_org()
        recorded.register_all()
        register_daily("org.drafts", expire_drafts)
        register_daily("org.sessions", clear_sessions)
        decide_by(lambda request, permission: has_permission(request.actor, permission))
        register_link(_("机构与人员"), "org:units", permission="org.view", position=900)
        register_link(_("日志"), "org:journal", permission="org.read_journal", position=950)
