"""The named permissions of the core's pages and API. Who may act on a case is not here: the flow says it."""

from django.utils.translation import gettext_lazy as _

from cityloop.org.permissions import register
from cityloop.org.posts import POST_KINDS

WORKS_ON_CASES = tuple(kind for kind in POST_KINDS if not kind.endswith("_admin"))


def register_all() -> None:
    """Make the permissions known."""
    group = _("案件")
    register(
        "cases.view",
        _("查看案件"),
        group=group,
        sentence=_("打开工作箱、查询和查看本岗位范围内的案件"),
        posts=WORKS_ON_CASES,
    )
    register(
        "cases.act",
        _("办理案件"),
        group=group,
        sentence=_("按流程办理本岗位的案件、任务和申请"),
        posts=WORKS_ON_CASES,
    )
    register(
        "cases.contacts",
        _("查看联系方式"),
        group=group,
        sentence=_("查看举报人的姓名和电话; 其他岗位只看到遮盖后的"),
        posts=("operator", "shift_leader"),
    )
    register(
        "cases.similar",
        _("查找相似问题"),
        group=group,
        sentence=_("上报和受理时查看附近的同类问题, 只看到位置和时间"),
        posts=("inspector", "video_inspector", "operator"),
    )
