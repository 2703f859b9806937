"""The floor: the very statements that requests send, by pgbench, without Python or HTTP.

A whole loop is taken in this process, every statement that its requests send is recorded, and each request becomes a
script that can run again and again: the numbers of events are drawn anew, client ids are made by the server, and a
report makes another case. What stays as recorded does the same work on the same rows.
"""

import json
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import mean
from typing import Any, NamedTuple

from django.db import connection, reset_queries
from django.test import Client as Browser

from bench.client import Answer
from bench.database import psql_words
from bench.loop import STEPS, Client
from cityloop.cases.models import Case, CaseEvent
from tests.world import PASSWORD, World

CASES = 8
WRAPPING = ("BEGIN", "COMMIT")
# In a statement of ours an event's row begins with its case and its seq.
ROW = re.compile(r"\((?P<case>\d+), (?P<seq>\d+), (?P<group>\d+), (?='\d{4}-)")
MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d(?:\.\d+)?)\+00:00")
UUID = re.compile(r"'[0-9a-f]{32}'::uuid")


class Recorded(NamedTuple):
    """One request: its name and the statements that it sent."""

    name: str
    statements: list[str]

    @property
    def count(self) -> int:
        """How many there are beside BEGIN and COMMIT."""
        return sum(sql not in WRAPPING for sql in self.statements)


class InProcess:
    """A session like `client.Session`, whose requests are answered here and recorded."""

    def __init__(self, username: str) -> None:
        self.browser = Browser(HTTP_HOST="127.0.0.1")
        self.recorded: list[Recorded] = []
        self._send("/api/v1/session", {"username": username, "password": PASSWORD})

    def post(self, path: str, data: Any) -> Answer:
        """POST as JSON; the second of two alike is recorded, when everything that is remembered is."""
        with _recording() as statements:
            answer = self._send(path, data)
        self.recorded.append(Recorded(path.rpartition("/")[2], statements))
        return answer

    def _send(self, path: str, data: Any) -> Answer:
        answer = self.browser.post(path, json.dumps(data), content_type="application/json")
        return Answer(answer.status_code, answer.content, 0.0)


@contextmanager
def _recording() -> Iterator[list[str]]:
    statements: list[str] = []
    connection.force_debug_cursor = True
    reset_queries()
    try:
        yield statements
    finally:
        statements += [str(row["sql"]).strip() for row in connection.queries]
        connection.force_debug_cursor = False


class Script(NamedTuple):
    """A request as pgbench runs it."""

    kind: str
    text: str


def record(world: World) -> tuple[list[Recorded], list[Script]]:
    """Take whole loops here; the requests that were sent, and the scripts made of them."""
    client = Client(world, 0, session=InProcess)
    client.prepare_reports(CASES + 1)
    client.report()
    sessions: dict[str, InProcess] = client.sessions
    reports = sessions["inspector"].recorded[1:]  # the first has filled what is remembered
    scripts = [Script("report", _again(one, case)) for one, case in zip(reports, _cases(client)[1:], strict=True)]
    found = list(reports)
    for act in STEPS:
        session = sessions[act.post]
        session.recorded.clear()
        client.prepare(act)
        client.take(act)
        scripts += [
            Script("action", _again(one, case))
            for one, case in zip(session.recorded[1:], _cases(client)[1:], strict=True)
        ]
        found += session.recorded[1:]
    return found, scripts


def _cases(client: Client) -> list[Case]:
    by_number = {case.number: case for case in Case.objects.filter(number__in=client.cases)}
    return [by_number[number] for number in client.cases]


def _again(one: Recorded, case: Case) -> str:
    """The script of one request. A statement is one line; what must differ each time is drawn or made."""
    lines = [r"\set seq random(1000, 2000000000)"]
    for statement in one.statements:
        sql = " ".join(re.sub(r"--[^\n]*", "", statement).split()).rstrip(";")
        if "cases_caseevent" in sql and "INSERT" in sql:
            sql = _fresh(sql, case)
        if one.name == "reports":
            sql = _another_case(sql, case)
            if "nextval(" in sql:
                lines.append(f"{sql} \\gset")
                continue
        lines.append(f"{_without_colons(sql)};")
    return "\n".join(lines) + "\n"


def _without_colons(sql: str) -> str:
    """Moments in the form without colons, which pgbench would take for variables."""
    sql = MOMENT.sub(r"\1\2\3T\4\5\6+00", sql)
    sql = re.sub(r"'(\d\d):(\d\d):(\d\d(?:\.\d+)?)'", r"'\1\2\3'", sql)
    return re.sub(r"(?<=\d):(?=\d)", ".", sql)


def _fresh(sql: str, case: Case) -> str:
    first = CaseEvent.objects.filter(case=case).count()

    def row(found: re.Match[str]) -> str:
        return f"({found['case']}, {int(found['seq']) - first}+:seq, {found['group']}, "

    sql = ROW.sub(row, sql)
    # The text of an event is found by the event's number.
    sql = re.sub(r"WHERE seq = (\d+)", lambda found: f"WHERE seq = {int(found[1]) - first}+:seq", sql)
    return UUID.sub("gen_random_uuid()", sql, count=1)


def _another_case(sql: str, case: Case) -> str:
    prefix = case.number.removesuffix(f"{case.pk:06d}")
    sql = sql.replace(f"'{case.number}'", f"('{prefix}' || :nextval)")
    return re.sub(rf"(?<![\w'.:/-]){case.pk}(?![\w'.-])", ":nextval", sql)


def rate(url: str, scripts: Sequence[Script], kind: str, *, clients: int, seconds: int) -> float:
    """How many of these requests a second pgbench sends with that many clients; drawn evenly from all scripts."""
    with tempfile.TemporaryDirectory() as folder:
        words: list[str] = []
        for place, script in enumerate(one for one in scripts if one.kind == kind):
            file = Path(folder) / f"{place}.sql"
            file.write_text(script.text, encoding="utf-8")
            words += ["-f", str(file)]
        command = ["pgbench", "-n", "-c", str(clients), "-j", "2", "-T", str(seconds), "-M", "prepared", *words]
        done = subprocess.run([*command, *psql_words(url)[1:]], capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode or found is None or "aborted" in done.stderr:
        raise SystemExit(f"pgbench failed:\n{done.stderr[-3000:]}")
    return float(found[1])


def statements(recorded: Sequence[Recorded]) -> dict[str, float]:
    """Statements of each kind of request beside BEGIN and COMMIT."""
    names = dict.fromkeys(one.name for one in recorded)
    return {name: mean(one.count for one in recorded if one.name == name) for name in names}
