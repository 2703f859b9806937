"""The API of administration: everything the pages of units and people do."""

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Field, File, Query, Router, Schema, Status, UploadedFile

from cityloop.base.importing import Report
from cityloop.base.sheets import read_upload
from cityloop.base.time import city_zone
from cityloop.journal.models import Entry
from cityloop.journal.selectors import list_entries
from cityloop.journal.words import label_of
from cityloop.org import actions
from cityloop.org.access import ActorRequest, ApiAuth
from cityloop.org.api.session import Secret, UnitOut
from cityloop.org.importing import import_book
from cityloop.org.models import Person, Post, Unit
from cityloop.org.selectors import get_person, get_post, get_unit, search_people

router = Router(auth=ApiAuth("org.manage_people"))
units_auth = ApiAuth("org.manage_units")
Word = Annotated[str, Field(max_length=100)]
MOST_PEOPLE = 50
MOST_ENTRIES = 100


class LineOut(Schema):
    """What becomes of one row: `new`, `changed`, `same` or `wrong`."""

    sheet: str
    row: int
    verdict: str
    subject: str
    message: str


class ReportOut(Schema):
    """A workbook's report; `applied` when it was taken over."""

    applied: bool
    counts: dict[str, int]
    lines: list[LineOut]


class EntryOut(Schema):
    """One act in the journal."""

    id: int
    at: datetime
    what: str
    label: str  # the act in the reader's language
    by_id: int | None
    by_name: str
    subject: str
    data: dict[str, Any]

    @staticmethod
    def resolve_label(entry: Entry) -> str:
        """The act in words."""
        return label_of(entry.what)


class JournalQuery(Schema):
    """What to look for: the act or the beginning of several, part of the actor's name or the subject, moments."""

    what: Annotated[str, Field(max_length=80)] = ""
    q: Annotated[str, Field(max_length=60)] = ""
    since: datetime | None = None
    until: datetime | None = None
    before: Annotated[int | None, Field(description="id of the last entry of the page before")] = None


class UnitBody(Schema):
    """A new unit."""

    code: Word
    name: Word
    level: Word
    parent: int | None = None
    short_name: Word = ""
    area_code: Word = ""
    position: Annotated[int, Field(ge=0, le=999_999_999)] = 0
    active_from: date | None = None


class UnitChange(Schema):
    """What to change of a unit; what is absent stays."""

    name: Word | None = None
    short_name: Word | None = None
    level: Word | None = None
    area_code: Word | None = None
    position: Annotated[int, Field(ge=0, le=999_999_999)] | None = None


class ParentBody(Schema):
    """The unit under which to hang; null for the top."""

    parent: int | None


class LastDayBody(Schema):
    """The last day in force."""

    last_day: date | None = None


class PersonBody(Schema):
    """A new account; without a password nobody signs in until one is set."""

    username: Word
    name: Word
    password: Secret | None = None
    unit_account: bool = False
    phone: Annotated[str, Field(max_length=30)] = ""
    employee_no: Annotated[str, Field(max_length=30)] = ""
    handlers: Annotated[list[Word], Field(max_length=100)] = []


class PersonChange(Schema):
    """What to change of an account; what is absent stays. `handlers` replaces the list."""

    name: Word | None = None
    phone: Annotated[str, Field(max_length=30)] | None = None
    employee_no: Annotated[str, Field(max_length=30)] | None = None
    unit_account: bool | None = None
    handlers: Annotated[list[Word], Field(max_length=100)] | None = None


class PersonOut(Schema):
    """An account."""

    id: int
    username: str
    name: str
    employee_no: str
    phone: str
    unit_account: bool
    is_active: bool


class ResetBody(Schema):
    """A first password; it must be changed at the next sign-in."""

    password: Secret


class PostBody(Schema):
    """A post to give."""

    kind: Word
    unit: int
    area_code: Word = ""
    valid_from: date | None = None
    valid_to: date | None = None


class PostOut(Schema):
    """A post with its dates."""

    id: int
    kind: str
    unit_id: int
    area_code: str
    valid_from: date
    valid_to: date | None


@router.get("/journal", auth=ApiAuth("org.read_journal"), response=list[EntryOut], summary="The journal")
def get_journal(request: ActorRequest, asked: Query[JournalQuery]) -> list[Entry]:
    """At most 100 entries, newest first, of moments in [since, until)."""
    since, until = _aware(asked.since), _aware(asked.until)
    entries = list_entries(what=asked.what, words=asked.q, since=since, until=until)
    return list((entries.filter(pk__lt=asked.before) if asked.before is not None else entries)[:MOST_ENTRIES])


def _aware(moment: datetime | None) -> datetime | None:
    """A moment without a zone is read on the city's clock."""
    return moment.replace(tzinfo=city_zone()) if moment is not None and moment.tzinfo is None else moment


@router.post("/import", auth=ApiAuth("org.import"), response=ReportOut, summary="Import units, people and posts")
def post_import(request: ActorRequest, file: File[UploadedFile], dry_run: bool = True) -> Report:
    """Check a workbook and, with `dry_run=false` and nothing wrong, take it over."""
    return import_book(read_upload(file), by=request.actor, now=request.now, dry_run=dry_run)


@router.post("/units", auth=units_auth, response={201: UnitOut}, summary="Create a unit")
def post_unit(request: ActorRequest, body: UnitBody) -> Status[Unit]:
    """A new unit."""
    given: dict[str, Any] = body.dict(exclude={"code", "parent"})
    parent = get_unit(body.parent) if body.parent is not None else None
    return Status(201, actions.create_unit(body.code, by=request.actor, now=request.now, parent=parent, **given))


@router.patch("/units/{unit_id}", auth=units_auth, response=UnitOut, summary="Change a unit")
def patch_unit(request: ActorRequest, unit_id: int, body: UnitChange) -> Unit:
    """Change a unit's name, level, area or position."""
    return actions.change_unit(get_unit(unit_id), by=request.actor, now=request.now, **body.dict())


@router.post("/units/{unit_id}/move", auth=units_auth, response=UnitOut, summary="Move a unit")
def post_move(request: ActorRequest, unit_id: int, body: ParentBody) -> Unit:
    """Hang a unit and all below it under another."""
    parent = get_unit(body.parent) if body.parent is not None else None
    return actions.move_unit(get_unit(unit_id), by=request.actor, now=request.now, parent=parent)


@router.post("/units/{unit_id}/retire", auth=units_auth, response=UnitOut, summary="Retire a unit")
def post_retire(request: ActorRequest, unit_id: int, body: LastDayBody) -> Unit:
    """Take a unit out of use."""
    return actions.retire_unit(get_unit(unit_id), by=request.actor, now=request.now, last_day=body.last_day)


@router.get("/people", auth=ApiAuth("org.view"), response=list[PersonOut], summary="Find people")
def get_people(request: ActorRequest, q: Annotated[str, Query(max_length=60)] = "") -> list[Person]:
    """At most 50 accounts by name, user name, number or initials."""
    return list(search_people(q)[:MOST_PEOPLE])


@router.post("/people", response={201: PersonOut}, summary="Create an account")
def post_person(request: ActorRequest, body: PersonBody) -> Status[Person]:
    """A new account."""
    given: dict[str, Any] = body.dict(exclude={"username", "handlers"})
    made = actions.create_person(
        body.username, by=request.actor, now=request.now, handlers=tuple(body.handlers), **given
    )
    return Status(201, made)


@router.patch("/people/{person_id}", response=PersonOut, summary="Change an account")
def patch_person(request: ActorRequest, person_id: int, body: PersonChange) -> Person:
    """Change an account and, if given, its handlers."""
    handlers = None if body.handlers is None else tuple(body.handlers)
    given: dict[str, Any] = body.dict(exclude={"handlers"})
    return actions.change_person(get_person(person_id), by=request.actor, now=request.now, handlers=handlers, **given)


@router.post(
    "/people/{person_id}/password", auth=ApiAuth("org.reset_password"), response={204: None}, summary="Reset a password"
)
def post_reset(request: ActorRequest, person_id: int, body: ResetBody) -> Status[None]:
    """Set a first password, unlock the account, end its sessions and tokens."""
    actions.reset_password(get_person(person_id), by=request.actor, now=request.now, password=body.password)
    return Status(204, None)


@router.post("/people/{person_id}/deactivate", response={204: None}, summary="Close an account")
def post_deactivate(request: ActorRequest, person_id: int) -> Status[None]:
    """Close an account."""
    actions.deactivate_person(get_person(person_id), by=request.actor, now=request.now)
    return Status(204, None)


@router.post("/people/{person_id}/reactivate", response={204: None}, summary="Open an account again")
def post_reactivate(request: ActorRequest, person_id: int) -> Status[None]:
    """Open a closed account."""
    actions.reactivate_person(get_person(person_id), by=request.actor, now=request.now)
    return Status(204, None)


@router.get("/people/{person_id}/posts", auth=ApiAuth("org.view"), response=list[PostOut], summary="A person's posts")
def get_posts(request: ActorRequest, person_id: int) -> list[Post]:
    """All posts of a person, past and future ones too."""
    return list(get_person(person_id).posts.all())


@router.post("/people/{person_id}/posts", auth=ApiAuth("org.appoint"), response={201: PostOut}, summary="Give a post")
def post_post(request: ActorRequest, person_id: int, body: PostBody) -> Status[Post]:
    """Appoint; the three administrators are appointed by the security administrator."""
    given: dict[str, Any] = body.dict(exclude={"unit"})
    person, unit = get_person(person_id), get_unit(body.unit)
    return Status(201, actions.appoint(person, by=request.actor, now=request.now, unit=unit, **given))


@router.post("/posts/{post_id}/end", auth=ApiAuth("org.appoint"), response={204: None}, summary="End a post")
def post_end(request: ActorRequest, post_id: int, body: LastDayBody) -> Status[None]:
    """Let `last_day` be the post's last; without it the post ends at once."""
    actions.end_post(get_post(post_id), by=request.actor, now=request.now, last_day=body.last_day)
    return Status(204, None)
