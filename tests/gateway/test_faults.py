"""Faults on the line to a PPP connector: consumed in order, told in the exchanges, survived by the retries."""

from threading import Thread
from time import perf_counter

import pytest
from werkzeug.serving import make_server

from connector_ppp import WSGITransport
from connector_ppp.reference.app import create_app as reference
from gateway_mock.core.modes import Mode, Operation
from gateway_mock.records import FaultKind, FaultRecord
from gateway_mock.service.faults import next_fault
from gateway_mock.web.app import Config, build
from gateway_mock.web.http import EXTENSION

HEADERS = {"X-VTEX-API-AppKey": "vtexappkey-sandbox-LOCAL", "X-VTEX-API-AppToken": "sandbox"}
HOUR = 3600


class Shop:
    """A sandbox in Partial mode with a manual clock, in front of the reference connector; one order of 100.00."""

    def __init__(self, app, url="http://connector.test", connector=None):
        self.connector = connector or reference()
        line = None if connector else WSGITransport(self.connector)
        config = Config(connector=url, mode=Mode.PARTIAL, clock="manual")
        app.extensions[EXTENSION] = build(config, transport_for=lambda _url: line)
        self.client = app.test_client()
        self.transaction = self.payment = ""

    def send(self, method, path, body=None):
        """One request of the merchant, or of the test."""
        return self.client.open(path, method=method, json=body, headers=HEADERS)

    def order(self):
        """Make the order."""
        made = self.send("POST", "/_mock/orders", {"value": 10000}).json
        self.transaction, self.payment = made["transactionId"], made["payments"][0]["id"]
        return self

    def ask(self, word, value):
        """A settlement-, cancellation- or refunding-request."""
        return self.send("POST", f"/api/pvt/transactions/{self.transaction}/{word}-request", {"value": value})

    def settle(self, value):
        """Settle so many cents."""
        return self.ask("settlement", value)

    def fault(self, **fault):
        """Ask for a fault."""
        return self.send("POST", "/_mock/faults", fault)

    def advance(self, seconds):
        """Move the clock."""
        return self.send("POST", "/_mock/clock", {"advance": seconds}).json

    def ledger(self):
        """The gateway's book."""
        return self.send("GET", f"/_mock/transactions/{self.transaction}/ledger").json

    def exchanges(self, operation="settle"):
        """The calls of an operation."""
        listed = self.send("GET", f"/_mock/transactions/{self.transaction}/exchanges").json["exchanges"]
        return [each for each in listed if each["operation"] == operation]

    def provider(self):
        """The connector's book."""
        return self.connector.test_client().get(f"/_reference/payments/{self.payment}").json


@pytest.fixture
def shop(shared_app):
    """A shop whose order is made; requests to the connector travel through WSGI."""
    return Shop(shared_app).order()


LOST = ("drop-request", "drop-reply", "timeout", "reset", "status", "malformed")


@pytest.mark.parametrize("kind", LOST)
def test_a_lost_settle_goes_out_again_with_its_request_id(shop, kind):
    """Whether the work was done or not, an hour later it is done once, and both books say so."""
    assert shop.fault(operation="settle", kind=kind).status_code == 201
    answer = shop.settle(4000)
    assert (answer.status_code, answer.json["statusDetail"]) == (200, "Settling")
    assert shop.ledger()["payments"][0]["captured"] == 0
    assert shop.ledger()["balanced"] is False
    assert [job["job"] for job in shop.advance(HOUR)["ran"]] == ["send"]
    first, second = shop.exchanges()
    assert (first["requestId"], first["attempt"]) == (second["requestId"], 1)
    assert second["attempt"] == 2
    assert first["error"]
    assert shop.ledger()["payments"][0]["captured"] == 4000
    assert shop.ledger()["balanced"] is True
    assert shop.provider()["captured"] == 40


@pytest.mark.parametrize(("kind", "done"), [("drop-reply", 40), ("timeout", 40), ("malformed", 40)])
def test_the_work_may_be_done_although_the_answer_is_lost(shop, kind, done):
    """The connector has captured, the gateway does not know yet."""
    shop.fault(operation="settle", kind=kind)
    shop.settle(4000)
    assert shop.provider()["captured"] == done
    assert shop.ledger()["payments"][0]["captured"] == 0


@pytest.mark.parametrize("kind", ["drop-request", "reset", "status"])
def test_the_work_may_not_be_done_at_all(shop, kind):
    """The connector has never heard of it."""
    shop.fault(operation="settle", kind=kind)
    shop.settle(4000)
    assert shop.provider()["captured"] == 0


def test_a_duplicated_settle_moves_the_money_once(shop):
    """The connector knows the requestId."""
    shop.fault(operation="settle", kind="duplicate")
    shop.settle(4000)
    assert shop.provider()["captured"] == 40
    assert shop.ledger()["payments"][0]["captured"] == 4000


def test_a_delayed_settle_arrives(shop):
    """Late, by the seconds that were asked for, and only once."""
    shop.fault(operation="settle", kind="delay", seconds=0.02)
    began = perf_counter()
    shop.settle(4000)
    assert perf_counter() - began >= 0.02
    assert (shop.ledger()["payments"][0]["captured"], len(shop.exchanges())) == (4000, 1)


def test_a_status_can_be_chosen(shop):
    """The exchange shows it."""
    shop.fault(operation="settle", kind="status", status=503)
    shop.settle(4000)
    assert shop.exchanges()[0]["status"] == 503


BOOKS = {
    "authorize": (100, 0, 0, 0),
    "settle": (100, 40, 0, 0),
    "cancel": (100, 0, 40, 0),
    "refund": (100, 100, 0, 40),
}
"""What the connector's book says in the end, in currency units: authorized, captured, voided, refunded."""


@pytest.mark.parametrize("kind", [*LOST, "duplicate", "delay"])
@pytest.mark.parametrize("operation", BOOKS)
def test_every_fault_of_every_operation_is_survived(operation, kind, shared_app):
    """An hour later the money has moved once, and both books say so."""
    shop, fault = Shop(shared_app), {"operation": operation, "kind": kind, "seconds": 0}
    if operation == "authorize":
        shop.fault(**fault)
    shop.order()
    if operation == "refund":
        shop.settle(10000)
    if operation != "authorize":
        shop.fault(**fault)
        word = {"settle": "settlement", "cancel": "cancellation", "refund": "refunding"}[operation]
        assert shop.ask(word, 4000).status_code == 200
    assert shop.send("GET", "/_mock/faults").json == {"faults": []}
    shop.advance(HOUR)
    names = ("authorized", "captured", "voided", "refunded")
    assert tuple(shop.provider()[name] for name in names) == BOOKS[operation]
    assert tuple(shop.ledger()["payments"][0][name] // 100 for name in names) == BOOKS[operation]
    assert shop.ledger()["balanced"] is True


def test_faults_meet_their_calls_in_order(shop):
    """`times` tries meet the first, then comes the second; another operation meets neither; then all is well."""
    shop.fault(operation="settle", kind="drop-request", times=2)
    shop.fault(operation="settle", kind="status", status=503)
    shop.settle(4000)
    shop.ask("cancellation", 1000)
    shop.advance(3 * HOUR)
    assert [each["status"] for each in shop.exchanges()] == [None, None, 503, 200]
    assert [each["status"] for each in shop.exchanges("cancel")] == [200]
    assert (shop.provider()["captured"], shop.provider()["voided"]) == (40, 10)


def test_a_fault_may_wait_for_later_calls(shop):
    """`after` calls of the operation go well first; `*` counts every operation."""
    shop.fault(operation="*", kind="drop-reply", after=2)
    shop.settle(1000)
    shop.ask("cancellation", 1000)
    shop.settle(2000)
    assert shop.ledger()["payments"][0]["captured"] == 1000
    assert shop.provider()["captured"] == 30
    shop.advance(HOUR)
    assert shop.ledger()["payments"][0]["captured"] == 3000


@pytest.fixture(scope="module")
def served():
    """The reference connector behind a socket, and its address."""
    connector = reference()
    server = make_server("127.0.0.1", 0, connector, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield connector, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.parametrize("kind", [*LOST, "duplicate", "delay"])
def test_faults_are_the_same_over_a_socket(kind, served, shared_app):
    """What the connector has done right after the settle, and an hour later: once, in both books."""
    connector, url = served
    shop = Shop(shared_app, url, connector).order()
    shop.fault(operation="settle", kind=kind, seconds=0)
    shop.settle(4000)
    done = kind not in {"drop-request", "reset", "status"}
    assert shop.provider()["captured"] == (40 if done else 0)
    shop.advance(HOUR)
    assert shop.provider()["captured"] == 40
    assert shop.ledger()["payments"][0]["captured"] == 4000


def test_faults_are_listed_and_cleared(shop):
    """What waits is shown in its order, and forgotten when told."""
    shop.fault(operation="settle", kind="drop-reply", times=2)
    shop.fault(operation="*", kind="timeout", after=3)
    waiting = shop.send("GET", "/_mock/faults").json["faults"]
    assert [(each["operation"], each["kind"], each["times"], each["after"]) for each in waiting] == [
        ("settle", "drop-reply", 2, 0),
        ("*", "timeout", 1, 3),
    ]
    assert shop.send("DELETE", "/_mock/faults").status_code == 204
    assert shop.send("GET", "/_mock/faults").json == {"faults": []}
    shop.settle(4000)
    assert shop.ledger()["payments"][0]["captured"] == 4000


@pytest.mark.parametrize(
    "fault",
    [
        {"operation": "settle", "kind": "explode"},
        {"operation": "pay", "kind": "timeout"},
        {"operation": "settle", "kind": "timeout", "times": 0},
        {"operation": "settle", "kind": "timeout", "after": -1},
        {"operation": "settle", "kind": "timeout", "often": 2},
        {"kind": "timeout"},
    ],
)
def test_a_fault_nobody_knows_is_refused(shop, fault):
    """A clear 400, and nothing waits."""
    assert shop.fault(**fault).status_code == 400
    assert shop.send("GET", "/_mock/faults").json == {"faults": []}


def fault(operation, times=1, after=0):
    """A fault of a kind that does not matter."""
    return FaultRecord(operation=operation, kind=FaultKind.TIMEOUT, times=times, after=after)


@pytest.mark.parametrize(
    ("waiting", "operation", "meets", "left"),
    [
        ((), Operation.SETTLE, None, ()),
        ((fault("settle"),), Operation.SETTLE, fault("settle"), ()),
        ((fault("settle"),), Operation.REFUND, None, (fault("settle"),)),
        ((fault("*"),), Operation.REFUND, fault("*"), ()),
        ((fault("settle", times=3),), Operation.SETTLE, fault("settle", times=3), (fault("settle", times=2),)),
        ((fault("settle", after=2),), Operation.SETTLE, None, (fault("settle", after=1),)),
        (
            (fault("refund"), fault("settle", after=1), fault("settle")),
            Operation.SETTLE,
            None,
            (fault("refund"), fault("settle"), fault("settle")),
        ),
        ((fault("refund"), fault("*")), Operation.SETTLE, fault("*"), (fault("refund"),)),
    ],
)
def test_faults_are_consumed_in_order(waiting, operation, meets, left):
    """The first one that speaks of the operation counts; those behind it wait."""
    assert next_fault(waiting, operation) == (meets, left)
