"""The gateway's part of the story over HTTP: documented bodies, worked examples, what the connector got."""

import pytest

from tests.e2e.test_interfaces_stage import (
    APPROVED,
    DENIED,
    MODES,
    authorized,
    begun,
    payment_body,
)

# --- The transaction process, with the documented bodies ---------------------------------------------------------


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
