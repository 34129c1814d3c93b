"""What a change of an order is refused for, in order of precedence, and what its lines come to."""

from dataclasses import replace

import pytest

from gateway_mock.core.changes import Change, Lines, change_refused, delta, freight_delta, items_delta, take_change
from gateway_mock.core.orders import Invoice, InvoiceItem, InvoiceType, Item, Order
from gateway_mock.core.refusals import Refusal
from gateway_mock.core.statuses import OrderStatus

ORDER = Order(
    id="O",
    value=10_000,
    transaction_id="T",
    status=OrderStatus.HANDLING,
    items=(
        Item(id="A", unique_id="A1", price=3000, quantity=1, shipping=800),
        Item(id="B", unique_id="B1", price=2500, quantity=2, shipping=1200),
    ),
    shipping=2000,
)


def lines(article, quantity, **more):
    """One line of a change."""
    return (Lines(id=article, quantity=quantity, **more),)


SHIPPED_B = replace(
    ORDER,
    status=OrderStatus.PAYMENT_APPROVED,
    invoices=(
        Invoice(
            number="N1",
            type=InvoiceType.OUTPUT,
            value=3100,
            issuance_date="2024-01-31",
            items=(InvoiceItem(id="B", price=2500, quantity=1),),
        ),
    ),
)


@pytest.mark.parametrize(
    ("order", "change", "refusal"),
    [
        (replace(ORDER, status=OrderStatus.CANCELED), Change(reason=""), "CHANGE_CANCELLED_ORDER"),
        (replace(ORDER, status=OrderStatus.INVOICED), Change(reason=""), "CHANGE_STATUS"),
        (ORDER, Change(reason="", discount=-1, removed=lines("", 0)), "CHANGE_ITEM_ID"),
        (ORDER, Change(reason="", discount=-1, removed=lines("A", 0)), "CHANGE_ITEM_QUANTITY"),
        (ORDER, Change(reason="", discount=-1, added=lines("A", -1)), "CHANGE_ITEM_QUANTITY"),
        (ORDER, Change(reason=" ", discount=-1), "CHANGE_REASON"),
        (ORDER, Change(reason="x", discount=-1), "CHANGE_NEGATIVE"),
        (ORDER, Change(reason="x", increment=-1), "CHANGE_NEGATIVE"),
        (ORDER, Change(reason="x"), "CHANGE_EMPTY"),
        (ORDER, Change(reason="x", discount=5, increment=5), "CHANGE_EMPTY"),
        (ORDER, Change(reason="x", removed=lines("C", 1)), "CHANGE_ITEM_MISSING"),
        (ORDER, Change(reason="x", removed=lines("A", 1, unique_id="B1")), "CHANGE_ITEM_UNMATCHED"),
        (ORDER, Change(reason="x", removed=lines("B", 3)), "CHANGE_ITEM_TOO_MANY"),
        (ORDER, Change(reason="x", removed=(*lines("B", 1), *lines("B", 2))), "CHANGE_ITEM_TOO_MANY"),
        (SHIPPED_B, Change(reason="x", removed=lines("B", 2)), "CHANGE_ITEM_INVOICED"),
    ],
)
def test_a_change_is_refused_before_any_money_is_asked_for(order, change, refusal):
    """The strongest reason is the answer, also when several apply."""
    assert change_refused(order, change).refusal.name == refusal


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (Change(reason="x", discount=10_000), "CHANGE_EXCEEDS"),
        (Change(reason="x", discount=10_001), "CHANGE_EXCEEDS"),
        (Change(reason="x", increment=10**15), "CHANGE_EXCEEDS"),
        (Change(reason="x", added=lines("C", 10**6, price=10**12), computed=True), "CHANGE_EXCEEDS"),
    ],
)
def test_a_change_stays_within_the_order_and_within_bounds(given, change, refusal):
    """C15: a discount of the whole order is refused as well as a larger one; so is more than 15 digits."""
    books = given("A 100 total").transaction
    assert take_change(ORDER, books, change, refunds_in_part=True).refusal.name == refusal


def test_a_discount_of_all_but_a_cent_is_taken(given):
    """The order keeps a value of 0.01."""
    books = given("A 100 total").transaction
    step = take_change(ORDER, books, Change(reason="x", discount=9_999), refunds_in_part=True)
    assert step.order.value == 1


def test_only_some_payments_may_be_charged_again(given):
    """C9: an increase needs a payment that takes a second charge."""
    books = given("A 100 total").transaction
    change = Change(reason="x", increment=1)
    refused = take_change(ORDER, books, change, refunds_in_part=True, may_increase=False)
    assert refused.refusal is Refusal.CHANGE_INCREASE_METHOD


@pytest.mark.parametrize(
    ("change", "items", "freight"),
    [
        (Change(reason="x", removed=lines("B", 1), computed=True), -2500, -600),
        (Change(reason="x", removed=lines("B", 1), computed=True, keeps_freight=True), -2500, 0),
        (Change(reason="x", removed=lines("B", 2), computed=True), -5000, -1200),
        (Change(reason="x", removed=lines("B", 1)), 0, 0),
        (Change(reason="x", added=lines("A", 2), computed=True), 6000, 0),
        (Change(reason="x", added=lines("C", 2, price=100, shipping=50), computed=True), 200, 50),
        (
            Change(reason="x", added=lines("C", 1, price=100, shipping=50), computed=True, keeps_freight=True),
            100,
            0,
        ),
        (Change(reason="x", added=lines("A", 1, price=0), computed=True), 0, 0),
        (Change(reason="x", added=lines("C", 1, price=100), removed=lines("A", 1), computed=True), -2900, -800),
    ],
)
def test_lines_come_to_what_they_cost_at_the_purchase(change, items, freight):
    """Version 2 computes items and freight, version 1 (not computed) trusts the caller's amounts (documented)."""
    assert (items_delta(ORDER, change), freight_delta(ORDER, change)) == (items, freight)


def test_manual_values_are_on_top():
    """Minus 25.00 for the line, plus 3.00, minus 1.00."""
    change = Change(
        reason="x", removed=lines("B", 1), computed=True, keeps_freight=True, increment=300, discount=100
    )
    assert delta(ORDER, change) == -2300


def test_a_unique_id_names_the_line():
    """Two lines of one article with two prices: the one that is named goes."""
    two = (
        Item(id="A", unique_id="A1", price=3000, quantity=1),
        Item(id="A", unique_id="A2", price=2000, quantity=1),
    )
    order = replace(ORDER, items=two, value=5000, shipping=0)
    change = Change(reason="x", removed=lines("A", 1, unique_id="A2"), computed=True)
    assert items_delta(order, change) == -2000


def test_the_order_keeps_what_stays(given):
    """One B of two goes with half of its freight, one C comes."""
    change = Change(
        reason="x", removed=lines("B", 1), added=lines("C", 1, price=500, unique_id="C1"), computed=True
    )
    step = take_change(ORDER, given("A 100 total").transaction, change, refunds_in_part=True)
    assert [(item.id, item.quantity, item.price, item.shipping) for item in step.order.items] == [
        ("A", 1, 3000, 800),
        ("B", 1, 2500, 600),
        ("C", 1, 500, 0),
    ]
    assert (step.order.value, step.order.shipping, step.order.changed) == (7400, 1400, -2600)


@pytest.mark.parametrize(
    ("refusal", "status", "code", "message"),
    [
        (Refusal.CHANGE_ITEM_ID, 400, "CHK0022", "Invalid id for item"),
        (Refusal.CHANGE_REASON, 400, "Mock.ChangeReason", "Field reason not set"),
        (Refusal.CHANGE_EMPTY, 400, "CHK0124", "Invalid modification for order"),
        (
            Refusal.CHANGE_NEGATIVE,
            400,
            "CHK0098",
            "The modification value needs to be greater or equal than zero",
        ),
        (
            Refusal.CHANGE_EXCEEDS,
            400,
            "CHK0034",
            "The value of the modification exceeds the order's price",
        ),
        (
            Refusal.CHANGE_NOT_REFUNDABLE,
            400,
            "CHK0096",
            "Modification cannot be done. Possible reason: settlement directly done by API",
        ),
        (Refusal.CHANGE_IN_PROGRESS, 409, "SalesOrderSystem014", "Change In Progress."),
        (Refusal.CANNOT_RETRY, 409, "SalesOrderSystem016", "Cannot Retry Change."),
        (Refusal.CHANGE_CANCELLED_ORDER, 400, "SalesOrderSystem008", "Cannot Change Cancelled Order."),
        (
            Refusal.NOT_READY_FOR_HANDLING,
            409,
            "OMS003",
            "Order status should be ready-for-handling to perform this action",
        ),
    ],
)
def test_refusals_carry_the_documented_words(refusal, status, code, message):
    """Code, HTTP status and sentence as the documents have them."""
    words = refusal.words
    assert (words.http_status, words.code, words.message) == (status, code, message)
