"""What the tests of the suite share: connectors with something changed, and a judge for them.

The reference connector runs in this process. A `Twist` stands around it and changes what is asked or answered:
that makes a faulty connector, or a correct one that is merely different.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from threading import Lock

import pytest
from werkzeug.exceptions import ClientDisconnected
from werkzeug.wrappers import Request, Response

from connector_ppp import PPPClient
from connector_ppp.messages import CancelRequest, RefundRequest, SettleRequest
from connector_ppp.reference.app import create_app
from connector_ppp.transports import HTTPTransport, Reply, WSGITransport
from contracts.suite.load import all_rules, chosen_rules
from contracts.suite.orders import order
from contracts.suite.run import run
from contracts.suite.target import Target
from tests.contracts.judgement import Judgement

PARTS = {"settlements": "settle", "cancellations": "cancel", "refunds": "refund", "inbound": "inbound"}
SPREAD = 0x9E3779B97F4A7C15F39CC0605CEDC835
"""Odd, so that its multiples differ, and in all digits, as the gateway's own ids do."""

PATHS = {operation: part for part, operation in PARTS.items()}


@dataclass(slots=True)
class Call:
    """One call on its way through a twist.

    Attributes:
        operation: create, manifest, settle, cancel, refund, inbound, or another word of the path.
        path: the path.
        body: the JSON that was sent; None when it was none.
        inner: the way to the connector inside.
        headers: what is sent to it.
        memory: what the twist remembers from call to call.
        method: the HTTP method.
    """

    operation: str
    path: str
    body: dict | None
    inner: WSGITransport
    headers: dict
    memory: dict
    method: str = "POST"

    @property
    def payment(self):
        """The connector's own books of this payment."""
        return self.send("GET", f"/_reference/payments/{self.body['paymentId']}")[1]

    def ask(self, body=None):
        """Ask the connector inside: the status and the JSON of its answer."""
        sent = self.body if body is None else body
        return self.send(self.method, self.path, sent)

    def send(self, method, path, body=None):
        """Send the connector inside anything: the status and the JSON of its answer."""
        data = b"" if body is None else json.dumps(body).encode()
        reply = self.inner.send(method, f"http://connector.test{path}", self.headers, data, 1)
        try:
            answer = json.loads(reply.body)
        except ValueError:
            answer = {}
        return reply.status, answer


@dataclass
class Twist:
    """A WSGI application around the reference connector; `change` turns a call into a status and JSON."""

    app: object
    change: Callable[[Call], tuple[int, dict]]
    memory: dict = field(default_factory=lambda: {"lock": Lock(), "numbers": count(1)})

    def __post_init__(self):
        """The way to the application inside."""
        self.inner = WSGITransport(self.app)

    def __call__(self, environ, start_response):
        """Answer as the change says."""
        request = Request(environ)
        try:
            body = request.get_json(silent=True, force=True) if request.method == "POST" else None
        except ClientDisconnected:
            body = None
        parts = request.path.strip("/").split("/")
        if parts[0] == "authorization":
            return self.app(environ, start_response)
        operation = PARTS.get(parts[2]) if len(parts) > 2 else {"payments": "create"}.get(parts[0], parts[0])
        headers = {"Content-Type": "application/json"}
        call = Call(operation or "", request.full_path, body, self.inner, headers, self.memory, request.method)
        status, fields = self.change(call)
        return Response(json.dumps(fields), status, mimetype="application/json")(environ, start_response)


@pytest.fixture(scope="session")
def judge():
    """Judge an application in this process: (app, rules to play) -> Judgement."""

    def judged(app=None, only=(), *, rules=None, **settings):
        numbers = count(1)
        defaults = {
            "url": "http://connector.test",
            "transport": WSGITransport(app or create_app(callback_delay_seconds=0.01)),
            "callback_seconds": 3.0,
            "workers": 6,
        }
        target = Target(new_id=lambda: f"{next(numbers) * SPREAD % 2**128:032X}", **defaults | settings)
        rules = rules or (chosen_rules(only) if only else all_rules())
        return Judgement(list(run(target, rules))[-1])

    return judged


@pytest.fixture
def twisted():
    """The reference connector with a change around it."""

    def make(change, **options):
        return Twist(create_app(**{"callback_delay_seconds": 0.01} | options), change)

    return make


@pytest.fixture
def judge_over_http(judge, served):
    """Judge an application behind a socket."""

    def judged(app=None, only=(), **settings):
        transport = HTTPTransport()
        try:
            url = served(app or create_app(callback_delay_seconds=0.01))
            return judge(only=only, **{"url": url, "transport": transport} | settings)
        finally:
            transport.close()

    return judged


class Scripted:
    """A transport that answers as it was told."""

    def __init__(self, status, body):
        self.reply = Reply(status, {}, body if isinstance(body, bytes) else json.dumps(body).encode(), 2.0)

    def send(self, *_arguments):
        """Answer."""
        return self.reply


@pytest.fixture
def exchanged():
    """An exchange as it would have happened: (request, answer, status)."""

    def build(request, answer, status=200):
        return PPPClient("http://connector.test", Scripted(status, answer)).perform(request)

    return build


@pytest.fixture
def moved(exchanged):
    """A settle, cancel or refund of payment P1 and its answer: (operation, requestId, value, told id)."""

    def build(operation, request_id, value, told=None, status=200, *, said=None, payment_id="P1", settle_id="S1"):
        common = {"payment_id": payment_id, "request_id": request_id, "transaction_id": "T1"}
        request = {
            "settle": lambda: SettleRequest(**common, value=Decimal(value)),
            "refund": lambda: RefundRequest(**common, value=Decimal(value), settle_id=settle_id),
            "cancel": lambda: CancelRequest(**common, **({} if value is None else {"value": value})),
        }[operation]()
        names = {"settle": "settleId", "cancel": "cancellationId", "refund": "refundId"}
        answer = {"paymentId": payment_id, "requestId": request_id, names[operation]: told, "code": None}
        if operation != "cancel":
            answer["value"] = float(value) if said is None else said
        return exchanged(request, answer, status)

    return build


@pytest.fixture
def created(exchanged):
    """A create of payment P1 over 100.00 and its answer."""

    def build(status="approved", value="100.00", payment_id="P1", **fields):
        request = order(
            payment_id,
            "T1",
            Decimal(value),
            method="Visa",
            card_number="4444333322221111",
            takes_card=True,
            currency="BRL",
            callback_url="http://127.0.0.1:9/callback",
        )
        answer = {
            "paymentId": payment_id,
            "status": status,
            "tid": f"tid of {payment_id}",
            "authorizationId": "A1",
        }
        return exchanged(request, answer | fields)

    return build
