"""What the merchant does: checkouts, requests by hand, invoices, returns, cancels and changes.

Each deed gets randomness of its own, and tells in a few words what it did and what came of it; amounts are drawn
around what is possible, a little above it now and then.
"""

from collections.abc import Callable
from random import Random
from typing import TypeAlias

from msgspec.structs import replace

from gateway_mock.core.changes import Lines
from gateway_mock.core.ledger import Transaction
from gateway_mock.core.money import text
from gateway_mock.core.orders import Invoice, InvoiceType, Order
from gateway_mock.core.payment_systems import payment_system
from gateway_mock.core.refusals import Refused
from gateway_mock.records import Card, OrderRecord, PaymentRecord, TransactionRecord
from gateway_mock.records_orders import ChangeAsked
from gateway_mock.service import changes, checkout, orders, transactions
from gateway_mock.simulation.case import Case
from gateway_mock.simulation.scenario import weighted
from gateway_mock.simulation.world import ACCOUNT, World

Deed: TypeAlias = Callable[[World, Case, Random], str]


def told(result: object) -> str:
    """What came of a use case, in words."""
    return f"refused {result.refusal.name}" if isinstance(result, Refused) else "taken"


def about(random: Random, limit: int) -> int:
    """An amount of cents around what is possible: all of it, a part, a part without cents, seldom too much."""
    part = random.randint(1, max(limit, 1))
    kinds = ((5, limit), (6, part), (3, part // 100 * 100), (1, limit + 1))
    return max(weighted(random, kinds), 1)


# --- The checkout -------------------------------------------------------------------------------------------


def begin(world: World) -> str:
    """The history's first deed, again when a crash has cut it off: an order, or a transaction by hand."""
    return _checkout(world) if world.scenario.with_order else _start(world)


def begun(world: World) -> bool:
    """Whether the first deed has left what it was to leave."""
    case = world.case
    return case is not None and (case.order is not None or not world.scenario.with_order)


def _checkout(world: World) -> str:
    scenario = world.scenario
    wanted = checkout.OrderRequest(
        value=scenario.value,
        shipping=scenario.shipping,
        items=scenario.items,
        payments=scenario.payments,
        until=scenario.until,
    )
    made = checkout.make_order(world.sandbox, ACCOUNT, wanted)
    return told(made) if isinstance(made, Refused) else f"order {made.id}"


def _start(world: World) -> str:
    wanted = transactions.Start(value=world.scenario.paid, reference="1234567", channel="store", sales_channel="1")
    return told(transactions.start(world.sandbox, ACCOUNT, wanted))


def pay(world: World, case: Case, _random: Random) -> str:
    """The shopper's payments arrive."""
    payments = [_payment(each, world.scenario.currency) for each in world.scenario.payments]
    return told(transactions.send_payments(world.sandbox, ACCOUNT, case.record.id, payments))


def _payment(wanted: checkout.PaymentRequest, currency: str) -> PaymentRecord:
    system = payment_system(wanted.payment_system)
    return PaymentRecord(
        id="",
        transaction_id="",
        sequence=0,
        payment_system=system.id,
        payment_system_name=system.name,
        group=system.group,
        connector=wanted.connector,
        currency=currency,
        value=wanted.value,
        reference_value=wanted.value,
        installments_value=wanted.value,
        card=Card(sent=wanted.card is not None, number=wanted.card),
    )


def authorize(world: World, case: Case, _random: Random) -> str:
    """Every connector is asked."""
    return told(transactions.authorize(world.sandbox, ACCOUNT, case.record.id, None))


# --- Requests by hand ---------------------------------------------------------------------------------------


def by_hand(operation: str, limit: Callable[[Transaction], int]) -> Deed:
    """A settle, cancel or refund beside the order: what it raises, and how much may be asked for.

    Now and then it is worth as much as all before it: another request, however much it looks like a repeat.
    """

    def perform(world: World, case: Case, random: Random) -> str:
        value, so_far = about(random, limit(case.ledger)), int(getattr(case.ledger, operation))
        value = so_far if so_far and random.randrange(4) == 0 else value
        result = _REQUESTS[operation](world.sandbox, ACCOUNT, case.record.id, value)
        if not isinstance(result, Refused) and not world.asides:
            _hold_to_word(world, case.ledger, value)
        return f"{text(value)}: {told(result)}"

    return perform


def _hold_to_word(world: World, before: Transaction, value: int) -> None:
    """What was taken is in the totals, of a cancel maybe as a refund, unless the connector did less at once."""
    less = world.provider.line.less
    with world.store.read(ACCOUNT) as unit:
        row = unit.load(TransactionRecord, before.id)
    rose = _asked(row.value.ledger) - _asked(before) if row else 0
    if rose != value and not (less and less.requests):
        world.broken_words.append(f"a request of {text(value)} was taken, the totals rose by {text(rose)}")


def _asked(transaction: Transaction) -> int:
    return transaction.settled + transaction.cancelled + transaction.refunded


_REQUESTS = {
    "settled": transactions.settle,
    "cancelled": transactions.cancel,
    "refunded": transactions.refund,
}


# --- The order ----------------------------------------------------------------------------------------------


def _record(case: Case) -> OrderRecord:
    """The order that the action's condition has found."""
    if case.order is None:
        raise LookupError("the history has no order")
    return case.order


def _order(case: Case) -> Order:
    return _record(case).order


def invoice(world: World, case: Case, random: Random) -> str:
    """A sale, now and then under a number that was used before."""
    order = _order(case)
    return _send_invoice(world, order, InvoiceType.OUTPUT, about(random, order.value - order.invoiced), random)


def return_(world: World, case: Case, random: Random) -> str:
    """Something comes back, before or after the whole order was invoiced."""
    order = _order(case)
    return _send_invoice(world, order, InvoiceType.INPUT, about(random, order.invoiced - order.returned), random)


def _send_invoice(world: World, order: Order, kind: InvoiceType, value: int, random: Random) -> str:
    again = order.invoices and random.randrange(10) == 0
    if not again:
        world.invoices += 1
    number = random.choice(order.invoices).number if again else f"N{world.invoices}"
    invoice = Invoice(number=number, type=kind, value=value, issuance_date="2026-01-01T00:00:00")
    return f"{number} {text(value)}: {told(orders.take_invoice(world.sandbox, ACCOUNT, order.id, invoice))}"


def handle(world: World, case: Case, _random: Random) -> str:
    """The store begins to handle the order."""
    return told(orders.start_handling(world.sandbox, ACCOUNT, _order(case).id))


def cancel_order(world: World, case: Case, _random: Random) -> str:
    """The shopper takes the order back."""
    return told(orders.cancel(world.sandbox, ACCOUNT, _order(case).id, "changed my mind", by_user=True))


def deny_cancel(world: World, case: Case, _random: Random) -> str:
    """The seller refuses the latest cancellation, open or not."""
    record = _record(case)
    asked = record.cancellation_requests[-1].id
    return told(orders.deny_cancel(world.sandbox, ACCOUNT, record.id, asked, "shipped already"))


# --- Changes ------------------------------------------------------------------------------------------------


def change_1(world: World, case: Case, random: Random) -> str:
    """A change by amounts, now and then with a `requestId` that was used before."""
    order = _order(case)
    asked = _amounts(random, order)
    if world.requests == 0 or random.randrange(8):
        world.requests += 1
    name = f"R{world.requests}"
    return f"{name} {_say(asked)}: {told(changes.register(world.sandbox, ACCOUNT, order.id, name, asked))}"


def change_2(world: World, case: Case, random: Random) -> str:
    """A change by amounts or by lines, now or after a delay."""
    order = _order(case)
    asked = _amounts(random, order) if random.randrange(2) else _lines(random, order)
    made = changes.create(world.sandbox, ACCOUNT, order.id, asked, _delayed(world))
    return f"{_say(asked)}: {told(made)}"


def _delayed(world: World) -> changes.Override:
    return lambda settings: replace(settings, delay=world.scenario.change_delay)


def _amounts(random: Random, order: Order) -> ChangeAsked:
    if random.randrange(2):
        return ChangeAsked(reason="less", discount=about(random, max(order.value - max(order.invoiced, 1), 1)))
    return ChangeAsked(reason="more", increment=random.randint(1, max(order.value // 2, 1)))


def _lines(random: Random, order: Order) -> ChangeAsked:
    item = random.choice(order.items) if order.items else None
    if item is None or random.randrange(3) == 0:
        return ChangeAsked(reason="more", added=(Lines(id="9", quantity=1, price=random.randint(1, 5000)),))
    return ChangeAsked(reason="less", removed=(Lines(id=item.id, quantity=random.randint(1, item.quantity)),))


def _say(asked: ChangeAsked) -> str:
    parts = [
        f"-{text(asked.discount)}" if asked.discount else "",
        f"+{text(asked.increment)}" if asked.increment else "",
    ]
    parts += [f"-{each.quantity} of item {each.id}" for each in asked.removed]
    parts += [f"+{each.quantity} of item {each.id} at {text(each.price or 0)}" for each in asked.added]
    return " ".join(filter(None, parts))


def retry_change(world: World, case: Case, _random: Random) -> str:
    """The change in progress is run once more."""
    running = next(each for each in case.changes if each.in_progress)
    return told(changes.retry(world.sandbox, ACCOUNT, _order(case).id, running.id))


def drop_change(world: World, case: Case, _random: Random) -> str:
    """The change in progress is dropped."""
    running = next(each for each in case.changes if each.in_progress)
    return told(changes.cancel(world.sandbox, ACCOUNT, _order(case).id, running.id, "never mind"))
