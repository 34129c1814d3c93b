"""Orders over HTTP beside invoices and changes: making, reading, listing, handling, cancels, notifications."""

import pytest

from tests.gateway.orders_shop import ORDERS, TWO_LINES, Shop


def code(answer):
    """Status and code of a refusal."""
    return answer.status_code, answer.json["error"]["code"]


# --- Making ---------------------------------------------------------------------------------------------------


def test_an_order_is_made_by_the_official_steps(world):
    """One Visa of everything, authorized, in handling, under a documented kind of id."""
    shop = Shop(world)
    assert (shop.id, shop.made["orderGroup"], shop.made["status"]) == (
        "1172452900788-01",
        "1172452900788",
        "handling",
    )
    transaction = shop.merchant.read(f"/api/pvt/transactions/{shop.transaction_id}")
    assert (transaction["value"], transaction["orderId"]) == (10_000, shop.id)
    names = {field["name"] for field in transaction["fields"]}
    assert {"cart", "clientProfileData", "shippingData"} <= names


def test_orders_are_numbered(world):
    """Each order has the next id and the next sequence."""
    first, second = Shop(world), Shop(world)
    assert (first.id, second.id) == ("1172452900788-01", "1172452900789-01")
    assert (first.show()["sequence"], second.show()["sequence"]) == ("502556", "502557")


@pytest.mark.parametrize("name", ["1172452900788-01", "seq502556"])
def test_an_order_is_found_by_id_or_sequence(world, name):
    """Documented: either will do."""
    Shop(world)
    assert world.merchant.read(f"{ORDERS}/{name}")["orderId"] == "1172452900788-01"


@pytest.mark.parametrize("name", ["nobody-01", "seq1", "seq", "seqx", "seq" + "9" * 40, "1172452900788"])
def test_an_unknown_order_is_not_found(world, name):
    """404 with the documented code, whatever the name looks like."""
    Shop(world)
    assert code(world.merchant.send("GET", f"{ORDERS}/{name}")) == (404, "CHK0201")


def test_a_denied_payment_cancels_the_order(world):
    """The order is there, canceled, and says that the payment did it."""
    world.connectors["A"].script.append("denies")
    shop = Shop(world)
    assert shop.made["status"] == "canceled"
    assert shop.show()["cancellationData"] == {
        "RequestedByUser": False,
        "RequestedBySystem": False,
        "RequestedBySellerNotification": False,
        "RequestedByPaymentNotification": True,
        "Reason": None,
        "CancellationDate": "2026-01-01T00:00:00.0000000+00:00",
    }


def test_a_pending_payment_keeps_the_order_waiting(world):
    """Undefined: payment-pending; the notification of the payment carries the order on."""
    world.connectors["A"].script.append("waits")
    shop = Shop(world)
    assert shop.made["status"] == "payment-pending"
    path = shop.path(f"/payments/{shop.made['payments'][0]['id']}/payment-notification")
    answer = shop.send("POST", path)
    assert (answer.status_code, answer.data) == (200, b"")
    assert shop.show()["status"] == "handling"


def test_the_notification_of_another_payment_is_not_found(world):
    """404 for a payment that is not the order's."""
    shop, other = Shop(world), Shop(world)
    path = shop.path(f"/payments/{other.made['payments'][0]['id']}/payment-notification")
    assert code(shop.send("POST", path)) == (404, "Mock.PaymentNotFound")


def test_payments_must_reach_the_value(world):
    """More is interest, less is refused, and no order comes of it."""
    Shop(world)
    payments = [{"paymentSystem": 2, "value": 9_999}]
    answer = world.merchant.send("POST", "/_mock/orders", {"value": 10_000, "payments": payments})
    assert code(answer) == (400, "Mock.PaymentsSum")
    assert world.merchant.read(ORDERS)["paging"]["total"] == 1


def test_freight_is_spread_over_the_lines_that_name_none(world):
    """10.01 over two lines: the first takes the odd cent."""
    items = [{"id": each, "price": 1000, "quantity": 1} for each in ("A", "B")]
    shop = Shop(world, value=3001, shipping=1001, items=items)
    logistics = shop.show()["shippingData"]["logisticsInfo"]
    assert [each["price"] for each in logistics] == [501, 500]


@pytest.mark.parametrize(
    "body",
    [
        {"value": 0},
        {"value": -1},
        {"value": 1.5},
        {"value": 10**15},
        {},
        {"value": 100, "shipping": 101},
        {"value": 100, "payments": [{"value": 100, "paymentSystem": 0}]},
        {"value": 100, "payments": [{"value": 100, "connector": "nobody"}]},
        {"value": 100, "payments": [{"value": 10**15 - 1}, {"value": 10**15 - 1}]},
        {"value": 100, "items": [{"id": "A", "price": 1, "quantity": 0}]},
        {"value": 100, "status": "invoiced"},
        {"value": 100, "surprise": 1},
    ],
)
def test_what_is_no_order_is_refused(world, body):
    """400, and the list stays empty."""
    assert world.merchant.send("POST", "/_mock/orders", body).status_code == 400
    assert world.merchant.read(ORDERS)["list"] == []


# --- Reading --------------------------------------------------------------------------------------------------


def test_the_totals_add_up_to_the_value(world):
    """Items 80.00 and freight 20.00; the lines carry their parts."""
    shown = Shop(world, **TWO_LINES).show()
    totals = {each["id"]: each["value"] for each in shown["totals"]}
    assert totals == {"Items": 8000, "Discounts": 0, "Shipping": 2000, "Tax": 0}
    lines = [(item["id"], item["price"], item["quantity"], item["sellingPrice"]) for item in shown["items"]]
    assert lines == [("A", 3000, 1, 3000), ("B", 2500, 2, 2500)]
    assert [item["priceDefinition"]["total"] for item in shown["items"]] == [3000, 5000]
    assert len({item["uniqueId"] for item in shown["items"]}) == 2


def test_a_manual_discount_shows_as_one_and_an_increment_as_tax(world):
    """As the documented manual price tags do, so that the totals still add up."""
    shop = Shop(world)
    shop.change("-10")
    totals = {each["id"]: each["value"] for each in shop.show()["totals"]}
    assert totals == {"Items": 10_000, "Discounts": -1000, "Shipping": 0, "Tax": 0}
    shop.change("+15")
    totals = {each["id"]: each["value"] for each in shop.show()["totals"]}
    assert totals == {"Items": 10_000, "Discounts": 0, "Shipping": 0, "Tax": 500}


def test_the_payment_is_shown_without_its_card(world):
    """First and last digits, group, installments; never the number, never the code."""
    shop = Shop(
        world, payments=[{"paymentSystem": 4, "value": 10_000, "card": "5555666677778884", "installments": 3}]
    )
    payment = shop.show()["paymentData"]["transactions"][0]["payments"][0]
    assert (payment["firstDigits"], payment["lastDigits"], payment["cardNumber"]) == ("555566", "8884", None)
    assert (payment["paymentSystem"], payment["paymentSystemName"]) == ("4", "Mastercard")
    assert (payment["group"], payment["installments"], payment["value"]) == ("creditCard", 3, 10_000)
    assert payment["tid"] == "tid-A"
    assert "5555666677778884" not in shop.send("GET", shop.path()).text


def test_only_cards_have_digits(world):
    """Pix comes without a card."""
    shop = Shop(world, payments=[{"paymentSystem": 125, "value": 10_000}])
    payment = shop.show()["paymentData"]["transactions"][0]["payments"][0]
    assert (payment["firstDigits"], payment["lastDigits"]) == ("", "")


def test_the_payment_transaction_is_the_marketplaces_view(world):
    """Status of the transaction and its payments, no settled amounts (C17)."""
    shop = Shop(world)
    told = shop.show("/payment-transaction")
    assert (told["status"], told["isActive"], told["transactionId"]) == ("Approved", True, shop.transaction_id)
    assert told["merchantName"] == "sandbox"
    assert [payment["value"] for payment in told["payments"]] == [10_000]
    shop.output("100")
    assert shop.show("/payment-transaction")["status"] == "Finished"


def test_damaged_additional_data_does_not_break_the_order(world):
    """The merchant may overwrite the documents with anything; the order shows what it can."""
    shop = Shop(world)
    path = f"/api/pvt/transactions/{shop.transaction_id}/additional-data"
    for value in ("{", "[]", "null", '{"address": 5}'):
        fields = [{"name": name, "value": value} for name in ("clientProfileData", "shippingData")]
        assert shop.send("POST", path, fields).status_code == 200
        assert shop.show()["orderId"] == shop.id


# --- The list -------------------------------------------------------------------------------------------------


def listed(world, query=""):
    """The ids of the list, and its paging."""
    told = world.merchant.read(f"{ORDERS}{query}")
    return [each["orderId"][10:13] for each in told["list"]], told["paging"]


def test_the_list_has_pages_newest_first(world):
    """15 a page unless asked otherwise; pages start at 1; a page beyond the end is empty."""
    for _ in range(3):
        Shop(world)
    assert listed(world) == (
        ["790", "789", "788"],
        {"total": 3, "pages": 1, "currentPage": 1, "perPage": 15},
    )
    assert listed(world, "?page=2&per_page=2") == (
        ["788"],
        {"total": 3, "pages": 2, "currentPage": 2, "perPage": 2},
    )
    assert listed(world, "?page=9")[0] == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?f_status=handling", ["789"]),
        ("?f_status=handling,canceled", ["790", "789"]),
        ("?f_status=invoiced", ["788"]),
        ("?q=789", ["789"]),
        ("?q=1172452900788-01", ["788"]),
        ("?q=nobody", []),
        ("?orderBy=creationDate,asc", ["788", "789", "790"]),
        ("?orderBy=totalValue,desc", ["789", "790", "788"]),
        ("?orderBy=orderId", ["790", "789", "788"]),
        ("?orderBy=status,asc", ["790", "789", "788"]),
    ],
)
def test_the_list_is_filtered_and_ordered(world, query, found):
    """By status, by a part of the id, by the documented fields."""
    Shop(world, value=100).output("1")
    Shop(world, value=300)
    Shop(world, value=200).cancel()
    assert listed(world, query)[0] == found


@pytest.mark.parametrize(
    "query",
    [
        "?page=0",
        "?page=-1",
        "?page=x",
        "?page=" + "9" * 50,
        "?per_page=0",
        "?per_page=101",
        "?per_page=1.5",
        "?f_status=lost",
        "?orderBy=__class__",
        "?orderBy=creationDate,sideways",
    ],
)
def test_a_list_that_cannot_be_is_refused(world, query):
    """400 in the envelope, saying which argument."""
    answer = world.merchant.send("GET", f"{ORDERS}{query}")
    assert code(answer) == (400, "Mock.MalformedRequest")


def test_the_list_says_how_much_there_is(world):
    """Count, sum, mean, extremes and deviation of value and lines over all pages."""
    Shop(world, value=100)
    Shop(world, value=300)
    stats = world.merchant.read(f"{ORDERS}?per_page=1")["stats"]["stats"]
    value = stats["totalValue"]
    assert (value["Count"], value["Sum"], value["Mean"], value["Min"], value["Max"]) == (2, 400, 200, 100, 300)
    assert value["SumOfSquares"] == 100_000
    assert round(value["StdDev"], 2) == 141.42
    assert stats["totalItems"]["Sum"] == 2
    assert value["Facets"]["origin"]["Marketplace"]["Count"] == 2
    assert value["Facets"]["origin"]["Fulfillment"]["Count"] == 0


def test_an_empty_list_is_a_list(world):
    """No orders, no pages, figures of nothing."""
    told = world.merchant.read(ORDERS)
    assert (told["list"], told["paging"]["pages"]) == ([], 0)
    assert told["stats"]["stats"]["totalValue"]["Mean"] == 0


# --- Handling and cancels -------------------------------------------------------------------------------------


def test_handling_starts_once(world):
    """204 without a body; the second time OMS003 with the documented words."""
    shop = Shop(world, status="ready-for-handling")
    first = shop.send("POST", shop.path("/start-handling"))
    assert (first.status_code, first.data, shop.show()["status"]) == (204, b"", "handling")
    second = shop.send("POST", shop.path("/start-handling"))
    assert second.status_code == 409
    assert second.json["error"] == {
        "code": "OMS003",
        "message": "Order status should be ready-for-handling to perform this action",
        "exception": None,
    }


@pytest.mark.parametrize("body", [None, {}, {"reason": "stock"}, {"reason": "stock", "requestedByUser": True}])
def test_a_cancel_needs_no_body(world, body):
    """Reason (schema) and requester (guide) are optional; the order says what it was told."""
    shop = Shop(world)
    answer = shop.send("POST", shop.path("/cancel"), body)
    assert (answer.status_code, shop.heard()) == (200, "cancel A 100")
    told = shop.show()
    assert told["status"] == "canceled"
    assert told["cancelReason"] == (body or {}).get("reason", "")
    by_user = (body or {}).get("requestedByUser", False)
    assert (told["cancellationData"]["RequestedByUser"], told["cancellationData"]["RequestedBySystem"]) == (
        by_user,
        not by_user,
    )


def test_a_cancel_that_the_provider_refuses_still_ends(world):
    """E4 f: the order is canceled, the payment may remain authorized, and the books say so."""
    shop = Shop(world)
    shop.perform("cancel (A manually)")
    assert shop.state() == ["canceled 100/0", "0 0 0", "no"]


def test_a_cancel_is_tried_for_a_day(world):
    """E4 f: the order waits in `cancel` while the connector answers 500, then it ends."""
    shop = Shop(world)
    world.connectors["A"].always = "fails 500"
    shop.cancel()
    assert shop.show()["status"] == "cancel"
    assert code(shop.cancel()) == (400, "CHK0202")
    world.merchant.advance(86_400)
    assert shop.show()["status"] == "canceled"


def test_a_canceled_order_is_not_canceled_again(world):
    """400 with the documented words."""
    shop = Shop(world)
    shop.cancel()
    answer = shop.cancel()
    assert answer.status_code == 400
    assert answer.json["error"]["message"] == f"Order {shop.id} cannot be cancelled in status canceled"


def test_a_pending_order_is_canceled_at_once(world):
    """Before the approval: the connector is told to forget the payment."""
    world.connectors["A"].script.append("waits")
    shop = Shop(world)
    assert shop.cancel().status_code == 200
    assert shop.heard() == "cancel A 100"


def two_steps(world):
    """A shop of an account whose cancels ask the seller first."""
    shop = Shop(world)
    shop.send("PUT", "/_mock/quirks", {"cancel-in-two-steps": True})
    assert shop.cancel().status_code == 200
    return shop


def deny(shop, request_id, **fields):
    """Refuse a cancellation."""
    path = f"/api/orders/pvt/document/{shop.id}/deny-cancellation-request"
    return shop.send("POST", path, {"cancellationRequestId": request_id, "denyReason": "shipped"} | fields)


def test_a_cancellation_in_two_steps(world):
    """S5: the first call asks, the second cancels; nothing is sent before."""
    shop = two_steps(world)
    told = shop.show()
    assert (told["status"], told["cancellationData"], shop.heard()) == ("cancellation-requested", None, "-")
    request = told["cancellationRequests"][0]
    assert (request["reason"], request["deniedBySeller"]) == ("stock", False)
    assert shop.cancel().status_code == 200
    assert (shop.show()["status"], shop.heard()) == ("canceled", "cancel A 100")


def test_a_denied_cancellation_leads_back(world):
    """200 without a body; the request keeps the reason; denied twice it is unknown."""
    shop = two_steps(world)
    request = shop.show()["cancellationRequests"][0]["id"]
    answer = deny(shop, request)
    assert (answer.status_code, answer.data) == (200, b"")
    told = shop.show()
    assert told["status"] == "handling"
    assert told["cancellationRequests"][0]["deniedBySeller"] is True
    assert told["cancellationRequests"][0]["deniedBySellerReason"] == "shipped"
    assert code(deny(shop, request)) == (400, "Mock.CancellationRequestNotFound")


def test_each_cancellation_request_is_answered_once(world):
    """After a denial the next request has another id; the old one is answered already."""
    shop = two_steps(world)
    first = shop.show()["cancellationRequests"][0]["id"]
    deny(shop, first)
    shop.cancel()
    assert code(deny(shop, first)) == (400, "Mock.CancellationRequestNotFound")
    assert shop.show()["status"] == "cancellation-requested"
    second = shop.show()["cancellationRequests"][1]["id"]
    assert deny(shop, second).status_code == 200


def test_an_order_whose_payment_is_gone_is_canceled_at_once(world):
    """The merchant has cancelled everything by the API: the end of the payment ends the order."""
    shop = Shop(world)
    path = f"/api/pvt/transactions/{shop.transaction_id}/cancellation-request"
    shop.send("POST", path, {"value": 10_000})
    shop.heard()
    assert shop.show()["status"] == "canceled"
    assert (shop.cancel().status_code, shop.heard(), shop.show()["status"]) == (400, "-", "canceled")


def test_an_unknown_cancellation_request_cannot_be_denied(world):
    """Documented: 400; so is an order that nobody wants to cancel."""
    assert code(deny(two_steps(world), "nothing")) == (400, "Mock.CancellationRequestNotFound")
    assert code(deny(Shop(world), "nothing")) == (400, "Mock.CancellationRequestNotFound")


def test_an_invoice_goes_on_with_an_order_that_was_to_be_canceled(world):
    """Documented: sending the invoice instead continues the order."""
    shop = two_steps(world)
    assert shop.output("100").status_code == 200
    assert shop.show()["status"] == "invoiced"


@pytest.mark.parametrize(
    ("method", "end"),
    [
        ("POST", "/start-handling"),
        ("POST", "/invoice"),
        ("POST", "/cancel"),
        ("GET", "/payment-transaction"),
        ("POST", "/payments/nothing/payment-notification"),
    ],
)
def test_operations_of_an_unknown_order_are_not_found(world, method, end):
    """404 with the documented code."""
    body = {
        "type": "Output",
        "issuanceDate": "2024-01-31",
        "invoiceNumber": "N1",
        "invoiceValue": "1",
        "items": [],
    }
    answer = world.merchant.send(method, f"{ORDERS}/nobody-01{end}", body if method == "POST" else None)
    assert code(answer) == (404, "CHK0201")


def test_accounts_do_not_see_each_other(world):
    """The same order id in two accounts is two orders."""
    shop = Shop(world)
    pair = world.merchant.send("POST", "/_mock/accounts", {"account": "other"}).json
    headers = {"X-VTEX-API-AppKey": pair["appKey"], "X-VTEX-API-AppToken": pair["appToken"]}
    answer = world.app.test_client().get(f"{ORDERS}/{shop.id}", headers=headers)
    assert answer.status_code == 404


def test_an_order_leaves_its_window_to_cancel_by_itself(world):
    """Documented: after half an hour it is ready for handling."""
    made = world.merchant.send("POST", "/_mock/orders", {"value": 10_000, "status": "window-to-cancel"}).json
    path = f"/api/oms/pvt/orders/{made['orderId']}"
    assert world.merchant.send("GET", path).json["status"] == "window-to-cancel"
    assert world.merchant.advance(30 * 60 - 1) == []
    assert world.merchant.advance(1) == ["release"]
    assert world.merchant.send("GET", path).json["status"] == "ready-for-handling"


def test_an_order_cancelled_in_its_window_stays_canceled(world):
    """The job finds nothing to do."""
    made = world.merchant.send("POST", "/_mock/orders", {"value": 10_000, "status": "window-to-cancel"}).json
    path = f"/api/oms/pvt/orders/{made['orderId']}"
    assert world.merchant.send("POST", f"{path}/cancel", {"reason": "changed my mind"}).status_code == 200
    assert world.merchant.advance(30 * 60) == ["release"]
    assert world.merchant.send("GET", path).json["status"] == "canceled"
