"""Sixteen callers at once on one transaction: every invariant holds, and both books agree.

Each caller is a thread with a client of its own; a barrier lets them go together. Who is refused depends on who
came first, so what is held together is what was accepted, the ledger of the sandbox, and the connectors' books.
"""

import json
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from connector_ppp import WSGITransport
from connector_ppp.reference.app import create_app as create_reference

CALLERS = 16
STORES = ("memory", "sqlite", "postgresql")
FIGURES = ("authorized", "captured", "voided", "refunded")


def at_once(requests):
    """What each request answers when all are sent together."""
    barrier = Barrier(len(requests))

    def run(request):
        barrier.wait()
        return request()

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(run, requests))


def crowd(transaction, seed, count):
    """Requests of random sorts and amounts, each as (operation, cents, how to send it)."""
    dice = random.Random(seed)  # noqa: S311 - the same crowd in every run
    asked = [(dice.choice(("settle", "settle", "cancel", "refund")), dice.randint(1, 1500)) for _ in range(count)]
    return asked, [lambda each=each: transaction.ask(*each) for each in asked]


def hold_together(transaction, asked, answers):
    """The invariants of the ledger, and what was accepted against what was requested."""
    assert {each.status_code for each in answers} <= {200, 400, 409}, Counter(each.status_code for each in answers)
    taken = Counter()
    for (operation, value), answer in zip(asked, answers, strict=True):
        taken[operation] += value * (answer.status_code == 200)
    ledger = transaction.ledger()
    requested = ledger["requested"]
    assert (requested["settled"], requested["cancelled"]) == (taken["settle"], taken["cancel"])
    assert requested["refunded"] == taken["refund"]
    assert requested["settled"] + requested["cancelled"] <= ledger["value"]
    for payment in ledger["payments"]:
        assert min(payment[name] for name in FIGURES) >= 0
        assert payment["captured"] + payment["voided"] <= payment["authorized"]
        assert payment["refunded"] <= payment["captured"]
    assert ledger["differences"] == []
    for view, operation in (("/settlements", "captured"), ("/refunds", "refunded"), ("/cancellations", "voided")):
        actions = sum(each["value"] for each in transaction.show(view)["actions"])
        assert actions == sum(payment[operation] for payment in ledger["payments"]), view
    return ledger


def books_of(reference):
    """The reference connector's own view: its payments in cents, and every call."""
    view = json.loads(reference.send("GET", "/_reference/payments", {}, b"", 1).body)
    payments = {
        each["paymentId"]: {name: round(each[name] * 100) for name in FIGURES} for each in view["payments"]
    }
    return payments, view["calls"]


@pytest.fixture(name="crowded", params=STORES)
def crowded_fixture(request, open_world):
    """Makes a world over each store whose one connector, in some mode, is the reference connector."""

    def crowded(mode):
        reference = WSGITransport(create_reference(callbacks="manual"))
        config = {"connector": "http://reference.test", "mode": mode, "transport": lambda _url: reference}
        return open_world(request.param, **config), reference

    return crowded


def approved(world, *values):
    """A transaction with a payment of each value, approved."""
    transaction = world.merchant.start(sum(values))
    transaction.pay(*({"value": value} for value in values))
    assert transaction.authorize().json["statusDetail"] == "Approved"
    return transaction


@pytest.mark.parametrize(
    ("mode", "values"), [("partial", [10000]), ("total", [4000, 6000]), ("hold", [3000, 7000])]
)
def test_a_crowd_breaks_no_invariant(mode, values, crowded):
    """Settles, cancels and refunds at once: the connector's book is the ledger, each requestId came once."""
    world, reference = crowded(mode)
    transaction = approved(world, *values)
    asked, requests = crowd(transaction, mode, CALLERS)
    answers = at_once(requests)
    rest = hold_together(transaction, asked, answers)
    asked.append(("settle", rest["value"] - rest["requested"]["settled"] - rest["requested"]["cancelled"]))
    answers.append(transaction.ask(*asked[-1]))
    ledger = hold_together(transaction, asked, answers)
    assert transaction.show()["status"] == "Finished"
    assert sum(payment["captured"] for payment in ledger["payments"]) == ledger["requested"]["settled"]
    payments, calls = books_of(reference)
    assert payments == {each["id"]: {name: each[name] for name in FIGURES} for each in ledger["payments"]}
    ids = Counter(call["requestId"] for call in calls if call["operation"] != "authorize")
    assert set(ids.values()) <= {1}
    assert all(call["status"] == 200 for call in calls)


def test_a_crowd_in_partial_mode_on_two_payments(crowded):
    """Lowest amount first holds under pressure too: no payment is asked for more than it has."""
    world, reference = crowded("partial")
    transaction = approved(world, 2500, 7500)
    asked, requests = crowd(transaction, "two", CALLERS)
    ledger = hold_together(transaction, asked, at_once(requests))
    payments, calls = books_of(reference)
    assert payments == {each["id"]: {name: each[name] for name in FIGURES} for each in ledger["payments"]}
    assert all(call["status"] == 200 for call in calls)


@pytest.mark.parametrize(("operation", "before"), [("settle", None), ("cancel", None), ("refund", "settle")])
def test_the_whole_amount_is_moved_once(operation, before, crowded):
    """Sixteen times everything at once: one is accepted, fifteen are refused, one call goes out."""
    world, reference = crowded("partial")
    transaction = approved(world, 10000)
    if before:
        transaction.ask(before, 10000)
    answers = at_once([lambda: transaction.ask(operation, 10000)] * CALLERS)
    statuses = Counter(each.status_code for each in answers)
    assert statuses[200] == 1
    assert set(statuses) <= {200, 400, 409}
    _, calls = books_of(reference)
    assert [call["value"] for call in calls if call["operation"] == operation] == [100]


def test_a_transaction_is_authorized_once(crowded):
    """S33: sixteen identical authorization-requests create the payment once, and all are answered."""
    world, reference = crowded("total")
    transaction = world.merchant.start(10000)
    transaction.pay({"value": 10000})
    answers = at_once([transaction.authorize] * CALLERS)
    assert {each.status_code for each in answers} == {200}
    assert {each.json["statusDetail"] for each in answers} <= {"Authorizing", "Authorized", "Approved"}
    _, calls = books_of(reference)
    assert [call["operation"] for call in calls] == ["authorize"]
    assert transaction.show()["status"] == "Approved"


def test_many_transactions_at_once_do_not_mix(crowded):
    """Sixteen callers, each with a transaction of its own, from start to refund."""
    world, reference = crowded("partial")

    def story(value):
        transaction = approved(world, value)
        for operation in ("settle", "refund"):
            assert transaction.ask(operation, value).status_code == 200
        return transaction

    values = range(1000, 1000 + CALLERS)
    transactions = at_once([lambda value=value: story(value) for value in values])
    for value, transaction in zip(values, transactions, strict=True):
        (payment,) = transaction.ledger()["payments"]
        assert [payment[name] for name in FIGURES] == [value, value, 0, value]
    payments, _ = books_of(reference)
    assert len(payments) == CALLERS


def test_callbacks_and_retries_at_once_decide_once(open_world):
    """Approvals, denials and retries of one pending payment together: one status, and it stays."""
    reference = WSGITransport(create_reference(callbacks="manual"))
    world = open_world(connector="http://reference.test", transport=lambda _url: reference)
    transaction = world.merchant.start(10000)
    transaction.pay({"value": 10000, "fields": {"cardNumber": "4222222222222224"}})
    assert transaction.authorize().json["statusDetail"] == "Authorizing"
    (exchange,) = transaction.exchanges()
    path = exchange["request"]["callbackUrl"].removeprefix("http://127.0.0.1:5005")
    news = [exchange["response"] | {"status": status} for status in ("approved", "denied")]

    def call_back(number):
        body = {} if number % 4 == 3 else {"json": news[number % 2]}
        return world.app.test_client().post(path, **body)

    answers = at_once([lambda number=number: call_back(number) for number in range(CALLERS)])
    assert {each.status_code for each in answers} == {200}
    status = transaction.show()["status"]
    assert status in {"Approved", "Cancelled"}
    statuses = [
        each["Message"] for each in transaction.show("/interactions") if "Status change" in each["Message"]
    ]
    assert len([line for line in statuses if line.endswith("to Approved.")]) in {0, 2}
    assert {call_back(number).status_code for number in range(4)} == {200}
    assert transaction.show()["status"] == status
