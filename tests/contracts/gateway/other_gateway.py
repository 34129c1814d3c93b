"""A gateway that somebody else might have written: Partial mode, transactions only, and other readings everywhere.

It shares no line with this project's sandbox, and chooses otherwise wherever the public texts leave a choice. Its
refusals have codes of their own, amounts on the line are whole numbers where they can be, a cancel is in cents
(C1), and the headers are the provider's. A captured transaction is called Settled, ids are short, and its
connector is called after the merchant was answered.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from threading import RLock
from urllib.parse import parse_qs

from werkzeug.wrappers import Request, Response

from connector_ppp.transports import HTTPTransport

MERCHANTS = {"shop": "secret", "market": "hidden"}
"""App keys and their tokens."""


class NoError(Exception):
    """A refusal: status, code, words."""


@dataclass
class Payment:
    """One payment; cents."""

    id: str
    body: dict
    status: str = "Received"
    told: dict = field(default_factory=dict)
    captured: int = 0
    voided: int = 0
    captures: list = field(default_factory=list)

    @property
    def open(self):
        """What can still be captured or voided."""
        return self.body["value"] - self.captured - self.voided


@dataclass
class Transaction:
    """One transaction; cents."""

    id: str
    owner: str
    reference: str
    value: int
    status: str = "Started"
    payments: list = field(default_factory=list)
    asked: dict = field(default_factory=lambda: {"settlements": [], "cancellations": [], "refunds": []})
    done: dict = field(default_factory=lambda: {"settlements": [], "cancellations": [], "refunds": []})


class OtherGateway:
    """The gateway as a WSGI application.

    Args:
        connector: the base URL of its only connector.
    """

    def __init__(self, connector):
        self.connector = connector
        self.transactions = {}
        self.numbers = count(1)
        self.lock = RLock()
        self.http = HTTPTransport()
        self.later = ThreadPoolExecutor(1)

    def close(self):
        """Send what waits, and hang up."""
        self.later.shutdown()
        self.http.close()

    def __call__(self, environ, start_response):
        """Answer one request."""
        request = Request(environ)
        try:
            with self.lock:
                status, answer = self.answer(request)
        except NoError as no:
            status, code, words = no.args
            answer = {"error": {"code": code, "message": words}}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            status, answer = 422, {"error": {"code": "unreadable", "message": repr(error)}}
        text = "" if answer is None else json.dumps(answer)
        return Response(text, status, mimetype="application/json")(environ, start_response)

    def answer(self, request):
        """Status and JSON of an answer."""
        parts = request.path.strip("/").split("/")
        if parts[:3] == ["api", "pvt", "payment-provider"]:
            return self.called_back(self.transactions[parts[4]], request)
        owner = request.headers.get("X-VTEX-API-AppKey", "")
        if owner not in MERCHANTS or request.headers.get("X-VTEX-API-AppToken") != MERCHANTS[owner]:
            raise NoError(HTTPStatus.FORBIDDEN, "stranger", "who are you?")
        if parts[1:3] in (["pvt", "transactions"], ["payments", "transactions"]):
            if len(parts) == 3:
                return self.start(owner, json.loads(request.data))
            found = self.transactions.get(parts[3])
            if found is None or found.owner != owner:
                raise NoError(HTTPStatus.NOT_FOUND, "nothing", "nothing here")
            return self.about(found, parts[4:], request)
        raise NoError(HTTPStatus.NOT_FOUND, "nothing", "nothing here")

    def start(self, owner, body):
        """A new transaction."""
        if not whole(body["value"]) or not body["referenceId"]:
            raise NoError(HTTPStatus.UNPROCESSABLE_ENTITY, "1402", "a value and a reference, please")
        made = Transaction(f"T{next(self.numbers)}", owner, body["referenceId"], body["value"])
        self.transactions[made.id] = made
        return HTTPStatus.OK, self.shown(made)

    def about(self, transaction, rest, request):
        """Something about one transaction."""
        end = rest[0] if rest else ""
        if request.method == "GET":
            return HTTPStatus.OK, self.view(transaction, end, rest)
        if end == "additional-data":
            return HTTPStatus.OK, None
        body = json.loads(request.data)
        if end == "payments":
            if transaction.status != "Started":
                raise NoError(HTTPStatus.CONFLICT, "late", "too late")
            transaction.payments += [Payment(f"P{next(self.numbers)}", each) for each in body]
            return HTTPStatus.CREATED, None
        if end == "authorization-request":
            return self.authorize(transaction)
        move = {
            "settlement-request": self.settle,
            "cancellation-request": self.cancel,
            "refunding-request": self.refund,
        }
        if not whole(body["value"]):
            raise NoError(HTTPStatus.UNPROCESSABLE_ENTITY, "amount", "whole cents above zero, please")
        move[end](transaction, body["value"])
        return HTTPStatus.OK, self.result(transaction)

    def view(self, transaction, end, rest):
        """What a GET shows."""
        if not end:
            return self.shown(transaction)
        if end != "payments":
            return {
                "requests": [{"value": each} for each in transaction.asked[end]],
                "actions": [{"value": each} for each in transaction.done[end]],
            }
        rows = [
            {"id": each.id, "paymentSystem": each.body["paymentSystem"], "value": each.body["value"]}
            | {"status": each.status, "tid": each.told.get("tid")}
            for each in transaction.payments
            if each.id in rest[1:] or len(rest) == 1
        ]
        if not rows:
            raise NoError(HTTPStatus.NOT_FOUND, "nothing", "nothing here")
        return rows[0] if len(rest) > 1 else rows

    def shown(self, transaction):
        """The transaction object."""
        names = ("interactions", "settlements", "payments", "refunds", "cancellations", "capabilities")
        links = {name: {"href": f"/api/pvt/transactions/{transaction.id}/{name}"} for name in names}
        return links | {
            "id": transaction.id,
            "transactionId": transaction.id,
            "referenceKey": transaction.reference,
            "value": transaction.value,
            "status": transaction.status,
            "startDate": "2026-01-01T00:00:00",
        }

    def result(self, transaction):
        """The operation result."""
        return {"token": "0", "statusDetail": transaction.status, "processingDate": "2026-01-01T00:00:00"}

    # --- money ----------------------------------------------------------------------------------------------

    def authorize(self, transaction):
        """Ask for every payment, at once."""
        if transaction.status != "Started":
            return HTTPStatus.OK, self.result(transaction)
        if not transaction.payments:
            raise NoError(HTTPStatus.BAD_REQUEST, "1419", "no payments")
        if sum(each.body["value"] for each in transaction.payments) != transaction.value:
            raise NoError(HTTPStatus.BAD_REQUEST, "sum", "the payments are not the value")
        for payment in transaction.payments:
            self.heard(
                transaction, payment, self.call(transaction, payment, "", self.create(transaction, payment))
            )
        return HTTPStatus.OK, self.result(transaction)

    def create(self, transaction, payment):
        """The body of a create."""
        fields = payment.body["fields"]
        callback = (
            f"http://127.0.0.1:5005/api/pvt/payment-provider/transactions/{transaction.id}/payments/{payment.id}/callback"
            f"?accountName={transaction.owner}&X-VTEX-signature={payment.id}-signed"
        )
        address = {"country": "BRA", "street": "A", "number": "1", "neighborhood": "B", "postalCode": "1"}
        address |= {"city": "C", "state": "D"}
        buyer = {
            "firstName": "A",
            "lastName": "B",
            "document": None,
            "documentType": None,
            "email": "e",
            "phone": "1",
        }
        return {
            "reference": transaction.reference,
            "orderId": transaction.reference,
            "shopperInteraction": "ecommerce",
            "paymentMethod": "American Express",
            "paymentMethodCustomCode": None,
            "merchantName": transaction.owner,
            "value": number(payment.body["value"]),
            "currency": payment.body["currencyCode"],
            "installments": 1,
            "deviceFingerprint": "1",
            "card": {
                "holder": fields["holderName"],
                "number": fields["cardNumber"],
                "csc": fields["validationCode"],
                "expiration": {"month": "12", "year": "2031"},
            },
            "miniCart": {
                "shippingValue": 0,
                "taxValue": 0,
                "buyer": buyer,
                "shippingAddress": address,
                "billingAddress": address,
                "items": [],
            },
            "url": "http://127.0.0.1:5005",
            "callbackUrl": callback,
            "returnUrl": "http://127.0.0.1:5005",
            "somethingNew": {"that": ["nobody", "knows"]},
        }

    def heard(self, transaction, payment, told):
        """Book what the connector says of a create."""
        if payment.status not in {"Received", "Authorizing"}:
            return
        payment.told |= told
        payment.status = {"undefined": "Authorizing", "approved": "Approved"}.get(told["status"], "Cancelled")
        if payment.status == "Cancelled":
            transaction.status = "Cancelled"
            for each in transaction.payments:
                if each.status == "Approved":
                    self.void(transaction, each, each.open)
        elif all(each.status == "Approved" for each in transaction.payments):
            transaction.status = "Approved"

    def called_back(self, transaction, request):
        """A callback of the connector."""
        payment = next(each for each in transaction.payments if each.id in request.path)
        signature = parse_qs(request.query_string.decode())["X-VTEX-signature"][0]
        if signature != f"{payment.id}-signed":
            raise NoError(HTTPStatus.FORBIDDEN, "signature", "who signed this?")
        told = json.loads(request.data) if request.data else None
        if told is None:
            told = self.call(transaction, payment, "", self.create(transaction, payment))
        self.heard(transaction, payment, told | {"status": told["status"].replace("authorized", "approved")})
        return HTTPStatus.OK, None

    def settle(self, transaction, value):
        """The lowest payment first."""
        rest = self.spread(transaction, value, "Settlement requested value")
        transaction.asked["settlements"].append(value)
        transaction.status = "Settling"
        for payment, share in rest:
            payment.captured += share
            transaction.done["settlements"].append(share)
            self.later.submit(self.capture, transaction, payment, share)
        self.end(transaction)

    def capture(self, transaction, payment, share):
        """Tell the connector, after the merchant was answered."""
        told = self.call(transaction, payment, "/settlements", {"value": number(share)})
        payment.captures.append([told["settleId"], share])

    def cancel(self, transaction, value):
        """The lowest payment first; what is undecided is given up whole, and its connector hears nothing."""
        if value == transaction.value and any(each.status == "Authorizing" for each in transaction.payments):
            transaction.asked["cancellations"].append(value)
            transaction.status = "Canceled"
            for each in transaction.payments:
                each.status = "Cancelled"
            return
        rest = self.spread(transaction, value, "Cancellation requested value")
        transaction.asked["cancellations"].append(value)
        for payment, share in rest:
            transaction.done["cancellations"].append(share)
            self.void(transaction, payment, share)
        self.end(transaction)

    def void(self, transaction, payment, share):
        """Tell the connector, in cents."""
        payment.voided += share
        self.later.submit(self.call, transaction, payment, "/cancellations", {"value": share})

    def end(self, transaction):
        """Whether that was all."""
        if any(each.open for each in transaction.payments):
            return
        captured = any(each.captured for each in transaction.payments)
        transaction.status = "Settled" if captured else "Canceled"

    def spread(self, transaction, value, words):
        """Which payment takes how much."""
        rest = sum(each.open for each in transaction.payments)
        if transaction.status not in {"Approved", "Settling"} or not 0 < value <= rest:
            message = f"{words} ({value / 100:.2f}), remaining ({rest / 100:.2f})"
            raise NoError(HTTPStatus.BAD_REQUEST, "1402", message)
        shares = []
        for payment in sorted(transaction.payments, key=lambda each: each.body["value"]):
            share = min(value, payment.open)
            value -= share
            shares += [(payment, share)] if share else []
        return shares

    def refund(self, transaction, value):
        """The smallest capture of the smallest payment first."""
        self.later.submit(lambda: None).result()  # what is being captured has its settleId then
        payments = sorted(transaction.payments, key=lambda each: each.captured)
        if value > sum(left for payment in payments for _, left in payment.captures):
            raise NoError(HTTPStatus.PAYMENT_REQUIRED, "too much", "that was never captured")
        transaction.asked["refunds"].append(value)
        for payment in payments:
            for capture in payment.captures:
                share = min(value, capture[1])
                capture[1] -= share
                value -= share
                if share:
                    transaction.done["refunds"].append(share)
                    body = {"value": number(share), "settleId": capture[0]}
                    self.later.submit(self.call, transaction, payment, "/refunds", body)

    def call(self, transaction, payment, path, body):
        """One call to the connector; its answer."""
        known = {name: payment.told[name] for name in ("tid", "nsu", "authorizationId") if name in payment.told}
        ids = {"paymentId": payment.id, "transactionId": transaction.id}
        ids |= {"requestId": f"r-{next(self.numbers)}"} if path else {}
        url = f"{self.connector}/payments{f'/{payment.id}' if path else ''}{path}"
        headers = {
            "Content-Type": "application/json",
            "X-PROVIDER-API-AppKey": "k",
            "X-PROVIDER-API-AppToken": "t",
        }
        reply = self.http.send("POST", url, headers, json.dumps(known | ids | body).encode(), 10)
        return json.loads(reply.body)


def whole(value):
    """Whether it is a whole number of cents above zero."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**15


def number(cents):
    """Cents as the shortest JSON number: 40, 33.5."""
    return cents // 100 if cents % 100 == 0 else cents / 100
