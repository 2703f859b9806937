"""The conditions that the flows name. Each reads a `Step` and changes nothing."""

from collections.abc import Mapping
from typing import Final

from cityloop.base.words import mark
from cityloop.cases.models import Task
from cityloop.cases.steps.step import Step
from cityloop.workflow.registry import guard

# A guard that the form itself can satisfy, and its field: the button stays, the field becomes necessary.
SATISFIED_BY: Final[Mapping[str, str]] = {"has_standard": "standard", "has_limit": "due"}


@guard("located", otherwise=mark("请先在地图上定位"))
def located(step: Step) -> bool:
    """已在地图上定位"""
    return step.case.point is not None and bool(step.case.area_code)


@guard("has_standard", otherwise=mark("请先选定小类和立案条件"))
def has_standard(step: Step) -> bool:
    """已选定立案条件"""
    return step.case.standard_id is not None or "standard" in step.data


@guard("has_limit", otherwise=mark("这条立案条件没有处置时限, 请指定时限"))
def has_limit(step: Step) -> bool:
    """有处置时限"""
    return step.case.limit_amount is not None or "due" in step.data


@guard("verified_as_required", otherwise=mark("这个来源的问题须经核实属实后才能立案"))
def verified_as_required(step: Step) -> bool:
    """已按来源要求核实"""
    return step.case.source.verification != "required" or step.case.verification == "confirm"


@guard("not_denied", otherwise=mark("核实回复不属实: 请重新核实、转值班长裁定或不予受理"))
def not_denied(step: Step) -> bool:
    """核实没有回复不属实"""
    return step.case.verification != "deny"


@guard("denied", otherwise=mark("核实没有回复不属实"))
def denied(step: Step) -> bool:
    """核实回复不属实"""
    return step.case.verification == "deny"


@guard("reports_only", otherwise=mark("已派出任务的案件不能并入其他案件"))
def reports_only(step: Step) -> bool:
    """尚未派给责任单位"""
    return step.case.dispatched_at is None


@guard("no_open_request", otherwise=mark("还有未审批的申请"))
def no_open_request(step: Step) -> bool:
    """没有未审批的申请"""
    return not step.open_requests


@guard("no_open_return", otherwise=mark("回退申请尚未审批"))
def no_open_return(step: Step) -> bool:
    """没有未审批的回退申请"""
    return not any(request.kind == "return" for request in step.open_requests)


@guard("check_passed", otherwise=mark("核查尚未通过"))
def check_passed(step: Step) -> bool:
    """核查通过"""
    return step.case.check_result == "pass"


@guard("not_passed", otherwise=mark("核查已经通过"))
def not_passed(step: Step) -> bool:
    """核查尚未通过"""
    return step.case.check_result != "pass"


@guard("check_failed", otherwise=mark("核查不通过时才可办理"))
def check_failed(step: Step) -> bool:
    """核查不通过"""
    return step.case.check_result == "fail"


@guard("overdue", otherwise=mark("尚未超期"))
def overdue(step: Step) -> bool:
    """处置已超期"""
    case = step.case
    return case.running_since is not None and case.due_at is not None and step.now >= case.due_at


@guard("not_opened", otherwise=mark("下一岗位已经打开, 不能撤回"))
def not_opened(step: Step) -> bool:
    """下一岗位尚未打开"""
    return step.case.opened_seq < step.case.last_group


@guard("case_waits", otherwise=mark("案件已不在核实中"))
def case_waits(step: Step) -> bool:
    """案件在等待核实"""
    return step.case.state == "verifying"


@guard("case_goes_on", otherwise=mark("案件在等待核实"))
def case_goes_on(step: Step) -> bool:
    """案件已立案, 同时核实"""
    return step.case.state != "verifying"


@guard("case_handling", otherwise=mark("案件已不在处置中"))
def case_handling(step: Step) -> bool:
    """案件在处置中"""
    return step.case.phase == "handling"


@guard("leads", otherwise=mark("只有主办单位可以这样做"))
def leads(step: Step) -> bool:
    """主办"""
    return isinstance(step.subject, Task) and step.subject.part == Task.LEAD


@guard("takes_part", otherwise=mark("主办单位不能这样做"))
def takes_part(step: Step) -> bool:
    """协办或下属"""
    return isinstance(step.subject, Task) and step.subject.part != Task.LEAD


@guard("parts_done", otherwise=mark("下属或协办单位尚未反馈"))
def parts_done(step: Step) -> bool:
    """下属和协办都已反馈"""
    own = step.subject
    assert isinstance(own, Task)
    return not any(
        task.parent_id == own.pk or (own.part == Task.LEAD and task.part == Task.ASSIST)
        for task in step.open_tasks
        if task.kind == "handle" and task.pk != own.pk
    )
