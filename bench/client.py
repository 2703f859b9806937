"""A small HTTP client with kept connections: it shares the machine with the server, so it must cost little."""

import json
import socket
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from tests.world import PASSWORD


class Answer(NamedTuple):
    """What came back, and how long it took."""

    status: int
    body: bytes
    seconds: float

    def json(self) -> Any:
        """The body as data."""
        return json.loads(self.body)


class Session:
    """One signed-in person on one kept connection."""

    def __init__(self, port: int, username: str, *, accepts: str = "identity") -> None:
        self.port, self.username, self.accepts = port, username, accepts
        self._socket: socket.socket | None = None
        self._cookies: dict[str, str] = {}
        self._rest = b""
        body = {"username": username, "password": PASSWORD}
        answer = self.post("/api/v1/session", body)
        if answer.status != 200:
            raise SystemExit(f"{username} cannot sign in: {answer.status} {answer.body[:300]!r}")

    def get(self, path: str) -> Answer:
        """GET."""
        return self._ask(self._head("GET", path) + b"\r\n")

    def post(self, path: str, data: Any) -> Answer:
        """POST as JSON, with the token that browsers send."""
        body = json.dumps(data).encode()
        head = self._head("POST", path)
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n".encode()
        if "csrftoken" in self._cookies:
            head += f"X-CSRFToken: {self._cookies['csrftoken']}\r\n".encode()
        return self._ask(head + b"\r\n" + body)

    def _head(self, method: str, path: str) -> bytes:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        line = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAccept-Language: zh-CN\r\n"
        line += f"Accept-Encoding: {self.accepts}\r\n"
        return (line + (f"Cookie: {cookies}\r\n" if cookies else "")).encode()

    def _ask(self, message: bytes) -> Answer:
        began = time.perf_counter()
        for _ in range(2):
            try:
                if self._socket is None:
                    self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
                    self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._socket.sendall(message)
                status, body = self._read()
                return Answer(status, body, time.perf_counter() - began)
            except (ConnectionError, EOFError):
                # The server closes a connection that has been idle; every request here may be repeated.
                self._socket = None
        raise SystemExit(f"The server closed the connection of {self.username}.")

    def _read(self) -> tuple[int, bytes]:
        assert self._socket is not None
        data = self._rest
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        length, close = 0, False
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            match name.lower():
                case "content-length":
                    length = int(value)
                case "set-cookie":
                    key, _, rest = value.partition("=")
                    self._cookies[key] = rest.partition(";")[0]
                case "connection":
                    close = value.lower() == "close"
        while len(body) < length:
            body += self._more()
        self._rest = b""
        if close:
            self._socket.close()
            self._socket = None
        return int(lines[0].split(" ")[1]), body[:length]

    def _more(self) -> bytes:
        assert self._socket is not None
        data = self._socket.recv(262_144)
        if not data:
            raise EOFError
        return data


def together(works: Sequence[Callable[[], int]]) -> tuple[int, float]:
    """Do these at once, a thread each; how many things were done, and the seconds from first to last."""
    done: list[int] = []
    troubles: list[BaseException] = []
    barrier = threading.Barrier(len(works) + 1)

    def run(work: Callable[[], int]) -> None:
        barrier.wait()
        try:
            done.append(work())
        except BaseException as trouble:
            troubles.append(trouble)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    barrier.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    if troubles:
        raise troubles[0]
    return sum(done), took


def demand(answer: Answer, *statuses: int) -> Answer:
    """The answer, if it is one of these.

    Raises:
        SystemExit: it is another one, which is shown.
    """
    if answer.status not in statuses:
        raise SystemExit(f"HTTP {answer.status}: {answer.body[:600].decode('utf-8', 'replace')}")
    return answer
