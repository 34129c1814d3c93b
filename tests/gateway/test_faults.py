"""Faults on the line to a PPP connector: consumed in order, told in the exchanges, survived by the retries."""

from types import SimpleNamespace

import pytest

from connector_ppp import WSGITransport
from connector_ppp.reference.app import create_app as reference
from gateway_mock.core.modes import Mode, Operation
from gateway_mock.records import FaultKind, FaultRecord
from gateway_mock.service.faults import next_fault
from gateway_mock.web.app import Config, build, create_app

HEADERS = {"X-VTEX-API-AppKey": "vtexappkey-sandbox-LOCAL", "X-VTEX-API-AppToken": "sandbox"}
HOUR = 3600


@pytest.fixture
def shop():
    """An order of 100.00 with the reference connector in Partial mode, and a manual clock."""
    connector = reference()
    config = Config(connector="http://connector.test", mode=Mode.PARTIAL, clock="manual")
    app = create_app(config, sandbox=build(config, transport_for=lambda _url: WSGITransport(connector)))
    client, provider = app.test_client(), connector.test_client()

    def send(method, path, body=None):
        return client.open(path, method=method, json=body, headers=HEADERS)

    order = send("POST", "/_mock/orders", {"value": 10000}).json
    transaction, payment = order["transactionId"], order["payments"][0]["id"]
    return SimpleNamespace(
        send=send,
        settle=lambda value: send(
            "POST", f"/api/pvt/transactions/{transaction}/settlement-request", {"value": value}
        ),
        fault=lambda **fault: send("POST", "/_mock/faults", fault),
        advance=lambda seconds: send("POST", "/_mock/clock", {"advance": seconds}).json,
        ledger=lambda: send("GET", f"/_mock/transactions/{transaction}/ledger").json,
        exchanges=lambda: [
            each
            for each in send("GET", f"/_mock/transactions/{transaction}/exchanges").json["exchanges"]
            if each["operation"] == "settle"
        ],
        provider=lambda: provider.get(f"/_reference/payments/{payment}").json,
    )


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
    """Late, and only once."""
    shop.fault(operation="settle", kind="delay", seconds=0)
    shop.settle(4000)
    assert shop.ledger()["payments"][0]["captured"] == 4000


def test_a_status_can_be_chosen(shop):
    """The exchange shows it."""
    shop.fault(operation="settle", kind="status", status=503)
    shop.settle(4000)
    assert shop.exchanges()[0]["status"] == 503


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
