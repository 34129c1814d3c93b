"""The story over HTTP, as an outsider plays it: documented bodies, worked examples, what the connector got."""

from contextlib import closing

import pytest
import requests

from tests.e2e.test_interfaces import (
    APPROVED,
    ASYNC_APPROVED,
    ASYNC_DENIED,
    DENIED,
    MODES,
    SECONDS_MAX,
    new_account,
    served_connector,
    served_sandbox,
)


@pytest.fixture(scope="module")
def connector():
    """A reference connector that waits until it is told to end an undefined payment."""
    with closing(served_connector("--callbacks", "manual")) as served:
        yield served


@pytest.fixture(scope="module")
def sandbox():
    """A sandbox with a manual clock."""
    with closing(served_sandbox("--store", "memory:", "--clock", "manual")) as served:
        yield served


@pytest.fixture
def account(sandbox, connector):
    """A new account."""
    return new_account(sandbox.url, connector.url)


# --- The transaction process, with the documented bodies ---------------------------------------------------------


def payment_body(transaction_id, value, payment_system=2, card=APPROVED):
    """One documented payment of `Send payments`."""
    return {
        "paymentSystem": payment_system,
        "installments": 1,
        "currencyCode": "BRL",
        "value": value,
        "installmentsInterestRate": 0,
        "installmentsValue": value,
        "referenceValue": value,
        "fields": {
            "holderName": "John Doe",
            "cardNumber": card,
            "validationCode": "123",
            "dueDate": "12/31",
            "document": "12345678900",
            "accountId": None,
            "address": {
                "addressType": "residential",
                "receiverName": "John Doe",
                "postalCode": "22250-040",
                "city": "Rio de Janeiro",
                "state": "RJ",
                "country": "BRA",
                "street": "Praia de Botafogo",
                "number": 300,
                "neighborhood": "Botafogo",
                "complement": "3rd floor",
                "reference": "Grey building",
                "geoCoordinates": [],
            },
            "callbackUrl": "https://shop.example.com/checkout/gatewayCallback/1/{messageCode}",
        },
        "transaction": {"id": transaction_id, "merchantName": "SHOP"},
    }


def begun(account, value):
    """A started transaction."""
    body = {"value": value, "referenceId": "1234567", "channel": "SHOP", "urn": None, "salesChannel": "1"}
    started = account.good("POST", "/api/pvt/transactions", body)
    assert started["status"] == "Started"
    assert started["value"] == value
    assert started["id"] == started["transactionId"]
    assert started["referenceKey"] == "1234567"
    return started


def authorized(account, values, *, prefix="/api/pvt", send="/api/payments", cards=None):
    """Start, payments, additional data, authorization; the made-up order has a transaction alone."""
    started = begun(account, sum(values))
    number = started["transactionId"]
    bodies = [
        payment_body(number, value, card=card)
        for value, card in zip(values, cards or [APPROVED] * len(values), strict=True)
    ]
    sent = requests.post(
        f"{account.url}{send}/transactions/{number}/payments",
        json=bodies,
        params={"an": account.pair["account"], "orderId": "1234567"},
        timeout=SECONDS_MAX,
    )
    assert (sent.status_code, sent.content) == (201, b""), sent.text
    more = [{"name": "clientProfileData", "value": '{"email":"a@example.com","firstName":"Ana"}'}]
    data = account.call("POST", f"{prefix}/transactions/{number}/additional-data", more)
    assert (data.status_code, data.content) == (200, b""), data.text
    wanted = {"transactionId": number, "softDescriptor": None, "prepareForRecurrency": False}
    result = account.good("POST", f"{prefix}/transactions/{number}/authorization-request", wanted)
    return {"transactionId": number}, result


RESULT = {
    "id",
    "token",
    "status",
    "statusDetail",
    "processingDate",
    "refundedValue",
    "refundedToken",
    "message",
    "code",
    "connectorRefundedValue",
    "cancelledValue",
}

GOLDEN = {
    # name: mode, what the merchant asks, what the connector is called for after the authorization, last status
    "T1": ("total", ("settle 20", "settle 80"), ("settle 100.00",), "Finished"),
    "T2": ("total", ("cancel 20", "cancel 80"), ("cancel 100.00",), "Cancelled"),
    "T3": (
        "total",
        ("settle 100", "refund 20", "refund 80"),
        ("settle 100.00", "refund 20.00", "refund 80.00"),
        "Finished",
    ),
    "T4": ("total", ("settle 50",), ("settle 100.00",), "Settling"),
    "S3": ("total", ("cancel 20", "settle 80"), ("settle 80.00",), "Finished"),
    "H1": ("hold", ("settle 20", "settle 80"), ("settle 100.00",), "Finished"),
    "H2": ("hold", ("cancel 20", "cancel 80"), ("cancel 100.00",), "Cancelled"),
    "H3": ("hold", ("cancel 20", "settle 80"), ("settle 80.00",), "Finished"),
    "H4": (
        "hold",
        ("settle 100", "refund 20", "refund 80"),
        ("settle 100.00", "refund 20.00", "refund 80.00"),
        "Finished",
    ),
    "H5": ("hold", ("settle 70", "settle 30"), ("settle 100.00",), "Finished"),
    "H5 half": ("hold", ("settle 70",), (), "Settling"),
    "S4": ("hold", ("settle 70", "cancel 30"), ("settle 70.00",), "Finished"),
    "P1": ("partial", ("settle 20", "settle 80"), ("settle 20.00", "settle 80.00"), "Finished"),
    "P2": ("partial", ("cancel 20", "cancel 80"), ("cancel 20.00", "cancel 80.00"), "Cancelled"),
    "P3": (
        "partial",
        ("settle 100", "refund 20", "refund 80"),
        ("settle 100.00", "refund 20.00", "refund 80.00"),
        "Finished",
    ),
    "P4": ("partial", ("settle 60",), ("settle 60.00",), "Settling"),
    "S9": ("partial", ("settle 60", "cancel 40"), ("settle 60.00", "cancel 40.00"), "Finished"),
    "S10": (
        "partial",
        ("settle 60", "settle 40", "refund 80"),
        ("settle 60.00", "settle 40.00", "refund 60.00", "refund 20.00"),
        "Finished",
    ),
    "equal refunds": (
        "partial",
        ("settle 100", "refund 10", "refund 10"),
        ("settle 100.00", "refund 10.00", "refund 10.00"),
        "Finished",
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_the_worked_examples_reach_the_connector(account, name):
    """What the merchant asks by the gateway's own API, and what the connector says it was called for."""
    mode, asked, received, status = GOLDEN[name]
    account.ppp(mode)
    made, result = authorized(account, [10_000])
    assert set(result) == RESULT
    assert (result["status"], result["statusDetail"]) == (8, "Approved")
    for each in asked:
        what, value = each.split()
        answer = account.ask(made, what, int(value) * 100)
        assert answer.status_code == 200, answer.text
        assert set(answer.json()) == RESULT
    assert account.received(made) == ["authorize 100.00", *received]
    assert account.transaction(made) == status
    ledger = account.ledger(made)
    for requested, what in (("settled", "settle"), ("cancelled", "cancel"), ("refunded", "refund")):
        total = sum(int(each.split()[1]) * 100 for each in asked if each.startswith(what))
        assert ledger["requested"][requested] == total


@pytest.mark.parametrize(
    ("prefix", "send"),
    [
        ("/api/pvt", "/api/pub"),
        ("/api/payments/pvt", "/api/payments"),
    ],
)
def test_the_old_paths_are_aliases(account, prefix, send):
    """The former path of `Send payments`, and the prefix of a store's domain."""
    account.ppp("partial")
    made, _ = authorized(account, [10_000], prefix=prefix, send=send)
    number = made["transactionId"]
    settled = account.good("POST", f"{prefix}/transactions/{number}/settlement-request", {"value": 4000})
    assert settled["statusDetail"] == "Settling"
    for view in ("", "/payments", "/settlements", "/refunds", "/cancellations", "/interactions", "/capabilities"):
        assert account.call("GET", f"{prefix}/transactions/{number}{view}").status_code == 200, view


def test_settlements_tell_requests_and_actions(account):
    """Requests as soon as asked, actions with each capture; the sums agree in Partial mode."""
    account.ppp("partial")
    made, _ = authorized(account, [10_000])
    path = f"/api/pvt/transactions/{made['transactionId']}/settlements"
    assert account.good("GET", path) == {"requests": [], "actions": []}
    account.ask(made, "settle", 4000)
    account.ask(made, "settle", 6000)
    found = account.good("GET", path)
    assert [each["value"] for each in found["requests"]] == [4000, 6000]
    assert [(each["value"], each["type"]) for each in found["actions"]] == [
        (4000, "upon-request"),
        (6000, "upon-request"),
    ]
    assert all(set(each) == {"id", "date", "value"} for each in found["requests"])
    keys = {"paymentId", "payment", "date", "type", "value", "connectorResponse"}
    assert all(keys <= set(each) for each in found["actions"])


def test_several_payments_start_with_the_lowest(account):
    """Partial: 70 + 30, settle 50: first 30 from the lower one, then 20 from the other; refund 40 alike."""
    account.ppp("partial")
    made, _ = authorized(account, [7000, 3000])
    account.ask(made, "settle", 5000)
    assert account.received(made)[2:] == ["settle 30.00", "settle 20.00"]
    account.ask(made, "refund", 2500)
    assert account.received(made)[4:] == ["refund 20.00", "refund 5.00"]


SHARED = (
    # values, cancelled, then what the settle of the rest makes: the lowest payment takes the cancel first (S5)
    ((10_000, 2_000), 2_000, ["cancel 20.00", "settle 100.00"]),
    ((7_000, 3_000), 1_000, ["settle 20.00", "settle 70.00"]),
    ((7_000, 3_000), 3_000, ["cancel 30.00", "settle 70.00"]),
    ((7_000, 3_000), 4_000, ["cancel 30.00", "settle 60.00"]),
    ((5_000, 5_000), 5_000, ["cancel 50.00", "settle 50.00"]),
)


@pytest.mark.parametrize("mode", ["total", "hold"])
@pytest.mark.parametrize(("values", "cancelled", "received"), SHARED)
def test_a_held_cancel_is_taken_by_the_lowest_payment(account, mode, values, cancelled, received):
    """One that is left with nothing to capture is cancelled, so that the shopper's money is free."""
    account.ppp(mode)
    made, _ = authorized(account, values)
    account.ask(made, "cancel", cancelled)
    account.ask(made, "settle", sum(values) - cancelled)
    assert sorted(account.received(made)[2:]) == received
    assert account.transaction(made) == "Finished"


def test_three_payments_share_a_refund_without_a_negative_part(account):
    """Known issue 464837: 66.99, 67.00, 30.99, refund 104.99 is 30.99, 66.99 and 7.01."""
    account.ppp("partial")
    made, _ = authorized(account, [6699, 6700, 3099])
    account.ask(made, "settle", 16_498)
    account.ask(made, "refund", 10_499)
    assert account.received(made)[-3:] == ["refund 30.99", "refund 66.99", "refund 7.01"]


@pytest.mark.parametrize("modes", [("hold", "partial"), ("total", "partial"), ("total", "hold")])
def test_mixed_modes_run_as_total(account, modes):
    """The first settle request captures everything of every payment."""
    for mode in modes:
        account.ppp(mode, mode.title())
    made = account.order(
        payments=[
            {"paymentSystem": 2, "value": 6000, "connector": modes[0].title()},
            {"paymentSystem": 2, "value": 4000, "connector": modes[1].title()},
        ]
    )
    account.ask(made, "settle", 2000)
    assert sorted(account.received(made)[2:]) == ["settle 40.00", "settle 60.00"]
    account.ask(made, "settle", 8000)
    assert len(account.received(made)) == 4
    assert account.transaction(made) == "Finished"


def test_legacy_beside_ppp_runs_as_total(account):
    """A legacy payment and one in Partial mode: both are captured whole by the first request."""
    account.ppp("partial")
    account.connect("Old", kind="legacy")
    made = account.order(
        payments=[
            {"paymentSystem": 2, "value": 6000, "connector": "Mine"},
            {"paymentSystem": 2, "value": 4000, "connector": "Old"},
        ]
    )
    account.ask(made, "settle", 1000)
    assert [each["captured"] for each in account.ledger(made)["payments"]] == [6000, 4000]


REFUSALS = {
    # name: asked before, refused request, code
    "over-settle": ((), "settle 10001", "1402"),
    "settle 0": ((), "settle 0", "1402"),
    "settle -1": ((), "settle -1", "1402"),
    "settle after all": (("settle 10000",), "settle 1", "1402"),
    "settle after cancel": (("cancel 10000",), "settle 1", None),
    "cancel after cancel": (("cancel 10000",), "cancel 1", None),
    "over-cancel": ((), "cancel 10001", "1402"),
    "cancel 0": ((), "cancel 0", None),
    "cancel -1": ((), "cancel -1", None),
    "refund before settle": ((), "refund 1", None),
    "over-refund": (("settle 10000",), "refund 10001", None),
    "refund 0": (("settle 10000",), "refund 0", None),
    "refund -1": (("settle 10000",), "refund -1", None),
    "cancel captured": (("settle 10000",), "cancel 1", None),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", REFUSALS)
def test_what_would_move_too_much_is_refused_and_changes_nothing(account, mode, name):
    """400 in the envelope; the ledger and the connector's books are as before."""
    before, asked, code = REFUSALS[name]
    account.ppp(mode)
    made = account.order()
    for each in before:
        what, value = each.split()
        assert account.ask(made, what, int(value)).status_code == 200
    ledger, received = account.ledger(made), account.received(made)
    what, value = asked.split()
    answer = account.ask(made, what, int(value))
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "exception"}
    if code:
        assert error["code"] == code
    assert (account.ledger(made), account.received(made)) == (ledger, received)


def test_1402_says_the_documented_words(account):
    """With amounts in currency units."""
    account.ppp("partial")
    made = account.order()
    account.ask(made, "settle", 4000)
    assert account.ask(made, "settle", 6001).json() == {
        "error": {
            "code": "1402",
            "message": "Settlement requested value (60.01) should be less than or equal to remaining amount to pay"
            " (60.00), which must be different from 0.",
            "exception": None,
        }
    }


def test_payments_must_add_up_to_the_transaction(account):
    """Known issue 1154246: the authorization is refused with its words; amounts are currency units there."""
    account.ppp("partial")
    started = begun(account, 10_000)
    number = started["transactionId"]
    sent = account.call("POST", f"/api/payments/transactions/{number}/payments", [payment_body(number, 9_000)])
    wanted = {"transactionId": number, "softDescriptor": None, "prepareForRecurrency": False}
    result = account.call("POST", f"/api/pvt/transactions/{number}/authorization-request", wanted)
    told = result if sent.status_code == 201 else sent
    assert told.status_code == 400
    assert told.json()["error"]["message"] == "Transaction value (100.00) is not equal to payments sum (90.00)"
    assert account.exchanges({"transactionId": number}) == []


def test_one_denied_payment_cancels_all(account):
    """Documented: all payments of the transaction are cancelled."""
    account.ppp("partial")
    made, result = authorized(account, [7000, 3000], cards=[APPROVED, DENIED])
    assert result["statusDetail"] == "Cancelled"
    assert account.received(made) == ["authorize 70.00", "authorize 30.00", "cancel 70.00"]
    assert account.transaction(made) == "Cancelled"


def test_a_second_authorization_request_changes_nothing(account):
    """It answers the current result (S33)."""
    account.ppp("partial")
    made, _ = authorized(account, [10_000])
    wanted = {"transactionId": made["transactionId"], "softDescriptor": None, "prepareForRecurrency": False}
    path = f"/api/pvt/transactions/{made['transactionId']}/authorization-request"
    assert account.good("POST", path, wanted)["statusDetail"] == "Approved"
    assert account.received(made) == ["authorize 100.00"]


# --- Orders: the worked examples E1 to E6, by hand ---------------------------------------------------------------

# A step: what the merchant does; then status, value, invoiced and returned of the order; then by mode what the
# connector is called for in it. Figures in currency units.
E1 = (
    ("Output 40", "payment-approved 100 40 0", ("settle 100.00",), (), ("settle 40.00",)),
    ("change -10", "payment-approved 90 40 0", ("refund 10.00",), (), ("cancel 10.00",)),
    ("Output 50", "invoiced 90 90 0", (), ("settle 90.00",), ("settle 50.00",)),
    ("Input 15", "invoiced 90 90 15", ("refund 15.00",), ("refund 15.00",), None),
)
E1B = (
    ("change -10", "handling 90 0 0", (), (), ("cancel 10.00",)),
    ("Output 90", "invoiced 90 90 0", ("settle 90.00",), ("settle 90.00",), ("settle 90.00",)),
)
E2 = (
    ("Output 60", "payment-approved 100 60 0", ("settle 100.00",), (), ("settle 60.00",)),
    ("change -41", "refused payment-approved 100 60 0", (), (), ()),
    ("change -40", "invoiced 60 60 0", ("refund 40.00",), ("settle 60.00",), ("cancel 40.00",)),
    ("Input 20", "invoiced 60 60 20", ("refund 20.00",), ("refund 20.00",), ("refund 20.00",)),
)
E2B = (
    ("Output 60", "payment-approved 100 60 0", ("settle 100.00",), (), ("settle 60.00",)),
    ("Input 20", "payment-approved 100 60 ?", (), (), ()),
    ("Output 40", "invoiced 100 100 ?", (), ("settle 100.00",), ("settle 40.00",)),
)
E4A = (("cancel", "canceled 100 0 0", ("cancel 100.00",), ("cancel 100.00",), ("cancel 100.00",)),)
E4B = (
    ("change -10", "handling 90 0 0", (), (), ("cancel 10.00",)),
    ("cancel", "canceled 90 0 0", ("cancel 100.00",), ("cancel 100.00",), ("cancel 90.00",)),
)
E4D = (
    ("Output 40", "payment-approved 100 40 0", ("settle 100.00",), (), ("settle 40.00",)),
    ("cancel", "refused payment-approved 100 40 0", (), (), ()),
)
E4E = (
    ("Output 100", "invoiced 100 100 0", ("settle 100.00",), ("settle 100.00",), ("settle 100.00",)),
    ("cancel", "refused invoiced 100 100 0", (), (), ()),
    ("Output 1", "refused invoiced 100 100 0", (), (), ()),
    ("Input 101", "refused invoiced 100 100 0", (), (), ()),
    ("Input 100", "invoiced 100 100 100", ("refund 100.00",), ("refund 100.00",), ("refund 100.00",)),
    ("Input 1", "refused invoiced 100 100 100", (), (), ()),
)
STORIES = {
    "E1": E1,
    "E1b": E1B,
    "E2": E2,
    "E2b": E2B,
    "E4a": E4A,
    "E4b": E4B,
    "E4d": E4D,
    "E4e": E4E,
}


def does(account, made, step, number):
    """One step of a story; the answer."""
    what, _, value = step.partition(" ")
    if what == "cancel":
        return account.call("POST", f"/api/oms/pvt/orders/{made['orderId']}/cancel", {"reason": "No more"})
    cents = int(value) * 100
    if what == "change":
        return account.change(made, str(number), discount=max(-cents, 0), increment=max(cents, 0))
    return account.invoice(made, what, str(number), cents)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", STORIES)
def test_the_worked_examples_of_orders(account, name, mode):
    """After each step: the order as documented, and the connector called for just that."""
    account.ppp(mode)
    made = account.order()
    calls = ["authorize 100.00"]
    for number, (step, state, *by_mode) in enumerate(STORIES[name]):
        answer = does(account, made, step, number)
        refused = state.startswith("refused ")
        assert answer.status_code in ((400, 409) if refused else (200,)), (step, answer.text)
        status, value, invoiced, returned = state.removeprefix("refused ").split()
        assert account.status(made) == status, step
        ledger = account.ledger(made)
        assert ledger["order"]["value"] == int(value) * 100, step
        assert ledger["order"]["invoiced"] == int(invoiced) * 100, step
        if returned != "?":
            assert ledger["order"]["returned"] == int(returned) * 100, step
        calls += _called(by_mode, mode)
        assert account.received(made) == calls, step
    early = ["returns of 20.00 came before full invoicing and were not refunded"]
    assert account.ledger(made)["differences"] == (early if name == "E2b" else [])


def _called(by_mode, mode):
    called = by_mode[MODES.index(mode)]
    # E1, Partial: 40 and 50 are two captures, so the refund of 15 comes from the first one (S10).
    return ("refund 15.00",) if called is None else called


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


def test_e4c_what_was_captured_by_itself_is_refunded_by_a_cancel(account):
    """The connector's delays elapse before any invoice; the cancel refunds 100; the transaction ends cancelled."""
    for mode in MODES:
        account.ppp(mode)
        made = account.order()
        account.good("POST", "/_mock/clock", {"advance": 30 * 86_400})
        assert account.received(made) == ["authorize 100.00", "settle 100.00"], mode
        settlements = account.good("GET", f"/api/pvt/transactions/{made['transactionId']}/settlements")
        assert [each["type"] for each in settlements["actions"]] == ["auto-settlement"]
        assert settlements["requests"] == []
        assert does(account, made, "cancel", 1).status_code == 200
        assert account.received(made)[2:] == ["refund 100.00"]
        assert account.status(made) == "canceled"
        assert account.transaction(made) == "Cancelled"


def test_e4f_a_cancel_that_the_connector_refuses_still_ends(sandbox):
    """The order ends canceled; the payment may stay authorized, which the ledger's differences say."""
    with closing(served_connector("--defect", "no-cancels")) as stubborn:
        account = new_account(sandbox.url, stubborn.url)
        account.ppp("partial")
        made = account.order()
        assert does(account, made, "cancel", 1).status_code == 200
        account.good("POST", "/_mock/clock", {"advance": 2 * 86_400})
        assert account.status(made) == "canceled"
        assert account.transaction(made) == "Cancelled"
        assert account.ledger(made)["payments"][0]["voided"] == 0


@pytest.mark.parametrize("mode", MODES)
def test_e5_two_packages_and_a_removed_unit(account, mode):
    """A 30, two B of 25, freight 20; the freight of the removed one is kept: 75 in the end."""
    called = {
        "total": (["settle 100.00"], ["refund 25.00"], [], ["refund 25.00"]),
        "hold": ([], [], ["settle 75.00"], ["refund 25.00"]),
        "partial": (["settle 38.00"], ["cancel 25.00"], ["settle 37.00"], ["refund 25.00"]),
    }[mode]
    account.ppp(mode)
    items = [
        {"id": "A", "price": 3000, "quantity": 1},
        {"id": "B", "price": 2500, "quantity": 2},
    ]
    made = account.order(shipping=2000, items=items)
    path = f"/api/order-system/orders/{made['orderId']}/changes"
    body = {
        "reason": "Out of stock",
        "remove": {"items": [{"id": "B", "quantity": 1}]},
        "settings": {"pipelineConfiguration": {"compensateShippingChanges": True}},
    }
    calls = ["authorize 100.00"]
    first = [{"id": "A", "price": 3000, "quantity": 1}]
    assert account.invoice(made, "Output", "1", 3800, first).status_code == 200
    calls += called[0]
    assert account.received(made) == calls
    preview = account.good("POST", f"{path}/preview", body)
    assert preview["totalChangeValue"] == -2500
    assert account.received(made) == calls
    changed = account.good("PATCH", path, body, 202)
    detail = account.good("GET", f"{path}/{changed['requestId']}")
    assert (detail["status"], detail["totalChangeValue"], detail["totals"]) == ("done", -2500, preview["totals"])
    calls += called[1]
    assert account.received(made) == calls
    second = [{"id": "B", "price": 2500, "quantity": 1}]
    assert account.invoice(made, "Output", "2", 3700, second).status_code == 200
    calls += called[2]
    assert account.received(made) == calls
    assert account.status(made) == "invoiced"
    assert account.invoice(made, "Input", "3", 2500, second).status_code == 200
    calls += called[3]
    assert account.received(made) == calls
    assert account.ledger(made)["order"] == {"value": 7500, "invoiced": 7500, "returned": 2500}


@pytest.mark.parametrize("mode", MODES)
def test_e6_interest_is_settled_pro_rata(account, mode):
    """Order 100, transaction 110: 40 settles 44, 60 settles 66; Total and Hold capture 110 once."""
    account.ppp(mode)
    made = account.order(payments=[{"paymentSystem": 2, "value": 11_000, "installments": 3, "connector": "Mine"}])
    called = {
        "total": (["settle 110.00"], []),
        "hold": ([], ["settle 110.00"]),
        "partial": (["settle 44.00"], ["settle 66.00"]),
    }[mode]
    assert account.invoice(made, "Output", "1", 4000).status_code == 200
    assert account.received(made)[1:] == called[0]
    assert account.invoice(made, "Output", "2", 6000).status_code == 200
    assert account.received(made)[1:] == called[0] + called[1]
    assert account.status(made) == "invoiced"
    assert account.transaction(made) == "Finished"


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
    """As in E4c: nothing is invoiced, all is captured; the order ends canceled, the shopper has all back."""
    account.ppp(mode)
    made = account.order()
    account.ask(made, "settle", 10_000)
    assert does(account, made, "cancel", 1).status_code == 200
    assert account.received(made)[1:] == ["settle 100.00", "refund 100.00"]
    assert (account.status(made), account.transaction(made)) == ("canceled", "Cancelled")


def test_an_order_whose_transaction_is_cancelled_takes_no_invoice(account):
    """There is nothing to settle any more: a clear refusal, and no package."""
    account.ppp("partial")
    made = account.order()
    account.ask(made, "cancel", 10_000)
    assert account.invoice(made, "Output", "1", 1000).status_code in (400, 409)
    assert account.ledger(made)["order"]["invoiced"] == 0


# --- Legacy ------------------------------------------------------------------------------------------------------


def test_legacy_with_partial_refunds_plays_e1(account):
    """It captures the total at the first invoice; the change and the return are refunds."""
    account.connect("Old", kind="legacy")
    made = account.order(payments=[{"paymentSystem": 2, "value": 10_000, "connector": "Old"}])
    for number, (step, state, *_) in enumerate(E1):
        assert does(account, made, step, number).status_code == 200, step
        assert account.status(made) == state.split()[0]
    (payment,) = account.ledger(made)["payments"]
    assert (payment["captured"], payment["voided"], payment["refunded"]) == (10_000, 0, 2500)


def test_legacy_without_partial_refunds_leaves_the_difference_to_people(account):
    """1c: the change is CHK0096; only invoicing the rest and a return remain, and the refund is by hand."""
    account.connect("Old", kind="legacy", refundsInPart=False)
    made = account.order(payments=[{"paymentSystem": 2, "value": 10_000, "connector": "Old"}])
    assert does(account, made, "Output 40", 1).status_code == 200
    refused = does(account, made, "change -10", 2)
    assert refused.status_code == 400
    assert "CHK0096" in refused.text
    assert account.status(made) == "payment-approved"
    assert does(account, made, "Output 60", 3).status_code == 200
    assert does(account, made, "Input 10", 4).status_code == 200
    (payment,) = account.ledger(made)["payments"]
    assert (payment["captured"], payment["refunded"]) == (10_000, 0)
    refunds = account.good("GET", f"/api/pvt/transactions/{made['transactionId']}/refunds")
    assert [(each["type"], each["value"]) for each in refunds["actions"]] == [("email-notification", 1000)]


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
