"""The bell and the list of notices."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from cityloop.notify.actions import mark_read
from cityloop.notify.models import Notice
from cityloop.notify.selectors import count_unread, latest, list_notices
from cityloop.notify.targets import address_of
from cityloop.notify.texts import render as render_text
from cityloop.org.access import ActorRequest, signed_in

IN_BELL = 8
ON_PAGE = 50


def _rows(found: list[tuple[Notice, bool]]) -> list[dict[str, Any]]:
    return [
        {"id": notice.pk, "at": notice.at, "text": render_text(notice.text_key, notice.params), "read": read}
        for notice, read in found
    ]


@signed_in
@require_GET
def bell(request: ActorRequest) -> HttpResponse:
    """A fragment: how many notices wait, and the newest."""
    unread = count_unread(request.actor)
    context = {"unread": unread, "shown": "99+" if unread > 99 else unread}
    return render(request, "notify/bell.html", {**context, "notices": _rows(latest(request.actor, most=IN_BELL))})


@signed_in
@require_GET
def notices(request: ActorRequest) -> HttpResponse:
    """All notices of the last 90 days, page by page."""
    before = request.GET.get("before", "")
    found = latest(request.actor, most=ON_PAGE, before=int(before) if before.isdecimal() else None)
    more = found[-1][0].pk if len(found) == ON_PAGE else None
    return render(request, "notify/list.html", {"notices": _rows(found), "more": more})


@signed_in
@require_GET
def open_notice(request: ActorRequest, notice_id: int) -> HttpResponse:
    """Mark a notice read and go where it points; a notice to others is not there."""
    notice = list_notices(request.actor).filter(pk=notice_id).first()
    if notice is None:
        raise Http404
    mark_read([notice_id], by=request.actor, now=request.now)
    # Rows are written by our own code, but a page never leaves the site on a row's word.
    address = address_of(notice, request.actor)
    inside = address.startswith("/") and not address.startswith("//")
    return HttpResponseRedirect(address if inside else reverse("notify:list"))


@signed_in
@require_POST
def read_all(request: ActorRequest) -> HttpResponse:
    """Mark everything read."""
    mark_read(None, by=request.actor, now=request.now)
    return HttpResponseRedirect(reverse("notify:list"))
