"""An anti-fraud between the authorization and the approval: how long, what it says, what follows."""

from dataclasses import replace

import pytest

from tests.gateway.timeline import DAY, HOUR, kinds, run
from tests.gateway.world import Killed


@pytest.fixture(name="judged")
def judged_fixture(world):
    """A transaction that was authorized while an anti-fraud with that verdict and delay was there."""

    def judged(given, verdict="approved", delay=HOUR, **delays):
        answer = world.merchant.send("PUT", "/_mock/antifraud", {"verdict": verdict, "delay": delay})
        assert answer.status_code == 200, answer.text
        for connector in world.connectors.values():
            connector.delays = delays
        transaction = world.open(given)
        transaction.authorize()
        world.heard.clear()
        return transaction

    return judged


def changes(transaction):
    """The statuses of the transaction, oldest first."""
    told = [each["Message"] for each in transaction.show("/interactions")[::-1]]
    names = [
        text.removeprefix("Status change: from ").rstrip(".").split(" to ") for text in told if "from" in text
    ]
    return [after for before, after in names if before != "Received"]


@pytest.mark.parametrize(
    ("verdict", "passed", "status"),
    [("approved", ["RiskApproved", "Approved"], "Approved"), ("rejected", ["RiskRejected"], "Cancelled")],
)
def test_a_transaction_is_judged_after_its_delay(verdict, passed, status, judged, world):
    """Authorized, AnalyzingRisk, RiskApproved or RiskRejected, then Approved or Cancelled (documented)."""
    transaction = judged("A 100 total", verdict)
    assert transaction.show()["status"] == "AnalyzingRisk"
    assert run(world, HOUR - 1) == []
    assert run(world, 1) == [("antifraud", HOUR)]
    assert transaction.show()["status"] == status
    statuses = changes(transaction)
    assert [each for each in statuses if each.startswith(("Analyzing", "Risk"))] == [
        "AnalyzingRisk",
        passed[0],
    ]
    assert statuses.index("AnalyzingRisk") < statuses.index(passed[-1])


def test_a_rejection_cancels_every_payment(judged, world):
    """Documented: rejected leads to cancelled; each connector lets go of what it authorized."""
    transaction = judged("A 40 total, B 60 total", "rejected")
    run(world, HOUR)
    assert sorted(map(str, world.heard)) == ["cancel A 40", "cancel B 60"]
    assert transaction.ledger()["requested"] == {"settled": 0, "cancelled": 10000, "refunded": 0}
    assert transaction.ledger()["balanced"]


@pytest.mark.parametrize(("verdict", "status"), [("approved", "Approved"), ("rejected", "Cancelled")])
@pytest.mark.parametrize("delay", [0, HOUR])
def test_every_store_keeps_what_waits_for_its_verdict(verdict, status, delay, every_world):
    """At once inside the unit of the answer, or by a job: memory, SQLite and PostgreSQL."""
    every_world.merchant.send("PUT", "/_mock/antifraud", {"verdict": verdict, "delay": delay})
    transaction = every_world.open("A 40 total, B 60 total")
    transaction.authorize()
    every_world.restart()
    transaction = replace(transaction, merchant=every_world.merchant)
    run(every_world, delay)
    assert transaction.show()["status"] == status
    assert transaction.ledger()["balanced"]


@pytest.mark.parametrize(("verdict", "status"), [("approved", "Approved"), ("rejected", "Cancelled")])
def test_without_a_delay_it_is_judged_at_once(verdict, status, judged):
    """Nothing has to wait: the answer to the authorization tells the end."""
    transaction = judged("A 100 total", verdict, 0)
    assert transaction.show()["status"] == status


def test_the_verdict_is_what_it_says_at_that_moment(judged, world):
    """Set again while the transaction waits: the new verdict counts."""
    transaction = judged("A 100 total", "approved")
    world.merchant.send("PUT", "/_mock/antifraud", {"verdict": "rejected", "delay": 0})
    run(world, HOUR)
    assert transaction.show()["status"] == "Cancelled"


def test_whoever_waits_is_approved_when_the_antifraud_goes(judged, world):
    """Switched off: nobody else is judged, and what waited is approved at its moment."""
    transaction = judged("A 100 total", "rejected")
    assert world.merchant.send("DELETE", "/_mock/antifraud").status_code == 204
    assert world.given("B 100 total").show()["status"] == "Approved"
    run(world, HOUR)
    assert transaction.show()["status"] == "Approved"


def test_an_antifraud_that_comes_later_judges_nobody(world):
    """A transaction keeps what was so when it was authorized."""
    transaction = world.open("A 100 total")
    world.perform(transaction, "authorize (A waits 900)")
    world.merchant.send("PUT", "/_mock/antifraud", {"verdict": "rejected"})
    run(world, 300)
    assert transaction.show()["status"] == "Approved"


@pytest.mark.parametrize("operation", ["settle", "refund"])
def test_money_that_is_not_approved_is_neither_settled_nor_refunded_on_request(operation, judged):
    """Documented: settle and refund need an approved transaction."""
    transaction = judged("A 100 total")
    answer = transaction.ask(operation, 10000)
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "Mock.TransactionNotApproved")


@pytest.mark.parametrize("value", [10000, 4000])
def test_a_cancel_does_not_wait_for_the_verdict(value, judged, world):
    """C30: whole or in part; the later approval is about what is left, and a cancelled one stays cancelled."""
    transaction = judged("A 100 partial")
    assert transaction.ask("cancel", value).status_code == 200
    assert [str(heard) for heard in world.heard] == [f"cancel A {value // 100}"]
    run(world, HOUR)
    assert transaction.show()["status"] == ("Cancelled" if value == 10000 else "Approved")
    assert transaction.ledger()["requested"]["cancelled"] == value


def test_a_second_authorization_changes_nothing(judged, world):
    """S33: the answer is the current state, here AnalyzingRisk."""
    transaction = judged("A 100 total")
    assert transaction.authorize().json["statusDetail"] == "AnalyzingRisk"
    assert world.heard == []


@pytest.mark.parametrize("verdict", ["approved", "rejected"])
def test_an_order_waits_for_the_verdict(verdict, world):
    """payment-pending until it is judged, then handling or canceled."""
    world.merchant.send("PUT", "/_mock/antifraud", {"verdict": verdict, "delay": HOUR})
    made = world.merchant.send("POST", "/_mock/orders", {"value": 10000}).json
    assert made["status"] == "payment-pending"
    run(world, HOUR)
    order = world.merchant.read(f"/api/oms/pvt/orders/{made['orderId']}")
    assert order["status"] == {"approved": "handling", "rejected": "canceled"}[verdict]


# --- Captured before it was judged -------------------------------------------------------------------------------


@pytest.mark.parametrize("verdict", ["approved", "rejected"])
def test_a_delay_settles_whatever_the_antifraud_will_say(verdict, judged, world):
    """`delayToAutoSettle` counts from the authorization (documented); after a no the money is given back (S27)."""
    transaction = judged("A 100 total", verdict, 2 * HOUR, delayToAutoSettle=HOUR)
    assert run(world, HOUR) == [("auto-settle", HOUR)]
    assert transaction.show()["status"] == "AnalyzingRisk"
    assert kinds(transaction, "/settlements") == [("auto-settlement", 10000)]
    run(world, HOUR)
    calls = [str(heard) for heard in world.heard]
    assert calls == (["settle A 100"] if verdict == "approved" else ["settle A 100", "refund A 100"])
    assert transaction.show()["status"] == {"approved": "Approved", "rejected": "Cancelled"}[verdict]
    assert transaction.ledger()["balanced"]


def test_a_rejection_refunds_what_is_captured_and_cancels_the_rest(world):
    """S27: A settled by itself, B did not; A gives back, B lets go."""
    world.merchant.send("PUT", "/_mock/antifraud", {"verdict": "rejected", "delay": 2 * HOUR})
    for connector in world.connectors.values():
        connector.delays = {"delayToAutoSettle": HOUR if connector.name == "A" else 3 * HOUR}
    transaction = world.open("A 40 total, B 60 total")
    transaction.authorize()
    run(world, HOUR)
    world.heard.clear()
    run(world, HOUR)
    assert sorted(map(str, world.heard)) == ["cancel B 60", "refund A 40"]
    assert transaction.show()["status"] == "Cancelled"
    assert [(each["captured"], each["voided"], each["refunded"]) for each in transaction.ledger()["payments"]] == [
        (4000, 0, 4000),
        (0, 6000, 0),
    ]
    assert transaction.ledger()["balanced"]


def test_a_verdict_waits_for_a_capture_that_is_under_way(judged, world):
    """Nobody knows what a no would have to give back; an hour later the answer is there, and so is the verdict."""
    transaction = judged("A 100 total", "rejected", HOUR + 600, delayToAutoSettle=HOUR)
    world.connectors["A"].script = ["fails"]
    run(world, HOUR + 600)
    assert transaction.show()["status"] == "AnalyzingRisk"
    assert [job for job, _ in run(world, HOUR)] == ["send", "antifraud"]
    assert transaction.show()["status"] == "Cancelled"
    assert [str(heard) for heard in world.heard] == ["settle A 100", "settle A 100", "refund A 100"]


@pytest.mark.parametrize("death", ["dies", "dies did"])
def test_a_death_inside_a_rejection_is_repaired(death, judged, world):
    """The verdict and its cancels are saved together: the new process sends the same cancel, and no second one."""
    transaction = judged("A 100 total", "rejected")
    world.connectors["A"].script = [death]
    with pytest.raises(Killed):
        run(world, HOUR)
    world.restart()
    assert len({heard.body["requestId"] for heard in world.heard}) == 1
    assert [value for name, value in world.connectors["A"].moved.values() if name == "cancel"] == [100]
    assert replace(transaction, merchant=world.merchant).show()["status"] == "Cancelled"


def test_the_events_tell_who_decided_and_who_settled(judged, world):
    """Sources as in the public examples: AntiFraud, and the worker of automatic settles."""
    transaction = judged("A 100 total", "approved", HOUR, delayToAutoSettle=2 * HOUR)
    run(world, 2 * HOUR)
    told = {each["Source"]: each["Message"] for each in transaction.show("/interactions")}
    assert told["AntiFraud"] == "Status change: from AnalyzingRisk to RiskApproved."
    (payment,) = transaction.names
    worker = f"Auto settlement worker processed payment {payment} without errors."
    assert told["PaymentAutoSettlementWorker"] == worker


def test_an_order_that_is_cancelled_before_its_verdict_gets_its_money_back(world):
    """The shopper takes it back after the early capture: refunded, canceled, and the verdict means nothing."""
    world.merchant.send("PUT", "/_mock/antifraud", {"verdict": "approved", "delay": 2 * HOUR})
    world.connectors["R"].delays = {"delayToAutoSettle": HOUR}
    made = world.merchant.send("POST", "/_mock/orders", {"value": 10000}).json
    run(world, HOUR)
    path = f"/api/oms/pvt/orders/{made['orderId']}"
    assert world.merchant.send("POST", f"{path}/cancel", {"reason": "no"}).status_code == 200
    run(world, DAY)
    assert world.merchant.read(path)["status"] == "canceled"
    ledger = world.merchant.read(f"/_mock/transactions/{made['transactionId']}/ledger")
    assert ledger["payments"][0]["refunded"] == 10000
    assert ledger["balanced"]
