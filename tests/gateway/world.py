"""A merchant in front of the sandbox and connectors behind it, all in this process: real messages, no sockets.

The connectors are the tests' own: each keeps every request to the letter and answers what its script says, else it
confirms. Amounts are cents in Python, and currency units in the texts of tables and scripts.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from flask import Flask
from werkzeug.test import TestResponse

from connector_ppp import Reply, Transport, TransportError
from gateway_mock.ports import Store
from gateway_mock.web.app import Config, build, create_app
from gateway_mock.web.http import EXTENSION

KEY, TOKEN = "X-VTEX-API-AppKey", "X-VTEX-API-AppToken"
SYSTEMS = {"A": 2, "B": 4, "C": 16, "D": 1}
"""The payment system of each payment: Visa, Mastercard, gift card, American Express."""

OPERATIONS = {"payments": "authorize", "settlements": "settle", "cancellations": "cancel", "refunds": "refund"}
MANIFEST = {"paymentMethods": [{"name": "Visa", "allowsSplit": "disabled"}]}
DONE_IDS = {"settle": "settleId", "cancel": "cancellationId", "refund": "refundId"}


class Killed(BaseException):
    """The process ends here: nothing that catches exceptions may catch it."""


class Heard(NamedTuple):
    """One request as a connector got it."""

    connector: str
    operation: str
    text: str
    headers: Mapping[str, str]

    @property
    def body(self) -> dict:
        """The message; its fractions stay exact."""
        return json.loads(self.text, parse_float=Decimal)

    def __str__(self) -> str:
        return f"{self.operation} {self.connector} {units(self.body['value'] * 100)}"


def units(cents: int | Decimal) -> str:
    """6699 as `66.99`, 2000 as `20`."""
    return f"{Decimal(cents) / 100:f}".removesuffix(".00").removesuffix(".0000")


def cents(amount: str) -> int:
    """`66.99` as 6699."""
    return int(Decimal(amount) * 100)


def _beside_money(url: str, body: bytes) -> Reply:
    """What every connector says when no money moves: it has a manifest, no action and no configuration flow."""
    if url.endswith("/manifest"):
        return Reply(200, {}, json.dumps(MANIFEST).encode(), 1.0)
    if "/inbound/" not in url:
        return Reply(404, {}, b"", 1.0)
    asked = json.loads(body)
    error = {"error": {"code": "no-action", "message": "There is no such action.", "exception": None}}
    data = {"statusCode": 404, "contentType": "application/json", "content": json.dumps(error)}
    told = {"requestId": asked["requestId"], "paymentId": asked["paymentId"], "responseData": data}
    return Reply(200, {}, json.dumps(told).encode(), 1.0)


@dataclass
class Connector:
    """A provider of the tests' own at the other end of the line.

    `script` holds what it says to the next requests; then it confirms. `moved` is its own book: what it did for
    each requestId, once. `meanwhile` happens once, while the sandbox waits for the next answer.
    """

    name: str
    heard: list[Heard]
    script: list[str] = field(default_factory=list)
    always: str = "confirms"
    moved: dict[str, tuple[str, Decimal]] = field(default_factory=dict)
    delays: dict[str, int] = field(default_factory=dict)
    meanwhile: Callable[[], object] | None = None

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float
    ) -> Reply:
        """See `connector_ppp.Transport`."""
        del timeout_seconds
        if method == "GET" or "/inbound/" in url or url.endswith("/token"):
            return _beside_money(url, body)
        request = Heard(self.name, OPERATIONS[url.rpartition("/")[2]], body.decode(), dict(headers))
        self.heard.append(request)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        word, _, more = (self.script.pop(0) if self.script else self.always).partition(" ")
        status, answer = getattr(self, f"_{word}")(request, more)
        text = answer if isinstance(answer, bytes) else json.dumps(answer, default=float).encode()
        return Reply(status, {}, text, 1.0)

    def _confirms(self, request: Heard, less: str = "") -> tuple[int, object]:
        """Does it (for less, when the script says so) and says it; a repeat changes nothing."""
        asked = request.body
        key = asked.get("requestId", asked["paymentId"])
        value = self.moved.setdefault(key, (request.operation, Decimal(less) if less else asked["value"]))[1]
        if request.operation == "authorize":
            return 200, self._created(request, "approved")
        echo = {"paymentId": asked["paymentId"], "requestId": asked["requestId"], "code": None, "message": "done"}
        return 200, echo | {DONE_IDS[request.operation]: f"id-{key}", "value": value}

    def _created(self, request: Heard, status: str, **more: object) -> dict[str, object]:
        told = {"paymentId": request.body["paymentId"], "status": status, "tid": f"tid-{self.name}"}
        known = {
            "authorizationId": f"auth-{self.name}" if status == "approved" else None,
            "nsu": f"nsu-{self.name}",
        }
        return told | known | {"acquirer": "tests", "code": None, "message": None} | self.delays | more

    def _denies(self, request: Heard, _more: str) -> tuple[int, object]:
        return 200, self._created(request, "denied", code="51", message="no funds")

    def _waits(self, request: Heard, seconds: str) -> tuple[int, object]:
        delay = {"delayToCancel": int(seconds)} if seconds else {}
        return 200, self._created(request, "undefined", **delay)

    def _failed(self, request: Heard, status: int, code: str) -> tuple[int, object]:
        if request.operation == "authorize":
            return status, {"status": "error", "code": code, "message": "no"}
        asked = request.body
        echo = {"paymentId": asked["paymentId"], "requestId": asked["requestId"], "code": code, "message": "no"}
        return status, echo | {DONE_IDS[request.operation]: None, "value": 0}

    def _fails(self, request: Heard, status: str) -> tuple[int, object]:
        return self._failed(request, int(status or 500), "error")

    def _refuses(self, request: Heard, _more: str) -> tuple[int, object]:
        return self._failed(request, 200, "refused")  # S16: 200 with a null id

    def _manually(self, request: Heard, _more: str) -> tuple[int, object]:
        return self._failed(request, 501, f"{request.operation}-manually")

    def _garbles(self, _request: Heard, _more: str) -> tuple[int, object]:
        return 200, b"<html>It works!</html>"

    def _mistakes(self, request: Heard, _more: str) -> tuple[int, object]:
        status, answer = self._confirms(request)
        return status, answer | {"paymentId": "SOMEBODY", "requestId": "ELSE"}  # S17

    def _drops(self, request: Heard, did: str) -> tuple[int, object]:
        if did:
            self._confirms(request)
        raise TransportError("the line broke", sent=None)

    def _dies(self, request: Heard, did: str) -> tuple[int, object]:
        if did:
            self._confirms(request)
        raise Killed


class Merchant:
    """One account's side of the API, with its credentials."""

    def __init__(self, app: Flask, key: str, token: str) -> None:
        self.app = app
        self.headers = {KEY: key, TOKEN: token}
        self.account = "sandbox"

    def send(self, method: str, path: str, body: object = None, **more: object) -> TestResponse:
        """One request; a `body` travels as JSON."""
        json_ = {} if body is None else {"json": body}
        return self.app.test_client().open(path, method=method, headers=self.headers, **json_, **more)

    def read(self, path: str) -> object:
        """What GET answers."""
        answer = self.send("GET", path)
        assert answer.status_code == 200, answer.text
        return json.loads(answer.text)

    def put_connector(self, name: str, **settings: object) -> TestResponse:
        """Configure a connector."""
        return self.send("PUT", f"/_mock/connectors/{name}", settings)

    def start(self, value: int) -> "Transaction":
        """Start a transaction of that many cents."""
        asked = {"value": value, "referenceId": "1234567", "channel": "store", "salesChannel": "1"}
        answer = self.send("POST", "/api/pvt/transactions", asked)
        assert answer.status_code == 200, answer.text
        return Transaction(self, answer.json["id"])

    def advance(self, seconds: float) -> list[str]:
        """Move the manual clock; the names of the jobs that ran."""
        answer = self.send("POST", "/_mock/clock", {"advance": seconds})
        assert answer.status_code == 200, answer.text
        return [each["job"] for each in answer.json["ran"]]


@dataclass
class Transaction:
    """A transaction and the shorthand for what a merchant asks of it; amounts are cents."""

    merchant: Merchant
    id: str
    names: dict[str, str] = field(default_factory=dict)
    """payment id -> its letter in the table."""

    def path(self, end: str = "") -> str:
        """The path of the transaction, or of something of it."""
        return f"/api/pvt/transactions/{self.id}{end}"

    def pay(self, *payments: Mapping[str, object]) -> TestResponse:
        """Send payments; what is not said is as in the documented example."""
        plain = {"paymentSystem": 2, "installments": 1, "currencyCode": "BRL", "installmentsInterestRate": 0}
        bodies = [
            plain | {"fields": CARD, "transaction": {"id": self.id, "merchantName": "store"}} | dict(each)
            for each in payments
        ]
        return self.merchant.send("POST", f"/api/payments/transactions/{self.id}/payments", bodies)

    def authorize(self) -> TestResponse:
        """Ask for the authorization."""
        asked = {"transactionId": self.id, "softDescriptor": None, "prepareForRecurrency": False}
        return self.merchant.send("POST", self.path("/authorization-request"), asked)

    def ask(self, operation: str, value: object) -> TestResponse:
        """Settle, cancel or refund."""
        word = {"settle": "settlement", "cancel": "cancellation", "refund": "refunding"}[operation]
        return self.merchant.send("POST", self.path(f"/{word}-request"), {"value": value})

    def show(self, end: str = "") -> object:
        """What GET answers for the transaction, or for something of it."""
        return self.merchant.read(self.path(end))

    def ledger(self) -> dict:
        """The two clocks of the control plane."""
        return self.merchant.read(f"/_mock/transactions/{self.id}/ledger")

    def exchanges(self) -> list[dict]:
        """The calls to connectors."""
        return self.merchant.read(f"/_mock/transactions/{self.id}/exchanges")["exchanges"]


CARD = {
    "holderName": "ANA SANDBOX",
    "cardNumber": "4444333322221111",
    "validationCode": "123",
    "dueDate": "12/31",
    "document": "00000000191",
    "accountId": None,
    "address": None,
    "callbackUrl": "http://store.test/back",
}


class World:
    """An application over a store, its connectors, and the merchant of its first account.

    Args:
        store: where the sandbox keeps its state.
        app: an application to use again, because making one costs more than most tests.
        transport: how requests travel to an address; by default to connector `A` at `http://a.test` etc.
        config: what `Config` takes.
    """

    def __init__(
        self,
        store: Store,
        app: Flask | None = None,
        transport: Callable[[str], Transport] | None = None,
        **config: object,
    ) -> None:
        self.store = store
        self.heard: list[Heard] = []
        self.connectors = {name: Connector(name, self.heard) for name in (*SYSTEMS, "R")}
        self._transport = transport or self.line
        self._config = Config(**{"clock": "manual", "connector": "http://r.test", **config})
        self._enter(app)

    def restart(self) -> None:
        """A new process on the same store: what waits there is sent again."""
        self._enter(None)

    def _enter(self, app: Flask | None) -> None:
        self.sandbox = build(self._config, store=self.store, transport_for=self._transport)
        self.app = app or create_app(self._config, sandbox=self.sandbox)
        self.app.extensions[EXTENSION] = self.sandbox
        self.merchant = Merchant(self.app, self._config.app_key, self._config.app_token)

    def line(self, url: str) -> Connector:
        """The connector at that address."""
        name = url.removeprefix("http://").removesuffix(".test").upper()
        return self.connectors.get(name) or Connector(name, [], always="drops")

    def open(self, given: str) -> Transaction:
        """A transaction that has its payments, as a table says: `A 40 hold, B 60 total legacy`."""
        words = [each.split() for each in given.split(",")]
        for name, _, mode, *more in words:
            kind = {"kind": "legacy"} if "legacy" in more else {"kind": "ppp", "url": f"http://{name}.test"}
            answer = self.merchant.put_connector(name, **kind, mode=mode, paymentSystems=[SYSTEMS[name]])
            assert answer.status_code == 200, answer.text
        transaction = self.merchant.start(sum(cents(each[1]) for each in words))
        answer = transaction.pay(*({"paymentSystem": SYSTEMS[each[0]], "value": cents(each[1])} for each in words))
        assert answer.status_code == 201, answer.text
        payments = transaction.show("/payments")
        transaction.names = {payment["id"]: each[0] for payment, each in zip(payments, words, strict=True)}
        return transaction

    def given(self, given: str) -> Transaction:
        """As `open`, and approved unless the text starts with `new`."""
        transaction = self.open(given.removeprefix("new "))
        if not given.startswith("new "):
            answer = transaction.authorize()
            assert answer.json["statusDetail"] == "Approved", answer.text
            self.heard.clear()
        return transaction

    def perform(self, transaction: Transaction, line: str) -> TestResponse:
        """One row of a table: `settle 20 (A confirms 7, B fails)`, `authorize`, `advance 3600`."""
        line, _, script = line.rstrip(") ").partition("(")
        for each in filter(None, script.split(",")):
            name, words = each.split(maxsplit=1)
            self.connectors[name].script.append(words.strip())
        verb, *words = line.split()
        if verb == "advance":
            return self.merchant.send("POST", "/_mock/clock", {"advance": float(words[0])})
        return transaction.authorize() if verb == "authorize" else transaction.ask(verb, cents(words[0]))
