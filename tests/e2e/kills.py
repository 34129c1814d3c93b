"""A sandbox that is killed again and again under load, and what has to be true each time it is back.

The connector lives in the tests' process and outlives every sandbox. It, or a client, kills the sandbox at a
moment that was drawn: when the n-th call arrives, when its work is done and not answered, or when the n-th request
of a client is answered. Nothing here waits for time to pass; clients go on until nobody answers.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from itertools import combinations
from pathlib import Path
from random import Random
from threading import Condition, Event, Lock, Thread
from typing import NamedTuple

import pytest
import requests
from werkzeug import Request, Response
from werkzeug.serving import WSGIRequestHandler, make_server

from connector_ppp.reference.app import create_app

CLIENTS = 4
SECONDS_MAX = 30
ACTIONS_MAX = 400
COMMAND = Path(sys.executable).with_name("gateway-mock")
HEADERS = {"X-VTEX-API-AppKey": "vtexappkey-sandbox-LOCAL", "X-VTEX-API-AppToken": "sandbox"}

ARRIVED, DONE, ANSWERED = "a call arrives", "a call is done and not answered", "a client is answered"
MOMENTS = (ARRIVED, DONE, ANSWERED)

BOOKS = {"settle": "captured", "cancel": "voided", "refund": "refunded"}
REQUESTED = {"settle": "settled", "cancel": "cancelled", "refund": "refunded"}
PATHS = {"settle": "settlement", "cancel": "cancellation", "refund": "refunding"}


class Trigger:
    """Kills at the n-th moment of a sort, once, in the thread that has come to it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._moment, self._left = "", 0
        self._kill: Callable[[int], object] = bool
        self.pulled = Event()

    def arm(self, moment: str, number: int, kill: Callable[[int], object]) -> None:
        """From now on, kill whoever comes to the moment as the `number`th; `pulled` is set once it has."""
        with self._lock:
            self.pulled.clear()
            self._moment, self._left, self._kill = moment, number, kill

    def pull(self, moment: str, server: int, killed: Callable[[], object] = bool) -> bool:
        """A server has come to that moment; whether it was killed, and then `killed` is told first of all."""
        with self._lock:
            if moment != self._moment or self._left == 0:
                return False
            self._left -= 1
            if self._left:
                return False
            self._kill(server)
            killed()
            self.pulled.set()
            return True


class Silent(WSGIRequestHandler):
    """Writes no line a request."""

    def log_request(self, *_args: object) -> None:
        """See `http.server`."""


class LivingConnector:
    """The reference connector on a port of its own, with a note of every call that moves money."""

    def __init__(self, trigger: Trigger) -> None:
        self._app = create_app(callbacks="manual")
        self._trigger = trigger
        self._news = Condition()
        self.heard: list[str] = []
        """The idempotency key of each call, in order of arrival."""
        self.orphans: list[tuple[int, str]] = []
        """The calls whose caller was killed before the answer: their place in `heard`, and their key."""
        answer = Request.application(self._answer)
        self._server = make_server("127.0.0.1", 0, answer, threaded=True, request_handler=Silent)
        self._url = f"http://127.0.0.1:{self._server.port}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()

    def url(self, server: int) -> str:
        """Its address for a server: each calls it by another one."""
        return f"{self._url}/{server}"

    def pages(self) -> dict[str, dict]:
        """Its books by payment, amounts in cents."""
        book = json.loads(self._app.test_client().get("/_reference/payments").text)
        return {page["paymentId"]: page for page in book["payments"]}

    def assert_heard_again(self) -> None:
        """Every call that lost its caller goes out again under its key."""

        def missing() -> list[str]:
            return [key for place, key in self.orphans if key not in self.heard[place + 1 :]]

        with self._news:
            assert self._news.wait_for(lambda: not missing(), SECONDS_MAX), missing()

    def _answer(self, request: Request) -> Response:
        if request.method != "POST":
            return Response.from_app(self._app, request.environ, buffered=True)
        body = request.get_data()
        request.environ["wsgi.input"] = BytesIO(body)
        _, server, path = request.path.split("/", 2)
        request.environ["PATH_INFO"] = f"/{path}"
        call = self._note(body)
        if self._trigger.pull(ARRIVED, int(server), lambda: self.orphans.append(call)):
            return Response(status=503)
        answer = Response.from_app(self._app, request.environ, buffered=True)
        self._trigger.pull(DONE, int(server), lambda: self.orphans.append(call))
        return answer

    def _note(self, body: bytes) -> tuple[int, str]:
        """By `requestId`, or by `paymentId` of an authorization, the protocol knows a repeat."""
        asked = json.loads(body)
        with self._news:
            self.heard.append(asked.get("requestId") or asked["paymentId"])
            self._news.notify_all()
            return len(self.heard) - 1, self.heard[-1]


class MortalSandbox:
    """`gateway-mock serve` on one port and one store, started again and again."""

    def __init__(self, store: str, mode: str, connector: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        options = ["--port", f"{port}", "--store", store, "--connector", connector, "--mode", mode]
        self._command = [str(COMMAND), "serve", *options]
        self._process: subprocess.Popen[str] | None = None
        self.said: list[str] = []

    def start(self) -> bool:
        """Start it; whether it lived until it was ready."""
        self.close()
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
        self.said = []
        for line in self._process.stdout:
            self.said.append(line)
            if line.startswith("Not for production"):
                return True
        return False

    @property
    def dead(self) -> bool:
        """Whether it was killed."""
        return self._process is None or self._process.poll() is not None

    def kill(self) -> None:
        """SIGKILL to the process that serves and to its parent, at the same moment."""
        if not self.dead:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(SECONDS_MAX)

    def close(self) -> None:
        """Leave no process behind."""
        if self._process is not None:
            self.kill()
            self._process.stdout.close()


@dataclass
class Order:
    """What clients know of an order: what was taken, and what was asked without an answer. Amounts are cents."""

    made: dict
    taken: Counter = field(default_factory=Counter)
    unanswered: list[tuple[str, int]] = field(default_factory=list)

    def possible(self, operation: str) -> set[int]:
        """What the gateway may have taken in all: what it answered to, and any part of what was unanswered."""
        open_ = [value for each, value in self.unanswered if each == operation]
        parts = (part for size in range(len(open_) + 1) for part in combinations(open_, size))
        return {self.taken[operation] + sum(part) for part in parts}


class Call(NamedTuple):
    """How one client reaches its server."""

    session: requests.Session
    url: str

    def post(self, path: str, body: dict) -> requests.Response:
        """One request."""
        return self.session.post(self.url + path, json=body, timeout=SECONDS_MAX)


class Clients:
    """A crowd that orders, settles, cancels and refunds at one server or several, until one is dead."""

    def __init__(self, urls: list[str], trigger: Trigger) -> None:
        self._urls = urls
        self._trigger = trigger
        self._lock = Lock()
        self.orders: list[Order] = []
        self.touched: dict[int, Order] = {}
        """The orders of the round, by identity."""

    def storm(self, seed: str) -> None:
        """All of them at once, until a server is dead."""
        self.touched.clear()
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(lambda number: self._go_on(number, Random(f"{seed}/{number}")), range(CLIENTS)))  # noqa: S311
        assert self._trigger.pulled.wait(SECONDS_MAX), "nothing has killed a server"

    def _go_on(self, number: int, random: Random) -> None:
        server = number % len(self._urls)
        with requests.Session() as session, suppress(requests.RequestException):
            session.headers.update(HEADERS)
            for _ in range(ACTIONS_MAX):
                if self._act(Call(session, self._urls[server]), random):
                    self._trigger.pull(ANSWERED, server)
                if self._trigger.pulled.is_set():
                    return

    def _act(self, call: Call, random: Random) -> bool:
        """One request; whether it was taken."""
        with self._lock:
            order = random.choice(self.orders[-6:]) if self.orders and random.random() < 0.8 else None
        if order is None:
            return self._order(call, random)
        operation = random.choice(("settle", "settle", "cancel", "refund"))
        return self._ask(call, order, operation, random.randint(1, 2500))

    def _order(self, call: Call, random: Random) -> bool:
        values = [random.randint(100, 9000) for _ in range(random.randint(1, 2))]
        payments = [{"paymentSystem": 2, "value": value} for value in values]
        answer = call.post("/_mock/orders", {"value": sum(values), "payments": payments})
        assert answer.status_code == 201, answer.text
        order = Order(answer.json())
        with self._lock:
            self.orders.append(order)
            self.touched[id(order)] = order
        return True

    def _ask(self, call: Call, order: Order, operation: str, value: int) -> bool:
        asked = (operation, value)
        with self._lock:
            self.touched[id(order)] = order
            order.unanswered.append(asked)
        path = f"/api/pvt/transactions/{order.made['transactionId']}/{PATHS[operation]}-request"
        answer = call.post(path, {"value": value})
        assert answer.status_code in {200, 400, 409}, answer.text
        with self._lock:
            order.unanswered.remove(asked)
            order.taken[operation] += value * (answer.status_code == 200)
        return answer.status_code == 200


def get(url: str, path: str) -> dict:
    """What the sandbox shows."""
    answer = requests.get(url + path, headers=HEADERS, timeout=SECONDS_MAX)
    assert answer.status_code == 200, answer.text
    return answer.json()


def settled(url: str, order: Order) -> dict:
    """The order's ledger as soon as nothing of it waits for an answer."""
    pause = Event()
    for _ in range(1000):
        ledger = get(url, f"/_mock/transactions/{order.made['transactionId']}/ledger")
        if ledger["balanced"] and all(payment["authorized"] for payment in ledger["payments"]):
            return ledger
        pause.wait(0.02)
    pytest.fail(f"still open after 20 seconds: {ledger}")


def assert_whole(url: str, orders: Iterable[Order], connector: LivingConnector) -> None:
    """As soon as nothing waits any more, all is as clients were told, on both sides of the line."""
    connector.assert_heard_again()
    ledgers = [(order, settled(url, order)) for order in orders]
    pages = connector.pages()
    for order, ledger in ledgers:
        assert_told(url, order, ledger, pages)


def assert_told(url: str, order: Order, ledger: dict, pages: dict[str, dict]) -> None:
    """What was taken is there, the connector has moved each amount once, the exchanges tell of each."""
    path = f"/_mock/transactions/{order.made['transactionId']}/exchanges"
    exchanges = get(url, path)["exchanges"]
    for operation, name in REQUESTED.items():
        assert ledger["requested"][name] in order.possible(operation), (operation, order, ledger)
        order.taken[operation] = ledger["requested"][name]
    order.unanswered.clear()
    for payment in ledger["payments"]:
        told = [each for each in exchanges if each["paymentId"] == payment["id"]]
        assert_moved_once(payment, pages[payment["id"]], told)


def assert_moved_once(payment: dict, page: dict, exchanges: list[dict]) -> None:
    """Gateway, connector and exchanges come to the same amounts, each `requestId` counted once."""
    assert page["authorized"] * 100 == pytest.approx(payment["authorized"])
    for operation, name in BOOKS.items():
        calls = {call["requestId"]: call["value"] for call in page["calls"] if call["operation"] == operation}
        told = {each["requestId"] for each in exchanges if each["operation"] == operation}
        assert page[name] * 100 == pytest.approx(payment[name])
        assert sum(calls.values()) * 100 == pytest.approx(payment[name])
        assert told == set(calls)
