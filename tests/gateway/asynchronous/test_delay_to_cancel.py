"""`delayToCancel`: its bounds, its later values, and what counts where two say something else."""

import pytest

from tests.gateway.timeline import DAY, HOUR, hourly, run

WORDS = {
    60: "300 or more",
    299: "300 or more",
    300: "600 or more",
    599: "600 or more",
    600: None,
    2_592_000: None,
    2_592_001: "at most 2592000",
}
PIX_WORDS = {60: "300 or more", 300: "900 to 3600", 899: "900 to 3600", 900: None, 3600: None, 3601: "900 to 3600"}


def authorized(world, seconds, system=2):
    """A transaction whose payment is left undefined with that delay."""
    world.merchant.put_connector("A", kind="ppp", url="http://a.test", paymentSystems=[system])
    world.connectors["A"].delays = {"delayToAutoSettle": 0, "delayToAutoSettleAfterAntifraud": 0}
    world.connectors["A"].always = f"waits {seconds}"
    transaction = world.merchant.start(10000)
    transaction.pay({"value": 10000, "paymentSystem": system})
    transaction.authorize()
    return transaction


@pytest.mark.parametrize(
    ("system", "seconds", "words"),
    [(2, seconds, words) for seconds, words in WORDS.items()]
    + [(125, seconds, words) for seconds, words in PIX_WORDS.items()],
)
def test_a_delay_outside_of_its_bounds_is_told(system, seconds, words, world):
    """C6: 600 seconds to 30 days, 900 to 3600 for Pix; the exchange says so, and the payment waits."""
    transaction = authorized(world, seconds, system)
    (exchange,) = transaction.exchanges()
    said = exchange["error"] or ""
    assert ("delay_to_cancel" in said or "delayToCancel" in said) is (words is not None)
    assert words is None or words in said
    assert transaction.show()["status"] == "Authorizing"


@pytest.mark.parametrize(
    ("seconds", "counts"), [(0, 300), (60, 300), (299, 300), (300, 300), (2_592_001, 30 * DAY)]
)
def test_a_delay_outside_of_its_bounds_counts_as_the_nearest(seconds, counts, world):
    """C6: not before 300 seconds, not after 30 days."""
    transaction = authorized(world, seconds)
    run(world, counts - 1)
    assert transaction.show()["status"] == "Authorizing"
    world.connectors["A"].script = [f"waits {seconds}", "confirms"]
    run(world, 1)
    assert transaction.show()["status"] == "Cancelled"


@pytest.mark.parametrize(
    ("first", "later", "ends"),
    [(10_800, 345_600, 345_600), (345_600, 10_800, 14_400), (7200, 7200, 7200)],
)
def test_the_latest_delay_replaces_the_one_before(first, later, ends, world):
    """Documented for callbacks, and so for answers: counted from the first create, never two plans at once.

    Known issue 1338614 is the opposite: there the shorter plan cancels.
    """
    transaction = authorized(world, first)
    world.connectors["A"].always = f"waits {later}"
    run(world, ends - 1)
    assert transaction.show()["status"] == "Authorizing"
    world.connectors["A"].script = [f"waits {later}", "confirms"]
    run(world, 1)
    assert transaction.show()["status"] == "Cancelled"
    assert run(world, 40 * DAY) == []


def test_a_delay_by_callback_replaces_the_one_before(pending):
    """`undefined` with another delay: from then on that one counts."""
    told = pending(script="A waits 7200")
    told.world.connectors["A"].always = "waits"
    address = told.address.removeprefix("http://127.0.0.1:5005")
    news = {"status": "undefined", "delayToCancel": 900}
    assert told.world.app.test_client().post(address, json=news).status_code == 200
    told.world.connectors["A"].script = ["waits", "waits", "waits", "confirms"]
    assert run(told.world, 900) == [("send", 300), ("send", 600), ("send", 900)]
    assert told.status == "Cancelled"


def test_a_connector_that_never_says_how_long_is_asked_for_a_week(world):
    """C14: 7 days, hourly, failures included; then the payment is cancelled at its connector."""
    world.connectors["A"].always = "fails"
    transaction = world.open("A 100 total")
    transaction.authorize()
    assert run(world, 7 * DAY - 1) == hourly(7 * 24 - 1)
    world.connectors["A"].script = ["fails", "confirms"]
    assert run(world, 1) == [("send", 7 * DAY)]
    assert [heard.operation for heard in world.heard[-2:]] == ["authorize", "cancel"]
    assert transaction.show()["status"] == "Cancelled"


def test_an_expired_payment_stays_cancelled_when_its_approval_comes(pending):
    """S28: the shopper paid a minute too late; the callback is ignored, and the transaction stays Cancelled."""
    told = pending(script="A waits 900")
    told.world.connectors["A"].script = ["waits 900", "waits 900", "waits 900", "confirms"]
    run(told.world, 900)
    assert told.status == "Cancelled"
    run(told.world, HOUR)
    assert told.call("approved") == 200
    assert told.status == "Cancelled"
