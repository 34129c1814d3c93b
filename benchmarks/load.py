"""Clients: one in this process, straight into a WSGI application, others over kept connections of loopback.

All of them are bounded by a time, and stop at the first answer that is not 2xx.
"""

import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from io import BytesIO
from time import perf_counter
from typing import TYPE_CHECKING, Self

from benchmarks.lifecycle import Send, Step, WrongAnswerError, play

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

OK = range(200, 300)


@dataclass(frozen=True)
class Spent:
    """What some lifecycles took: each request in nanoseconds, step after step, and all of them in seconds."""

    steps: int
    begun: float
    ended: float
    requests: Sequence[int] = field(repr=False)

    @property
    def requests_per_second(self) -> float:
        """Requests answered in a second."""
        return len(self.requests) / (self.ended - self.begun)

    @property
    def lifecycles_per_second(self) -> float:
        """Whole lifecycles in a second."""
        return self.requests_per_second / self.steps


def together(parts: Sequence[Spent]) -> Spent:
    """What clients side by side took."""
    requests = [each for part in parts for each in part.requests]
    return Spent(parts[0].steps, min(p.begun for p in parts), max(p.ended for p in parts), requests)


def drive(send: Send, steps: Sequence[Step], *, seconds: float = 0.0, lifecycles: int = 1) -> Spent:
    """Play lifecycles one after the other, for that long and at least so many."""
    requests: list[int] = []
    begun = perf_counter()
    while len(requests) < lifecycles * len(steps) or perf_counter() - begun < seconds:
        play(send, steps, requests)
    return Spent(len(steps), begun, perf_counter(), requests)


def direct(app: "WSGIApplication", headers: Mapping[str, str], method: str = "POST") -> Send:
    """A client that calls the application as a server would, with nothing between."""
    base = _environ(headers) | {"REQUEST_METHOD": method}

    def send(path: str, body: bytes) -> bytes:
        said: list[str] = []

        def start(status: str, _headers: object, _why: object = None) -> Callable[[bytes], object]:
            said.append(status)
            return said.__contains__

        length = str(len(body))
        chunks = app({**base, "PATH_INFO": path, "CONTENT_LENGTH": length, "wsgi.input": BytesIO(body)}, start)
        answer = b"".join(chunks)
        _require_ok(path, int(said[0][:3]), answer)
        return answer

    return send


def _environ(headers: Mapping[str, str]) -> dict[str, object]:
    http = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    return {
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": "application/json",
        "wsgi.url_scheme": "http",
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        **http,
    }


def _require_ok(path: str, status: int, answer: bytes) -> None:
    if status not in OK:
        raise WrongAnswerError(f"{path} answered {status}: {answer[:300].decode(errors='replace')}")


@contextmanager
def line(port: int, headers: Mapping[str, str]) -> Iterator[Send]:
    """A client over one connection of loopback, kept open."""
    all_headers = {"Content-Type": "application/json", **headers}
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:

        def send(path: str, body: bytes) -> bytes:
            connection.request("POST", path, body, all_headers)
            response = connection.getresponse()
            answer = response.read()
            _require_ok(path, response.status, answer)
            return answer

        yield send


@dataclass(frozen=True)
class Order:
    """What each client of a crowd is to do."""

    port: int
    headers: Mapping[str, str]
    steps: Sequence[Step]
    seconds: float = 0.0
    lifecycles: int = 1


def follow(order: Order) -> Spent:
    """One client over one connection."""
    with line(order.port, order.headers) as send:
        return drive(send, order.steps, seconds=order.seconds, lifecycles=order.lifecycles)


class Crowd:
    """Clients in processes of their own, so that none waits for another; they stay for all measurements."""

    def __init__(self, clients: int) -> None:
        self.clients = clients
        self._pool = ProcessPoolExecutor(clients, mp_context=multiprocessing.get_context("spawn"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self._pool.shutdown()

    def follow(self, order: Order) -> Spent:
        """All of them do the same at once."""
        return together(list(self._pool.map(follow, [order] * self.clients)))
