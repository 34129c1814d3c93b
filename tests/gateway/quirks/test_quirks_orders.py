"""The switches that an ERP meets: invoices, returns, changes and cancels, each with the symptom and without.

The columns of a story: switch, mode, step, answer, what connectors hear, the order, captured voided refunded,
balanced. An order `payment-approved 90/40 -15` is of 90.00, with 40.00 invoiced and 15.00 returned.
"""

import pytest

from tests.gateway.orders_shop import Shop, invoice

STORIES = """
settle.ledger-divergence off      | partial | output 40     | 200         | settle A 40 | payment-approved 100/40 | 40 0 0  | yes
settle.ledger-divergence on       | partial | output 40     | 200         | settle A 40 | invoice 100/40          | 40 0 0  | no
                                  |         | settle 40     | 200         | -           | invoice 100/40          | 40 0 0  | no
settle.zero off                   | total   | output 50     | 200         | settle A 100 | payment-approved 100/50 | 100 0 0 | yes
                                  |         | settle 0      | 400 1402    | -           | payment-approved 100/50 | 100 0 0 | yes
                                  |         | output 50     | 200         | -           | invoiced 100/100        | 100 0 0 | yes
settle.zero on                    | total   | output 50     | 200         | settle A 100 | payment-approved 100/50 | 100 0 0 | yes
                                  |         | settle 0      | 200         | -           | payment-approved 100/50 | 100 0 0 | yes
                                  |         | output 50     | 200         | -           | invoice 100/100         | 100 0 0 | no
settle.total-only-shared-transaction off | total | output 40 | 200        | settle A 100 | payment-approved 100/40 | 100 0 0 | yes
                                  |         | register -10  | 200         | refund A 10 | payment-approved 90/40  | 100 0 10 | yes
settle.total-only-shared-transaction on | total | output 40 | 200         | settle A 100 | payment-approved 100/40 | 100 0 0 | yes
                                  |         | register -10  | 400 CHK0096 | -           | payment-approved 100/40 | 100 0 0 | yes
settle.total-only-shared-transaction on | partial | output 40 | 200       | settle A 40 | payment-approved 100/40 | 40 0 0  | yes
                                  |         | register -10  | 200         | cancel A 10 | payment-approved 90/40  | 40 10 0 | yes
refund.stale-invoice-data off     | partial | output 100    | 200         | settle A 100 | invoiced 100/100       | 100 0 0 | yes
                                  |         | input 20      | 200         | refund A 20 | invoiced 100/100 -20    | 100 0 20 | yes
                                  |         | input 50      | 200         | refund A 50 | invoiced 100/100 -70    | 100 0 70 | yes
refund.stale-invoice-data on      | partial | output 100    | 200         | settle A 100 | invoiced 100/100       | 100 0 0 | yes
                                  |         | input 20      | 200         | refund A 20 | invoiced 100/100 -20    | 100 0 20 | yes
                                  |         | input 50      | 200         | -           | invoiced 100/100 -70    | 100 0 20 | no
refund.dedupe-by-value on         | partial | output 100    | 200         | settle A 100 | invoiced 100/100       | 100 0 0 | yes
                                  |         | input 20      | 200         | refund A 20 | invoiced 100/100 -20    | 100 0 20 | yes
                                  |         | input 20      | 200         | -           | invoiced 100/100 -40    | 100 0 20 | no
race.cancel-vs-invoice off        | partial | cancel        | 200         | cancel A 100 | canceled 100/0         | 0 100 0 | yes
                                  |         | output 100    | 409 Mock.InvoiceStatus | - | canceled 100/0         | 0 100 0 | yes
race.cancel-vs-invoice on         | partial | cancel        | 200         | -           | cancellation-requested 100/0 | 0 0 0 | yes
                                  |         | output 100    | 200         | settle A 100 | cancellation-requested 100/100 | 100 0 0 | yes
                                  |         | cancel        | 400 CHK0202 | -           | cancellation-requested 100/100 | 100 0 0 | yes
race.cancel-vs-invoice on         | partial | cancel        | 200         | -           | cancellation-requested 100/0 | 0 0 0 | yes
                                  |         | cancel        | 200         | cancel A 100 | canceled 100/0         | 0 100 0 | yes
oms.change-not-mirrored off       | partial | register -10  | 200         | cancel A 10 | handling 90/0           | 0 10 0  | yes
                                  |         | output 90     | 200         | settle A 90 | invoiced 90/90          | 90 10 0 | yes
oms.change-not-mirrored on        | partial | register -10  | 200         | -           | handling 90/0           | 0 0 0   | yes
                                  |         | output 90     | 200         | settle A 100 | invoiced 90/90         | 100 0 0 | yes
"""  # noqa: E501

INTEREST = """
amount.interest-not-settled off   | partial | output 40     | 200         | settle A 44 | payment-approved 100/40 | 44 0 0  | yes
                                  |         | output 60     | 200         | settle A 66 | invoiced 100/100        | 110 0 0 | yes
amount.interest-not-settled on    | partial | output 40     | 200         | settle A 40 | payment-approved 100/40 | 40 0 0  | yes
                                  |         | output 60     | 200         | settle A 60 | invoice 100/100         | 100 0 0 | yes
                                  |         | settle 10     | 200         | settle A 10 | invoiced 100/100        | 110 0 0 | yes
"""  # noqa: E501


def stories(table):
    """The stories of a table as test parameters."""
    rows = [[" ".join(cell.split()) for cell in line.split("|")] for line in table.strip().splitlines()]
    starts = [number for number, row in enumerate(rows) if row[0]]
    return [
        pytest.param(rows[start:end], id=f"{rows[start][0]} {rows[start][1]}")
        for start, end in zip(starts, [*starts[1:], len(rows)], strict=True)
    ]


def answered(answer):
    """The column `answer`: the status, with the code of a refusal."""
    return f"{answer.status_code} {answer.json['error']['code']}" if answer.status_code >= 400 else "200"


def play(shop, rows):
    """Perform every row and hold it against the table."""
    for _, _, step, *expected in rows:
        answer = shop.perform(step)
        order, confirmed, balanced = shop.state()
        assert [answered(answer), shop.heard(), order, confirmed, balanced] == expected, step


@pytest.mark.parametrize("rows", stories(STORIES))
def test_a_switch_shows_its_symptom_to_an_erp(rows, world, switch):
    """An order of 100.00: the answer, what connectors hear, how the order and the money stand."""
    name, state = rows[0][0].split()
    switch(name, on=state == "on")
    play(Shop(world, rows[0][1]), rows)


INTEREST_RETURNED = """
amount.interest-refund-blocked off | partial | output 100   | 200         | settle A 110 | invoiced 100/100       | 110 0 0 | yes
                                  |         | input 110     | 200         | refund A 110 | invoiced 100/100 -110  | 110 0 110 | yes
amount.interest-refund-blocked on | partial | output 100    | 200         | settle A 110 | invoiced 100/100       | 110 0 0 | yes
                                  |         | input 110     | 400 Mock.ReturnExceeds | - | invoiced 100/100       | 110 0 0 | yes
"""  # noqa: E501


@pytest.mark.parametrize("rows", stories(INTEREST + INTEREST_RETURNED.lstrip()))
def test_interest_may_stay_open_for_ever(rows, world, switch):
    """Known issues 1130035, 376077: order 100.00, transaction 110.00; the gateway's API is the way out."""
    name, state = rows[0][0].split()
    switch(name, on=state == "on")
    play(Shop(world, rows[0][1], payments=[{"paymentSystem": 2, "value": 11_000}]), rows)


# --- What an ERP writes ---------------------------------------------------------------------------------------

TWICE = [{"id": "A", "price": 5100, "quantity": 1}, {"id": "A", "price": 5000, "quantity": 1}]
ONCE = [{"id": "A", "price": 5050, "quantity": 2}]


@pytest.mark.parametrize(
    ("on", "items", "refunds"),
    [(False, TWICE, "refund A 101"), (True, TWICE, "-"), (True, ONCE, "refund A 101")],
    ids=["off", "on", "defended"],
)
def test_a_return_with_one_article_twice_may_refund_nothing(on, items, refunds, world, switch):
    """Known issue 1198829: two units for 101.00, one line at 51.00 and one at 50.00; one line is the defence."""
    switch("oms.duplicate-sku-blocks-refund", on=on)
    shop = Shop(world, "partial", value=10_100)
    shop.output("101")
    shop.heard()
    body = invoice("R1", "10100", "Input", items=items)
    assert shop.send("POST", shop.path("/invoice"), body).status_code == 200
    assert (shop.heard(), shop.ledger()["balanced"]) == (refunds, refunds != "-")


# --- Races, both orders ---------------------------------------------------------------------------------------


def deny(shop, request_id):
    """The seller refuses the cancellation."""
    path = f"/api/orders/pvt/document/{shop.id}/deny-cancellation-request"
    return shop.send("POST", path, {"cancellationRequestId": request_id, "denyReason": "shipped"})


@pytest.mark.parametrize(("on", "status"), [(False, "invoiced"), (True, "cancellation-requested")])
def test_an_order_invoiced_under_its_cancel_never_moves_again(on, status, world, switch):
    """Known issue 1400005: in error for good, not even the seller's no moves it; a refund is what is left."""
    switch("race.cancel-vs-invoice" if on else "cancel-in-two-steps")
    shop = Shop(world, "partial")
    shop.cancel()
    request = shop.show()["cancellationRequests"][0]["id"]
    shop.output("100")
    told = shop.show()
    assert (told["status"], told["workflowIsInError"]) == (status, on)
    assert deny(shop, request).status_code == 400
    assert shop.show()["status"] == status
    path = f"/api/pvt/transactions/{shop.transaction_id}/refunding-request"
    assert shop.send("POST", path, {"value": 10_000}).status_code == 200


def test_an_invoice_before_the_cancel_wins_with_the_switch_too(world, switch):
    """The other order of the race: once invoiced, the cancel is refused."""
    switch("race.cancel-vs-invoice")
    shop = Shop(world, "partial")
    shop.output("100")
    assert answered(shop.cancel()) == "400 CHK0202"
    assert shop.show()["status"] == "invoiced"


LATER = {"reason": "stock", "manualDiscountValue": 1000, "settings": {"_mock": {"delaySeconds": 60}}}


@pytest.mark.parametrize(
    ("on", "answer", "order"),
    [(False, "409 SalesOrderSystem014", "handling 90/0"), (True, "200", "invoiced 90/100")],
    ids=["off", "on"],
)
def test_an_invoice_may_be_taken_under_a_change(on, answer, order, world, switch):
    """Known issue 1348894: a change of -10 runs for a minute, and the ERP invoices the 100 that it has read."""
    switch("race.change-vs-invoice", on=on)
    shop = Shop(world, "partial")
    shop.modify(LATER)
    assert answered(shop.output("100")) == answer
    shop.advance(60)
    assert shop.state()[0] == order


def test_waiting_for_the_change_is_right_with_the_switch_too(world, switch):
    """The defence of a client: the change is done before anything is invoiced."""
    switch("race.change-vs-invoice")
    shop = Shop(world, "partial")
    shop.modify(LATER)
    shop.advance(60)
    shop.output("90")
    assert shop.state() == ["invoiced 90/90", "90 10 0", "yes"]
