"""The judge alone, fed ledgers that are forged in one place each: it names the place, and honest ones pass."""

from dataclasses import replace

import pytest

from gateway_mock.core.ledger import Payment, Transaction
from gateway_mock.core.modes import Kind, Mode, Operation
from gateway_mock.core.orders import Invoice, InvoiceType, Order
from gateway_mock.core.statuses import OrderStatus, PaymentStatus, TransactionStatus
from gateway_mock.simulation.judge import Books, ByHand, Evidence, end_differences, step_differences

SETTLED, CANCELLED, REFUNDED = Operation.SETTLE, Operation.CANCEL, Operation.REFUND


def payment(**figures: object) -> Payment:
    """100.00 in Partial mode, of which 90.00 are captured, 10.00 voided and 15.00 refunded."""
    whole = {"authorized": 10000, "captured": 9000, "voided": 1000, "refunded": 1500}
    status = {"status": PaymentStatus.FINISHED, "mode": Mode.PARTIAL}
    return Payment(id="P", value=10000, connector="Partial", **(whole | status | figures))


def transaction(*payments: Payment, **figures: object) -> Transaction:
    """The announcement's story after its end: invoices 40 and 50, a change of -10, a return of 15."""
    requested = {"settled": 9000, "cancelled": 1000, "refunded": 1500}
    status = {"status": TransactionStatus.FINISHED, "mode": Mode.PARTIAL}
    return Transaction(id="T", value=10000, payments=payments or (payment(),), **(requested | status | figures))


def invoice(number: str, value: int, kind: InvoiceType = InvoiceType.OUTPUT) -> Invoice:
    """A sale, or a return that asked for its refund."""
    asked = kind is InvoiceType.INPUT
    return Invoice(number=number, type=kind, value=value, issuance_date="2026-01-01", refund_asked=asked)


def order(**changes: object) -> Order:
    """The order of the story: 90.00, all invoiced, 15.00 of it returned."""
    invoices = (invoice("1", 4000), invoice("2", 5000), invoice("3", 1500, InvoiceType.INPUT))
    whole = {"value": 9000, "invoices": invoices, "status": OrderStatus.INVOICED}
    return Order(id="O", transaction_id="T", **(whole | changes))


def evidence(**changes: object) -> Evidence:
    """The story as all three tell it."""
    whole = {
        "transaction": transaction(),
        "order": order(),
        "books": {"P": Books(authorized=10000, captured=9000, voided=1000, refunded=1500)},
        "confirmed": {("P", SETTLED): 9000, ("P", CANCELLED): 1000, ("P", REFUNDED): 1500},
    }
    return Evidence(**(whole | changes))


def test_three_ledgers_that_agree_are_clean():
    """The announcement's story has no difference, neither on the way nor at its end."""
    assert end_differences(evidence()) == ()


BOOKS = evidence().books["P"]


@pytest.mark.parametrize(
    ("forged", "said"),
    [
        (replace(BOOKS, captured=9500), "payment P: the connector has captured 95.00, the gateway knows of 90.00"),
        (replace(BOOKS, captured=4000), "payment P: the connector has captured 40.00, the gateway knows of 90.00"),
        (replace(BOOKS, refunded=3000), "payment P: the connector has refunded 30.00, the gateway knows of 15.00"),
        (replace(BOOKS, voided=0), "payment P: the connector has voided 0.00, the gateway knows of 10.00"),
    ],
)
def test_a_connector_that_moved_other_amounts_is_named_at_once(forged, said):
    """Doubled, lost, given back twice, never freed: each shows in the books before the end."""
    assert said in step_differences(evidence(books={"P": forged}))


def test_what_is_on_its_way_may_have_arrived_or_not():
    """A settle of 50 without its answer: the connector has captured 40 or 90, nothing beyond."""
    on_its_way = transaction(
        payment(captured=4000, settling=5000, calls=1, refunded=0, status=PaymentStatus.SETTLING),
        status=TransactionStatus.SETTLING,
        refunded=0,
    )
    confirmed = {("P", SETTLED): 4000, ("P", CANCELLED): 1000}
    for captured, differences in ((4000, 0), (9000, 0), (9500, 1), (3900, 1)):
        books = {"P": Books(authorized=10000, captured=captured, voided=1000)}
        told = step_differences(evidence(transaction=on_its_way, books=books, confirmed=confirmed))
        assert len(told) == differences, told


def test_what_was_given_up_may_have_been_done():
    """A refund of 15 that was handed to a person: the connector may have given it back, never more."""
    handed = transaction(payment(refunded=0, by_hand=1500))
    confirmed = {("P", SETTLED): 9000, ("P", CANCELLED): 1000}
    for refunded, differences in ((0, 0), (1500, 0), (1600, 1)):
        told = step_differences(
            evidence(
                transaction=handed,
                books={"P": replace(BOOKS, refunded=refunded)},
                confirmed=confirmed,
                lost={("P", REFUNDED): 1500},
            )
        )
        assert len(told) == differences, told


def test_a_history_that_adds_up_to_something_else_is_named():
    """Totals are folds of the history."""
    forged = {("P", SETTLED): 8000, ("P", CANCELLED): 1000, ("P", REFUNDED): 1500}
    assert step_differences(evidence(confirmed=forged)) == (
        "payment P: captured 90.00, the history adds up to 80.00",
    )


def test_a_call_that_was_given_up_too_soon_is_named():
    """Somebody has to wait for the documented window."""
    assert step_differences(evidence(hasty=("payment P: settle",))) == ("payment P: settle was given up too soon",)


OPEN = {"status": TransactionStatus.SETTLING, "refunded": 0, "cancelled": 0}


@pytest.mark.parametrize(
    ("mode", "captured", "requested", "said"),
    [
        (Mode.PARTIAL, 4000, 4000, ""),
        (Mode.PARTIAL, 10000, 4000, "Partial: 100.00 captured, settlements come to 40.00"),
        (Mode.PARTIAL, 0, 4000, "Partial: 0.00 captured, settlements come to 40.00"),
        (Mode.HOLD, 0, 4000, ""),
        (Mode.HOLD, 4000, 4000, "Hold: 40.00 moved before the requests make up the value"),
        (Mode.TOTAL, 10000, 4000, ""),
        (Mode.TOTAL, 4000, 4000, "Total: 40.00 captured at the first settlement, not all that is not cancelled"),
        (Mode.TOTAL, 10000, 0, "Total: 100.00 captured before any settlement"),
    ],
)
def test_each_mode_lets_connectors_hear_its_own(mode, captured, requested, said):
    """Settle 40 of 100: Total captures 100, Hold nothing, Partial 40."""
    told = step_differences(
        evidence(
            transaction=transaction(
                payment(captured=captured, voided=0, refunded=0, status=PaymentStatus.SETTLING),
                mode=mode,
                settled=requested,
                **OPEN,
            ),
            books={"P": Books(authorized=10000, captured=captured)},
            confirmed={("P", SETTLED): captured},
        )
    )
    assert told == ((said,) if said else ())


@pytest.mark.parametrize("mode", [Mode.HOLD, Mode.TOTAL])
def test_a_transaction_that_grew_after_it_was_closed_is_no_difference(mode):
    """Settle 100 of 100, then 20 more are authorized: Hold and Total have captured 100, and wait for the rest."""
    first = payment(captured=10000, voided=0, refunded=0)
    more = replace(
        first, id="Q", value=2000, authorized=2000, captured=0, increase=True, status=PaymentStatus.APPROVED
    )
    grown = replace(transaction(first, more, mode=mode, **OPEN), value=12000, settled=10000)
    books = {"P": Books(authorized=10000, captured=10000), "Q": Books(authorized=2000)}
    assert step_differences(evidence(transaction=grown, books=books, confirmed={("P", SETTLED): 10000})) == ()


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        (Mode.PARTIAL, "Partial: 0.00 voided, cancels come to 30.00"),
        (Mode.HOLD, ""),
        (Mode.TOTAL, ""),
    ],
)
def test_a_cancel_in_part_reaches_connectors_only_in_partial(mode, said):
    """Cancel 30 of 100: Total and Hold keep it inside the gateway."""
    kept = transaction(
        payment(captured=0, voided=0, refunded=0, status=PaymentStatus.APPROVED),
        mode=mode,
        status=TransactionStatus.APPROVED,
        settled=0,
        cancelled=3000,
        refunded=0,
    )
    told = step_differences(evidence(transaction=kept, books={"P": Books(authorized=10000)}, confirmed={}))
    assert told == ((said,) if said else ())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"waiting": ("settle R1",)}, "the outbox still holds settle R1"),
        ({"changing": 1}, "1 change of the order is still in progress"),
        ({"transaction": transaction(payment(calls=1))}, "payment P: 1 calls and 0.00 are still on their way"),
        (
            {"transaction": transaction(status=TransactionStatus.CANCELLING)},
            "the transaction is stuck in Cancelling",
        ),
        (
            {"transaction": transaction(status=TransactionStatus.SETTLING)},
            "all is asked for, and the transaction is still Settling",
        ),
        (
            {"transaction": transaction(payment(status=PaymentStatus.SETTLING))},
            "payment P: Settling with 0.00 open, all is over",
        ),
        (
            {"transaction": transaction(status=TransactionStatus.CANCELLED)},
            "cancelled, and 75.00 of the shopper's money is kept",
        ),
        (
            {"transaction": transaction(settled=8000)},
            "Finished with 10.00 that nobody asked for",
        ),
        (
            {"transaction": transaction(refunded=2000)},
            "refunds of 20.00 were taken, 15.00 given back or handed over",
        ),
        ({"order": order(status=OrderStatus.CANCEL)}, "the order is stuck in cancel, the transaction is Finished"),
        ({"order": order(status=OrderStatus.INVOICE)}, "the order is stuck in invoice"),
        (
            {"order": order(status=OrderStatus.PAYMENT_PENDING)},
            "the order waits for a payment, the transaction is Finished",
        ),
        (
            {"order": order(status=OrderStatus.CANCELED)},
            "the order is canceled, the transaction is Finished, 75.00 is kept",
        ),
        ({"order": order(value=9500)}, "the order of 95.00 is invoiced with 90.00"),
        ({"order": order(value=9500)}, "the order is worth 95.00, its transaction 90.00"),
        (
            {"order": order(invoices=(invoice("1", 4000),))},
            "invoices come to 40.00, settlements to 90.00",
        ),
        (
            {"order": order(invoices=(invoice("1", 9000),))},
            "returns ask for 0.00 back, the gateway for 15.00",
        ),
    ],
)
def test_whatever_is_stuck_or_disagrees_at_the_end_is_named(changes, said):
    """Every request is done, refused or handed to a person, and the order says what the gateway was asked."""
    assert said in end_differences(evidence(**changes))


def test_money_asked_for_by_hand_is_no_difference_to_the_order():
    """40 settled without an invoice: the order knows nothing of it, and need not."""
    by_hand = evidence(order=order(invoices=(invoice("1", 9000), invoice("2", 1500, InvoiceType.INPUT))))
    beside = replace(
        by_hand,
        order=order(status=OrderStatus.HANDLING, invoices=(invoice("1", 5000),)),
        by_hand=ByHand(settled=4000, refunded=1500),
    )
    assert end_differences(by_hand) == ()
    assert end_differences(beside) == ()


def test_what_was_cancelled_of_a_captured_payment_stays_open_in_hold():
    """Documented (H3): cancel 20, settle 80; the connector hears of 80 only, and 20 stay with it."""
    held = transaction(
        payment(captured=8000, voided=0, refunded=0, mode=Mode.HOLD),
        mode=Mode.HOLD,
        settled=8000,
        cancelled=2000,
        refunded=0,
    )
    books = {"P": Books(authorized=10000, captured=8000)}
    told = evidence(transaction=held, order=None, books=books, confirmed={("P", SETTLED): 8000})
    assert end_differences(told) == ()
    partial = replace(told, transaction=replace(held, mode=Mode.PARTIAL))
    assert "payment P: Finished with 20.00 open, all is over" in end_differences(partial)


def test_an_authorization_that_nobody_freed_is_named():
    """Cancelled at the gateway, approved at the connector: the shopper's money is still reserved there."""
    lost = transaction(
        payment(authorized=0, captured=0, voided=0, refunded=0, status=PaymentStatus.CANCELLED),
        status=TransactionStatus.CANCELLED,
        settled=0,
        cancelled=10000,
        refunded=0,
    )
    told = evidence(transaction=lost, order=None, books={"P": Books(authorized=10000)}, confirmed={})
    assert end_differences(told) == ("payment P: all is over, the connector still holds 100.00",)
    assert end_differences(replace(told, lost={("P", CANCELLED): 10000})) == ()


def test_a_legacy_payment_may_stay_open_and_a_ppp_payment_may_not():
    """The delays of a connector settle what nobody cancelled; a legacy one without a delay waits for ever."""
    left = payment(captured=0, voided=0, refunded=0, status=PaymentStatus.APPROVED)
    open_ = transaction(left, status=TransactionStatus.APPROVED, settled=0, cancelled=0, refunded=0)
    told = evidence(transaction=open_, order=None, books={"P": Books(authorized=10000)}, confirmed={})
    assert end_differences(told) == ("100.00 is open after every delay, cancels hold 0.00",)
    legacy = replace(open_, payments=(replace(left, kind=Kind.LEGACY),))
    assert end_differences(replace(told, transaction=legacy, books={})) == ()


def test_a_connector_that_does_less_and_says_so_is_no_difference():
    """S14: it settled 90 of 100 and said so, nobody has asked for the rest: what is open is explained."""
    open_ = transaction(
        payment(captured=9000, voided=0, refunded=0, status=PaymentStatus.SETTLING),
        status=TransactionStatus.SETTLING,
        mode=Mode.TOTAL,
        cancelled=0,
        refunded=0,
    )
    told = {
        "transaction": open_,
        "order": None,
        "books": {"P": Books(authorized=10000, captured=9000)},
        "confirmed": {("P", SETTLED): 9000},
    }
    short = {("P", SETTLED): 1000}
    assert end_differences(evidence(**told, short=short)) == ()
    assert len(end_differences(evidence(**told))) == 2
    told["books"] = {"P": Books(authorized=10000, captured=8000)}
    assert end_differences(evidence(**told, short=short)) == (
        "payment P: the connector has captured 80.00, the gateway knows of 90.00",
    )


@pytest.mark.parametrize(("short", "differences"), [(3000, 0), (2999, 1)])
@pytest.mark.parametrize("mode", [Mode.TOTAL, Mode.HOLD])
def test_what_a_connector_fell_short_of_explains_that_much(mode, short, differences):
    """S14: asked to settle 100, it settled 70: exactly 30 are explained by what it said, not a cent more."""
    open_ = transaction(
        payment(captured=7000, voided=0, refunded=0, status=PaymentStatus.SETTLING),
        mode=mode,
        **(OPEN | {"settled": 7000}),
    )
    told = step_differences(
        evidence(
            transaction=open_,
            books={"P": Books(authorized=10000, captured=7000)},
            confirmed={("P", SETTLED): 7000},
            short={("P", SETTLED): short},
        )
    )
    assert len(told) == differences, told


@pytest.mark.parametrize(("dropped", "differences"), [(1000, 0), (0, 1), (1001, 1)])
def test_a_return_that_waited_in_vain_explains_its_own_amount(dropped, differences):
    """Returns ask for 25.00, 10.00 of which waited for a capture that never came."""
    more = order(invoices=(*order().invoices, invoice("4", 1000, InvoiceType.INPUT)))
    told = end_differences(evidence(order=more, dropped=dropped))
    assert len(told) == differences, told


CANCELED = {
    "transaction": transaction(payment(refunded=6000), refunded=6000),
    "order": order(status=OrderStatus.CANCELED, invoices=()),
    "books": {"P": replace(BOOKS, refunded=6000)},
    "confirmed": {("P", SETTLED): 9000, ("P", CANCELLED): 1000, ("P", REFUNDED): 6000},
    "short": {("P", REFUNDED): 3000},
}


@pytest.mark.parametrize(("by_hand", "differences"), [(0, 1), (6000, 0)])
def test_only_a_refund_by_hand_may_come_out_smaller(by_hand, differences):
    """Who asks by hand may ask again; what a cancelled order was not given back, somebody has as a task."""
    told = end_differences(evidence(**CANCELED, by_hand=ByHand(settled=9000, refunded=by_hand)))
    assert len(told) == differences, told


def test_money_that_nothing_settles_by_itself_may_stay_open():
    """The merchant has switched the automatic settle off: 100 authorized, nobody asks for it."""
    waiting = transaction(
        payment(captured=0, voided=0, refunded=0, status=PaymentStatus.APPROVED),
        status=TransactionStatus.APPROVED,
        settled=0,
        cancelled=0,
        refunded=0,
    )
    told = {"transaction": waiting, "order": None, "books": {"P": Books(authorized=10000)}, "confirmed": {}}
    assert end_differences(evidence(**told, settles_by_itself=False)) == ()
    assert end_differences(evidence(**told)) == ("100.00 is open after every delay, cancels hold 0.00",)
