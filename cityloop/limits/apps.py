"""The app limits."""

from django.apps import AppConfig


class LimitsConfig(AppConfig):
    name = "cityloop.limits"

    def ready(self) -> None:
        """Register who may bring a handbook in, and the link of the top bar."""
        from django.utils.translation import gettext_lazy as _

        from cityloop.base.navigation import register_link
        from cityloop.limits import recorded
        from cityloop.org.permissions import SIGNED_IN, register

        recorded.register_all()
        register(
            "codes.import",
            _("导入指挥手册"),
            group=_("指挥手册"),
            sentence=_("用 Excel 更改立案条件、结案条件和时限，扩展本地类别"),
            posts=["system_admin"],
        )
        register_link(_("指挥手册"), "limits:handbook", permission=SIGNED_IN, position=800)
