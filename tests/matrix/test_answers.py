"""Every address × every post: `answers.tsv` says what each of them is answered, and a person has read it.

A new address, or another answer, fails until the table says so: `CITYLOOP_WRITE_MATRIX=1 pytest tests/matrix` writes it
anew, and its change is reviewed like code. Only looking is asked here (GET): what may be done is in the flows' table.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import get_resolver

from cityloop.cases.models import CaseEvidence
from cityloop.codes.models import Minor
from cityloop.config.api import api
from cityloop.grid.actions import create_component
from cityloop.grid.updates.actions import Proposed, propose
from cityloop.limits.models import LimitRow
from cityloop.org.models import Handler, Post
from tests.architecture.test_permissions import FRAMEWORK, pages
from tests.cases.walk import Walk
from tests.promises.http import signed_in
from tests.world import NOW, World

TABLE = Path(__file__).with_name("answers.tsv")
# Column: account. One for each kind of post, one without any, and nobody.
COLUMNS = {
    "anonymous": "",
    "stranger": "stranger",
    "inspector": "inspector",
    "video_inspector": "video_inspector",
    "operator": "operator",
    "shift_leader": "shift_leader",
    "dispatcher": "dispatcher",
    "commander": "commander",
    "unit": "water",
    "leader": "leader",
    "evaluator": "evaluator",
    "system_admin": "system_admin",
    "security_admin": "security_admin",
    "audit_admin": "audit_admin",
}
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


def addresses() -> Iterator[str]:
    """Every page and every address of the API, with the names of their parameters."""
    for address, page in pages(get_resolver()):
        if page.name not in FRAMEWORK:
            yield "/" + PARAMETER.sub(r"<\1>", address)
    for entry in api.urls[0]:
        if entry.name not in FRAMEWORK and "{" not in str(entry.pattern):
            yield "/api/v1/" + PARAMETER.sub(r"<\1>", str(entry.pattern))


class Filled:
    """Values for the parameters: a case in the hands of its unit, and what belongs to it."""

    def __init__(self, world: World) -> None:
        walk = Walk(world).fed_back()
        row = LimitRow.objects.first()
        admin = world.actor("system_admin")
        at = {"type": "Point", "coordinates": world.place(0)}
        minor = Minor.objects.get(edition__is_default=True, kind="component", code="0137")
        lamp = create_component(minor.pk, by=admin, now=NOW, geometry=at, values={})
        said = Proposed("confirmed", lamp.code)
        proposal = propose(said, by=world.actor("inspector"), now=NOW, client_id=uuid4())
        self.values: dict[str, Any] = {
            "number": walk.number,
            "task_id": walk.task("handle").pk,
            "uuid": CaseEvidence.objects.filter(case=walk.case).values_list("evidence_id", flat=True)[0],
            "unit_id": world.units["water"].pk,
            "person_id": world.people["water"].pk,
            "post_id": Post.objects.get(person=world.people["water"]).pk,
            "handler_id": Handler.objects.filter(unit_account=world.people["water"])[0].pk,
            "kind": "cell",
            "code": world.cells[0].code,
            "name": "reported",
            "do": "recall",
            "row_id": row.pk if row else 1,
            "layer": "ground",
            "z": 12,
            "x": 3429,
            "y": 1674,
            "update_id": proposal.pk,
            "notice_id": 0,  # nobody's, in whatever database
        }

    def address(self, address: str) -> str:
        """The address with something in each place."""
        return re.sub(r"<(\w+)>", lambda found: str(self.values.get(found[1], 1)), address)


def answer(client: Client, address: str) -> str:
    """The status; where one is sent; in the API the refusal's code."""
    found = client.get(address)
    if found.status_code in {301, 302}:
        return f"→ {found['Location'].partition('?')[0]}"
    if found.status_code >= 400 and "json" in found.get("Content-Type", ""):
        return f"{found.status_code} {found.json().get('code', '')}"
    if found.streaming:
        b"".join(found.streaming_content)
    return str(found.status_code)


def tabled(world: World) -> str:
    """The whole table, as text."""
    filled = Filled(world)
    clients = {column: signed_in(world, name) if name else Client() for column, name in COLUMNS.items()}
    lines = ["\t".join(("address", *COLUMNS))]
    for address in sorted(set(addresses())):
        place = filled.address(address)
        found = [answer(client, place) for client in clients.values()]
        if set(found) != {"405"}:  # nothing to look at there
            lines.append("\t".join((address, *found)))
    return "\n".join(lines) + "\n"


@pytest.fixture(autouse=True)
def the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cityloop.org.middleware.timezone.now", lambda: NOW)


def test_every_address_answers_every_post_as_the_table_says(world: World) -> None:
    found = tabled(world)
    if os.environ.get("CITYLOOP_WRITE_MATRIX"):
        TABLE.write_text(found, encoding="utf-8")
    known = TABLE.read_text(encoding="utf-8").splitlines()
    differing = sorted(set(found.splitlines()) ^ set(known))
    assert not differing, "\n".join(differing)


def test_no_address_is_an_error() -> None:
    rows = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines()[1:]]
    assert not [row[0] for row in rows if any(cell.startswith("5") for cell in row[1:])]


def test_nobody_in_particular_looks_at_nothing() -> None:
    """What an anonymous person is shown is on this list, each with its reason."""
    rows = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines()[1:]]
    shown = {row[0] for row in rows if row[1] == "200"}
    assert shown <= OPEN, shown - OPEN


OPEN = {
    "/sign-in",  # the door
}


def test_what_is_not_there_looks_like_what_is_not_yours(world: World) -> None:
    number, client = Walk(world).filed().number, signed_in(world, "other_operator")
    for address in ("/api/v1/cases/{}", "/api/v1/cases/{}/events", "/cases/{}/"):
        there, nowhere = (client.get(address.format(each)) for each in (number, f"2099{uuid4().int % 10**10:010d}"))
        assert (there.status_code, nowhere.status_code) == (404, 404), address
