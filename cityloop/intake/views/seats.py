"""The shift leader's board of seats."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from cityloop.base.pages import see_other
from cityloop.cases import boxes
from cityloop.cases.claims import take_over
from cityloop.cases.selectors import access_case
from cityloop.intake.seats import list_seats
from cityloop.org.access import ActorRequest, permission_required


@permission_required("intake.seats")
@require_GET
@never_cache
def seats(request: ActorRequest) -> HttpResponse:
    """Who has what open, and how much everybody has done today; above, what waits for all of them."""
    waiting = [found for found in boxes.counts(request.actor, request.now) if found.box.post == "operator"]
    context = {"seats": list_seats(by=request.actor, now=request.now), "waiting": waiting}
    return render(request, "intake/seats.html", context)


@permission_required("intake.seats")
@require_POST
def take(request: ActorRequest, number: str) -> HttpResponse:
    """Take a case out of a colleague's hands, and open it."""
    case = access_case(number, by=request.actor)
    name = take_over(case, by=request.actor, now=request.now)
    if name:
        messages.success(request, _("已从%(name)s处接管") % {"name": name})
    return see_other(request, reverse("cases:case", args=[case.number]))
