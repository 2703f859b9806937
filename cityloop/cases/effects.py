"""What the flows' transitions also do. Effects change the step; `perform` stores it. They never call `perform`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cityloop.base.errors import Refused
from cityloop.cases.models import Case, CaseLink, Request, Task
from cityloop.cases.steps import clocks, facts
from cityloop.cases.steps.step import Step
from cityloop.cases.steps.units import below, demand_dispatchable, paths_of
from cityloop.workflow.registry import effect
from cityloop.workflow.selectors import active_version, get_flow


def _new_task(step: Step, kind: str, **fields: object) -> Task:
    version = active_version(kind)
    flow = get_flow(version)
    due, _limit = clocks.stage_due(flow.states[flow.initial].limit, step.case, step.now)
    values: dict[str, object] = {
        "case": step.case,
        "kind": kind,
        "flow_id": version,
        "state": flow.initial,
        "opened_at": step.now,
        "opened_group": step.group,
        "due_at": due,
        "instruction": step.note,
        **fields,
    }
    task = Task(**values)
    step.new_tasks.append(task)
    for role, pk in (("person", task.person_id), ("unit", task.unit_id)):
        if pk is not None:
            step.participants.add((role, pk))
    return task


def _task_for_inspector(step: Step, kind: str) -> None:
    person = step.data.get("person") or facts.inspector_for(step.case, step.now)
    _new_task(step, kind, person_id=person, duty_grid_id=step.case.duty_grid_id)
    step.tell_person(person, f"cases.task_{kind}")


@effect("task_verify")
def task_verify(step: Step) -> None:
    """给网格监督员发核实任务"""
    _task_for_inspector(step, "verify")


@effect("verify_in_parallel")
def verify_in_parallel(step: Step) -> None:
    """来源允许先立案时同时发核实"""
    case = step.case
    if case.source.verification == "parallel" and not case.verification and not step.open_tasks:
        _task_for_inspector(step, "verify")


@effect("task_check")
def task_check(step: Step) -> None:
    """给监督员发核查任务"""
    step.case.check_result = ""
    _task_for_inspector(step, "check")


@effect("task_handle")
def task_handle(step: Step) -> None:
    """给主办和协办单位派任务"""
    case = step.case
    case.unit_id = step.data["unit"]
    case.dispatched_at = case.dispatched_at or step.now
    _new_task(step, "handle", unit_id=case.unit_id)
    step.tell_post(step.data["unit"], ["unit"], "cases.task_handle")
    for unit_id in step.data.get("assistants", []):
        if unit_id != case.unit_id:
            _new_task(step, "handle", unit_id=unit_id, part=Task.ASSIST)
            step.tell_post(unit_id, ["unit"], "cases.task_assist")


@effect("answering_unit")
def answering_unit(step: Step) -> None:
    """不派给中心自己; 直派下属时告知其上级单位"""
    unit_id = step.data["unit"]
    ways = demand_dispatchable(step.case.commanding_id, [unit_id, *step.data.get("assistants", [])], now=step.now)
    step.kept["first_level"] = ways[unit_id][0]
    for pk, way in ways.items():
        for above in way[:-1]:
            if above not in ways:
                step.tell_post(above, ["unit"], "cases.unit_below")
        assert way[-1] == pk


@effect("task_below")
def task_below(step: Step) -> None:
    """给下属单位派任务, 用同一个时限"""
    parent = step.subject
    assert isinstance(parent, Task)
    unit_id = step.data["unit"]
    assert parent.unit_id is not None
    facts.demand_below(unit_id, parent.unit_id)
    _new_task(step, "handle", unit_id=unit_id, part=Task.BELOW, parent=parent)
    step.tell_post(unit_id, ["unit"], "cases.task_handle")


def _again(step: Step, key: str) -> None:
    last = step.last_handle
    assert last is not None
    assert last.unit_id is not None
    task = _new_task(step, "handle", unit_id=last.unit_id, round=step.case.rework_count + 1)
    task.state = "accepted"  # the unit has signed for this case before
    task.due_at = None
    step.tell_post(last.unit_id, ["unit"], key)


@effect("task_again")
def task_again(step: Step) -> None:
    """退原单位补办"""
    _again(step, "cases.audit_failed")


@effect("task_rework")
def task_rework(step: Step) -> None:
    """返工: 原单位重新处置, 记一次返工"""
    step.case.rework_count += 1
    _again(step, "cases.rework")


@effect("freeze_standard")
def freeze_standard(step: Step) -> None:
    """立案: 固定立案条件、区域等级和时限"""
    case = step.case
    case.standard_id = step.data.get("standard", case.standard_id)
    case.urgent = bool(step.data.get("urgent", case.urgent))
    case.filed_at = step.now
    if case.standard_id is not None:
        case.minor_id = facts.minor_of(case.standard_id)
    clocks.freeze_limit(case, step.now)


@effect("unfile")
def unfile(step: Step) -> None:
    """退回受理: 取消立案时间"""
    step.case.filed_at = None


def _set_timer(step: Step) -> None:
    if step.case.due_at is not None:
        step.timer = ("remind_overdue", step.case.due_at)


@effect("start_clock")
def start_clock(step: Step) -> None:
    """处置时限从现在起算"""
    due = facts.moment(step.data.get("due"))
    if due is not None and not step.data.get("due_reason"):
        raise Refused("invalid", _("指定时限须说明理由"), {"fields": {"due_reason": "required"}})
    if due is not None and due <= step.now:
        raise Refused("invalid", _("指定的时限已经过去"), {"fields": {"due": "future"}})
    clocks.start(step.case, step.now, due)
    _set_timer(step)


@effect("bundled_clock")
def bundled_clock(step: Step) -> None:
    """处置时限: 换一级单位重新起算, 同一个一级单位接着走"""
    case = step.case
    if step.data.get("due") is not None or not (case.runs and _same_first_level(step)):
        start_clock(step)
        return
    clocks.go_on(case, step.now)
    _set_timer(step)


def _same_first_level(step: Step) -> bool:
    last = step.last_handle
    if last is None or last.unit_id is None:
        return False
    paths = paths_of(step.case.commanding_id, last.unit_id)
    way = below(paths[step.case.commanding_id], paths[last.unit_id])
    return bool(way) and way[0] == step.kept["first_level"]


@effect("resume_clock")
def resume_clock(step: Step) -> None:
    """处置时限接着走"""
    clocks.resume(step.case, step.now)
    _set_timer(step)


@effect("stop_clock")
def stop_clock(step: Step) -> None:
    """处置时限停止, 记处置完成时间"""
    clocks.stop(step.case, step.now)
    step.case.handled_at = step.now


@effect("halt_clock")
def halt_clock(step: Step) -> None:
    """处置时限停止"""
    clocks.stop(step.case, step.now)


@effect("clear_clock")
def clear_clock(step: Step) -> None:
    """收回责任单位和时限"""
    clocks.clear(step.case)
    step.case.unit_id = None
    step.case.check_result = ""


@effect("lay_clock_down")
def lay_clock_down(step: Step) -> None:
    """收回责任单位和时限, 留下已用的时间"""
    case = step.case
    clocks.stop(case, step.now)
    runs = case.runs
    clear_clock(step)
    case.runs = runs


@effect("withdraw_tasks")
def withdraw_tasks(step: Step) -> None:
    """收回未完成的任务"""
    for task in step.open_tasks:
        step.withdraw(task)


@effect("withdraw_handling")
def withdraw_handling(step: Step) -> None:
    """收回未完成的处置任务"""
    for task in step.open_tasks:
        if task.kind == "handle":
            step.withdraw(task)


@effect("withdraw_below")
def withdraw_below(step: Step) -> None:
    """收回转派给下属的任务"""
    above = {step.subject.pk}
    for task in step.open_tasks:  # by id: a parent before its children
        if task.parent_id in above:
            above.add(task.pk)
            step.withdraw(task)


@effect("return_tasks")
def return_tasks(step: Step) -> None:
    """任务退出责任单位, 记一次回退"""
    step.case.return_count += 1
    for task in step.open_tasks:
        if task.kind == "handle":
            step.end(task, "returned")


@effect("reassign")
def reassign(step: Step) -> None:
    """改派给另一名监督员"""
    task = step.subject
    assert isinstance(task, Task)
    step.tell_person(task.person_id, "cases.task_withdrawn")
    task.person_id = step.data["person"]
    step.participants.add(("person", step.data["person"]))
    step.tell_person(task.person_id, f"cases.task_{task.kind}")


def _new_request(step: Step, kind: str, **fields: object) -> Request:
    version = active_version(kind)
    flow = get_flow(version)
    due, _limit = clocks.stage_due(flow.states[flow.initial].limit, step.case, step.now)
    values: dict[str, object] = {
        "case": step.case,
        "kind": kind,
        "flow_id": version,
        "state": flow.initial,
        "opened_at": step.now,
        "opened_group": step.group,
        "due_at": due,
        "person_id": step.by.person_id,
        "unit_id": step.post.unit_id if step.post else None,
        "reason": step.data.get("reason", ""),
        **fields,
    }
    request = Request(**values)
    step.new_requests.append(request)
    return request


@effect("request_return")
def request_return(step: Step) -> None:
    """向派遣员提出回退申请"""
    task = step.subject
    assert isinstance(task, Task)
    _new_request(step, "return", task=task, suggested_id=step.data.get("suggested"))
    step.tell_post(step.case.commanding_id, ["dispatcher"], "cases.request_return")


@effect("request_void")
def request_void(step: Step) -> None:
    """向值班长提出作废申请"""
    _new_request(step, "void")
    step.tell_post(step.case.supervising_id, ["shift_leader"], "cases.request_void")


@effect("tell_requester")
def tell_requester(step: Step) -> None:
    """告知申请人"""
    request = step.subject
    assert isinstance(request, Request)
    step.tell_person(request.person_id, "cases.request_decided")


@effect("tell_operators")
def tell_operators(step: Step) -> None:
    """告知受理员"""
    step.tell_post(step.case.supervising_id, ["operator"], "cases.for_operator")


@effect("tell_denied")
def tell_denied(step: Step) -> None:
    """告知受理员核实不属实; 已立案的也告知派遣员"""
    case = step.case
    step.tell_post(case.supervising_id, ["operator"], "cases.denied")
    if case.filed_at is not None:
        step.tell_post(case.commanding_id, ["dispatcher"], "cases.denied")


@effect("tell_shift_leaders")
def tell_shift_leaders(step: Step) -> None:
    """告知值班长"""
    step.tell_post(step.case.supervising_id, ["shift_leader"], "cases.for_shift_leader")


@effect("tell_dispatchers")
def tell_dispatchers(step: Step) -> None:
    """告知派遣员"""
    step.tell_post(step.case.commanding_id, ["dispatcher"], "cases.for_dispatcher")


@effect("tell_commanders")
def tell_commanders(step: Step) -> None:
    """告知指挥长"""
    step.tell_post(step.case.commanding_id, ["commander"], "cases.for_commander")


@effect("tell_leading_unit")
def tell_leading_unit(step: Step) -> None:
    """告知主办单位"""
    if step.case.unit_id is not None:
        step.tell_post(step.case.unit_id, ["unit"], "cases.part_done")


@effect("tell_overdue")
def tell_overdue(step: Step) -> None:
    """提醒责任单位和派遣员已超期"""
    step.tell_post(step.case.commanding_id, ["dispatcher"], "cases.overdue")
    if step.case.unit_id is not None:
        step.tell_post(step.case.unit_id, ["unit"], "cases.overdue")


@effect("tell_reporters")
def tell_reporters(step: Step) -> None:
    """告知上报人"""
    for report in step.reports:
        step.tell_person(report.person_id, "cases.answer")


@effect("amend")
def amend(step: Step) -> None:
    """修正类别、位置或文字; 类别变了, 时限从派遣起重算"""
    case, data = step.case, step.data
    if data.get("description"):
        case.description = data["description"]
    if data.get("address"):
        case.address = data["address"]
    if data.get("point"):
        facts.move_inside_the_city(case, data["point"], step.now, step.rows)
    facts.recategorise(case, data)
    if case.filed_at is not None:
        _judge_again(step, case.filed_at)


def _judge_again(step: Step, filed_at: datetime) -> None:
    """Another limit is another deadline; a filed case is never left without what judges it."""
    case = step.case
    if case.standard_id is None:
        raise Refused("invalid", _("已立案的案件须同时选定立案条件"), {"fields": {"standard": "required"}})
    before = clocks.case_limit(case)
    clocks.freeze_limit(case, filed_at)
    limit = clocks.case_limit(case)
    if limit == before:
        return
    if limit is None and case.due_at is not None:
        raise Refused("invalid", _("这条立案条件没有处置时限"), {"fields": {"standard": "limit"}})
    if case.unit_id is None:
        return  # no unit has it: what was used stays, and counts from the next dispatch
    clocks.recompute(case)
    if case.running_since is not None:
        _set_timer(step)


@effect("absorb")
def absorb(step: Step) -> None:
    """问题转到并入的案件, 上报人照样得到答复"""
    target = step.kept.pop("target")
    assert isinstance(target, Case)
    step.new_links.append(CaseLink(case=step.case, other=target, kind=CaseLink.MERGED))
    step.rows.give_reports(step.case, target)


@effect("release")
def release(step: Step) -> None:
    """撤销并案: 问题转回本案"""
    step.rows.take_reports_back(step.case)


@effect("undo_last_step")
def undo_last_step(step: Step) -> None:
    """撤回: 恢复上一步以前的样子"""
    case, group = step.case, step.case.last_group
    tasks = {row.pk: row for row in (*step.open_tasks, *step.rows.tasks_ended_by(case, group))}
    requests = {row.pk: row for row in (*step.open_requests, *step.rows.requests_ended_by(case, group))}
    for event in reversed(step.last_group):
        facts.restore(case, event)
        _restore_subjects(step, tasks, event.before.get("tasks", {}))
        _restore_subjects(step, requests, event.before.get("requests", {}))
    opened: list[Task | Request] = [*step.open_tasks, *step.open_requests]
    for row in opened:
        if row.opened_group == group:
            step.withdraw(row)
    if case.running_since is not None:
        _set_timer(step)


def _restore_subjects(step: Step, rows: Mapping[int, Task | Request], was: Mapping[str, Mapping[str, Any]]) -> None:
    for pk, columns in was.items():
        row = rows[int(pk)]
        step.keep(row)
        for name, value in columns.items():
            setattr(row, name, facts.moment(value) if name == "acknowledged_at" else value)
        row.ended, row.ended_at, row.ended_group = False, None, None
        row.revision += 1
        step.change(row)


@effect("open_rebound")
def open_rebound(step: Step) -> None:
    """本案结案, 另立关联的新问题"""
    step.kept["rebound"] = True
