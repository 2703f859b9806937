"""What I have reported, what became of it, and taking a step back."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cityloop.base.errors import Refused
from cityloop.base.pages import get_page, see_other
from cityloop.cases.actions import perform
from cityloop.cases.selectors import access_case, history, reports_of, sight_of
from cityloop.cases.shown.present import offers_of
from cityloop.org.access import ActorRequest, permission_required
from cityloop.patrol import present, selectors
from cityloop.patrol.views.shell import show

ON_PAGE = 20


@permission_required("patrol.use")
@require_GET
def report_list(request: ActorRequest) -> HttpResponse:
    """My reports, newest first, each with its state and the centre's answer."""
    page = get_page(
        selectors.own_reports(request.actor),
        order=("-created_at", "-pk"),
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        size=ON_PAGE,
    )
    answers = selectors.answers_of([row.case for row in page.rows])
    lines = [present.case_line(row.case, answers.get(row.case_id), row.created_at) for row in page.rows]
    return show(request, "reports", {"reports": lines, "page": page, "tab": "reports"})


@permission_required("patrol.use")
@require_GET
def case_page(request: ActorRequest, number: str) -> HttpResponse:
    """A case in which I have a part: what I said, what was answered, its history, and recall where it is offered."""
    case = access_case(number, by=request.actor)
    offers = offers_of(case, case, request.actor, request.now)
    recall = next((offer for offer in offers if offer["do"] == "recall" and not offer["missing"]), None)
    seen = sight_of(case, by=request.actor)
    context = {
        "facts": present.case_facts(case),
        "ended": case.is_ended,
        "answer": selectors.answers_of([case]).get(case.pk),
        "refused": case.outcome in {"rejected", "void"},
        "mine": any(report.person_id == request.actor.person_id for report in reports_of(case)),
        "photos": present.photo_groups(case, selectors.photos_of(case), seen),
        "steps": present.history_steps(case, history(case), seen),
        "recall": recall,
        "client_id": uuid4(),
        "revision": case.revision,
        "tab": "reports",
    }
    return show(request, "case", context)


@permission_required("patrol.use")
@require_POST
def recall_page(request: ActorRequest, number: str) -> HttpResponse:
    """Take my last step back, as long as the next post has not opened the case."""
    address = reverse("patrol:case", args=[number])
    case = access_case(number, by=request.actor)
    revision = request.POST.get("revision", "")
    try:
        perform(
            case,
            "recall",
            by=request.actor,
            now=request.now,
            client_id=_client_id(request.POST.get("client_id", "")),
            revision=int(revision) if revision.isdecimal() else None,
            data={"note": request.POST.get("note", "").strip()},
        )
    except Refused as refusal:
        messages.error(request, _("没有撤回：%(reason)s") % {"reason": refusal.message})
    else:
        messages.success(request, _("已撤回上一步"))
    return see_other(request, address)


def _client_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()
