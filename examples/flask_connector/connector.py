"""A payment connector in Flask, small enough to read at once, with one bug that costs money.

    flask --app connector run --port 3000
    ppp-contracts check connector http://127.0.0.1:3000 --profile partial

The bug stands in `by_value`: repeats are recognised by their amount. `CONNECTOR_KEY=request-id` repairs it.
"""

import os
from collections.abc import Callable
from decimal import Decimal
from threading import Lock, Thread
from uuid import uuid4

import requests
from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue

DAY = 86_400
PARTNER = {"X-VTEX-API-AppKey": "partner-key", "X-VTEX-API-AppToken": "partner-token"}
CARDS = {
    "4444333322221112": ("denied", None),
    "4222222222222224": ("undefined", "approved"),
    "4222222222222225": ("undefined", "denied"),
}
"""The cards of VTEX's own test suite: the status at once, and the one that a callback brings."""

NAMES = {"settlements": "settleId", "cancellations": "cancellationId", "refunds": "refundId"}

Body = dict[str, object]
Key = Callable[[str, Body], object]


def by_value(operation: str, body: Body) -> object:
    """The bug: a second settle of the same amount looks like a repeat of the first, and captures nothing."""
    return operation, body["paymentId"], str(body.get("value"))


def by_request_id(operation: str, body: Body) -> object:
    """The repair: the protocol names each operation by its requestId, and repeats carry the same one."""
    return operation, body["paymentId"], body["requestId"]


KEYS: dict[str, Key] = {"value": by_value, "request-id": by_request_id}


class Payment:
    """The money of one payment, in currency units."""

    def __init__(self, payment_id: str, value: Decimal, status: str) -> None:
        self.id, self.value, self.status = payment_id, value, status
        self.tid = uuid4().hex
        self.moved = {"settlements": Decimal(0), "cancellations": Decimal(0), "refunds": Decimal(0)}

    def room(self, operation: str) -> Decimal:
        """How much an operation may still move."""
        if operation == "refunds":
            return self.moved["settlements"] - self.moved["refunds"]
        if self.status != "approved":
            return Decimal(0)
        return self.value - self.moved["settlements"] - self.moved["cancellations"]

    def is_over(self) -> bool:
        """Whether nothing was captured and nothing is held any more: the payment is dead for good."""
        return not self.moved["settlements"] and not self.room("settlements")

    def shown(self) -> Body:
        """The answer to a create."""
        approved = self.status == "approved"
        return {
            "paymentId": self.id,
            "status": "denied" if self.status == "cancelled" else self.status,
            "authorizationId": self.tid[:8] if approved else None,
            "tid": self.tid,
            "nsu": self.tid[-8:],
            "acquirer": "Flask Acquirer",
            "code": None,
            "message": None,
            "delayToAutoSettle": 4 * DAY,
            "delayToAutoSettleAfterAntifraud": 4 * DAY,
            "delayToCancel": 7 * DAY,
        }


class Provider:
    """The payments, and the answers that were given: a repeat hears the first one again."""

    def __init__(self, key: Key) -> None:
        self._key = key
        self._lock = Lock()
        self._payments: dict[str, Payment] = {}
        self._answers: dict[object, tuple[str, Body]] = {}

    def create(self, body: Body, status: str) -> Body:
        """Authorize a payment, once."""
        with self._lock:
            made = Payment(str(body["paymentId"]), amount(body["value"]), status)
            return self._payments.setdefault(made.id, made).shown()

    def decide(self, payment_id: str, status: str) -> Body:
        """The acquirer has made up its mind about a payment that was still undefined."""
        with self._lock:
            payment = self._payments[payment_id]
            payment.status = status if payment.status == "undefined" else payment.status
            return payment.shown()

    def captured(self, payment_id: str) -> Decimal:
        """What the shopper was charged, in currency units."""
        return self._payments[payment_id].moved["settlements"]

    def move(self, operation: str, body: Body) -> Body:
        """Settle, cancel or refund, once."""
        with self._lock:
            key = self._key(operation, body)
            if key not in self._answers:
                answer = self._move(operation, body)
                if answer[NAMES[operation]] is None:
                    return answer
                self._answers[key] = str(body.get("value")), answer
            value, answer = self._answers[key]
            if value != str(body.get("value")):
                return refusal(operation, body, "request-id-conflict")
            return answer | {"requestId": body["requestId"]}

    def _move(self, operation: str, body: Body) -> Body:
        name = str(body["paymentId"])
        payment = self._payments.get(name)
        if operation == "cancellations" and (payment is None or payment.is_over()):
            self._payments.setdefault(name, Payment(name, Decimal(0), "cancelled")).status = "cancelled"
            return success(operation, body, Decimal(0))
        room = payment.room(operation) if payment else Decimal(0)
        value = amount(body["value"]) if body.get("value") is not None else room
        if payment is None or not 0 < value <= room:
            return refusal(operation, body, "value-not-available")
        payment.moved[operation] += value
        if payment.is_over():
            payment.status = "cancelled"
        return success(operation, body, value)


def amount(value: object) -> Decimal:
    """An amount of the wire; through its text, for a float has no cents of its own."""
    return Decimal(str(value))


def success(operation: str, body: Body, value: Decimal) -> Body:
    """The money has moved."""
    return _answer(operation, body, uuid4().hex, value, code=None, message="done")


def refusal(operation: str, body: Body, code: str) -> Body:
    """No money has moved."""
    return _answer(operation, body, None, Decimal(0), code=code, message=code.replace("-", " "))


def _answer(operation: str, body: Body, identifier: str | None, value: Decimal, **words: str | None) -> Body:
    told = {} if operation == "cancellations" else {"value": float(value)}
    ids = {"paymentId": body["paymentId"], "requestId": body["requestId"], NAMES[operation]: identifier}
    return ids | told | words


def call_back(url: str, told: Body) -> None:
    """Tell the gateway, at the address as it came: its query carries a signature."""
    Thread(target=requests.post, args=(url,), kwargs={"json": told, "headers": PARTNER, "timeout": 30}).start()


def create_app(key: Key | None = None) -> Flask:
    """The connector; `key` says by what a repeat is recognised, `CONNECTOR_KEY` unless it is given."""
    provider = Provider(key or KEYS[os.environ.get("CONNECTOR_KEY", "value")])
    app = Flask(__name__)
    app.extensions["provider"] = provider

    @app.get("/manifest")
    def manifest() -> Response:
        return jsonify(paymentMethods=[{"name": "Visa", "allowsSplit": "disabled"}])

    @app.post("/payments")
    def create() -> ResponseReturnValue:
        body = request.get_json()
        now, later = CARDS.get((body.get("card") or {}).get("number"), ("approved", None))
        if not body.get("paymentId") or not isinstance(body.get("value"), int | float) or body["value"] <= 0:
            return {"status": "error", "code": "invalid", "message": "paymentId and a value above 0"}, 400
        answer = jsonify(provider.create(body, now))
        if later and answer.json["status"] == "undefined":
            # Once the gateway has its answer: while its own request is open it works on a copy of the payment.
            answer.call_on_close(lambda: call_back(body["callbackUrl"], provider.decide(body["paymentId"], later)))
        return answer

    @app.post("/payments/<payment_id>/<any(settlements, cancellations, refunds):operation>")
    def move(payment_id: str, operation: str) -> ResponseReturnValue:
        body = request.get_json()
        if body.get("paymentId") != payment_id:
            return {"status": "error", "code": "mismatch", "message": "path and body name different payments"}, 400
        answer = provider.move(operation, body)
        return answer, 200 if answer[NAMES[operation]] else 500

    return app
