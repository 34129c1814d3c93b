"""What an outsider configures and asks besides the story: affiliations, rules, cards, notifications, time."""

from contextlib import closing
from threading import Event

import pytest
import requests

from tests.e2e.test_interfaces_stage import (
    MODES,
    SECONDS_MAX,
    authorized,
    begun,
    new_account,
    payment_body,
    served_connector,
    served_sandbox,
)

# --- Affiliations and rules --------------------------------------------------------------------------------------

PPP_CLASS = "Vtex.PaymentGateway.Connectors.PaymentProvider.PaymentProviderConnector_mine"


def affiliation(url, **settings):
    """The documented body of a PPP connector's affiliation; the names of the settings are the sandbox's."""
    named = {"serviceUrl": url, **settings} if url else settings
    return {
        "implementation": PPP_CLASS,
        "name": "Mine",
        "isdelivered": False,
        "isConfigured": True,
        "configuration": [{"name": name, "value": value, "valueKey": None} for name, value in named.items()],
    }


def rule(affiliation_id, payment_system, *, enabled=True):
    """The documented body of a rule."""
    return {
        "name": "By mine",
        "salesChannels": [{"id": ":ALL:"}],
        "paymentSystem": {"id": payment_system, "name": "Mastercard", "implementation": None},
        "connector": {"implementation": PPP_CLASS, "affiliationId": affiliation_id},
        "issuer": {"name": None},
        "antifraud": None,
        "installmentOptions": None,
        "isSelfAuthorized": None,
        "requiresAuthentication": None,
        "isDefault": None,
        "enabled": enabled,
        "installmentsService": False,
        "beginDate": None,
        "endDate": None,
        "condition": None,
        "multiMerchantList": None,
        "country": None,
        "dateIntervals": None,
        "externalInterest": False,
        "minimumValue": None,
        "deadlines": [],
        "cobrand": {"name": None},
        "cardLevel": {"name": None},
        "excludedBinsRanges": None,
    }


def mode_of(account, payment_system):
    """In which mode a payment by that system runs."""
    made = account.order(payments=[{"paymentSystem": payment_system, "value": 10_000}])
    return account.ledger(made)["payments"][0]["mode"]


def test_a_rule_routes_a_payment_system_to_an_affiliation(account):
    """Its URL and mode are used, as long as the rule is enabled and there; secrets come back masked."""
    account.ppp("total", "Other")
    wanted = affiliation(account.connector_url, mode="hold", appKey="K", appToken="secret")
    made = account.good("POST", "/api/pvt/affiliations", wanted)
    assert "secret" not in str(account.good("GET", f"/api/pvt/affiliations/{made['id']}"))
    assert mode_of(account, 4) == "total"
    ruled = account.good("POST", "/api/pvt/rules", rule(made["id"], 4))
    assert (mode_of(account, 4), mode_of(account, 2)) == ("hold", "total")
    account.good("PUT", f"/api/pvt/rules/{ruled['id']}", rule(made["id"], 4, enabled=False))
    assert mode_of(account, 4) == "total"
    account.good("PUT", f"/api/pvt/rules/{ruled['id']}", rule(made["id"], 4))
    changed = affiliation(account.connector_url, mode="partial", appKey="K", appToken="**********")
    account.good("PUT", f"/api/pvt/affiliations/{made['id']}", changed)
    assert mode_of(account, 4) == "partial"
    gone = account.call("DELETE", f"/api/pvt/rules/{ruled['id']}")
    assert (gone.status_code, gone.content) == (200, b"")
    assert account.good("GET", "/api/pvt/rules") == []
    assert mode_of(account, 4) == "total"


def test_an_affiliation_of_a_ppp_connector_without_an_address_says_so(account):
    """It is not configured, whatever the body claims; with an address it is."""
    made = account.good("POST", "/api/pvt/affiliations", affiliation(None, mode="hold"))
    assert made["isConfigured"] is False
    put = account.good(
        "PUT", f"/api/pvt/affiliations/{made['id']}", affiliation(account.connector_url, mode="hold")
    )
    assert put["isConfigured"] is True


@pytest.mark.parametrize(
    "settings", [{"mode": "half"}, {"headers": "both"}, {"serviceUrl": "nowhere"}, {"settlesAfter": "soon"}]
)
def test_a_wrong_affiliation_is_told(account, settings):
    """400 that names the setting, and nothing is made."""
    before = account.good("GET", "/api/pvt/affiliations")
    error = account.refused("POST", "/api/pvt/affiliations", affiliation(account.connector_url, **settings))
    assert next(iter(settings)) in error["message"]
    assert account.good("GET", "/api/pvt/affiliations") == before


def test_connectors_named_by_payment_systems_route_too(account):
    """`paymentSystems` of PUT /_mock/connectors; what no connector names goes to one that takes everything."""
    account.ppp("hold", "Visas", paymentSystems=[2])
    account.ppp("partial", "Masters", paymentSystems=[4])
    assert (mode_of(account, 2), mode_of(account, 4)) == ("hold", "partial")


# --- Answers from state ------------------------------------------------------------------------------------------


def test_payment_systems_name_the_connector_that_takes_them(account):
    """Of the account, not a canned text."""
    account.ppp("hold", "Visas", paymentSystems=[2])
    systems = {each["id"]: each for each in account.good("GET", "/api/pvt/merchants/payment-systems")}
    assert systems[2]["name"] == "Visa"
    assert systems[2]["connectorImplementation"].endswith("PaymentProviderConnector_Visas")
    assert not systems[4]["connectorImplementation"].endswith("PaymentProviderConnector_Visas")


def test_installments_divide_the_value(account):
    """Each option times its quantity is the value, but for cents; 0 is refused with the documented words."""
    query = {
        "request.value": 25_000,
        "request.salesChannel": 1,
        "request.paymentDetails[0].id": 2,
        "request.paymentDetails[0].value": 25_000,
        "request.paymentDetails[0].bin": 444433,
    }
    found = account.call("GET", "/api/pvt/installments", params=query).json()
    assert found["value"] == 25_000
    (visa,) = found["installments"]
    assert visa["payment"]["id"] == 2
    for option in visa["options"]:
        assert abs(option["quantity"] * option["value"] - 25_000) < option["quantity"]
    refused = account.call("GET", "/api/pvt/installments", params=query | {"request.value": 0})
    assert refused.status_code == 400
    assert refused.json()["error"] == {
        "code": "1",
        "message": "Value must be greater than Zero",
        "exception": None,
    }


def test_card_data_comes_from_the_payment_that_named_the_card(account):
    """By the accountId of Send payments; an unknown one is the documented 404, which has no exception."""
    card = "8f3c3b9e-1111-2222-3333-444455556666"
    number = begun(account, 10_000)["transactionId"]
    body = payment_body(number, 10_000)
    body["fields"]["accountId"] = card
    account.call("POST", f"/api/payments/transactions/{number}/payments", [body])
    found = account.good("GET", f"/api/payments/pvt/account/{card}")
    assert (found["bin"], found["lastDigits"], found["paymentSystemName"]) == ("444433", "1111", "Visa")
    answer = account.call("GET", "/api/payments/pvt/account/none")
    assert answer.status_code == 404
    assert answer.json() == {
        "error": {"code": "MissingRequestData", "message": "Could not find account none"},
    }


def test_an_order_is_found_by_its_sequence(account):
    """Documented: order id or sequence number."""
    made = account.order()
    order = account.good("GET", f"/api/oms/pvt/orders/{made['orderId']}")
    assert account.good("GET", f"/api/oms/pvt/orders/{order['sequence']}")["orderId"] == made["orderId"]


# --- Payment notification ----------------------------------------------------------------------------------------


def slip(account):
    """An order that waits for a bank invoice, and where its payment's notification goes."""
    account.ppp("partial")
    made = account.order(payments=[{"paymentSystem": 6, "value": 10_000}])
    return made, f"/api/payments/pvt/payments/{made['payments'][0]['id']}/payment-notification"


@pytest.mark.parametrize("body", [None, {"paymentDate": "02/01/2026", "valuePaid": 100.0}])
def test_a_notification_of_the_gateway_approves(account, body):
    """GET: paid in full; POST: how much, in currency units."""
    made, path = slip(account)
    answer = account.call("POST" if body else "GET", path, body)
    assert (answer.status_code, answer.content) == (200, b"")
    assert account.transaction(made) == "Approved"


@pytest.mark.parametrize("paid", [0, 50.1])
def test_less_than_the_payment_does_not_pay_it(account, paid):
    """`valuePaid` is what was paid of it (documented); that a part approves no whole is inferred."""
    made, path = slip(account)
    account.call("POST", path, {"paymentDate": "02/01/2026", "valuePaid": paid})
    assert account.status(made) == "payment-pending"
    assert account.ledger(made)["payments"][0]["authorized"] == 0


@pytest.mark.parametrize(
    "body",
    [
        {"paymentDate": "32/13/2026", "valuePaid": 100.0},
        {"paymentDate": "2026-01-02", "valuePaid": 100.0},
        {"paymentDate": "02/01/2026", "valuePaid": -1},
        {"paymentDate": "02/01/2026", "valuePaid": "100"},
        {"paymentDate": "02/01/2026"},
        {"valuePaid": 100.0},
        [],
    ],
)
def test_a_wrong_notification_is_told(account, body):
    """400 in the envelope, and still pending."""
    made, path = slip(account)
    account.refused("POST", path, body)
    assert account.status(made) == "payment-pending"


# --- Time --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_what_was_invoiced_in_part_is_captured_to_the_end_by_its_delay(account, mode):
    """S25: the automatic settlement captures what is not captured yet; the last invoice only finishes (S26)."""
    account.ppp(mode)
    made = account.order()
    account.invoice(made, "Output", "1", 4000)
    account.good("POST", "/_mock/clock", {"advance": 4 * 86_400})
    captured = {
        "total": ["settle 100.00"],
        "hold": ["settle 100.00"],
        "partial": ["settle 40.00", "settle 60.00"],
    }
    assert account.received(made)[1:] == captured[mode]
    account.invoice(made, "Output", "2", 6000)
    assert account.received(made)[1:] == captured[mode]
    assert (account.status(made), account.transaction(made)) == ("invoiced", "Finished")


def test_a_settle_that_fails_for_a_day_is_cancelled(account):
    """C10: 24 tries on the clock, with one requestId; then what was not captured is cancelled."""
    account.ppp("partial")
    made, _ = authorized(account, [10_000])
    account.good("POST", "/_mock/faults", {"operation": "settle", "kind": "status", "times": 1000}, 201)
    account.ask(made, "settle", 4000)
    assert not account.ledger(made)["balanced"]
    account.good("POST", "/_mock/clock", {"advance": 2 * 86_400})
    tries = [each for each in account.exchanges(made) if each["operation"] == "settle"]
    assert len({each["requestId"] for each in tries}) == 1
    assert [each["attempt"] for each in tries] == list(range(1, len(tries) + 1))
    assert 24 <= len(tries) <= 25
    assert account.received(made) == ["authorize 100.00", "cancel 100.00"]
    assert account.transaction(made) == "Cancelled"


def test_callbacks_come_by_themselves_on_a_real_clock(tmp_path):
    """The reference connector ends what is undefined, on its own account and at once."""
    with (
        closing(served_connector()) as calling,
        closing(served_sandbox("--store", f"sqlite:///{tmp_path / 'mock.db'}")) as real,
    ):
        account = new_account(real.url, calling.url)
        account.ppp("partial")
        made = account.order(payments=[{"paymentSystem": 125, "value": 10_000}])
        path = f"{calling.url}/_reference/payments/{made['payments'][0]['id']}"
        pause = Event()
        for _ in range(200):
            told = requests.get(path, timeout=SECONDS_MAX).json()["callbacks"]
            if told or pause.wait(0.05):
                break
        assert [(each["status"], each["answered"]) for each in told] == [("approved", 200)]
        assert account.transaction(made) == "Approved"
        assert account.status(made) == "handling"
