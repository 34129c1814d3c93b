"""The events of a transaction in the words that public texts show (VTEX docs and known issues), typed by hand."""

import pytest

from tests.gateway.timeline import DAY, HOUR, run

AUTHOR = "Author: vtexappkey-sandbox-LOCAL."
MINUTE = 60


def said(transaction, source):
    """What a source told, oldest first."""
    return [each["Message"] for each in reversed(transaction.show("/interactions")) if each["Source"] == source]


def labels(transaction):
    """Message and status of the events of a payment, oldest first."""
    return {
        each["Message"]: each["Status"]
        for each in reversed(transaction.show("/interactions"))
        if each["Source"] == "PaymentWorkFlowChangeStatus"
    }


def test_the_gateway_tells_the_beginning_and_the_end_of_each_operation(world):
    """Authorization and settlement are started and finished; with two payments each settles by itself."""
    transaction = world.given("A 40 total, B 60 total")
    transaction.ask("settle", 10_000)
    assert said(transaction, "PaymentGateway") == [
        "Payment of 40.00 received.",
        "Payment of 60.00 received.",
        f"Transaction authorization started\r\n{AUTHOR}",
        f"Transaction authorization finished\r\n{AUTHOR}",
        f"Transaction settlement started\r\n{AUTHOR}",
        "Payment settlement finished",
        "Payment settlement finished",
        f"Transaction settlement finished\r\n{AUTHOR}",
    ]


def test_a_settlement_that_is_not_over_is_not_finished(world):
    """Known issue 1201336 knows it by that: started, one of two payments captured, and no end."""
    transaction = world.given("A 40 total, B 60 total")
    world.perform(transaction, "settle 100 (B fails)")
    told = said(transaction, "PaymentGateway")
    assert told[-2:] == [f"Transaction settlement started\r\n{AUTHOR}", "Payment settlement finished"]
    run(world, HOUR)
    assert said(transaction, "PaymentGateway")[-1] == f"Transaction settlement finished\r\n{AUTHOR}"


def test_hold_finishes_a_settlement_when_its_requests_are_complete(world):
    """The first part of two is started, and finished with the second."""
    transaction = world.given("A 100 hold")
    transaction.ask("settle", 4_000)
    assert not any("finished" in each for each in said(transaction, "PaymentGateway")[-1:])
    transaction.ask("settle", 6_000)
    assert said(transaction, "PaymentGateway")[-1].startswith("Transaction settlement finished")


def test_a_cancel_tells_who_called_and_when_it_has_finished(world):
    """With one l. The RequestId is the one that the cancellations show, for a cancel has none of its own."""
    transaction = world.given("A 100 partial")
    transaction.ask("cancel", 10_000)
    (request,) = transaction.show("/cancellations")["requests"]
    called, finished = said(transaction, "PaymentGateway")[-2:]
    assert called == (
        f"An external application called to cancel this transaction Id = {transaction.id} with Value 100.00 "
        f"RequestId = {request['id']}. Priority: default. {AUTHOR}"
    )
    assert finished == f"Transaction cancelation has finished for Id {transaction.id}"


def test_every_retry_of_an_authorization_is_told(pending, world):
    """A `delayToCancel` of 15 minutes: tried at 5 and 10, and at 15 for the last time."""
    told = pending(script="A waits 900")
    world.connectors["A"].script = ["waits"] * 3
    run(world, 10 * MINUTE)
    retry = f"Started authorization retry for payment {told.payment}."
    assert said(told.transaction, "PaymentAuthorizationWorker") == [retry] * 2
    run(world, 5 * MINUTE)
    given_up = f"Could not authorize payment {told.payment}. Finished retries."
    assert said(told.transaction, "PaymentAuthorizationWorker") == [retry, retry, retry, given_up]


def test_a_callback_without_body_is_a_retry(pending):
    """The gateway asks again, and finds it approved."""
    told = pending()
    assert told.call() == 200
    retry = f"Started authorization retry for payment {told.payment}."
    assert said(told.transaction, "PaymentAuthorizationWorker") == [retry]


def test_a_denial_is_no_end_of_retries(world):
    """The connector said no: nobody has tried in vain."""
    transaction = world.open("A 100 total")
    world.perform(transaction, "authorize (A denies)")
    assert said(transaction, "PaymentAuthorizationWorker") == []


@pytest.mark.parametrize(
    ("delays", "worker"),
    [
        ({"delayToAutoSettle": 2 * HOUR}, "PaymentAutoSettlementWorker"),
        ({"delayToAutoSettle": DAY, "delayToAutoSettleAfterAntifraud": HOUR}, "EarlySettlementWorker"),
        ({"delayToAutoSettle": HOUR, "delayToAutoSettleAfterAntifraud": DAY}, "PaymentAutoSettlementWorker"),
    ],
    ids=["plain", "after the anti-fraud", "before the anti-fraud's moment"],
)
def test_each_delay_has_its_worker(delays, worker, world):
    """The early one captures at the moment that counts from the anti-fraud's approval."""
    world.merchant.send("PUT", "/_mock/antifraud", {"verdict": "approved", "delay": MINUTE})
    world.connectors["A"].delays = delays
    transaction = world.open("A 100 total")
    transaction.authorize()
    run(world, DAY)
    (payment,) = transaction.names
    workers = ("PaymentAutoSettlementWorker", "EarlySettlementWorker")
    done = f"Auto settlement worker processed payment {payment} without errors."
    assert {each: said(transaction, each) for each in workers if said(transaction, each)} == {worker: [done]}


def test_an_automatic_settle_that_fails_is_told(world):
    """It is tried again an hour later, and works."""
    transaction = world.given("A 100 total")
    world.connectors["A"].script = ["fails"]
    run(world, 4 * DAY + HOUR)
    first, second = said(transaction, "PaymentAutoSettlementWorker")
    assert first.startswith("Unknown Error on AutoSettle")
    assert second.endswith("without errors.")


def test_the_status_of_a_payment_lags(world):
    """Seen: `Payment Started` beside the message that it is authorized."""
    transaction = world.given("A 100 total")
    transaction.ask("settle", 10_000)
    assert labels(transaction) == {
        "Status change: from Received to Authorizing.": "Payment Started",
        "Status change: from Authorizing to Authorized.": "Payment Started",
        "Status change: from Authorized to Approved.": "Payment Authorized",
        "Status change: from Approved to Settling.": "Payment Approved",
        "Status change: from Settling to Finished.": "Payment Settling",
    }


def test_every_event_has_an_id_of_its_own(world):
    """Also where one entry of the history tells two events."""
    transaction = world.given("A 40 total, B 60 total")
    transaction.ask("settle", 10_000)
    transaction.ask("refund", 1_000)
    ids = [each["Id"] for each in transaction.show("/interactions")]
    assert len(set(ids)) == len(ids)


# --- timeoutStatus ------------------------------------------------------------------------------------------


def timeout(transaction):
    """The number, and the status that it belongs to."""
    shown = transaction.show()
    return shown["timeoutStatus"], shown["status"]


def test_what_nobody_decided_in_time_is_cancelled_by_timeout(pending, world):
    """2 while the connector is told to let go, 3 when it has."""
    told = pending(script="A waits 900")
    world.connectors["A"].script = ["waits"] * 3 + ["fails"]
    assert timeout(told.transaction) == (0, "Authorizing")
    run(world, 15 * MINUTE)
    assert timeout(told.transaction) == (2, "Cancelling")
    run(world, HOUR)
    assert timeout(told.transaction) == (3, "Cancelled")


@pytest.mark.parametrize(
    ("operation", "failing", "end"),
    [
        ("cancel", "fails", (4, "Cancelled")),
        ("cancel", "manually", (3, "Cancelled")),
        ("cancel", "confirms", (3, "Cancelled")),
        ("settle", "fails", (4, "Cancelled")),
        ("settle", "confirms", (3, "Finished")),
    ],
)
def test_tries_that_are_exceeded_show_at_the_end(operation, failing, end, world):
    """4 after a day of failures; what ends by hand at once was not tried in vain."""
    transaction = world.given("A 100 partial")
    world.connectors["A"].always = failing
    transaction.ask(operation, 10_000)
    run(world, 2 * DAY)
    assert timeout(transaction) == end
