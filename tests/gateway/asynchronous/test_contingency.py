"""Contingency mode: a connector that keeps failing is left alone, and its card payments wait."""

import pytest

from tests.gateway.timeline import HOUR, keys, run

PIX = 125


@pytest.fixture(name="card")
def card_fixture(world):
    """Puts a connector that has contingency mode; then authorizes payments, each in a transaction of its own."""
    settings = {"kind": "ppp", "url": "http://a.test", "contingency": True}
    assert world.merchant.put_connector("A", **settings, paymentSystems=[2, PIX]).json["contingency"] is True

    def card(system=2):
        transaction = world.merchant.start(10000)
        transaction.pay({"value": 10000, "paymentSystem": system})
        transaction.authorize()
        return transaction

    return card


def failing(world, card, times, failure="fails"):
    """So many payments whose creation fails."""
    world.connectors["A"].always = failure
    made = [card() for _ in range(times)]
    world.connectors["A"].always = "confirms"
    world.heard.clear()
    return made


@pytest.mark.parametrize("failure", ["fails", "fails 503", "fails 408", "drops"])
def test_after_more_than_five_errors_card_payments_are_parked(failure, card, world):
    """Documented: more than 5 in 5 minutes, 500, 408 or slow; the seventh payment is not sent for two hours."""
    failing(world, card, 6, failure)
    transaction = card()
    assert world.heard == []
    assert transaction.show()["status"] == "Authorizing"
    assert any("contingency mode" in each["Message"] for each in transaction.show("/interactions"))
    run(world, 2 * HOUR - 1)
    assert transaction.show()["status"] == "Authorizing"
    run(world, 1)
    assert transaction.show()["status"] == "Approved"


def test_five_errors_are_not_enough(card, world):
    """More than five: the sixth payment goes out."""
    failing(world, card, 5)
    assert card().show()["status"] == "Approved"


@pytest.mark.parametrize("failure", ["fails 400", "denies", "waits", "garbles", "confirms"])
def test_other_answers_are_no_errors(failure, card, world):
    """400, a denial, `undefined` or nonsense: the connector is there, and answers in time."""
    failing(world, card, 10, failure)
    assert card().show()["status"] == "Approved"


def test_errors_count_for_five_minutes(card, world):
    """Five now and one after 5 minutes are no contingency; one a second earlier is."""
    failing(world, card, 5)
    run(world, 300)
    failing(world, card, 1)
    assert card().show()["status"] == "Approved"


def test_errors_of_just_under_five_minutes_count(card, world):
    """The sixth within the window begins the contingency."""
    failing(world, card, 5)
    run(world, 299)
    failing(world, card, 1)
    assert card().show()["status"] == "Authorizing"
    assert world.heard == []


def test_retries_are_parked_too(card, world):
    """What failed before waits as well: nothing of a card goes out for two hours."""
    made = failing(world, card, 6)
    run(world, 2 * HOUR - 1)
    assert world.heard == []
    run(world, 1)
    assert len(world.heard) == 6
    assert {each.show()["status"] for each in made} == {"Approved"}


def test_other_methods_go_out(card, world):
    """Documented for payments that can be asynchronous: cards; a Pix is sent as always."""
    failing(world, card, 6)
    assert card(PIX).show()["status"] == "Approved"


def test_settles_cancels_and_refunds_go_out(card, world):
    """Only creations are parked."""
    approved = card()
    failing(world, card, 6)
    approved.ask("settle", 10000)
    approved.ask("refund", 10000)
    assert [heard.operation for heard in world.heard] == ["settle", "refund"]


def test_a_parked_payment_that_is_cancelled_reaches_nobody(card, world):
    """Its connector never heard of it, so there is nothing to cancel there, then or later."""
    failing(world, card, 6)
    transaction = card()
    assert transaction.ask("cancel", 10000).json["statusDetail"] == "Cancelled"
    assert world.heard == []
    run(world, 3 * HOUR)
    assert transaction.show()["status"] == "Cancelled"
    parked = next(iter(transaction.show("/payments")))["id"]
    assert parked not in keys(world, "authorize")


def test_a_connector_that_fails_again_is_left_alone_again(card, world):
    """After two hours six more errors begin the next contingency, and the rest waits once more."""
    failing(world, card, 6)
    parked = [card() for _ in range(3)]
    world.connectors["A"].always = "fails"
    run(world, 2 * HOUR)
    assert len(world.heard) == 6
    world.connectors["A"].always = "confirms"
    run(world, 2 * HOUR)
    assert {each.show()["status"] for each in parked} == {"Approved"}


def test_two_thousand_are_parked_at_most(card, monkeypatch, world):
    """Documented: up to 2,000 (here 2, to be quick); the next one goes out, contingency or not."""
    monkeypatch.setattr("gateway_mock.service.contingency.PARKED_MAX", 2)
    failing(world, card, 6)
    assert [card().show()["status"] for _ in range(3)] == ["Authorizing", "Authorizing", "Approved"]


def test_the_other_connectors_are_not_concerned(card, world):
    """Each connector has errors of its own."""
    failing(world, card, 6)
    assert world.given("B 100 total").show()["status"] == "Approved"


def test_every_store_keeps_a_contingency(every_world):
    """A new process on the same store knows of it: parked stays parked, and goes out in time."""
    settings = {"kind": "ppp", "url": "http://a.test", "contingency": True, "paymentSystems": [2]}
    every_world.merchant.put_connector("A", **settings)
    every_world.connectors["A"].always = "fails"
    for _ in range(6):
        transaction = every_world.merchant.start(10000)
        transaction.pay({"value": 10000})
        transaction.authorize()
    every_world.connectors["A"].always = "confirms"
    every_world.heard.clear()
    every_world.restart()
    assert every_world.heard == []
    run(every_world, 2 * HOUR)
    assert len(every_world.heard) == 6


def test_without_the_setting_nothing_is_parked(world):
    """The default here: a test of failures is not stopped by the sixth."""
    world.connectors["A"].always = "fails"
    for _ in range(8):
        world.open("A 100 total").authorize()
    assert len(world.heard) == 8
