"""The app evaluation: the monthly report, followed from the events of cases."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "cityloop.evaluation"

    def ready(self) -> None:
        """Register permissions and the link of the top bar, and follow the events from the worker."""
        from django.utils.translation import gettext_lazy as _

        from cityloop.base.navigation import register_link
        from cityloop.cases.chores import register_follower
        from cityloop.cases.shown import panels
        from cityloop.evaluation import permissions, recorded
        from cityloop.evaluation.following import follow

        permissions.register_all()
        recorded.register_all()
        register_follower("evaluation", follow)
        panels.register_desk("evaluation:own_unit", frozenset({"unit"}))
        register_link(_("月报"), "evaluation:monthly", permission="evaluation.view", position=700)
