"""People of the world at their browsers: sign in, look, act, send photos, with cookies and CSRF."""

import http.client
import json
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from uuid import uuid4

from tests.evidence.make import photo as jpeg
from tests.world import EAST, NORTH, PASSWORD, SIDE


@dataclass
class Answer:
    """A status and what was said."""

    status: int
    json: Any

    @property
    def code(self) -> str:
        """The code of a refusal."""
        return str(self.json["code"])


@dataclass
class Person:
    """One browser."""

    port: int
    username: str
    cookies: dict[str, str] = field(default_factory=dict)

    def sign_in(self) -> "Person":
        """With the password; a unit account names its handler."""
        body = {"username": self.username, "password": PASSWORD}
        if self.username == "water":
            body["handler"] = "王工"
        answer = self.post("session", body)
        assert answer.status == 200, answer
        return self

    def send(self, method: str, address: str, body: bytes = b"", **headers: str) -> Answer:
        """One request on a connection of its own."""
        plug = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {key.replace("_", "-"): value for key, value in headers.items()}
        headers |= {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers |= {"X-CSRFToken": self.cookies.get("csrftoken", "")}
        try:
            plug.request(method, f"/api/v1/{address}", body, headers)
            answer = plug.getresponse()
            for line in answer.headers.get_all("Set-Cookie") or []:
                self.cookies |= {name: part.value for name, part in SimpleCookie(line).items()}
            text = answer.read()
        finally:
            plug.close()
        is_json = (answer.headers.get_content_type()) == "application/json"
        return Answer(answer.status, json.loads(text) if is_json and text else text)

    def get(self, address: str) -> Any:
        """Look at something that is there."""
        answer = self.send("GET", address)
        assert answer.status == 200, (address, answer)
        return answer.json

    def post(self, address: str, body: dict[str, Any], **headers: str) -> Answer:
        """Send JSON."""
        return self.send("POST", address, json.dumps(body).encode(), Content_Type="application/json", **headers)

    # What people do

    def photo(self, purpose: str) -> list[str]:
        """Send a photo; its id in a list."""
        name = str(uuid4())
        answer = self.send("PUT", f"evidence/{name}", jpeg(), Content_Type="image/jpeg", X_Purpose=purpose)
        assert answer.status == 201, answer
        return [name]

    def report(self, source: str = "inspector", **fields: Any) -> str:
        """Say that something is wrong in the first cell; the number of the case."""
        answer = self.post("reports", self.report_body(source, **fields))
        assert answer.status == 201, answer
        return str(answer.json["number"])

    def report_body(self, source: str = "inspector", **fields: Any) -> dict[str, Any]:
        """Such a report, to be sent as often as one likes."""
        point = [EAST + 0.5 * SIDE, NORTH + 0.5 * SIDE]
        body = {"client_id": str(uuid4()), "source": source, "description": "果皮箱旁堆放垃圾", "point": point}
        return {**body, "address": "东街1号", **fields}

    def case(self, number: str) -> Any:
        """The case as this person sees it."""
        return self.get(f"cases/{number}")

    def subject(self, number: str, kind: str) -> str:
        """The address of the newest task or request of that kind."""
        shown = self.case(number)
        table = "tasks" if kind in {"verify", "handle", "check"} else "requests"
        return f"{table}/{[row['id'] for row in shown[table] if row['kind'] == kind][-1]}"

    def try_(self, do: str, number: str, data: dict[str, Any] | None = None, of: str = "", **body: Any) -> Answer:
        """Take an action, or be refused."""
        subject = self.subject(number, of) if of else f"cases/{number}"
        return self.post(f"{subject}/actions/{do}", {"client_id": str(uuid4()), "data": data or {}, **body})

    def do(self, do: str, number: str, data: dict[str, Any] | None = None, of: str = "", **body: Any) -> Any:
        """Take an action that is open."""
        answer = self.try_(do, number, data, of, **body)
        assert answer.status == 201, (do, answer)
        return answer.json

    def offers(self, number: str) -> set[str]:
        """The buttons of the case that this person may press now."""
        return {offer["do"] for offer in self.case(number)["offers"] if offer["missing"] is None}

    def steps(self, number: str) -> list[str]:
        """The history, by its words."""
        return [event["do"] for event in self.get(f"cases/{number}/events")]

    def notices(self) -> list[str]:
        """The texts of this person's notices, newest first."""
        return [row["text"] for row in self.get("notices")["items"]]

    def box(self, name: str) -> list[str]:
        """The numbers in a box."""
        return [row["case"]["number"] for row in self.get(f"boxes/{name}?size=200")["items"]]
