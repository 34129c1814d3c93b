"""The sandbox says what `gateway.yaml` says, in stories that meet every operation."""

import pytest

from tests.contracts.openapi_sandbox import CARD, Merchant

TRANSACTIONS = "/api/pvt/transactions"
VIEWS = ("", "/payments", "/settlements", "/refunds", "/cancellations", "/capabilities", "/interactions")


@pytest.fixture
def merchant() -> Merchant:
    """The merchant of a fresh sandbox."""
    return Merchant()


def test_money_from_the_authorization_to_the_refund(merchant):
    """Settle, cancel and refund parts; every view of the transaction is documented after each step."""
    path = merchant.approved()
    for request, value in (
        ("settlement", 4_000),
        ("cancellation", 1_000),
        ("refunding", 500),
        ("settlement", 5_000),
    ):
        merchant.ok("POST", f"{path}/{request}-request", {"value": value})
        for view in VIEWS:
            merchant.ok("GET", path + view)
    assert merchant.ok("GET", path)["status"] == "Finished"
    payment = merchant.ok("GET", f"{path}/payments")[0]["id"]
    assert merchant.ok("GET", f"{path}/payments/{payment}")["status"] == "Finished"


def test_a_cancelled_transaction_is_documented(merchant):
    """Nothing is left after the whole value was cancelled."""
    path = merchant.approved()
    merchant.ok("POST", f"{path}/cancellation-request", {"value": 10_000})
    assert merchant.ok("GET", path)["status"] == "Cancelled"
    for view in VIEWS:
        merchant.ok("GET", path + view)


def test_additional_data_are_documented(merchant):
    """Both methods take named texts."""
    path = merchant.started()
    data = [{"name": "ip", "value": "127.0.0.1"}, {"name": "userAgent", "value": "test"}]
    merchant.ok("POST", f"{path}/additional-data", data)
    merchant.ok("PATCH", f"{path}/additional-data", data)
    assert merchant.ok("GET", path)["ipAddress"] == "127.0.0.1"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_payments_that_come_later_are_documented(merchant, method):
    """An undefined payment is confirmed by the merchant's notification."""
    path = merchant.started()
    merchant.ok("POST", f"{path}/additional-data", [])
    start = {"value": 500, "referenceId": "7", "channel": "store", "salesChannel": "1"}
    path = f"{TRANSACTIONS}/{merchant.ok('POST', TRANSACTIONS, start)['id']}"
    merchant.pay(path, {"paymentSystem": 6, "value": 500})
    merchant.ok("POST", f"{path}/authorization-request", {})
    payment = merchant.ok("GET", f"{path}/payments")[0]
    assert payment["status"] == "Authorizing"
    paid = {"paymentDate": "31/01/2024", "valuePaid": 5.0} if method == "POST" else None
    merchant.ok(method, f"/api/payments/pvt/payments/{payment['id']}/payment-notification", paid)
    assert merchant.ok("GET", path)["status"] == "Approved"


def test_callbacks_are_documented(merchant):
    """The signed address takes the news; any other signature is refused."""
    path = merchant.approved()
    transaction, payment = path.rpartition("/")[2], merchant.ok("GET", f"{path}/payments")[0]["id"]
    told = merchant.ok("GET", f"/_mock/transactions/{transaction}/exchanges")["exchanges"][0]["request"][
        "callbackUrl"
    ]
    address = told[told.index("/api") :]
    merchant.ok("POST", address, {"paymentId": payment, "status": "approved"}, headers={})
    merchant.ok("POST", address, headers={})
    plain = address.partition("?")[0]
    news = {"paymentId": payment, "status": "approved"}
    assert merchant.refused("POST", f"{plain}?accountName=sandbox", news, status=403) == "Mock.CallbackSignature"
    assert merchant.refused("POST", address, [], status=400) == "Mock.MalformedRequest"


def test_refusals_are_documented(merchant):
    """Malformed, unauthorized, unknown, too much and too early: each is in the error envelope."""
    path = merchant.approved()
    for request in ("settlement", "cancellation", "refunding"):
        merchant.refused("POST", f"{path}/{request}-request", {"value": 10_001}, status=400)
        merchant.refused("POST", f"{path}/{request}-request", {"value": "1"}, status=400)
        merchant.refused("POST", f"{TRANSACTIONS}/NONE/{request}-request", {"value": 1}, status=404)
        merchant.refused("POST", f"{path}/{request}-request", {"value": 1}, status=401, headers={})
    merchant.refused("POST", TRANSACTIONS, {"value": 0}, status=400)
    merchant.refused("POST", TRANSACTIONS, {"value": 1}, status=401, headers={})
    for view in VIEWS:
        merchant.refused("GET", f"{TRANSACTIONS}/NONE{view}", status=404)
        merchant.refused("GET", f"{path}{view}", status=401, headers={})
    merchant.refused("GET", f"{path}/payments/NONE", status=404)
    public = path.replace("/api/pvt/", "/api/payments/") + "/payments?an=sandbox"
    merchant.refused("POST", public, [{"paymentSystem": 2, "value": 1}], status=400)


def test_affiliations_and_rules_are_documented(merchant):
    """Both are made, read, changed; a rule is forgotten."""
    affiliations, rules = "/api/pvt/affiliations", "/api/pvt/rules"
    known = merchant.ok("GET", affiliations)[0]
    wanted = {**known, "name": "Another", "id": ""}
    made = merchant.ok("POST", affiliations, wanted)
    merchant.ok("PUT", f"{affiliations}/{made['id']}", made | {"name": "Renamed"})
    assert merchant.ok("GET", f"{affiliations}/{made['id']}")["name"] == "Renamed"
    merchant.refused("GET", f"{affiliations}/none", status=404)
    merchant.refused("PUT", f"{affiliations}/{made['id']}", made | {"id": "other"}, status=400)
    rule = {"name": "Cards", "paymentSystem": {"id": 2, "name": "Visa"}, "enabled": True}
    connector = {"implementation": made["implementation"], "affiliationId": made["id"]}
    first = merchant.ok("POST", rules, rule | {"connector": connector})
    options = {"installments": [{"quantity": 2, "interestRate": 1.5}]}
    full = first | {"installmentOptions": options, "country": {"isoCode": "BRA"}, "antifraud": {}}
    merchant.ok("PUT", f"{rules}/{first['id']}", full)
    assert merchant.ok("GET", f"{rules}/{first['id']}")["name"] == "Cards"
    assert len(merchant.ok("GET", rules)) > 0
    merchant.ok("DELETE", f"{rules}/{first['id']}")
    merchant.refused("GET", f"{rules}/{first['id']}", status=404)
    merchant.refused("DELETE", f"{rules}/none", status=404)


def test_what_shoppers_can_pay_with_is_documented(merchant):
    """Payment systems, installments and the card that was used."""
    assert merchant.ok("GET", "/api/pvt/merchants/payment-systems")
    query = "request.value=25000&request.paymentDetails[0].id=2&request.paymentDetails[0].bin=444433"
    assert merchant.ok("GET", f"/api/pvt/installments?{query}")["value"] == 25_000
    assert merchant.refused("GET", "/api/pvt/installments?request.value=0", status=400) == "1"
    path = merchant.started()
    card = CARD | {"accountId": "8D1C0A6F"}
    start = {"value": 500, "referenceId": "7", "channel": "store", "salesChannel": "1"}
    path = f"{TRANSACTIONS}/{merchant.ok('POST', TRANSACTIONS, start)['id']}"
    merchant.pay(path, {"paymentSystem": 2, "value": 500, "fields": card})
    assert merchant.ok("GET", "/api/payments/pvt/account/8D1C0A6F")["lastDigits"] == "1111"
    merchant.refused("GET", "/api/payments/pvt/account/none", status=404)
