"""Invoices over HTTP: what they must look like, what a repeat does, parcels, a gateway that refuses."""

import pytest

from tests.gateway.orders_shop import DOCUMENTS, TWO_LINES, Shop, invoice


def send(shop, body):
    """Send an invoice as it is."""
    return shop.send("POST", shop.path("/invoice"), body)


def package(shop, number=0):
    """A parcel of the order."""
    return shop.show()["packageAttachment"]["packages"][number]


def code(answer):
    """Status and code of a refusal."""
    return answer.status_code, answer.json["error"]["code"]


@pytest.mark.parametrize("value", ["4000", 4000])
def test_the_value_is_text_or_a_number(world, value):
    """C4: the schema has text, official apps send a number; the order shows a number."""
    shop = Shop(world)
    assert send(shop, invoice("N1", value)).status_code == 200
    assert package(shop)["invoiceValue"] == 4000


@pytest.mark.parametrize("kind", ["Output", "output", "OUTPUT"])
def test_the_type_is_taken_in_any_case(world, kind):
    """Older documents write it in lower case; the order shows the current spelling."""
    shop = Shop(world)
    assert send(shop, invoice("N1", 4000, kind)).status_code == 200
    assert package(shop)["type"] == "Output"


@pytest.mark.parametrize(
    "fields",
    [
        {"invoiceValue": "40.00"},
        {"invoiceValue": 40.5},
        {"invoiceValue": "0"},
        {"invoiceValue": 0},
        {"invoiceValue": -1},
        {"invoiceValue": "-1"},
        {"invoiceValue": ""},
        {"invoiceValue": "1e3"},
        {"invoiceValue": "١٢٣"},
        {"invoiceValue": "9" * 16},
        {"invoiceValue": 10**15},
        {"invoiceValue": None},
        {"invoiceValue": True},
        {"type": "Sale"},
        {"type": None},
        {"invoiceNumber": None},
        {"invoiceNumber": ""},
        {"invoiceNumber": " N1"},
        {"invoiceNumber": "N1 "},
        {"invoiceNumber": "N/1"},
        {"invoiceNumber": "N#1"},
        {"invoiceNumber": "N\u0000"},
        {"invoiceNumber": "N" * 101},
        {"invoiceNumber": 7},
        {"issuanceDate": "yesterday"},
        {"issuanceDate": None},
        {"items": None},
        {"items": [{"id": "1", "price": 100, "quantity": 0}]},
        {"items": [{"id": "1", "price": 100, "quantity": -1}]},
        {"items": [{"id": "1", "price": -1, "quantity": 1}]},
        {"items": [{"id": "1", "price": 1.5, "quantity": 1}]},
        {"items": [{"id": "", "price": 1, "quantity": 1}]},
        {"items": [{"id": "1", "price": 1, "quantity": 10**9}]},
        {"items": [{"price": 1, "quantity": 1}]},
        {"items": "1"},
        {"courier": 5},
    ],
)
def test_what_is_no_invoice_is_refused(world, fields):
    """A clear 400, and nothing has changed."""
    shop = Shop(world)
    answer = send(shop, invoice("N1", "4000") | fields)
    assert answer.status_code == 400
    assert answer.json["error"]["code"] in {"Mock.InvoiceInvalid", "Mock.MalformedRequest"}
    assert (shop.heard(), shop.state()) == ("-", ["handling 100/0", "0 0 0", "yes"])


@pytest.mark.parametrize("field", ["type", "issuanceDate", "invoiceNumber", "invoiceValue", "items"])
def test_required_fields_are_required(world, field):
    """Each of the documented ones."""
    shop = Shop(world)
    body = {name: value for name, value in invoice("N1", "4000").items() if name != field}
    answer = send(shop, body)
    assert code(answer) == (400, "Mock.MalformedRequest")
    assert field in answer.json["error"]["message"]


@pytest.mark.parametrize(
    "date",
    ["2024-01-31T18:25:43-05:00", "2024-02-07T15:22:56.7612218-02:00", "2024-01-31T18:25:43Z", "2024-01-31"],
)
def test_the_merchants_date_is_kept_as_it_came(world, date):
    """It may differ from the order's own dates (documented)."""
    shop = Shop(world)
    assert send(shop, invoice("N1", "4000", issuanceDate=date)).status_code == 200
    assert package(shop)["issuanceDate"] == date


def test_the_second_path_takes_invoices_too(world):
    """Known issue 1348894 shows it: the same body, the same effect."""
    shop = Shop(world, "partial")
    answer = shop.send("POST", f"{DOCUMENTS}/{shop.id}/invoices", invoice("N1", "4000"))
    assert answer.status_code == 200
    assert shop.heard() == "settle A 40"


def test_the_same_number_again_is_only_a_new_receipt(world):
    """C3: no second settlement, no other value, another receipt."""
    shop = Shop(world, "partial")
    first = send(shop, invoice("N1", "4000"))
    again = send(shop, invoice("N1", "5000"))
    assert (again.status_code, shop.heard()) == (200, "settle A 40")
    assert again.json["receipt"] != first.json["receipt"]
    assert shop.state() == ["payment-approved 100/40", "40 0 0", "yes"]
    message = "Invoice N1 again: Only the receipt is new; the value differs and was not taken."
    assert shop.show()["lastMessage"] == message


def test_a_return_needs_a_number_of_its_own(world):
    """Documented: the number of a return differs from the sale's."""
    shop = Shop(world)
    send(shop, invoice("N1", "10000"))
    assert code(send(shop, invoice("N1", "100", "Input"))) == (400, "Mock.InvoiceNumberUsed")


def test_a_number_may_be_used_once_where_the_quirk_is_on(world):
    """`invoice-number-once`: the old reading refuses the repeat."""
    shop = Shop(world)
    shop.send("PUT", "/_mock/quirks", {"invoice-number-once": True})
    send(shop, invoice("N1", "4000"))
    assert code(send(shop, invoice("N1", "4000"))) == (400, "Mock.InvoiceNumberUsed")


def test_more_than_the_order_is_refused(world):
    """C5: known issue 930491 rejects it, and returns do not count against sales."""
    shop = Shop(world)
    assert code(shop.output("100.01")) == (400, "Mock.InvoiceExceeds")
    shop.output("60")
    assert code(shop.input("60.01")) == (400, "Mock.ReturnExceeds")
    assert shop.input("20").status_code == 200
    assert code(shop.output("40.01")) == (400, "Mock.InvoiceExceeds")
    assert shop.output("40").status_code == 200


def test_a_return_before_the_last_sale_refunds_nothing(world):
    """Documented; it is kept, told, shown with a refund of 0, and stays in the difference."""
    shop = Shop(world, "partial")
    shop.output("60")
    assert shop.input("20").status_code == 200
    assert shop.heard() == "settle A 60"
    shown = shop.show()
    expected = "Return N2 came before the whole order was invoiced: 20.00 not refunded."
    assert shown["lastMessage"] == expected
    assert package(shop, 1)["restitutions"]["Refund"]["value"] == 0


def test_a_return_shows_what_it_gave_back(world):
    """`restitutions` stands on returns only."""
    shop = Shop(world)
    shop.output("100")
    line = {"id": "1", "price": 2500, "quantity": 1, "description": "too big"}
    assert send(shop, invoice("N9", "2500", "Input", items=[line])).status_code == 200
    assert "restitutions" not in package(shop, 0)
    assert package(shop, 1)["restitutions"] == {
        "Refund": {
            "value": 2500,
            "giftCardData": None,
            "items": [
                {
                    "useFreight": None,
                    "isCompensation": False,
                    "compensationValue": 0,
                    "id": "1",
                    "quantity": 1,
                    "price": 2500,
                    "description": "too big",
                }
            ],
        }
    }


def test_parcels_point_at_the_orders_lines(world):
    """`itemIndex` is the line of the article; an article that the order lacks has -1 and is mentioned."""
    shop = Shop(world, **TWO_LINES)
    lines = [{"id": each, "price": 100, "quantity": 1} for each in ("B", "A", "Z")]
    send(shop, invoice("N1", "300", items=lines))
    assert [each["itemIndex"] for each in package(shop)["items"]] == [1, 0, -1]
    assert shop.show()["lastMessage"] == "Invoice N1 names articles that the order does not have: Z."


def test_a_parcel_points_at_the_first_of_equal_lines(world):
    """One article on two lines: the first one."""
    line = {"id": "A", "price": 5000, "quantity": 1}
    shop = Shop(world, items=[line, line])
    send(shop, invoice("N1", "5000", items=[line]))
    assert [each["itemIndex"] for each in package(shop)["items"]] == [0]


def test_the_last_sale_completes_the_order(world):
    """Status, dates and flags of a fully invoiced order; the authorization date stays (S13)."""
    shop = Shop(world)
    world.merchant.advance(60)
    shop.output("40")
    partly = shop.show()
    assert (partly["status"], partly["invoicedDate"]) == ("payment-approved", None)
    assert (partly["allowCancellation"], partly["allowEdition"]) == (False, True)
    shop.output("60")
    whole = shop.show()
    assert (whole["status"], whole["isCompleted"]) == ("invoiced", True)
    assert whole["invoicedDate"] == "2026-01-01T00:01:00.0000000+00:00"
    assert whole["authorizedDate"] == "2026-01-01T00:00:00.0000000+00:00"
    assert (whole["allowCancellation"], whole["allowEdition"]) == (False, False)


# --- A gateway that does not settle ---------------------------------------------------------------------------


def test_an_invoice_that_the_gateway_refuses_is_kept(world):
    """S7: the merchant has cancelled 70.00 by the API; the order waits in `invoice`, in error, and says why."""
    shop = Shop(world, "partial")
    cancel = f"/api/pvt/transactions/{shop.transaction_id}/cancellation-request"
    assert shop.send("POST", cancel, {"value": 7000}).status_code == 200
    assert shop.heard() == "cancel A 70"
    answer = shop.output("40")
    assert answer.status_code == 200
    shown = shop.show()
    assert (shown["status"], shown["workflowIsInError"], shop.heard()) == ("invoice", True, "-")
    assert shown["packageAttachment"]["packages"][0]["invoiceValue"] == 4000
    assert shown["lastMessage"].startswith("Invoice N1: Settlement requested value (40.00) should be less than")


def test_an_order_waits_for_a_settlement_that_fails(world):
    """Verifying: the connector answers 500, the order stays in `invoice` until the retry confirms."""
    shop = Shop(world, "partial")
    assert shop.perform("output 40 (A fails 500)").status_code == 200
    assert shop.show()["status"] == "invoice"
    assert shop.merchant.advance(3600) == ["send"]
    assert shop.show()["status"] == "payment-approved"
    assert shop.heard() == "settle A 40, settle A 40"


@pytest.mark.parametrize("mode", ["total", "partial"])
@pytest.mark.parametrize("value", ["40", "100"])
def test_an_order_is_not_invoiced_without_its_money(world, mode, value):
    """Known issue 376646: the settlement fails for a day, its payment is cancelled; the order says it is stuck."""
    shop = Shop(world, mode)
    world.connectors["A"].script[:] = ["fails 500"] * 25
    assert shop.output(value).status_code == 200
    shop.merchant.advance(86_400)
    shown = shop.show()
    assert (shown["status"], shown["workflowIsInError"], shown["invoicedDate"]) == ("invoice", True, None)
    assert sum(each["captured"] for each in shop.ledger()["payments"]) == 0


def test_a_settlement_lost_on_the_way_is_settled_once(world):
    """The reply never came; the repeat carries the same requestId."""
    shop = Shop(world, "partial")
    shop.perform("output 40 (A drops did)")
    shop.merchant.advance(3600)
    first, second = (each.body["requestId"] for each in world.heard)
    assert first == second
    assert shop.state() == ["payment-approved 100/40", "40 0 0", "yes"]


def test_money_that_was_settled_ahead_is_not_asked_for_again(world):
    """The merchant settled 40.00 by the API: the invoice of 40.00 needs nothing more, and the order goes on."""
    shop = Shop(world, "partial")
    shop.settle("40")
    shop.heard()
    assert shop.output("40").status_code == 200
    assert (shop.heard(), shop.state()) == ("-", ["payment-approved 100/40", "40 0 0", "yes"])


def test_a_return_that_the_gateway_refuses_is_refused(world):
    """The merchant gave 95.00 back by the API: a return of 20.00 finds 5.00, and no parcel is kept."""
    shop = Shop(world)
    shop.output("100")
    refund = f"/api/pvt/transactions/{shop.transaction_id}/refunding-request"
    assert shop.send("POST", refund, {"value": 9500}).status_code == 200
    shop.heard()
    assert code(shop.input("20")) == (400, "Mock.RefundExceeds")
    assert (shop.heard(), len(shop.show()["packageAttachment"]["packages"])) == ("-", 1)
    assert shop.input("5").status_code == 200


# --- Tracking -------------------------------------------------------------------------------------------------

TRACKING = {
    "trackingNumber": "87658",
    "trackingUrl": "https://carrier.example/87658",
    "dispatchedDate": "2024-02-08T13:16:13+00:00",
    "courier": "carrierOne",
}
EVENTS = [{"city": "Rio de Janeiro", "state": "RJ", "description": "On its way", "date": "2024-02-09"}]


def test_the_carrier_is_added_without_moving_money(world):
    """PATCH: the parcel has its tracking, status and money stay."""
    shop = Shop(world)
    shop.output("40")
    shop.heard()
    answer = shop.send("PATCH", shop.path("/invoice/N1"), TRACKING)
    assert (answer.status_code, set(answer.json)) == (200, {"date", "orderId", "receipt"})
    parcel = package(shop)
    assert (parcel["trackingNumber"], parcel["courier"]) == ("87658", "carrierOne")
    assert parcel["trackingUrl"] == "https://carrier.example/87658"
    assert parcel["courierStatus"] is None
    assert (shop.heard(), shop.show()["status"]) == ("-", "payment-approved")


@pytest.mark.parametrize("field", list(TRACKING))
def test_all_four_of_the_carrier_are_required(world, field):
    """Documented."""
    shop = Shop(world)
    shop.output("40")
    body = {name: value for name, value in TRACKING.items() if name != field}
    assert shop.send("PATCH", shop.path("/invoice/N1"), body).status_code == 400


def test_a_parcel_arrives(world):
    """PUT tracking: where it was seen, then delivered; the order's status stays."""
    shop = Shop(world)
    shop.output("40")
    shop.send("PATCH", shop.path("/invoice/N1"), TRACKING)
    path = shop.path("/invoice/N1/tracking")
    seen = {"isDelivered": False, "deliveredDate": None, "events": EVENTS}
    assert shop.send("PUT", path, seen).status_code == 200
    assert package(shop)["courierStatus"] == {
        "status": "in transit",
        "finished": False,
        "deliveredDate": "",
        "data": [
            {
                "lastChange": "2024-02-09",
                "city": "Rio de Janeiro",
                "state": "RJ",
                "description": "On its way",
                "createDate": "2024-02-09",
            }
        ],
    }
    arrived = {"isDelivered": True, "deliveredDate": "2024-02-10 10:00", "events": EVENTS}
    assert shop.send("PUT", path, arrived).status_code == 200
    status = package(shop)["courierStatus"]
    assert (status["status"], status["finished"], status["deliveredDate"]) == (
        "delivered",
        True,
        "2024-02-10 10:00",
    )
    assert shop.show()["status"] == "payment-approved"


def test_a_parcel_without_a_number_is_not_tracked(world):
    """Documented: only for parcels that have a tracking number already."""
    shop = Shop(world)
    shop.output("40")
    seen = {"isDelivered": False, "deliveredDate": None, "events": EVENTS}
    assert code(shop.send("PUT", shop.path("/invoice/N1/tracking"), seen)) == (400, "Mock.InvoiceInvalid")


@pytest.mark.parametrize(("method", "end"), [("PATCH", ""), ("PUT", "/tracking")])
def test_an_unknown_invoice_is_not_found(world, method, end):
    """Known issue 631970 has the words."""
    shop = Shop(world)
    body = TRACKING | {"isDelivered": False, "deliveredDate": None, "events": []}
    answer = shop.send(method, shop.path(f"/invoice/N9{end}"), body)
    assert (answer.status_code, answer.json["error"]["message"]) == (404, "Invoice Not Found")
