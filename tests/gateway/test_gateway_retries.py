"""Settles, cancels and refunds that fail: retries on a clock that the test moves.

Documented window: a day. The hourly cadence is recommended (S37). Every retry repeats the requestId.
"""

import pytest

from tests.gateway.timeline import DAY, HOUR, hourly, keys, kinds, run

FAILURES = ["fails", "fails 502", "fails 404", "refuses", "garbles", "mistakes", "drops"]
"""500, another status, S16: a null id, no JSON, S17: somebody else's ids, no answer at all."""


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize(
    ("before", "operation", "view"),
    [([], "settle", "/settlements"), ([], "cancel", "/cancellations"), (["settle"], "refund", "/refunds")],
)
def test_a_failure_is_tried_again_with_its_request_id(failure, before, operation, view, world):
    """The merchant's request is taken, the second try an hour later does it, once, and no third one follows."""
    transaction = world.given("A 100 partial")
    for each in before:
        transaction.ask(each, 10000)
    world.heard.clear()
    assert world.perform(transaction, f"{operation} 40 (A {failure})").status_code == 200
    assert kinds(transaction, view) == []
    assert run(world, HOUR - 1) == []
    assert run(world, 1) == [("send", HOUR)]
    assert run(world, 2 * DAY) == []
    assert len(keys(world, operation)) == 2
    assert len(set(keys(world, operation))) == 1
    assert [value for _, value in kinds(transaction, view)] == [4000]
    assert transaction.ledger()["balanced"]


def test_a_settle_that_fails_for_a_day_cancels_what_was_not_captured(world):
    """C10: retried at each hour of a day, then the rest is cancelled; money captured so far stays."""
    transaction = world.given("A 100 partial")
    transaction.ask("settle", 6000)
    world.connectors["A"].script = ["fails"] * 25
    transaction.ask("settle", 4000)
    assert run(world, 3 * DAY) == hourly()
    assert len(set(keys(world, "settle")[1:])) == 1
    assert [str(heard) for heard in world.heard[-1:]] == ["cancel A 40"]
    assert kinds(transaction, "/settlements") == [("upon-request", 6000)]
    ledger = transaction.ledger()
    assert ledger["requested"] == {"settled": 6000, "cancelled": 4000, "refunded": 0}
    assert [ledger["payments"][0][name] for name in ("captured", "voided")] == [6000, 4000]
    assert (transaction.show()["status"], ledger["balanced"]) == ("Finished", True)


def test_a_total_that_is_never_settled_ends_cancelled(world):
    """C10: nothing was captured, so the whole payment is cancelled."""
    transaction = world.given("A 100 total")
    world.connectors["A"].script = ["fails"] * 25
    assert transaction.ask("settle", 2000).json["statusDetail"] == "Settling"
    run(world, DAY)
    assert [str(heard) for heard in world.heard[-1:]] == ["cancel A 100"]
    assert transaction.show()["status"] == "Cancelled"


@pytest.mark.parametrize("failure", ["fails", "drops", "garbles"])
def test_a_refund_that_fails_for_a_day_is_left_to_a_person(failure, world):
    """C8: hourly to 24 hours, then `email-notification`; nothing counts as refunded, nothing is sent again."""
    transaction = world.given("A 100 partial")
    transaction.ask("settle", 10000)
    world.connectors["A"].always = failure
    world.heard.clear()
    transaction.ask("refund", 3000)
    assert run(world, 3 * DAY) == hourly()
    assert len(keys(world, "refund")) == 25
    assert len(set(keys(world, "refund"))) == 1
    assert kinds(transaction, "/refunds") == [("email-notification", 3000)]
    ledger = transaction.ledger()
    assert ledger["payments"][0]["refunded"] == 0
    assert any("a person has to refund 30.00" in line for line in ledger["differences"])
    assert transaction.show()["status"] == "Finished"


def test_a_cancel_that_fails_for_a_day_ends_cancelled_all_the_same(world):
    """C9: hourly for a day; whatever the connector says, the transaction ends cancelled, and a person is told."""
    transaction = world.given("A 100 total")
    world.connectors["A"].always = "fails"
    world.heard.clear()
    assert transaction.ask("cancel", 10000).json["statusDetail"] == "Cancelling"
    assert run(world, DAY - 1) == hourly(23)
    assert transaction.show()["status"] == "Cancelling"
    assert run(world, 2 * DAY) == [("send", DAY)]
    assert transaction.show()["status"] == "Cancelled"
    assert kinds(transaction, "/cancellations") == [("email-notification", 10000)]
    messages = [each["Message"] for each in transaction.show("/interactions")]
    assert any("gateway-manual-reversal-requested" in message for message in messages)


@pytest.mark.parametrize(("operation", "before"), [("cancel", []), ("refund", ["settle"])])
def test_a_manual_answer_ends_at_once(operation, before, world):
    """501 with `cancel-manually` or `refund-manually`: no retry, a person is told (documented)."""
    transaction = world.given("A 100 total")
    for each in before:
        transaction.ask(each, 10000)
    world.perform(transaction, f"{operation} 100 (A manually)")
    view = {"cancel": "/cancellations", "refund": "/refunds"}[operation]
    assert kinds(transaction, view) == [("email-notification", 10000)]
    assert run(world, 10 * DAY) in ([], [("auto-settle", 4 * DAY)])
    assert len(keys(world, operation)) == 1
    assert transaction.show()["status"] == {"cancel": "Cancelled", "refund": "Finished"}[operation]


def test_each_payment_is_tried_again_by_itself(world):
    """S22: one of two payments fails to settle in Total; the captured part stays, the failing one is retried."""
    transaction = world.given("A 40 total, B 60 total")
    world.perform(transaction, "settle 100 (B fails, B fails)")
    assert [each["captured"] for each in transaction.ledger()["payments"]] == [4000, 0]
    assert run(world, HOUR) == [("send", HOUR)]
    assert run(world, HOUR) == [("send", 2 * HOUR)]
    assert [str(heard) for heard in world.heard] == ["settle A 40", *["settle B 60"] * 3]
    assert transaction.show()["status"] == "Finished"


def test_a_payment_that_is_never_settled_leaves_the_others(world):
    """S22 and C10: what A captured stays, B is cancelled after its day; 40.00 are settled, 60.00 cancelled."""
    transaction = world.given("A 40 total, B 60 total")
    world.connectors["B"].script = ["fails"] * 25
    transaction.ask("settle", 10000)
    assert run(world, DAY) == hourly()
    ledger = transaction.ledger()
    assert ledger["requested"] == {"settled": 4000, "cancelled": 6000, "refunded": 0}
    assert [(each["captured"], each["voided"]) for each in ledger["payments"]] == [(4000, 0), (0, 6000)]
    assert (transaction.show()["status"], ledger["balanced"]) == ("Finished", True)


def test_a_part_of_a_total_may_still_be_asked_for_when_the_rest_was_cancelled(world):
    """C29: of 20 asked for, A's 40 cover it; after B's cancel 20 are left to ask for, and nobody is called."""
    transaction = world.given("A 40 total, B 60 total")
    world.connectors["B"].script = ["fails"] * 25
    transaction.ask("settle", 2000)
    run(world, DAY)
    world.heard.clear()
    assert transaction.ask("settle", 2001).status_code == 400
    assert transaction.ask("settle", 2000).json["statusDetail"] == "Finished"
    assert world.heard == []
    assert transaction.ledger()["requested"] == {"settled": 4000, "cancelled": 6000, "refunded": 0}


def test_an_automatic_settle_that_fails_for_a_day_cancels_the_payment(world):
    """C10 for a settle that nobody asked for."""
    transaction = world.given("A 100 total")
    world.connectors["A"].script = ["fails"] * 25
    run(world, 5 * DAY)
    assert [str(heard) for heard in world.heard[-2:]] == ["settle A 100", "cancel A 100"]
    assert transaction.show()["status"] == "Cancelled"
    assert transaction.ledger()["requested"] == {"settled": 0, "cancelled": 10000, "refunded": 0}


def test_a_part_that_no_connector_cancels_is_told(world):
    """C9 in Partial: the cancel of 40 fails for a day; 60 are settled, and the ledger tells of the 40."""
    transaction = world.given("A 100 partial")
    world.connectors["A"].script = ["fails"] * 25
    transaction.ask("cancel", 4000)
    run(world, DAY)
    assert kinds(transaction, "/cancellations") == [("email-notification", 4000)]
    assert transaction.ask("settle", 6000).json["statusDetail"] == "Finished"
    ledger = transaction.ledger()
    assert [ledger["payments"][0][name] for name in ("captured", "voided")] == [6000, 0]
    assert any("40.00" in line for line in ledger["differences"])


def test_the_work_was_done_but_the_answer_was_lost(world):
    """The retry repeats the requestId, so that the connector moves the money once."""
    transaction = world.given("A 100 partial")
    for line in ("settle 60 (A drops did)", "advance 3600", "refund 25 (A drops did)", "advance 3600"):
        world.perform(transaction, line)
    moved = [value for operation, value in world.connectors["A"].moved.values() if operation != "authorize"]
    assert moved == [60, 25]
    (payment,) = transaction.ledger()["payments"]
    assert (payment["captured"], payment["refunded"]) == (6000, 2500)
    assert [each["attempt"] for each in transaction.exchanges()] == [1, 1, 2, 1, 2]
