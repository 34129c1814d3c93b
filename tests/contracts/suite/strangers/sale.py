"""A stranger without cards: Pix and a redirect, written from the protocol's text and nothing else.

Here money is captured the moment the shopper pays. A settle only says so, and is of the whole; a cancel gives the
money back; a refund gives back as much of it as is asked. The bank's own ids go out: the settleId is the tid.
"""

import itertools
import threading
from contextlib import suppress
from decimal import Decimal

import requests
from flask import Flask, jsonify, request

METHODS = {"Pix": 900, "Safetypay": 1200}
NOTHING = (None, 0)


class Sale:
    """One payment: what was paid, and what went back under which requestId."""

    def __init__(self, body, number):
        self.payment_id, self.value, self.method = (
            body["paymentId"],
            Decimal(str(body["value"])),
            body["paymentMethod"],
        )
        self.tid, self.callback = f"E{number:031d}", body["callbackUrl"]
        self.state, self.settled, self.back = "undefined", set(), {}

    @property
    def left(self):
        """Paid, and still here."""
        return (self.value if self.state == "approved" else Decimal(0)) - sum(self.back.values(), Decimal(0))

    def shown(self):
        """The answer to a create."""
        fields = {
            "paymentId": self.payment_id,
            "status": {"dead": "denied"}.get(self.state, self.state),
            "tid": self.tid,
            "authorizationId": self.tid if self.state == "approved" else None,
            "nsu": self.tid[-6:],
            "acquirer": "Central",
            "delayToCancel": METHODS[self.method],
            "delayToAutoSettle": 60,
            "delayToAutoSettleAfterAntifraud": 60,
            "code": "0",
            "message": "ok",
            "paymentUrl": f"https://sale.example/{self.tid}",
        }
        if self.method == "Pix":
            fields["paymentAppData"] = {"appName": "sale.pix", "payload": self.tid}
        return fields

    def settle(self, body):
        """Say that it is captured, once, as a whole."""
        fresh = not self.settled and self.left == self.value
        whole = self.state == "approved" and Decimal(str(body["value"])) == self.value
        if whole and (fresh or body["requestId"] in self.settled):
            self.settled.add(body["requestId"])
            return self.tid, self.value
        return NOTHING

    def refund(self, body):
        """Give back, once for each requestId."""
        value, key = Decimal(str(body["value"])), body["requestId"]
        if key in self.back:
            return (f"D-{key}", value) if self.back[key] == value else NOTHING
        if body.get("settleId") != self.tid or not self.settled or not 0 < value <= self.left:
            return NOTHING
        self.back[key] = value
        return f"D-{key}", value

    def cancel(self, body):
        """Give everything back; a part is asked for as a refund."""
        value = body.get("value")
        if value is not None and Decimal(str(value)) != self.value:
            return NOTHING
        if self.state == "approved" and self.left:
            self.back[f"cancel {body['requestId']}"] = self.left
        self.state = "dead"
        return f"D-{self.tid}", 0


class Bank:
    """All sales, and the cancels that came before one."""

    def __init__(self):
        self.lock, self.sales, self.numbers, self.never = threading.Lock(), {}, itertools.count(1), set()

    def create(self, body):
        """A sale: once; the shopper pays a moment later."""
        with self.lock:
            if body["paymentId"] not in self.sales:
                sale = self.sales[body["paymentId"]] = Sale(body, next(self.numbers))
                sale.state = "dead" if sale.payment_id in self.never else "undefined"
                timer = threading.Timer(0.02, self.paid, (sale,))
                timer.daemon = True
                timer.start()
            return self.sales[body["paymentId"]].shown()

    def paid(self, sale):
        """The shopper paid, unless it was too late."""
        with self.lock:
            if sale.state != "undefined":
                return
            sale.state = "approved"
            news = sale.shown()
        keys = {"X-VTEX-API-AppKey": "sale", "X-VTEX-API-AppToken": "sale"}
        # Should nobody hear of it, the next create says the same.
        with suppress(requests.RequestException):
            requests.post(sale.callback, json=news, headers=keys, timeout=5)

    def move(self, payment_id, operation, body):
        """The id of what was done, and how much."""
        with self.lock:
            sale = self.sales.get(payment_id)
            if sale is None and operation == "cancel":
                self.never.add(payment_id)
                return f"none-{payment_id}", 0
            return getattr(sale, operation)(body) if sale else NOTHING


ROUTES = {
    "settlements": ("settle", "settleId"),
    "refunds": ("refund", "refundId"),
    "cancellations": ("cancel", "cancellationId"),
}


def create_app():
    """The connector as an application."""
    app, bank = Flask(__name__), Bank()

    @app.get("/manifest")
    def manifest():
        return jsonify(paymentMethods=[{"name": name, "allowsSplit": "disabled"} for name in METHODS])

    @app.post("/payments")
    def create():
        body = request.get_json(silent=True) or {}
        usual = body.get("paymentMethod") in METHODS and body.get("currency") == "BRL"
        if not usual or not isinstance(body.get("value"), int | float) or body["value"] < 0.01:
            return jsonify(status="error", code="not-here", message="Pix and Safetypay, in reais"), 400
        return jsonify(bank.create(body))

    @app.post("/payments/<payment_id>/<name>")
    def move(payment_id, name):
        if name not in ROUTES:
            return jsonify({}), 404
        operation, field = ROUTES[name]
        body = request.get_json(silent=True) or {}
        same = body.get("paymentId") == payment_id
        done, value = bank.move(payment_id, operation, body) if same else NOTHING
        echo = {"requestId": body.get("requestId"), "paymentId": body.get("paymentId"), field: done}
        amount = {} if operation == "cancel" else {"value": float(value)}
        said = {"code": None, "message": "done"} if done else {"code": "1", "message": "no"}
        return jsonify(echo | amount | said), 200 if done else 500

    return app
