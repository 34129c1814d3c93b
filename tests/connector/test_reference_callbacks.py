"""The asynchronous callback and the control plane, against a recording server on loopback."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from threading import Thread

import pytest

from connector_ppp.reference.app import create_app

SIGNED = "/api/pvt/payment-provider/transactions/T1/payments/P1/callback?accountName=x&X-VTEX-signature=Rj%2Btk"


class Gateway:
    """Records what it is sent and answers with one status; `/moved` is where its redirects point."""

    def __init__(self):
        self.received = Queue()
        self.status = 200
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                gateway.received.put((self.path, dict(self.headers), json.loads(body)))
                self.send_response(gateway.status)
                self.send_header("Location", "/moved")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def next(self):
        """The next request; fails after five seconds."""
        return self.received.get(timeout=5)

    def close(self):
        """End."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def gateway():
    """A gateway on loopback that only listens."""
    gateway = Gateway()
    yield gateway
    gateway.close()


def _create(gateway, number="4222222222222224", **changes):
    return {
        "paymentId": "P1",
        "value": 100.0,
        "currency": "BRL",
        "paymentMethod": "Visa",
        "card": {"number": number},
        "callbackUrl": gateway.url + SIGNED,
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "approved"),
        ({"card": {"number": "4222222222222225"}}, "denied"),
        ({"card": {"number": None}}, "approved"),
        ({"paymentMethod": "BankInvoice", "card": None}, "approved"),
        ({"paymentMethod": "Pix", "card": None}, "approved"),
    ],
    ids=["async-approve", "async-deny", "redirect", "bank-invoice", "pix"],
)
def test_an_undefined_payment_is_called_back_with_its_final_status(gateway, changes, status):
    """To the unchanged URL, once the answer is out, with the whole answer as its body."""
    client = create_app(callback_delay_seconds=0).test_client()
    with client.post("/payments", json=_create(gateway, **changes)) as answer:
        created = answer.json
    path, headers, body = gateway.next()
    assert created["status"] == "undefined"
    assert path == SIGNED
    assert headers["Content-Type"] == "application/json"
    changed = {"status", "authorizationId", "code", "message"}
    assert {name: body[name] for name in body if name not in changed} == {
        name: created[name] for name in created if name not in changed
    }
    assert body["status"] == status
    assert (body["authorizationId"] is not None) == (status == "approved")
    assert client.post("/payments", json=_create(gateway, **changes)).json == body


def test_the_callback_carries_the_credentials_of_the_sandbox(gateway):
    """Both headers, under the gateway's names."""
    client = create_app(callbacks="manual").test_client()
    client.post("/payments", json=_create(gateway))
    client.post("/_reference/payments/P1/resolve")
    _, headers, _ = gateway.next()
    assert headers["X-VTEX-API-AppKey"] == "vtexappkey-sandbox-LOCAL"
    assert headers["X-VTEX-API-AppToken"] == "sandbox"


def test_the_callback_carries_configured_credentials(gateway):
    """The provider's own key and token."""
    client = create_app(app_key="key", app_token="token", callbacks="manual").test_client()
    mine = {"X-VTEX-API-AppKey": "key", "X-VTEX-API-AppToken": "token"}
    client.post("/payments", json=_create(gateway), headers=mine)
    client.post("/_reference/payments/P1/resolve")
    _, headers, _ = gateway.next()
    assert {name: headers[name] for name in mine} == mine


def test_no_callback_leaves_while_the_answer_is_open(gateway):
    """Known issue 1344363: the gateway freezes a transaction that is called back inside its own request."""
    client = create_app(callback_delay_seconds=0).test_client()
    answer = client.post("/payments", json=_create(gateway))
    assert client.get("/_reference/payments/P1").json["status"] == "undefined"
    with pytest.raises(Empty):
        gateway.received.get_nowait()
    answer.close()
    assert gateway.next()[2]["status"] == "approved"


def test_a_payment_is_called_back_once(gateway):
    """Two creates, one callback."""
    client = create_app(callback_delay_seconds=0).test_client()
    first, second = (
        client.post("/payments", json=_create(gateway)),
        client.post("/payments", json=_create(gateway)),
    )
    first.close()
    second.close()
    gateway.next()
    with client.post("/payments", json=_create(gateway, paymentId="P2")):
        pass
    assert gateway.next()[2]["paymentId"] == "P2"


@pytest.mark.parametrize("number", ["4444333322221111", "4444333322221112"])
def test_a_final_answer_is_never_called_back(gateway, number):
    """Known issue 740499: a callback after approval starts another authorization."""
    client = create_app(callback_delay_seconds=0).test_client()
    with client.post("/payments", json=_create(gateway, number)):
        pass
    with client.post("/payments", json=_create(gateway, paymentId="P2")):
        pass
    assert gateway.next()[2]["paymentId"] == "P2"


def test_a_cancelled_payment_is_never_called_back(gateway):
    """Cancelled while undefined: the shopper's payment comes too late."""
    client = create_app(callbacks="manual").test_client()
    client.post("/payments", json=_create(gateway))
    client.post("/payments/P1/cancellations", json={"requestId": "Q1", "paymentId": "P1"})
    assert client.post("/_reference/payments/P1/resolve").status_code == 409
    assert gateway.received.empty()
    assert client.post("/payments", json=_create(gateway)).json["status"] == "denied"


@pytest.mark.parametrize("status", ["approved", "denied"])
def test_a_test_decides_how_a_payment_ends(gateway, status):
    """`resolve` with a status overrides the payment's own course."""
    client = create_app(callbacks="manual").test_client()
    client.post("/payments", json=_create(gateway))
    answer = client.post("/_reference/payments/P1/resolve", json={"status": status})
    assert answer.json == {
        "paymentId": "P1",
        "status": status,
        "callback": {"status": status, "answered": 200, "error": None},
    }
    assert gateway.next()[2]["status"] == status


@pytest.mark.parametrize("status", [403, 500, 302])
def test_a_refused_callback_is_noted_and_the_result_kept(gateway, status):
    """Known issue 775235: the gateway learns the status from its next create; and no redirect is followed."""
    gateway.status = status
    client = create_app(callbacks="manual").test_client()
    client.post("/payments", json=_create(gateway))
    assert client.post("/_reference/payments/P1/resolve").json["callback"]["answered"] == status
    assert gateway.next()[0] == SIGNED
    assert gateway.received.empty()
    assert client.post("/payments", json=_create(gateway)).json["status"] == "approved"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/",
        "ftp://127.0.0.1/",
        "nowhere",
        "",
        "http://[/",
        "http://127.0.0.1:99999/",
        "http://a..b/",
        "http:///",
        "http://\u2028/",
    ],
    ids=repr,
)
def test_a_callback_that_cannot_arrive_is_noted(gateway, url):
    """No exception in a thread that nobody watches."""
    client = create_app(callbacks="manual").test_client()
    client.post("/payments", json=_create(gateway, callbackUrl=url))
    callback = client.post("/_reference/payments/P1/resolve").json["callback"]
    assert callback["answered"] is None
    assert callback["error"]
    assert client.get("/_reference/payments/P1").json["callbacks"] == [callback]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/_reference/payments/P9/resolve", {}, 404),
        ("/_reference/payments/P1/resolve", {"status": "authorized"}, 422),
        ("/_reference/payments/P1/resolve", {"status": 1}, 400),
    ],
)
def test_a_resolution_that_makes_no_sense_is_refused(gateway, path, body, status):
    """An unknown payment, an unknown word, no word at all."""
    client = create_app(callbacks="manual").test_client()
    client.post("/payments", json=_create(gateway))
    answer = client.post(path, json=body)
    assert (answer.status_code, answer.json["status"]) == (status, "error")
    assert client.get("/_reference/payments/P1").json["status"] == "undefined"


def test_a_payment_is_resolved_once(gateway):
    """The second time there is nothing to decide."""
    client = create_app(callbacks="manual").test_client()
    client.post("/payments", json=_create(gateway))
    client.post("/_reference/payments/P1/resolve")
    again = client.post("/_reference/payments/P1/resolve", json={"status": "denied"})
    assert (again.status_code, again.json["code"]) == (409, "not-undefined")
    assert client.get("/_reference/payments/P1").json["status"] == "approved"


def test_the_control_plane_shows_the_books_of_one_payment(gateway):
    """Currency units, settlements, and the calls in order."""
    client = create_app(callbacks="manual").test_client()
    client.post("/payments", json=_create(gateway, "4444333322221111"))
    body = {"requestId": "Q1", "paymentId": "P1", "value": 40.5}
    settle_id = client.post("/payments/P1/settlements", json=body).json["settleId"]
    client.post("/payments/P1/refunds", json={"requestId": "Q2", "paymentId": "P1", "value": 99.0})
    client.post("/payments/P1/refunds", json={"requestId": "Q3", "paymentId": "P1", "value": 0.5})
    client.post("/payments/P1/cancellations", json={"requestId": "Q4", "paymentId": "P1"})
    call = {"paymentId": "P1", "status": 200}
    assert client.get("/_reference/payments/P1").json == {
        "paymentId": "P1",
        "status": "approved",
        "flow": "approve",
        "currency": "BRL",
        "authorized": 100.0,
        "captured": 40.5,
        "voided": 59.5,
        "refunded": 0.5,
        "open": 0.0,
        "settlements": [{"settleId": settle_id, "value": 40.5, "refunded": 0.5}],
        "calls": [
            call | {"operation": "authorize", "requestId": None, "value": 100.0},
            call | {"operation": "settle", "requestId": "Q1", "value": 40.5},
            call | {"operation": "refund", "requestId": "Q2", "value": 99.0, "status": 500},
            call | {"operation": "refund", "requestId": "Q3", "value": 0.5},
            call | {"operation": "cancel", "requestId": "Q4", "value": None},
        ],
        "callbacks": [],
    }


def test_the_control_plane_shows_everything_and_forgets_everything(gateway):
    """All payments and all calls in order; after a reset, none, and requestIds are free again."""
    client = create_app(callbacks="manual", defects=["missing-delays"]).test_client()
    for payment_id in ("P1", "P2"):
        client.post("/payments", json=_create(gateway, "4444333322221111", paymentId=payment_id))
    body = {"requestId": "Q1", "paymentId": "P1", "value": 40.0}
    client.post("/payments/P1/settlements", json=body)
    view = client.get("/_reference/payments").json
    assert [payment["paymentId"] for payment in view["payments"]] == ["P1", "P2"]
    assert [(call["operation"], call["paymentId"]) for call in view["calls"]] == [
        ("authorize", "P1"),
        ("authorize", "P2"),
        ("settle", "P1"),
    ]
    assert view["defects"] == ["missing-delays"]
    assert client.post("/_reference/reset").json == {}
    assert client.get("/_reference/payments").json == {"payments": [], "calls": [], "defects": ["missing-delays"]}
    client.post("/payments", json=_create(gateway, "4444333322221111"))
    assert client.post("/payments/P1/settlements", json=body | {"value": 50.0}).status_code == 200


def test_a_payment_that_nobody_named_is_a_404(gateway):
    """One that was only asked about is not: its calls are worth seeing."""
    client = create_app(callbacks="manual").test_client()
    assert client.get("/_reference/payments/P1").status_code == 404
    client.post("/payments/P1/settlements", json={"requestId": "Q1", "paymentId": "P1", "value": 1})
    view = client.get("/_reference/payments/P1").json
    assert (view["status"], len(view["calls"])) == ("absent", 1)
    assert gateway.received.empty()


def test_two_connectors_share_nothing(gateway):
    """Each application has a memory of its own."""
    one, other = create_app(callbacks="manual").test_client(), create_app(callbacks="manual").test_client()
    one.post("/payments", json=_create(gateway))
    assert other.get("/_reference/payments").json["payments"] == []


def test_a_reset_ends_callbacks_that_are_still_on_their_way(gateway):
    """What was forgotten is neither called back nor remembered by the attempt."""
    client = create_app(callback_delay_seconds=0).test_client()
    forgotten = client.post("/payments", json=_create(gateway))
    client.post("/_reference/reset")
    forgotten.close()
    with client.post("/payments", json=_create(gateway, paymentId="P2")):
        pass
    assert gateway.next()[2]["paymentId"] == "P2"
    assert [payment["paymentId"] for payment in client.get("/_reference/payments").json["payments"]] == ["P2"]
