"""Changes, increments, invoices one by one, asynchronous payments: what an outsider tries beside the story."""

from contextlib import closing

import pytest
import requests

from tests.e2e.test_interfaces_stage import (
    ASYNC_APPROVED,
    ASYNC_DENIED,
    MODES,
    SECONDS_MAX,
    does,
    served_connector,
)

# --- Increments --------------------------------------------------------------------------------------------------


def test_e3_the_increment_is_a_second_payment(account):
    """100 + 20: a second authorization of 20; 50, then 70, then a return of 15 by each mode's way."""
    told = {
        "total": (["settle 20.00", "settle 100.00"], [], ["refund 15.00"]),
        "hold": ([], ["settle 20.00", "settle 100.00"], ["refund 15.00"]),
        "partial": (["settle 20.00", "settle 30.00"], ["settle 70.00"], ["refund 15.00"]),
    }
    for mode in MODES:
        account.ppp(mode)
        made = account.order()
        assert account.change(made, "1", increment=2000).status_code == 200
        assert account.ledger(made)["value"] == 12_000
        calls = ["authorize 100.00", "authorize 20.00"]
        assert account.received(made) == calls
        for number, (kind, value) in enumerate((("Output", 5000), ("Output", 7000), ("Input", 1500))):
            assert account.invoice(made, kind, str(number), value).status_code == 200
            got = account.received(made)[len(calls) :]
            assert sorted(got) == sorted(told[mode][number]), (mode, number)
            calls += got
        assert account.status(made) == "invoiced"
        assert account.transaction(made) == "Finished"
        last = account.exchanges(made)[-1]
        assert last["paymentId"] == account.ledger(made)["payments"][1]["id"]


@pytest.mark.parametrize("mode", MODES)
def test_e3_an_increment_that_is_taken_back_is_freed(account, mode):
    """100 + 20 - 20: the lowest payment takes the cancel (S5), so its reservation is freed; 100 is captured."""
    account.ppp(mode)
    made = account.order()
    account.change(made, "1", increment=2000)
    account.change(made, "2", discount=2000)
    assert account.invoice(made, "Output", "1", 10_000).status_code == 200
    assert sorted(account.received(made)[2:]) == ["cancel 20.00", "settle 100.00"]
    assert account.transaction(made) == "Finished"


def test_e3_a_denied_increment_leaves_the_order_as_it_was(account):
    """The change does not happen; the value stays 100; the first payment is not touched."""
    account.ppp("partial")
    made = account.order()
    with closing(served_connector("--app-key", "none", "--app-token", "none")) as closed:
        account.connect("Mine", kind="ppp", url=closed.url, mode="partial")
        answer = account.change(made, "1", increment=2000)
    account.ppp("partial")
    assert answer.status_code >= 400, answer.text
    order = account.good("GET", f"/api/oms/pvt/orders/{made['orderId']}")
    assert (order["value"], order["status"]) == (10_000, "handling")
    assert account.ledger(made)["order"]["value"] == 10_000
    assert account.invoice(made, "Output", "1", 10_000).status_code == 200
    assert account.status(made) == "invoiced"


# --- Behind the order's back -------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_money_settled_by_the_api_cannot_be_taken_off_by_a_change(account, mode):
    """CHK0096 (documented: "settlement directly done by API"); nothing changes."""
    account.ppp(mode)
    made = account.order()
    account.ask(made, "settle", 10_000)
    refused = account.change(made, "1", discount=1000)
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "CHK0096"
    assert account.ledger(made)["order"]["value"] == 10_000


@pytest.mark.parametrize("mode", MODES)
def test_money_settled_by_the_api_is_refunded_by_a_cancel(account, mode):
    """As in E4c: the order ends canceled, the shopper has all back; a Finished transaction stays Finished."""
    account.ppp(mode)
    made = account.order()
    account.ask(made, "settle", 10_000)
    assert does(account, made, "cancel", 1).status_code == 200
    assert account.received(made)[1:] == ["settle 100.00", "refund 100.00"]
    assert (account.status(made), account.transaction(made)) == ("canceled", "Finished")


def test_an_order_whose_transaction_is_cancelled_takes_no_invoice(account):
    """There is nothing to settle any more: a clear refusal, and no package."""
    account.ppp("partial")
    made = account.order()
    account.ask(made, "cancel", 10_000)
    assert account.invoice(made, "Output", "1", 1000).status_code in (400, 409)
    assert account.ledger(made)["order"]["invoiced"] == 0


# --- Order details -----------------------------------------------------------------------------------------------


def test_input_before_full_invoicing_refunds_nothing_and_says_so(account):
    """200 (documented: no refund happens); the order tells it."""
    account.ppp("partial")
    made = account.order()
    does(account, made, "Output 60", 1)
    answer = does(account, made, "Input 20", 2)
    assert answer.status_code == 200
    assert account.ledger(made)["requested"]["refunded"] == 0
    order = account.call("GET", f"/api/oms/pvt/orders/{made['orderId']}").text
    interactions = account.call("GET", f"/api/pvt/transactions/{made['transactionId']}/interactions").text
    ledger = account.call("GET", f"/_mock/transactions/{made['transactionId']}/ledger").text
    assert any("not refunded" in text.lower() for text in (answer.text, order, interactions, ledger))


def test_an_invoice_number_is_an_idempotency_key(account):
    """The same number again: a new receipt, no second settlement, no data changed; also with another value."""
    account.ppp("partial")
    made = account.order()
    first = account.invoice(made, "Output", "NF-1", 4000)
    again = account.invoice(made, "Output", "NF-1", 4000)
    other = account.invoice(made, "Output", "NF-1", 5000)
    assert [each.status_code for each in (first, again, other)] == [200, 200, 200]
    assert len({each.json()["receipt"] for each in (first, again)}) == 2
    assert account.received(made)[1:] == ["settle 40.00"]
    assert account.ledger(made)["order"]["invoiced"] == 4000
    assert account.invoice(made, "Input", "NF-1", 1000).status_code == 400


def test_a_request_id_is_an_idempotency_key(account):
    """Only the first change with it takes effect."""
    account.ppp("partial")
    made = account.order()
    for _ in range(3):
        assert account.change(made, "same", discount=1000).status_code == 200
    assert account.received(made)[1:] == ["cancel 10.00"]
    assert account.ledger(made)["order"]["value"] == 9000


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("invoiceValue", "4000", 200),
        ("invoiceValue", "40.00", 400),
        ("invoiceValue", 40.5, 400),
        ("invoiceValue", 0, 400),
        ("invoiceValue", -1, 400),
        ("invoiceValue", None, 400),
        ("invoiceValue", 10_001, 400),
        ("invoiceValue", "1e400000", 400),
        ("type", "output", 200),
        ("type", "Other", 400),
        ("invoiceNumber", "", 400),
        ("issuanceDate", "yesterday", 400),
        ("items", [{"id": "1", "price": 100, "quantity": -1}], 400),
    ],
)
def test_an_invoice_is_checked(account, field, value, status):
    """A clear 400 and nothing changes; strings of cents and other case are fine."""
    made = account.order()
    body = {
        "type": "Output",
        "issuanceDate": "2026-01-02T10:00:00Z",
        "invoiceNumber": "1",
        "invoiceValue": 4000,
        "items": [],
    }
    path = f"/api/oms/pvt/orders/{made['orderId']}/invoice"
    answer = account.call("POST", path, body | {field: value})
    assert answer.status_code == status, answer.text
    assert account.ledger(made)["order"]["invoiced"] == (4000 if status == 200 else 0)


def test_tracking_moves_no_money(account):
    """Update an invoice, then its tracking; an unknown number is 404."""
    account.ppp("partial")
    made = account.order()
    does(account, made, "Output 40", 1)
    path = f"/api/oms/pvt/orders/{made['orderId']}/invoice"
    parcel = {
        "trackingNumber": "T1",
        "trackingUrl": "https://t.example.com/1",
        "dispatchedDate": None,
        "courier": "C",
    }
    assert account.good("PATCH", f"{path}/1", parcel)["receipt"]
    event = {"city": "Rio", "state": "RJ", "description": "Left", "date": "2026-01-03"}
    seen = {"isDelivered": True, "deliveredDate": "2026-01-04 10:00", "events": [event]}
    assert account.good("PUT", f"{path}/1/tracking", seen)["receipt"]
    assert account.refused("PATCH", f"{path}/9", parcel, 404)["message"] == "Invoice Not Found"
    order = account.good("GET", f"/api/oms/pvt/orders/{made['orderId']}")
    (package,) = order["packageAttachment"]["packages"]
    assert package["trackingNumber"] == "T1"
    assert package["courierStatus"]["finished"] is True
    assert account.received(made)[1:] == ["settle 40.00"]


def test_a_cancellation_can_be_asked_for_and_denied(account):
    """In two steps, as in the Admin: the denied one goes back to handling."""
    account.good("PUT", "/_mock/quirks", {"cancel-in-two-steps": True})
    made = account.order()
    assert does(account, made, "cancel", 1).status_code == 200
    order = account.good("GET", f"/api/oms/pvt/orders/{made['orderId']}")
    assert order["status"] == "cancellation-requested"
    (asked,) = order["cancellationRequests"]
    path = f"/api/orders/pvt/document/{made['orderId']}/deny-cancellation-request"
    body = {"cancellationRequestId": asked["id"], "denyReason": "Already packed"}
    assert account.call("POST", path, {**body, "cancellationRequestId": "x"}).status_code == 400
    denied = account.call("POST", path, body)
    assert (denied.status_code, denied.content) == (200, b"")
    assert account.status(made) == "handling"
    assert account.call("POST", path, body).status_code == 400


def test_start_handling(account):
    """204 from ready-for-handling, OMS003 and 409 from elsewhere, 404 for an unknown order."""
    made = account.order(status="ready-for-handling")
    path = f"/api/oms/pvt/orders/{made['orderId']}/start-handling"
    first = account.call("POST", path)
    assert (first.status_code, first.content) == (204, b"")
    assert account.status(made) == "handling"
    assert account.refused("POST", path, status=409)["code"] == "OMS003"
    account.refused("POST", "/api/oms/pvt/orders/1-01/start-handling", status=404)


# --- Changes of version 2 ----------------------------------------------------------------------------------------


def test_changes_of_version_2_from_preview_to_summary(account):
    """Preview tells what create does and does nothing; list, detail and summary agree; done is not retried."""
    account.ppp("partial")
    made = account.order(items=[{"id": "A", "price": 5000, "quantity": 2}])
    path = f"/api/order-system/orders/{made['orderId']}/changes"
    body = {"reason": "One less", "remove": {"items": [{"id": "A", "quantity": 1}]}, "manualDiscountValue": 500}
    preview = account.good("POST", f"{path}/preview", body)
    assert preview["totalChangeValue"] == -5500
    assert account.received(made) == ["authorize 100.00"]
    changed = account.good("PATCH", path, body, 202)
    assert changed["requestId"]
    detail = account.good("GET", f"{path}/{changed['requestId']}")
    assert detail["status"] == "done"
    assert detail["totalChangeValue"] == -5500
    assert detail["totals"] == preview["totals"]
    assert account.received(made)[1:] == ["cancel 55.00"]
    order = account.good("GET", f"/api/oms/pvt/orders/{made['orderId']}")
    assert order["value"] == 4500
    listed = account.good("GET", path)
    assert [each["requestId"] for each in listed["requests"]] == [changed["requestId"]]
    summary = account.good("GET", f"/api/orders/pvt/document/{made['orderId']}/change-summary")
    assert summary["totalChangesValueAggregated"] == -5500
    assert summary["manualDiscountValueAggregated"] == 500
    assert (
        account.refused("POST", f"{path}/{changed['requestId']}/retry", body, 409)["code"] == "SalesOrderSystem016"
    )
    assert account.call("POST", f"{path}/{changed['requestId']}/cancel", {"reason": "x"}).status_code in (400, 409)
    account.refused("GET", f"{path}/unknown", status=404)
    mixed = account.change(made, "v1", discount=100)
    assert mixed.status_code in (400, 409)


def test_change_settings_are_kept(account):
    """What was put is got."""
    path = "/api/order-system/orders/changes/settings"
    account.good("GET", path)
    wanted = {"paymentConfiguration": {"customPaymentSystemsAllowed": ["201"]}}
    assert account.call("PUT", path, wanted).status_code == 200
    found = account.good("GET", path)
    assert [str(each) for each in found["paymentConfiguration"]["customPaymentSystemsAllowed"]] == ["201"]


# --- Asynchronous payments ---------------------------------------------------------------------------------------

ASYNCHRONOUS = {
    "Pix": ({"paymentSystem": 125}, "approved"),
    "BankInvoice": ({"paymentSystem": 6}, "approved"),
    "async approved": ({"paymentSystem": 2, "card": ASYNC_APPROVED}, "approved"),
    "async denied": ({"paymentSystem": 2, "card": ASYNC_DENIED}, "denied"),
}


@pytest.mark.parametrize("name", ASYNCHRONOUS)
def test_an_undefined_payment_is_ended_by_its_callback(account, name):
    """payment-pending and no money until the connector calls back; then approved or cancelled."""
    payment, outcome = ASYNCHRONOUS[name]
    account.ppp("partial")
    made = account.order(payments=[{**payment, "value": 10_000, "connector": "Mine"}])
    assert account.status(made) == "payment-pending"
    assert account.transaction(made) == "Authorizing"
    (first,) = made["payments"]
    path = f"{account.connector_url}/_reference/payments/{first['id']}/resolve"
    told = requests.post(path, json={}, timeout=SECONDS_MAX).json()
    assert (told["status"], told["callback"]["answered"]) == (outcome, 200), told
    if outcome == "approved":
        assert account.transaction(made) == "Approved"
        assert account.status(made) in ("payment-approved", "ready-for-handling", "handling")
        assert account.ledger(made)["payments"][0]["authorized"] == 10_000
    else:
        assert account.transaction(made) == "Cancelled"
        assert account.status(made) == "canceled"


def test_an_unsigned_callback_is_403_and_changes_nothing(account):
    """The signature of the callback URL is asked for."""
    account.ppp("partial")
    made = account.order(payments=[{"paymentSystem": 125, "value": 10_000, "connector": "Mine"}])
    url = account.exchanges(made)[0]["request"]["callbackUrl"]
    body = {"paymentId": made["payments"][0]["id"], "status": "approved"}
    for wrong in (url.partition("?")[0], url[:-1]):
        assert requests.post(wrong, json=body, timeout=SECONDS_MAX).status_code == 403, wrong
    assert account.status(made) == "payment-pending"


def test_a_payment_notification_approves_a_pending_payment(account):
    """Of Orders, for a bank invoice."""
    account.ppp("partial")
    made = account.order(payments=[{"paymentSystem": 6, "value": 10_000, "connector": "Mine"}])
    path = f"/api/oms/pvt/orders/{made['orderId']}/payments/{made['payments'][0]['id']}/payment-notification"
    assert account.call("POST", path).status_code == 200
    assert account.transaction(made) == "Approved"
    account.refused(
        "POST", f"/api/oms/pvt/orders/{made['orderId']}/payments/{'0' * 32}/payment-notification", status=404
    )


def test_increments_need_a_fitting_method(account):
    """A Pix order cannot be raised: CHK00342 in version 2, its words in version 1."""
    account.ppp("partial")
    made = account.order(payments=[{"paymentSystem": 125, "value": 10_000, "connector": "Mine"}])
    requests.post(
        f"{account.connector_url}/_reference/payments/{made['payments'][0]['id']}/resolve",
        json={},
        timeout=SECONDS_MAX,
    )
    assert account.status(made) == "handling"
    assert account.change(made, "1", increment=2000).status_code == 400
    assert account.received(made) == ["authorize 100.00"]
    assert account.ledger(made)["order"]["value"] == 10_000
