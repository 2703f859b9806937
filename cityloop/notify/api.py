"""The API of notices."""

from datetime import datetime
from typing import Annotated

from ninja import Field, Query, Router, Schema

from cityloop.notify.actions import mark_read
from cityloop.notify.selectors import count_unread, latest
from cityloop.notify.targets import address_of
from cityloop.notify.texts import render
from cityloop.org.access import ActorRequest, ApiAuth

router = Router(auth=ApiAuth())


class NoticeOut(Schema):
    """A notice in the reader's language."""

    id: int
    at: datetime
    text: str
    key: str
    url: str
    read: bool


class NoticesOut(Schema):
    """A page of notices, newest first; `unread` counts to 100 and no further."""

    unread: int
    items: list[NoticeOut]


class ReadBody(Schema):
    """Which notices were read; all of them without ids."""

    ids: Annotated[list[int], Field(max_length=500)] | None = None


class ReadOut(Schema):
    """How many were marked."""

    marked: int


@router.get("/notices", response=NoticesOut, summary="My notices")
def get_notices(
    request: ActorRequest,
    before: Annotated[int | None, Query(description="id of the last notice of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 30,
) -> NoticesOut:
    """Notices to this person and to the posts he holds now."""
    items = [
        NoticeOut(
            id=notice.pk,
            at=notice.at,
            text=render(notice.text_key, notice.params),
            key=notice.text_key,
            url=address_of(notice, request.actor),
            read=read,
        )
        for notice, read in latest(request.actor, most=limit, before=before)
    ]
    return NoticesOut(unread=count_unread(request.actor), items=items)


@router.post("/notices/read", response=ReadOut, summary="Mark notices read")
def post_read(request: ActorRequest, body: ReadBody) -> ReadOut:
    """Mark notices read; ids of other people's notices are passed over."""
    return ReadOut(marked=mark_read(body.ids, by=request.actor, now=request.now))
