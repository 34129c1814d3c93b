"""A stranger that decides later: plain WSGI and one worker, written from the protocol's text and nothing else.

No card is approved in the answer to its create. The worker decides, and calls back without a body, as connectors
of VTEX IO do: the gateway asks again. A payment is captured once, in whole or in part, and what is left of it is
released with that. Refunds are done by people.
"""

import json
import queue
import threading
from contextlib import suppress

import requests

CARDS = ("Visa", "American Express")
DENIED = ("4444333322221112", "4222222222222225")
ERROR = {"status": "error"}


class Later:
    """The connector: a dictionary of payments, changed under one lock."""

    def __init__(self):
        self.payments, self.lock, self.waiting = {}, threading.Lock(), queue.Queue()
        self.gone = set()
        threading.Thread(target=self.work, daemon=True).start()

    def work(self):
        """Decide one payment after the other, each only after its create was answered."""
        while True:
            payment, answered = self.waiting.get()
            answered.wait(5)
            with self.lock:
                if payment["status"] == "undefined":
                    payment["status"] = payment["end"]
            headers = {"X-VTEX-API-AppKey": "later", "X-VTEX-API-AppToken": "later"}
            with suppress(requests.RequestException):
                requests.post(payment["callbackUrl"], headers=headers, timeout=5)

    def create(self, body, answered):
        """Where a payment stands."""
        if not {"paymentId", "value", "paymentMethod", "callbackUrl"} <= body.keys():
            return 400, ERROR | {"code": "incomplete", "message": "a field is missing"}
        if body["paymentMethod"] not in CARDS or body.get("currency") != "BRL":
            return 400, ERROR | {"code": "unsupported", "message": "Visa and American Express, in reais"}
        payment = self.payments.get(body["paymentId"])
        if payment is None:
            denied = (body.get("card") or {}).get("number") in DENIED
            payment = {
                "status": "cancelled" if body["paymentId"] in self.gone else "undefined",
                "end": "denied" if denied or body["value"] <= 0 else "approved",
                "value": round(body["value"] * 100),
                "callbackUrl": body["callbackUrl"],
                "captured": None,
                "requests": {},
            }
            self.payments[body["paymentId"]] = payment
            if payment["status"] == "undefined":
                self.waiting.put((payment, answered))
        return 200, self.shown(body["paymentId"], payment)

    @staticmethod
    def shown(payment_id, payment):
        """The answer to a create."""
        return {
            "paymentId": payment_id,
            "status": "denied" if payment["status"] == "cancelled" else payment["status"],
            "authorizationId": payment_id[::-1] if payment["status"] == "approved" else None,
            "tid": payment_id.lower(),
            "nsu": None,
            "acquirer": None,
            "delayToAutoSettle": 3600,
            "delayToAutoSettleAfterAntifraud": 3600,
            "delayToCancel": 86400,
        }

    def settle(self, payment, body):
        """The one capture."""
        cents = round(body["value"] * 100)
        if payment["status"] != "approved" or payment["captured"] is not None or not 0 < cents <= payment["value"]:
            return 500, {"settleId": None, "value": 0, "code": "cannot-capture", "message": "refused"}
        payment["captured"] = cents
        return 200, {
            "settleId": f"{body['paymentId']}/capture",
            "value": cents / 100,
            "code": None,
            "message": "done",
        }

    def cancel(self, payment, body):
        """All or nothing, as the value says in either unit, or none; a part is left to people."""
        if body.get("value") not in (None, payment["value"] / 100, payment["value"]):
            return 501, {"cancellationId": None, "code": "cancel-manually", "message": "by people"}
        if payment["captured"] is not None:
            return 500, {"cancellationId": None, "code": "captured", "message": "refund it"}
        if payment["status"] != "denied":
            payment["status"] = "cancelled"
        return 200, {"cancellationId": f"{body['paymentId']}/void", "code": None, "message": "done"}

    @staticmethod
    def refund(_payment, _body):
        """By people."""
        return 501, {"refundId": None, "value": 0, "code": "refund-manually", "message": "by people"}

    def move(self, kind, payment_id, body):
        """Once for each requestId of a payment."""
        echo = {"paymentId": body.get("paymentId"), "requestId": body.get("requestId")}
        nothing = {"settlements": {"settleId": None, "value": 0}, "refunds": {"refundId": None, "value": 0}}
        payment = self.payments.get(payment_id)
        if kind == "refunds":
            return 501, echo | self.refund(payment, body)[1]
        if body.get("paymentId") != payment_id:
            return 500, echo | nothing.get(kind, {"cancellationId": None}) | {"code": "path", "message": "differs"}
        if payment is None and kind == "cancellations":
            self.gone.add(payment_id)
            return 200, echo | {
                "cancellationId": f"{payment_id}/void",
                "code": None,
                "message": "there was nothing",
            }
        if payment is None:
            return 500, echo | nothing[kind] | {"code": "unknown", "message": "never created"}
        key = (kind, body["requestId"])
        if key not in payment["requests"]:
            work = self.settle if kind == "settlements" else self.cancel
            payment["requests"][key] = work(payment, body)
        status, fields = payment["requests"][key]
        return status, echo | fields

    def __call__(self, environ, start_response):
        """WSGI."""
        parts, answered = environ["PATH_INFO"].strip("/").split("/"), threading.Event()
        status, fields = self.route(environ, parts, answered)
        text = json.dumps(fields).encode()
        start_response(f"{status} -", [("Content-Type", "application/json"), ("Content-Length", str(len(text)))])
        return Answer(text, answered)

    def route(self, environ, parts, answered):
        """By path."""
        if parts == ["manifest"]:
            return 200, {"paymentMethods": [{"name": name, "allowsSplit": "disabled"} for name in CARDS]}
        length = int(environ.get("CONTENT_LENGTH") or 0)
        raw = environ["wsgi.input"].read(length)
        if len(raw) < length:
            return 400, ERROR | {"code": "half", "message": "the body broke off"}
        try:
            body = json.loads(raw)
        except ValueError:
            return 400, ERROR | {"code": "json", "message": "unreadable"}
        with self.lock:
            if parts == ["payments"]:
                return self.create(body, answered)
            if len(parts) == 3 and parts[2] in ("settlements", "cancellations", "refunds"):
                return self.move(parts[2], parts[1], body)
        return 404, {}


class Answer:
    """A body that tells when it was sent."""

    def __init__(self, text, answered):
        self.text, self.answered = text, answered

    def __iter__(self):
        """The one part."""
        return iter((self.text,))

    def close(self):
        """Sent."""
        self.answered.set()


def create_app():
    """The connector as an application."""
    return Later()
