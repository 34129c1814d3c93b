"""The stage of the outsiders' tests: real `serve` processes, an account's calls, fixed shapes, a story's steps."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

SECONDS_MAX = 15
BIN = Path(sys.executable).parent
APP_KEY, APP_TOKEN = "vtexappkey-sandbox-LOCAL", "sandbox"
APPROVED, DENIED = "4444333322221111", "4444333322221112"
ASYNC_APPROVED, ASYNC_DENIED = "4222222222222224", "4222222222222225"
MODES = ("total", "hold", "partial")


def free_port():
    """A port of loopback where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Served:
    """One `serve` command on a free port, until it is closed."""

    def __init__(self, command, *options, ready):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [str(BIN / command), "serve", "--port", f"{self.port}", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = []
        for line in self.process.stdout:
            self.said.append(line)
            if ready in line:
                return
        self.process.communicate(timeout=SECONDS_MAX)
        pytest.fail(f"{command} did not start: {''.join(self.said)}")

    def kill(self):
        """SIGKILL, and gone."""
        self.process.kill()
        self.process.communicate(timeout=SECONDS_MAX)

    def close(self):
        """End it if it still runs."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.communicate(timeout=SECONDS_MAX)


def served_sandbox(*options):
    """A sandbox, ready to answer."""
    return Served("gateway-mock", *options, ready="Not for production")


def served_connector(*options):
    """A reference connector, ready to answer."""
    return Served("ppp-connector", *options, ready="http://127.0.0.1")


class Account:
    """One account of a sandbox, as an outsider's test uses it."""

    def __init__(self, url, pair, connector_url=None):
        self.url, self.pair, self.connector_url = url, pair, connector_url
        self.headers = {"X-VTEX-API-AppKey": pair["appKey"], "X-VTEX-API-AppToken": pair["appToken"]}

    def call(self, method, path, body=None, **options):
        """One call with the account's credentials."""
        headers = self.headers | options.pop("headers", {})
        return requests.request(
            method, self.url + path, json=body, headers=headers, timeout=SECONDS_MAX, **options
        )

    def good(self, method, path, body=None, status=200):
        """What such a call answers, which must have that status."""
        answer = self.call(method, path, body)
        assert answer.status_code == status, (method, path, body, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def refused(self, method, path, body=None, status=400):
        """The error of a call that must be refused with that status, in the envelope."""
        answer = self.call(method, path, body)
        assert answer.status_code == status, (method, path, body, answer.status_code, answer.text)
        error = answer.json()["error"]
        assert set(error) == {"code", "message", "exception"}
        return error

    def connect(self, name, **settings):
        """A connector of this account."""
        return self.good("PUT", f"/_mock/connectors/{name}", settings)

    def ppp(self, mode, name="Mine", **settings):
        """The reference connector, in a mode."""
        return self.connect(name, kind="ppp", url=self.connector_url, mode=mode, **settings)

    def order(self, value=10_000, **order):
        """A new order."""
        return self.good("POST", "/_mock/orders", {"value": value, **order}, 201)

    def ledger(self, made):
        """The ledger of an order's transaction, which must have the fixed shape."""
        found = self.good("GET", f"/_mock/transactions/{made['transactionId']}/ledger")
        assert_ledger(found)
        return found

    def exchanges(self, made):
        """The exchanges of an order's transaction, which must have the fixed shape."""
        found = self.good("GET", f"/_mock/transactions/{made['transactionId']}/exchanges")["exchanges"]
        for exchange in found:
            assert_exchange(exchange)
        return found

    def ask(self, made, what, value):
        """Settle, refund or cancel at the gateway."""
        path = {"settle": "settlement", "refund": "refunding", "cancel": "cancellation"}[what]
        return self.call("POST", f"/api/pvt/transactions/{made['transactionId']}/{path}-request", {"value": value})

    def invoice(self, made, kind, number, value, items=()):
        """An invoice of an order."""
        return self.call(
            "POST",
            f"/api/oms/pvt/orders/{made['orderId']}/invoice",
            {
                "type": kind,
                "issuanceDate": "2026-01-02T10:00:00Z",
                "invoiceNumber": number,
                "invoiceValue": value,
                "items": list(items),
            },
        )

    def change(self, made, request_id, *, discount=0, increment=0):
        """A change of version 1."""
        return self.call(
            "POST",
            f"/api/oms/pvt/orders/{made['orderId']}/changes",
            {
                "requestId": request_id,
                "reason": "Out of stock",
                "discountValue": discount,
                "incrementValue": increment,
            },
        )

    def status(self, made):
        """The order's status."""
        return self.good("GET", f"/api/oms/pvt/orders/{made['orderId']}")["status"]

    def transaction(self, made):
        """The transaction's status."""
        return self.good("GET", f"/api/pvt/transactions/{made['transactionId']}")["status"]

    def received(self, made):
        """What the reference connector says that it was called for, such as `settle 40.00`, first come first."""
        ids = {payment["id"] for payment in self.ledger(made)["payments"]}
        book = requests.get(f"{self.connector_url}/_reference/payments", timeout=SECONDS_MAX)
        calls = json.loads(book.text, parse_float=str)["calls"]
        return [f"{call['operation']} {call['value']}" for call in calls if call["paymentId"] in ids]


def new_account(url, connector_url=None, **body):
    """A new account of a sandbox."""
    made = requests.post(f"{url}/_mock/accounts", json=body, timeout=SECONDS_MAX)
    assert made.status_code == 201, made.text
    return Account(url, made.json(), connector_url)


def assert_ledger(found):
    """The keys and types of section 6, no more and no less."""
    assert set(found) == {"value", "requested", "payments", "order", "balanced", "differences"}
    assert type(found["value"]) is int
    assert set(found["requested"]) == {"settled", "cancelled", "refunded"}
    assert all(type(amount) is int for amount in found["requested"].values())
    for payment in found["payments"]:
        amounts = {"authorized", "captured", "voided", "refunded", "open"}
        assert set(payment) == {"id", "connector", "mode"} | amounts
        assert all(type(payment[name]) is int for name in amounts)
        assert payment["mode"] in MODES
        assert payment["open"] == payment["authorized"] - payment["captured"] - payment["voided"]
    if found["order"] is not None:
        assert set(found["order"]) == {"value", "invoiced", "returned"}
        assert all(type(amount) is int for amount in found["order"].values())
    assert type(found["balanced"]) is bool
    assert all(type(text) is str for text in found["differences"])
    assert found["balanced"] == (not found["differences"])


def assert_exchange(found):
    """The keys of section 6, no more and no less."""
    keys = {
        "operation",
        "paymentId",
        "requestId",
        "attempt",
        "request",
        "response",
        "status",
        "elapsedMs",
        "error",
    }
    assert set(found) == keys
    assert type(found["attempt"]) is int
    assert isinstance(found["elapsedMs"], int | float)


def payment_body(transaction_id, value, payment_system=2, card=APPROVED):
    """One documented payment of `Send payments`."""
    return {
        "paymentSystem": payment_system,
        "installments": 1,
        "currencyCode": "BRL",
        "value": value,
        "installmentsInterestRate": 0,
        "installmentsValue": value,
        "referenceValue": value,
        "fields": {
            "holderName": "John Doe",
            "cardNumber": card,
            "validationCode": "123",
            "dueDate": "12/31",
            "document": "12345678900",
            "accountId": None,
            "address": {
                "addressType": "residential",
                "receiverName": "John Doe",
                "postalCode": "22250-040",
                "city": "Rio de Janeiro",
                "state": "RJ",
                "country": "BRA",
                "street": "Praia de Botafogo",
                "number": 300,
                "neighborhood": "Botafogo",
                "complement": "3rd floor",
                "reference": "Grey building",
                "geoCoordinates": [],
            },
            "callbackUrl": "https://shop.example.com/checkout/gatewayCallback/1/{messageCode}",
        },
        "transaction": {"id": transaction_id, "merchantName": "SHOP"},
    }


def begun(account, value):
    """A started transaction."""
    body = {"value": value, "referenceId": "1234567", "channel": "SHOP", "urn": None, "salesChannel": "1"}
    started = account.good("POST", "/api/pvt/transactions", body)
    assert started["status"] == "Started"
    assert started["value"] == value
    assert started["id"] == started["transactionId"]
    assert started["referenceKey"] == "1234567"
    return started


def authorized(account, values, *, prefix="/api/pvt", send="/api/payments", cards=None):
    """Start, payments, additional data, authorization; the made-up order has a transaction alone."""
    started = begun(account, sum(values))
    number = started["transactionId"]
    bodies = [
        payment_body(number, value, card=card)
        for value, card in zip(values, cards or [APPROVED] * len(values), strict=True)
    ]
    sent = requests.post(
        f"{account.url}{send}/transactions/{number}/payments",
        json=bodies,
        params={"an": account.pair["account"], "orderId": "1234567"},
        timeout=SECONDS_MAX,
    )
    assert (sent.status_code, sent.content) == (201, b""), sent.text
    more = [{"name": "clientProfileData", "value": '{"email":"a@example.com","firstName":"Ana"}'}]
    data = account.call("POST", f"{prefix}/transactions/{number}/additional-data", more)
    assert (data.status_code, data.content) == (200, b""), data.text
    wanted = {"transactionId": number, "softDescriptor": None, "prepareForRecurrency": False}
    result = account.good("POST", f"{prefix}/transactions/{number}/authorization-request", wanted)
    return {"transactionId": number}, result


def does(account, made, step, number):
    """One step of a story; the answer."""
    what, _, value = step.partition(" ")
    if what == "cancel":
        return account.call("POST", f"/api/oms/pvt/orders/{made['orderId']}/cancel", {"reason": "No more"})
    cents = int(value) * 100
    if what == "change":
        return account.change(made, str(number), discount=max(-cents, 0), increment=max(cents, 0))
    return account.invoice(made, what, str(number), cents)
