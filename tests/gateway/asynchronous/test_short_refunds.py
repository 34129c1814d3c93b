"""Refunds that come out smaller: of what asks once the rest is left to a person, who asks by hand asks again."""

import pytest

from tests.gateway.orders_shop import Shop
from tests.gateway.timeline import DAY, HOUR

BY_ITSELF = 4 * DAY
"""When a payment settles whose connector told no delay (C11)."""


def refunds(shop):
    """The types of the refund's actions, with their amounts."""
    actions = shop.merchant.read(f"/api/pvt/transactions/{shop.transaction_id}/refunds")["actions"]
    return [(each["type"], each["value"]) for each in actions]


def tasks(shop):
    """What the books leave to people, without the ids of payments."""
    return [each.partition(": ")[2] for each in shop.ledger()["differences"]]


def refund(shop, value):
    """A refund by hand, beside the order; the HTTP status."""
    path = f"/api/pvt/transactions/{shop.transaction_id}/refunding-request"
    return shop.send("POST", path, {"value": value}).status_code


def captured_by_itself(world):
    """An order of 100.00 whose money settled before any invoice."""
    shop = Shop(world)
    shop.advance(BY_ITSELF)
    return shop


def captured_by_hand(world):
    """An order of 100.00 that was settled by the gateway's API."""
    shop = Shop(world)
    shop.settle("100")
    return shop


def invoiced_in_part(world):
    """Total captures 100.00 with the first invoice of 40.00."""
    shop = Shop(world)
    shop.output("40")
    return shop


def invoiced(world):
    """An order of 100.00 that is invoiced whole."""
    shop = Shop(world)
    shop.output("100")
    return shop


ASKED_ONCE = {
    "cancel, captured by itself": (captured_by_itself, "cancel", "canceled", 10_000),
    "cancel, settled by hand": (captured_by_hand, "cancel", "canceled", 10_000),
    "change, version 1": (invoiced_in_part, "register -30", "payment-approved", 3_000),
    "change, version 2": (invoiced_in_part, "change -60", "invoiced", 6_000),
    "return": (invoiced, "input 30", "invoiced", 3_000),
}


@pytest.mark.parametrize("asking", ASKED_ONCE.values(), ids=ASKED_ONCE)
def test_what_a_refund_lacks_is_a_task_and_the_order_goes_on(asking, world):
    """Documented for cancels: they end whatever the answer. The connector says 20.00, a person gives the rest."""
    begun, step, status, asked = asking
    shop = begun(world)
    shop.perform(f"{step} (A confirms 20)")
    assert shop.show()["status"] == status
    assert refunds(shop) == [("online", 2_000), ("email-notification", asked - 2_000)]
    assert tasks(shop) == [f"a person has to refund {(asked - 2_000) // 100}.00 outside VTEX"]
    word = step.split()[0].replace("register", "change").replace("input", "return")
    assert shop.show()["lastMessage"] == (
        f"A person has to refund {(asked - 2_000) // 100}.00 outside VTEX: "
        f"of {asked // 100}.00 for a {word} the connector gave 20.00 back."
    )


@pytest.mark.parametrize("asking", ASKED_ONCE.values(), ids=ASKED_ONCE)
def test_what_a_person_gives_back_is_not_refunded_again(asking, world):
    """Neither refunded nor refundable: by hand no more can be asked for than nobody has asked for."""
    begun, step, status, asked = asking
    shop = begun(world)
    shop.perform(f"{step} (A confirms 20)")
    assert shop.show()["status"] == status
    left = 10_000 - asked
    assert refund(shop, left + 1) == 400
    if left:
        assert refund(shop, left) == 200
    assert shop.ledger()["payments"][0]["refunded"] == 2_000 + left


@pytest.mark.parametrize("failure", ["manually", "fails"])
@pytest.mark.parametrize("asking", ASKED_ONCE.values(), ids=ASKED_ONCE)
def test_the_order_is_told_of_a_refund_by_hand(asking, failure, world):
    """501 at once, 500 after a day (C8): the order ends as with any answer, and says what a person has to do."""
    begun, step, status, asked = asking
    shop = begun(world)
    world.connectors["A"].always = failure
    shop.perform(step)
    shop.advance(DAY)
    assert shop.show()["status"] == status
    assert refunds(shop) == [("email-notification", asked)]
    told = shop.show()["lastMessage"]
    assert told.startswith(f"A person has to refund {asked // 100}.00 outside VTEX: ")


def test_the_order_is_told_of_a_cancel_by_hand(world):
    """E4 f: canceled, and the shopper's money stays reserved until somebody frees it."""
    shop = Shop(world)
    shop.perform("cancel (A manually)")
    assert shop.show()["lastMessage"].startswith("A person has to cancel 100.00 at the provider")


def test_a_refund_by_hand_may_be_asked_for_again(world):
    """S14: 30.00 of 50.00 came back; whoever asked has the answer, and asks for the other 20.00."""
    shop = invoiced(world)
    world.connectors["A"].script = ["confirms 30"]
    assert refund(shop, 5_000) == 200
    assert refunds(shop) == [("online", 3_000)]
    assert refund(shop, 2_000) == 200
    assert refunds(shop) == [("online", 3_000), ("online", 2_000)]


def test_an_order_that_is_canceled_around_a_refund_by_hand_ends(world):
    """The refund by hand is still tried when the order is cancelled, and comes out smaller: the books say so."""
    shop = captured_by_hand(world)
    world.connectors["A"].script = ["fails"]
    assert refund(shop, 10_000) == 200
    assert shop.cancel().status_code == 200
    assert shop.show()["status"] == "cancel"
    world.connectors["A"].script = ["confirms 70"]
    shop.advance(HOUR)
    assert shop.show()["status"] == "canceled"
    assert shop.ledger()["differences"] == ["the order is canceled, and 30.00 of it stays captured: refund it"]
    assert refund(shop, 3_000) == 200
    assert shop.ledger()["differences"] == []


def test_what_the_antifraud_takes_back_is_a_task_too(world):
    """S27: rejected after 5 days, captured after 4; the connector gives 60.00 of 100.00 back."""
    assert (
        world.merchant.send("PUT", "/_mock/antifraud", {"verdict": "rejected", "delay": 5 * DAY}).status_code
        == 200
    )
    transaction = world.open("A 100 total")
    transaction.authorize()
    world.merchant.advance(BY_ITSELF)
    world.connectors["A"].script = ["confirms 60"]
    world.merchant.advance(DAY)
    assert transaction.show()["status"] == "Cancelled"
    (difference,) = transaction.ledger()["differences"]
    assert difference.endswith("a person has to refund 40.00 outside VTEX")


def test_the_order_is_told_of_a_refund_that_never_goes_out(world):
    """The return waited for a capture that failed for a day: nothing was charged, nothing comes back."""
    shop = Shop(world)
    world.connectors["A"].script = ["fails"] * 25
    shop.output("100")
    shop.input("15")
    shop.advance(DAY)
    assert shop.show()["lastMessage"] == "A refund of 15.00 that waited was dropped: nothing more was captured."


def test_a_late_refund_that_comes_out_smaller_is_a_task(world):
    """Return 15 while the settle is tried again; an hour later it is captured, and 10 of 15 come back."""
    shop = Shop(world)
    world.connectors["A"].script = ["fails", "confirms", "confirms 10"]
    shop.output("100")
    shop.input("15")
    shop.advance(HOUR)
    assert refunds(shop) == [("online", 1_000), ("email-notification", 500)]
    assert shop.show()["lastMessage"] == (
        "A person has to refund 5.00 outside VTEX: of 15.00 for a late refund the connector gave 10.00 back."
    )
