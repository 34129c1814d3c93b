"""What the tests of the suite for gateways share: a sandbox in this process, faults around it, and a judge for it.

Faults are planted in three places. A `Change` stands between the merchant and the gateway, a `Line` between the
gateway and its connector; both see every message and may change it. What is wrong inside is put there by hand.
"""

import json
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from threading import Lock, Thread

import msgspec
import pytest
from werkzeug.serving import make_server
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from connector_ppp.transports import HTTPTransport, Reply, WSGITransport
from contracts.suite.events import CaseFinished, RunFinished
from contracts.suite.gateway.load import all_gateway_rules, chosen_gateway_rules
from contracts.suite.gateway.run import run
from contracts.suite.gateway.target import GatewayTarget
from gateway_mock.web.app import Config, build, create_app

URL = "http://127.0.0.1:5005"
KEY, TOKEN = "X-VTEX-API-AppKey", "X-VTEX-API-AppToken"

READ = msgspec.json.Decoder(float_hook=Decimal)
WRITE = msgspec.json.Encoder(decimal_format="number")


@dataclass(slots=True)
class Asked:
    """One request of the merchant on its way through a change.

    Attributes:
        method: the HTTP method.
        path: the path without its query.
        query: the query.
        body: the JSON that was sent; the bytes where it was none.
        headers: what is sent on.
        app: the gateway inside.
        memory: what the change remembers from request to request; `lock` guards it.
    """

    method: str
    path: str
    query: str
    body: object
    headers: dict
    app: object
    memory: dict

    @property
    def end(self) -> str:
        """The last word of the path."""
        return self.path.rstrip("/").rpartition("/")[2]

    @property
    def owner(self) -> str:
        """The id in the path: of the transaction, or of the order."""
        parts = self.path.split("/")
        return next(
            (parts[at + 1] for at, part in enumerate(parts[:-1]) if part in {"transactions", "orders"}), ""
        )

    def ask(self, body=..., *, method=None, path=None, query=None, headers=None):
        """Ask the gateway inside: its status, and its JSON or text."""
        sent = self.body if body is ... else body
        data = sent if isinstance(sent, bytes) else json.dumps(sent, default=float)
        with Client(self.app).open(
            path or self.path,
            method=method or self.method,
            query_string=self.query if query is None else query,
            data=b"" if sent is None else data,
            headers=self.headers if headers is None else headers,
        ) as answer:
            return answer.status_code, answer.get_json(silent=True) if answer.data else None


@dataclass
class Around:
    """A WSGI application around the sandbox; `change` turns a request into a status and JSON."""

    app: object
    change: Callable[[Asked], tuple[int, object]]
    memory: dict = field(default_factory=lambda: {"lock": Lock(), "numbers": count(1)})

    def __call__(self, environ, start_response):
        """Answer as the change says."""
        request = Request(environ)
        data = request.get_data()
        try:
            body = json.loads(data) if data else None
        except ValueError:
            body = data
        names = (KEY, TOKEN, "Content-Type")
        headers = {name: request.headers[name] for name in names if name in request.headers}
        query = request.query_string.decode()
        asked = Asked(request.method, request.path, query, body, headers, self.app, self.memory)
        status, answer = self.change(asked)
        text = "" if answer is None else json.dumps(answer)
        return Response(text, status, mimetype="application/json")(environ, start_response)


@dataclass(slots=True)
class Said:
    """One call of the gateway to the suite's connector, on its way through a line.

    Attributes:
        operation: the last word of the path: payments, settlements, cancellations or refunds.
        url: the address.
        body: the message; fractions are exact.
        headers: what is sent on.
        memory: what the line remembers from call to call.
        pass_on: sends it: (body, headers) -> status and answer.
    """

    operation: str
    url: str
    body: dict
    headers: dict
    memory: dict
    pass_on: Callable[..., tuple[int, dict]]

    def send(self, body=None, headers=None):
        """Send it, changed or not; the connector's status and answer."""
        return self.pass_on(self.body if body is None else body, self.headers if headers is None else headers)


class Line:
    """A transport of the sandbox whose messages a fault changes."""

    def __init__(self, change: Callable[[Said], tuple[int, dict]]):
        self._change = change
        self._http = HTTPTransport()
        self._memory = {"lock": Lock(), "numbers": count(1)}

    def send(self, method, url, headers, body, timeout_seconds):
        """See `connector_ppp.Transport`."""

        def pass_on(message, sent):
            text = message if isinstance(message, bytes) else WRITE.encode(message)
            reply = self._http.send(method, url, sent, text, timeout_seconds)
            return reply.status, READ.decode(reply.body)

        operation = url.rpartition("/")[2]
        status, answer = self._change(
            Said(operation, url, READ.decode(body), dict(headers), self._memory, pass_on)
        )
        return Reply(status, {}, WRITE.encode(answer), 1.0)

    def close(self):
        """Close its connections."""
        self._http.close()


@dataclass(frozen=True)
class Judgement:
    """What a run came to."""

    finished: RunFinished

    def __getitem__(self, rule_id) -> CaseFinished:
        return next(case for case in self.finished.cases if case.rule.id == rule_id)

    @property
    def outcomes(self):
        """Outcome by rule id."""
        return {case.rule.id: case.outcome.value for case in self.finished.cases}

    @property
    def tripped(self):
        """The rules that accuse the gateway, each with its reason."""
        return {
            case.rule.id: case.reason for case in self.finished.cases if case.outcome.value in {"fail", "advice"}
        }

    @property
    def modes(self):
        """Whether it has them, by mode."""
        return {verdict.mode.value: verdict.runs.value for verdict in self.finished.modes}


@pytest.fixture
def make_sandbox():
    """A sandbox in this process, with a manual clock; a fault of its line, if there is one."""
    lines = []

    def make(line=None, *, clock="manual", **config):
        settings = Config(clock=clock, base_url=URL, **config)
        if line is None:
            return create_app(settings)
        lines.append(Line(line))
        return create_app(settings, sandbox=build(settings, transport_for=lambda _url: lines[-1]))

    yield make
    for each in lines:
        each.close()


@pytest.fixture
def judge_gateway(make_sandbox):
    """Judge an application in this process: (app, rules to play) -> Judgement."""

    def judged(app=None, only=(), **settings):
        numbers = count(1)
        defaults = {
            "url": URL,
            "transport": WSGITransport(app or make_sandbox()),
            "patience_seconds": 0.02,
        }
        target = GatewayTarget(new_id=lambda: f"{next(numbers):032X}", **defaults | settings)
        rules = chosen_gateway_rules(only) if only else all_gateway_rules()
        return Judgement(list(run(target, rules))[-1])

    return judged


@pytest.fixture
def free_port():
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def served_gateway(free_port):
    """The address of a sandbox behind a socket, with a manual clock."""
    app = create_app(Config(clock="manual", base_url=f"http://127.0.0.1:{free_port}"))
    server = make_server("127.0.0.1", free_port, app, threaded=True)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{free_port}"
    server.shutdown()
    thread.join()
    server.server_close()
