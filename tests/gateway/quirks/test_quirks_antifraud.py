"""The switches that need an anti-fraud: when the early delay counts, and what a late rejection does."""

import pytest

HOUR = 3600


@pytest.fixture(name="analyzed")
def analyzed_fixture(world):
    """A transaction of 100.00 whose risk is being analyzed; delays and the analysis in hours."""

    def analyzed(verdict: str, hours: int, plain: int, early: int):
        stub = {"verdict": verdict, "delay": hours * HOUR}
        assert world.merchant.send("PUT", "/_mock/antifraud", stub).status_code == 200
        delays = {"delayToAutoSettle": plain * HOUR, "delayToAutoSettleAfterAntifraud": early * HOUR}
        world.connectors["A"].delays = delays
        transaction = world.open("A 100 total")
        transaction.authorize()
        assert transaction.show()["status"] == "AnalyzingRisk"
        world.heard.clear()
        return transaction

    return analyzed


@pytest.mark.parametrize(
    ("on", "early", "settles"),
    [(False, 3, 8), (True, 3, 3), (False, 10, 10), (True, 10, 10)],
    ids=["off", "on", "off, defended", "on, defended"],
)
def test_the_early_delay_may_not_wait_for_the_anti_fraud(on, early, settles, world, analyzed):
    """Known issue 369633: 10 hours, or `early` ones after an analysis of 5; equal delays are safe either way."""
    world.merchant.send("PUT", "/_mock/quirks", {"settle.delay-min-without-antifraud": on})
    analyzed("approved", 5, plain=10, early=early)
    world.merchant.advance(settles * HOUR - 1)
    assert world.heard == []
    world.merchant.advance(1)
    assert [str(heard) for heard in world.heard] == ["settle A 100"]


REJECTED = {
    False: ("Cancelled", ["settle A 100", "refund A 100"], []),
    True: ("Cancelling", ["settle A 100"], ["the transaction is cancelling, and 100.00 of it stays captured"]),
}


@pytest.mark.parametrize("on", REJECTED, ids=["off", "on"])
def test_a_rejection_after_the_settle_may_never_end(on, world, switch, analyzed):
    """Known issue 1163213: settled after one hour, rejected after two; the shopper gets the money back, or not."""
    switch("race.risk-reject-after-settle", on=on)
    transaction = analyzed("rejected", 2, plain=1, early=1)
    world.merchant.advance(24 * HOUR)
    heard = [str(each) for each in world.heard]
    assert (transaction.show()["status"], heard, transaction.ledger()["differences"]) == REJECTED[on]


@pytest.mark.parametrize("on", [False, True], ids=["off", "on"])
def test_a_delay_longer_than_the_analysis_is_safe(on, world, switch, analyzed):
    """The defence: nothing is captured before the verdict, so a rejection voids."""
    switch("race.risk-reject-after-settle", on=on)
    transaction = analyzed("rejected", 2, plain=3, early=3)
    world.merchant.advance(24 * HOUR)
    assert transaction.show()["status"] == "Cancelled"
    assert [str(each) for each in world.heard] == ["cancel A 100"]
