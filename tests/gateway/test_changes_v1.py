"""Changes of version 1: deprecated, synchronous, by the caller's own amounts, once for each requestId."""

import pytest

from tests.gateway.orders_shop import TWO_LINES, Shop

CHANGE = {"requestId": "R1", "reason": "stock", "discountValue": 1000, "incrementValue": 0}


def register(shop, **fields):
    """A change of version 1; `fields` replaces fields of the example."""
    return shop.send("POST", shop.path("/changes"), CHANGE | fields)


def test_a_receipt_says_what_was_taken(world):
    """Date with an offset, order, receipt; and the call is announced as deprecated."""
    shop = Shop(world)
    answer = register(shop)
    assert answer.status_code == 200
    assert set(answer.json) == {"date", "orderId", "receipt"}
    assert (answer.json["date"], answer.json["orderId"]) == ("2026-01-01T00:00:00.0000000+00:00", shop.id)
    assert answer.headers["Deprecation"] == "@1767139200"
    assert answer.headers["Sunset"] == "Sun, 01 Mar 2026 00:00:00 GMT"


def test_a_refusal_is_announced_as_deprecated_too(world):
    """The header does not depend on the outcome, and other endpoints do not carry it."""
    shop = Shop(world)
    assert "Deprecation" in register(shop, reason="").headers
    assert "Deprecation" not in shop.change("-10").headers


def test_only_the_first_change_of_a_request_id_takes_effect(world):
    """Documented: the same requestId again, even with other amounts, gets the same receipt and does nothing."""
    shop = Shop(world, "partial")
    first = register(shop)
    again = register(shop, discountValue=5000)
    assert again.status_code == 200
    assert again.json["receipt"] == first.json["receipt"]
    assert shop.heard() == "cancel A 10"
    assert shop.show()["value"] == 9000


def test_the_order_tells_what_changed(world):
    """`changesAttachment` has reason, amounts, lines with their names, and the receipt."""
    shop = Shop(world, **TWO_LINES)
    removed = [{"id": "B", "price": 2500, "quantity": 1}]
    added = [{"id": "C", "price": 900, "quantity": 2}]
    answer = register(shop, discountValue=2500, incrementValue=1800, itemsRemoved=removed, itemsAdded=added)
    attachment = shop.show()["changesAttachment"]
    assert attachment == {
        "id": "changeAttachment",
        "changesData": [
            {
                "reason": "stock",
                "discountValue": 2500,
                "incrementValue": 1800,
                "itemsAdded": [{"id": "C", "name": "Item C", "quantity": 2, "price": 900, "unitMultiplier": None}],
                "itemsRemoved": [
                    {"id": "B", "name": "Item B", "quantity": 1, "price": 2500, "unitMultiplier": None}
                ],
                "receipt": answer.json,
            }
        ],
    }


def test_an_order_without_changes_has_no_attachment(world):
    """Null, as documented."""
    assert Shop(world).show()["changesAttachment"] is None


def test_lines_do_not_move_money(world):
    """Documented: the caller's amounts do; the items follow the lines, the value follows the amounts."""
    shop = Shop(world, **TWO_LINES)
    register(shop, discountValue=100, itemsRemoved=[{"id": "B", "price": 2500, "quantity": 1}])
    shown = shop.show()
    assert shown["value"] == 9900
    assert [(item["id"], item["quantity"]) for item in shown["items"]] == [("A", 1), ("B", 1)]
    assert sum(total["value"] for total in shown["totals"]) == 9900


MESSAGES = [
    ({"discountValue": -1}, 400, "The modification value needs to be greater or equal than zero"),
    ({"incrementValue": -1}, 400, "The modification value needs to be greater or equal than zero"),
    ({"discountValue": 0}, 400, "Invalid modification for order"),
    ({"incrementValue": 1000}, 400, "Invalid modification for order"),
    ({"itemsRemoved": [{"id": "", "price": 1, "quantity": 1}]}, 400, "Invalid id for item"),
    ({"reason": ""}, 400, "Field reason not set"),
    ({"discountValue": 10_000}, 400, "The value of the modification exceeds the order's price"),
    ({"discountValue": 10_001}, 400, "The value of the modification exceeds the order's price"),
    (
        {"itemsRemoved": [{"id": "9", "price": 1, "quantity": 1}]},
        404,
        "Removed item does not exist in order: 9",
    ),
    ({"itemsRemoved": [{"id": "1", "price": 1, "quantity": 2}]}, 400, "Invalid quantity to remove from item 1"),
    ({"itemsRemoved": [{"id": "1", "price": 1, "quantity": -2}]}, 400, "Invalid quantity for item."),
]


@pytest.mark.parametrize(("fields", "status", "message"), MESSAGES)
def test_each_refusal_says_the_documented_sentence(world, fields, status, message):
    """Version 1 has its own words; nothing is recorded and no connector hears of it."""
    shop = Shop(world)
    answer = register(shop, **fields)
    assert (answer.status_code, answer.json["error"]["message"]) == (status, message)
    assert shop.heard() == "-"
    assert shop.show()["changesAttachment"] is None
    assert register(shop).status_code == 200  # the requestId was not used up


@pytest.mark.parametrize("status", ["payment-approved", "window-to-cancel", "ready-for-handling"])
def test_a_change_waits_for_the_handling(world, status):
    """Documented: handling, or what comes after the first parcel."""
    answer = register(Shop(world, status=status))
    assert answer.status_code == 400
    assert answer.json["error"]["message"] == (
        "It is only allowed to register an order modification when the order is in handling: status = "
        "handling, waiting for fulfillment or ready for invoicing"
    )


def test_an_increase_needs_a_payment_that_takes_it(world):
    """Pix does not; version 1 says so in its own words."""
    answer = register(Shop(world, payments=[{"paymentSystem": 125, "value": 10_000}]), incrementValue=3000)
    assert answer.status_code == 400
    assert answer.json["error"]["message"] == (
        "It's not allowed to make modifications in orders without a credit card payment, promissory card, "
        "cash, or credit control"
    )


def test_captured_money_that_cannot_be_given_back_in_part(world):
    """A legacy connector that only refunds the whole: the reduction is refused."""
    shop = Shop(world, "legacy", refundsInPart=False)
    shop.output("40")
    answer = register(shop)
    assert answer.status_code == 400
    expected = "Modification cannot be done. Possible reason: settlement directly done by API"
    assert answer.json["error"]["message"] == expected


def test_fifty_changes_are_the_limit(world):
    """C8: version 1 takes 50 of them."""
    shop = Shop(world)
    for number in range(50):
        assert register(shop, requestId=f"N{number}", discountValue=1).status_code == 200
    answer = register(shop, requestId="N50", discountValue=1)
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "CHK0051")
    assert answer.json["error"]["message"] == "Max allowed modifications for order exceeded: 50"
    assert shop.show()["value"] == 9950


def test_a_denied_increase_leaves_its_request_id_free(world):
    """It took no effect: it is not shown, and the same requestId may try again."""
    shop = Shop(world)
    world.connectors["A"].script.append("denies")
    more = {"discountValue": 0, "incrementValue": 2000}
    assert register(shop, **more).json["error"]["code"] == "Mock.IncreaseDenied"
    assert shop.show()["changesAttachment"] is None
    assert register(shop, **more).status_code == 200
    assert shop.show()["value"] == 12_000


def test_version_1_keeps_the_freight(world):
    """It knows amounts only: a removed line leaves the freight of the order as it is."""
    shop = Shop(world, **TWO_LINES)
    register(shop, discountValue=2500, itemsRemoved=[{"id": "B", "price": 2500, "quantity": 1}])
    shown = shop.show()
    assert [each["price"] for each in shown["shippingData"]["logisticsInfo"]] == [800, 1200]
    assert {each["id"]: each["value"] for each in shown["totals"]}["Shipping"] == 2000


def test_version_1_is_refused_after_version_2(world):
    """Documented: the two do not mix on one order; a dropped change of version 2 does not count."""
    shop = Shop(world)
    assert shop.outcome(shop.change("-100"))["status"] == "canceled"
    assert register(shop).status_code == 200
    other = Shop(world)
    assert other.outcome(other.change("-10"))["status"] == "done"
    answer = register(other)
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "Mock.ChangeV2Applied")


def test_an_unknown_order_is_not_found(world):
    """404 with the documented code."""
    answer = Shop(world).send("POST", "/api/oms/pvt/orders/nobody-01/changes", CHANGE)
    assert (answer.status_code, answer.json["error"]["code"]) == (404, "CHK0201")


def test_a_change_that_the_gateway_refuses_changes_nothing(world):
    """The merchant has settled everything by the API and given it back: there is nothing left to lower."""
    shop = Shop(world, "partial")
    shop.settle("100")
    refund = {"value": 10_000}
    shop.send("POST", f"/api/pvt/transactions/{shop.transaction_id}/refunding-request", refund)
    shop.heard()
    answer = register(shop)
    assert answer.status_code == 400
    assert shop.heard() == "-"
    assert shop.show()["value"] == 10_000
