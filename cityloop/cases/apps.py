"""The app cases: the one core."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "cityloop.cases"
    verbose_name = _("案件")

    def ready(self) -> None:
        """Register the vocabulary of the flows: importing guards and effects is what registers them."""
        import cityloop.cases.checks
        import cityloop.cases.effects
        import cityloop.cases.guards
        import cityloop.formdefs.kinds  # noqa: F401
        from cityloop.base.chores import register_daily
        from cityloop.base.navigation import register_link
        from cityloop.base.words import mark
        from cityloop.cases import kinds, permissions, recorded, texts
        from cityloop.cases.asking import ask_about_components
        from cityloop.cases.chores import anchor_histories, register_follower
        from cityloop.cases.recomputing import recompute_provisional
        from cityloop.cases.selectors import count_by_cell
        from cityloop.cases.tiles import counting
        from cityloop.cases.tiles.layers import register_layers
        from cityloop.grid.cells.loads import register_cases
        from cityloop.limits.publishing import register_listener
        from cityloop.workflow import registry

        kinds.register_all()
        texts.register_all()
        recorded.register_all()
        permissions.register_all()
        registry.relation("assignee", mark("任务的承办人或单位"))
        registry.relation("requester", mark("申请人"))
        registry.relation("sender", mark("上一步的办理人"))
        registry.clock("handling", mark("处置时限"))
        register_listener("cases", recompute_provisional)
        register_cases(count_by_cell)
        register_daily("cases.root", anchor_histories)
        register_follower(counting.NAME, counting.follow)
        register_layers()
        register_follower("cases.components", ask_about_components)
        register_link(_("工作台"), "home", permission="cases.view", position=10)
