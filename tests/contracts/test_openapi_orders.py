"""The sandbox says what `orders.yaml` and `control.yaml` say, in stories that meet every operation."""

import pytest

from tests.contracts.openapi_sandbox import Merchant

ORDERS = "/api/oms/pvt/orders"
DOCUMENTS = "/api/orders/pvt/document"
CHANGES = "/api/order-system/orders"


@pytest.fixture
def merchant() -> Merchant:
    """The merchant of a fresh sandbox."""
    return Merchant()


def invoice(kind: str, value: object, number: str = "1", **more: object) -> dict:
    """An invoice or a return of that many cents."""
    line = {"id": "1", "price": 10_000, "quantity": 1}
    known = {"type": kind, "issuanceDate": "2024-01-31T18:25:43-05:00", "invoiceNumber": number}
    return known | {"invoiceValue": value, "items": [line]} | more


def test_an_order_from_handling_to_its_return(merchant):
    """Invoice, tracking, delivery and return; the order's document shows each."""
    order_id = merchant.order()["orderId"]
    path = f"{ORDERS}/{order_id}"
    merchant.ok("POST", f"{path}/invoice", invoice("Output", "10000"))
    carrier = {
        "trackingNumber": "T1",
        "trackingUrl": "http://track.test/T1",
        "dispatchedDate": None,
        "courier": "C",
    }
    merchant.ok("PATCH", f"{path}/invoice/1", carrier)
    event = {"city": "Rio", "state": "RJ", "description": "Arrived", "date": "2024-02-01"}
    merchant.ok(
        "PUT", f"{path}/invoice/1/tracking", {"isDelivered": True, "deliveredDate": None, "events": [event]}
    )
    merchant.ok("POST", f"{DOCUMENTS}/{order_id}/invoices", invoice("Input", 2_500, "2"))
    shown = merchant.ok("GET", path)
    assert [each["type"] for each in shown["packageAttachment"]["packages"]] == ["Output", "Input"]
    assert merchant.ok("GET", f"{path}/payment-transaction")["status"] == "Finished"
    assert merchant.ok("GET", f"{ORDERS}?f_status=invoiced&page=1&per_page=5")["paging"]["total"] == 1
    assert merchant.ok("GET", f"{DOCUMENTS}/{order_id}/change-summary")["totalChangeValueAggregated"] == 0


def test_handling_cancelling_and_paying_are_documented(merchant):
    """Start handling, cancel, deny, and the notification of a payment."""
    ready = merchant.order(status="ready-for-handling")["orderId"]
    merchant.ok("POST", f"{ORDERS}/{ready}/start-handling", status=204)
    assert merchant.refused("POST", f"{ORDERS}/{ready}/start-handling", status=409) == "OMS003"
    merchant.ok("POST", f"{ORDERS}/{ready}/cancel", {"reason": "changed my mind"})
    assert merchant.ok("GET", f"{ORDERS}/{ready}")["status"] == "canceled"
    merchant.ok("GET", f"{ORDERS}/{merchant.order()['orderId']}")
    denied = {"cancellationRequestId": "none", "denyReason": "no"}
    merchant.refused("POST", f"{DOCUMENTS}/{ready}/deny-cancellation-request", denied, status=400)
    merchant.ok("PUT", "/_mock/quirks", {"cancel-in-two-steps": True})
    handled = merchant.order()["orderId"]
    merchant.ok("POST", f"{ORDERS}/{handled}/cancel", {"reason": "late", "requestedByUser": True})
    asked = merchant.ok("GET", f"{ORDERS}/{handled}")["cancellationRequests"][0]["id"]
    denied = {"cancellationRequestId": asked, "denyReason": "packed"}
    merchant.ok("POST", f"{DOCUMENTS}/{handled}/deny-cancellation-request", denied)
    assert merchant.ok("GET", f"{ORDERS}/{handled}")["cancellationRequests"][0]["deniedBySellerReason"] == "packed"
    pending = merchant.order(payments=[{"value": 10_000, "paymentSystem": 6}])
    paid = f"{ORDERS}/{pending['orderId']}/payments/{pending['payments'][0]['id']}/payment-notification"
    merchant.ok("POST", paid)
    merchant.refused("POST", f"{ORDERS}/{pending['orderId']}/payments/none/payment-notification", status=404)


def test_changes_of_version_1_are_documented(merchant):
    """A discount, shown in the order and in its summary."""
    order_id = merchant.order()["orderId"]
    line = {"id": "1", "price": 1_000, "quantity": 1}
    change = {"requestId": "c1", "reason": "damaged", "discountValue": 1_000, "incrementValue": 0}
    merchant.ok("POST", f"{ORDERS}/{order_id}/changes", change | {"itemsRemoved": [line]})
    assert merchant.ok("GET", f"{ORDERS}/{order_id}")["changesAttachment"]
    assert merchant.ok("GET", f"{DOCUMENTS}/{order_id}/change-summary")["totalChangeValueAggregated"] == -1_000
    merchant.refused("POST", f"{ORDERS}/none/changes", change, status=404)
    merchant.refused("POST", f"{ORDERS}/{order_id}/changes", change | {"discountValue": "1"}, status=400)


def test_changes_of_version_2_are_documented(merchant):
    """Preview, make, list, show, replace, retry and drop a change; read and write the settings."""
    items = [{"id": "1", "price": 5_000, "quantity": 2}]
    order_id = merchant.order(items=items)["orderId"]
    path = f"{CHANGES}/{order_id}/changes"
    change = {"reason": "one less", "remove": {"items": [{"id": "1", "quantity": 1}]}}
    assert merchant.ok("POST", f"{path}/preview", change)["totalChangeValue"] == -5_000
    made = merchant.ok("PATCH", path, change, status=202)
    merchant.ok("POST", "/_mock/clock", {"advance": 3_600})
    assert merchant.ok("GET", f"{path}/{made['requestId']}")["finished"]
    assert merchant.ok("GET", path)["requests"]
    swap = {
        "from": {"items": [{"id": "1", "quantity": 1}]},
        "to": {"items": [{"id": "2", "quantity": 1, "price": 4_000}]},
    }
    merchant.ok("PATCH", path, {"reason": "another", "replace": [swap]}, status=202)
    dropped = merchant.ok("GET", path)
    merchant.ok("POST", "/_mock/clock", {"advance": 3_600})
    merchant.ok("GET", f"{DOCUMENTS}/{order_id}/change-summary")
    assert dropped["actions"] == []
    ended = merchant.ok("PATCH", path, {"reason": "less", "manualDiscountValue": 10}, status=202)["requestId"]
    merchant.refused("POST", f"{path}/{ended}/retry", change, status=409)
    merchant.refused("POST", f"{path}/{ended}/cancel", {"reason": "no more"}, status=409)
    settings = merchant.ok("GET", f"{CHANGES}/changes/settings")
    merchant.ok("PUT", f"{CHANGES}/changes/settings", settings)
    merchant.refused("GET", f"{path}/none", status=404)
    merchant.refused("PATCH", path, {"reason": 1}, status=400)


def test_refusals_are_documented(merchant):
    """Malformed, unauthorized and unknown: each is in the error envelope."""
    order_id = merchant.order()["orderId"]
    merchant.refused("POST", f"{ORDERS}/{order_id}/invoice", invoice("Output", "1.000,00"), status=400)
    merchant.refused("POST", f"{ORDERS}/{order_id}/invoice", {}, status=400)
    merchant.refused("POST", f"{ORDERS}/none/invoice", invoice("Output", "1"), status=404)
    merchant.refused("GET", f"{ORDERS}?page=0", status=400)
    merchant.refused("GET", f"{ORDERS}/none", status=404)
    for path in ("", f"/{order_id}", f"/{order_id}/payment-transaction"):
        merchant.refused("GET", f"{ORDERS}{path}", status=401, headers={})
    merchant.refused("POST", f"{ORDERS}/{order_id}/start-handling", status=401, headers={})
    merchant.refused("GET", f"{DOCUMENTS}/{order_id}/change-summary", status=401, headers={})


def test_the_control_plane_is_documented(merchant):
    """Accounts, connectors, orders, ledgers, exchanges, the clock, quirks, and forgetting it all."""
    assert merchant.ok("GET", "/_mock/health") == {"status": "ok"}
    assert merchant.ok("POST", "/_mock/accounts", {"account": "one"}, status=201)["account"] == "one"
    merchant.ok("POST", "/_mock/accounts", {"account": "one"})
    merchant.refused("POST", "/_mock/accounts", {"account": "/"}, status=400)
    items = [{"id": "1", "price": 4_000, "quantity": 2}]
    payments = [{"value": 9_000, "card": "4444333322221111"}]
    order = merchant.order(value=9_000, shipping=1_000, items=items, payments=payments)
    assert merchant.ok("GET", f"/_mock/transactions/{order['transactionId']}/ledger")["balanced"]
    assert merchant.ok("GET", f"/_mock/transactions/{order['transactionId']}/exchanges")["exchanges"]
    legacy = merchant.ok("PUT", "/_mock/connectors/old", {"kind": "legacy", "settlesAfter": 60})
    assert legacy["mode"] == "total"
    merchant.refused("PUT", "/_mock/connectors/old", {"kind": "legacy", "mode": "hold"}, status=422)
    assert len(merchant.ok("GET", "/_mock/connectors")["connectors"]) == 2
    merchant.refused("GET", "/_mock/transactions/none/ledger", status=404)
    assert merchant.ok("GET", "/_mock/clock")["mode"] == "manual"
    assert "ran" in merchant.ok("POST", "/_mock/clock", {"advance": 86_400})
    quirks = merchant.ok("GET", "/_mock/quirks")
    merchant.ok("PUT", "/_mock/quirks", dict.fromkeys(quirks, False))
    merchant.refused("PUT", "/_mock/quirks", {"no-such": True}, status=422)
    fault = {"operation": "settle", "kind": "drop-reply"}
    assert len(merchant.ok("POST", "/_mock/faults", fault, status=201)["faults"]) == 1
    assert merchant.ok("GET", "/_mock/faults")["faults"][0]["times"] == 1
    merchant.ok("DELETE", "/_mock/faults", status=204)
    merchant.refused("GET", "/_mock/quirks", status=403, environ_base={"REMOTE_ADDR": "192.0.2.1"})
    merchant.ok("POST", "/_mock/reset", status=204)


@pytest.mark.parametrize("name", ["ppp", "gateway", "orders", "control"])
def test_the_sandbox_serves_the_documents(merchant, name):
    """Each document is to be had where the design says."""
    answer = merchant.send("GET", f"/_mock/openapi/{name}.yaml")
    assert answer.text.splitlines()[1].startswith("openapi: ")
