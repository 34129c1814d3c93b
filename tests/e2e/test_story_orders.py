"""The worked examples of Orders over HTTP, in each mode: the order's figures, what the connector got."""

from contextlib import closing

import pytest

from tests.e2e.test_interfaces_stage import MODES, does, new_account, served_connector

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
