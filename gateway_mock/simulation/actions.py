"""What can happen in a history, as a table: how often, when it makes sense, what it does.

Each action gets randomness of its own, so that a history without it is otherwise the same. It tells in a few words
what it did and what came of it; amounts are drawn around what is possible, a little above it now and then.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import TypeAlias

from gateway_mock.core.changes import Lines
from gateway_mock.core.ledger import Transaction
from gateway_mock.core.money import text
from gateway_mock.core.orders import Invoice, InvoiceType, Order
from gateway_mock.core.payment_systems import payment_system
from gateway_mock.core.refusals import Refused
from gateway_mock.core.statuses import OrderStatus, TransactionStatus
from gateway_mock.records import Card, FaultKind, FaultRecord, OrderRecord, PaymentRecord
from gateway_mock.records_orders import ChangeAsked
from gateway_mock.service import callbacks, changes, checkout, faults, orders, transactions
from gateway_mock.service.schedule import HOUR, MINUTE
from gateway_mock.simulation.case import Case
from gateway_mock.simulation.fragile import Fuse
from gateway_mock.simulation.scenario import weighted
from gateway_mock.simulation.world import ACCOUNT, World
from gateway_mock.times import DAY

When: TypeAlias = Callable[[Case], bool]
Perform: TypeAlias = Callable[[World, Case, Random], str]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can happen to a transaction that is there."""

    weight: int
    when: When
    perform: Perform


def told(result: object) -> str:
    """What came of a use case, in words."""
    return f"refused {result.refusal.name}" if isinstance(result, Refused) else "taken"


def about(random: Random, limit: int) -> int:
    """An amount of cents around what is possible: all of it, a part, seldom a little too much."""
    kinds = ((5, limit), (8, random.randint(1, max(limit, 1))), (1, limit + 1))
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
    wanted = transactions.Start(
        value=world.scenario.value + world.scenario.interest,
        reference="1234567",
        channel="store",
        sales_channel="1",
    )
    return told(transactions.start(world.sandbox, ACCOUNT, wanted))


def _pay(world: World, case: Case, _random: Random) -> str:
    payments = [_payment(each) for each in world.scenario.payments]
    return told(transactions.send_payments(world.sandbox, ACCOUNT, case.record.id, payments))


def _payment(wanted: checkout.PaymentRequest) -> PaymentRecord:
    system = payment_system(wanted.payment_system)
    return PaymentRecord(
        id="",
        transaction_id="",
        sequence=0,
        payment_system=system.id,
        payment_system_name=system.name,
        group=system.group,
        connector=wanted.connector,
        value=wanted.value,
        reference_value=wanted.value,
        installments_value=wanted.value,
        card=Card(sent=wanted.card is not None, number=wanted.card),
    )


def _authorize(world: World, case: Case, _random: Random) -> str:
    return told(transactions.authorize(world.sandbox, ACCOUNT, case.record.id, None))


# --- Requests by hand ---------------------------------------------------------------------------------------


def _by_hand(operation: str, limit: Callable[[Transaction], int]) -> Perform:
    def perform(world: World, case: Case, random: Random) -> str:
        value = about(random, limit(case.ledger))
        use = _REQUESTS[operation]
        return f"{text(value)}: {told(use(world.sandbox, ACCOUNT, case.record.id, value))}"

    return perform


_REQUESTS = {
    "settled": transactions.settle,
    "cancelled": transactions.cancel,
    "refunded": transactions.refund,
}


# --- The order ----------------------------------------------------------------------------------------------


def _order(case: Case) -> Order:
    """The order that the precondition has found."""
    if case.order is None:
        raise LookupError("the history has no order")
    return case.order.order


def _record(case: Case) -> OrderRecord:
    if case.order is None:
        raise LookupError("the history has no order")
    return case.order


def _invoice(world: World, case: Case, random: Random) -> str:
    order = _order(case)
    return _send_invoice(world, order, InvoiceType.OUTPUT, about(random, order.value - order.invoiced), random)


def _return(world: World, case: Case, random: Random) -> str:
    order = _order(case)
    return _send_invoice(world, order, InvoiceType.INPUT, about(random, order.invoiced - order.returned), random)


def _send_invoice(world: World, order: Order, kind: InvoiceType, value: int, random: Random) -> str:
    again = order.invoices and random.randrange(10) == 0
    if not again:
        world.invoices += 1
    number = random.choice(order.invoices).number if again else f"N{world.invoices}"
    invoice = Invoice(number=number, type=kind, value=value, issuance_date="2026-01-01T00:00:00")
    return f"{number} {text(value)}: {told(orders.take_invoice(world.sandbox, ACCOUNT, order.id, invoice))}"


def _handle(world: World, case: Case, _random: Random) -> str:
    return told(orders.start_handling(world.sandbox, ACCOUNT, _order(case).id))


def _cancel_order(world: World, case: Case, _random: Random) -> str:
    return told(orders.cancel(world.sandbox, ACCOUNT, _order(case).id, "changed my mind", by_user=True))


def _deny_cancel(world: World, case: Case, _random: Random) -> str:
    record = _record(case)
    asked = record.cancellation_requests[-1].id
    return told(orders.deny_cancel(world.sandbox, ACCOUNT, record.id, asked, "shipped already"))


# --- Changes ------------------------------------------------------------------------------------------------


def _change_1(world: World, case: Case, random: Random) -> str:
    order = _order(case)
    asked = _amounts(random, order)
    if world.requests == 0 or random.randrange(8):
        world.requests += 1
    name = f"R{world.requests}"
    return f"{name} {_say(asked)}: {told(changes.register(world.sandbox, ACCOUNT, order.id, name, asked))}"


def _change_2(world: World, case: Case, random: Random) -> str:
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


def _retry_change(world: World, case: Case, _random: Random) -> str:
    running = next(each for each in case.changes if each.in_progress)
    return told(changes.retry(world.sandbox, ACCOUNT, _order(case).id, running.id))


def _drop_change(world: World, case: Case, _random: Random) -> str:
    running = next(each for each in case.changes if each.in_progress)
    return told(changes.cancel(world.sandbox, ACCOUNT, _order(case).id, running.id, "never mind"))


# --- News from outside --------------------------------------------------------------------------------------


def _pick(world: World, payments: tuple[PaymentRecord, ...], random: Random) -> tuple[PaymentRecord, str]:
    payment = random.choice(payments)
    return payment, world.names[payment.id]


def _decide(world: World, case: Case, random: Random) -> str:
    """The connector decides and its callback gets lost: the gateway learns of it when it asks again."""
    payment, name = _pick(world, case.pending, random)
    world.provider.decide(payment.id)
    return f"{name} is {world.provider.payment(payment.id).status} at the connector"


def _notify(world: World, case: Case, random: Random) -> str:
    """The connector decides, or has decided, and calls back with a body."""
    payment, name = _pick(world, case.pending, random)
    world.provider.decide(payment.id)
    return f"{name} {_call_back(world, payment, contrary=False)}"


def _call_back(world: World, payment: PaymentRecord, *, contrary: bool) -> str:
    body = world.provider.callback(payment.id, contrary=contrary)
    if body is None:
        return "is unknown to the connector"
    callbacks.notify(world.sandbox, ACCOUNT, payment, body, "")
    return f"is called back as {body.status}"


def _ask_again(world: World, case: Case, random: Random) -> str:
    """A callback without body: ask the connector again, decided or not."""
    payment, name = _pick(world, case.pending, random)
    if random.randrange(2):
        world.provider.decide(payment.id)
    callbacks.retry(world.sandbox, ACCOUNT, payment)
    return f"{name}, {world.provider.payment(payment.id).status} at the connector"


def _call_back_late(world: World, case: Case, random: Random) -> str:
    """News after the final status: the same again, or the contrary. Nothing may come of it."""
    payment, name = _pick(world, _decided(case), random)
    return f"{name} {_call_back(world, payment, contrary=bool(random.randrange(2)))}"


def _decided(case: Case) -> tuple[PaymentRecord, ...]:
    """The payments of which the gateway knows the end of the authorization."""
    if case.ledger.status is TransactionStatus.STARTED:
        return ()
    pending = case.pending
    return tuple(payment for payment in case.payments if payment not in pending)


def _paid(world: World, case: Case, random: Random) -> str:
    """A payment notification: the money came in, and a PPP connector has it too, unless it had decided before."""
    payment, name = _pick(world, case.pending, random)
    world.notified.add(payment.id)
    world.provider.pay(payment.id)
    return f"{name} {told(callbacks.confirm_pending(world.sandbox, ACCOUNT, payment.id))}"


# --- Time, faults, crashes ----------------------------------------------------------------------------------

_JUMPS = (
    (4, 3 * MINUTE),
    (4, 20 * MINUTE),
    (5, HOUR),
    (3, 7 * HOUR),
    (3, DAY + MINUTE),
    (1, 4 * DAY + MINUTE),
    (1, 8 * DAY),
)

_WORK_DONE = frozenset({FaultKind.DROP_REPLY, FaultKind.TIMEOUT, FaultKind.MALFORMED})
_FAULTS = tuple((3 if kind in _WORK_DONE else 1, kind) for kind in FaultKind)
"""The gateway has the most to get wrong where the connector has done the work and it cannot know."""

_OUTAGES = ((1, FaultKind.DROP_REQUEST), (1, FaultKind.RESET), (1, FaultKind.STATUS))
"""The connector never hears. Were its answers lost for a whole day, nobody could know what it has done."""

_OPERATIONS = ((8, "*"), (1, "authorize"), (4, "settle"), (3, "cancel"), (3, "refund"))
_STATUSES = ((2, 500), (1, 503), (1, 429))
OUTAGE_CALLS = 250


def _wait(world: World, _case: Case, random: Random) -> str:
    jump = weighted(random, _JUMPS)
    ran = world.wait(jump)
    return f"{jump // MINUTE} minutes: {len(ran)} jobs"


def _fault(world: World, _case: Case, random: Random) -> str:
    fault = FaultRecord(
        operation=weighted(random, _OPERATIONS),
        kind=weighted(random, _FAULTS),
        times=random.randint(1, 3),
        after=random.choice((0, 0, 0, 1)),
        status=weighted(random, _STATUSES),
        seconds=0.0,
    )
    return _add(world, fault)


def _outage(world: World, _case: Case, random: Random) -> str:
    kind = weighted(random, _OUTAGES)
    return _add(world, FaultRecord(operation=weighted(random, _OPERATIONS), kind=kind, times=OUTAGE_CALLS))


def _add(world: World, fault: FaultRecord) -> str:
    faults.add_fault(world.sandbox, ACCOUNT, fault)
    return f"{fault.kind} of {fault.operation}, {fault.times} times after {fault.after}"


def _mend(world: World, _case: Case, _random: Random) -> str:
    return told(faults.clear_faults(world.sandbox, ACCOUNT))


def crash(world: World, random: Random) -> str:
    """Have the process die at one of the next commits."""
    world.store.fuse = Fuse(random.choice((0, 0, 1, 1, 2, 3, 5)), before=bool(random.randrange(2)))
    return str(world.store.fuse)


def _restart(world: World, _case: Case, _random: Random) -> str:
    return f"{world.restart()} sent again"


# --- The table ----------------------------------------------------------------------------------------------


def _always(_case: Case) -> bool:
    return True


def _has_order(case: Case) -> bool:
    return case.order is not None


def _runs_change(case: Case) -> bool:
    return any(each.in_progress for each in case.changes)


def _started(case: Case) -> bool:
    return case.ledger.status is TransactionStatus.STARTED


ACTIONS: dict[str, Action] = {
    "pay": Action(40, lambda case: _started(case) and not case.payments, _pay),
    "authorize": Action(30, lambda case: _started(case) and bool(case.payments), _authorize),
    "settle": Action(3, _always, _by_hand("settled", lambda t: t.remaining)),
    "cancel": Action(2, _always, _by_hand("cancelled", lambda t: t.remaining)),
    "refund": Action(
        2, lambda case: case.ledger.total("captured") > 0, _by_hand("refunded", lambda t: t.total("refundable"))
    ),
    "invoice": Action(12, _has_order, _invoice),
    "return": Action(5, lambda case: case.order is not None and case.order.order.invoiced > 0, _return),
    "start handling": Action(
        6,
        lambda case: case.order is not None and case.order.order.status is OrderStatus.READY_FOR_HANDLING,
        _handle,
    ),
    "cancel order": Action(3, _has_order, _cancel_order),
    "deny cancel": Action(
        8, lambda case: case.order is not None and bool(case.order.cancellation_requests), _deny_cancel
    ),
    "change, version 1": Action(4, _has_order, _change_1),
    "change, version 2": Action(4, _has_order, _change_2),
    "retry change": Action(3, _runs_change, _retry_change),
    "drop change": Action(2, _runs_change, _drop_change),
    "connector decides": Action(4, lambda case: bool(case.pending), _decide),
    "callback": Action(5, lambda case: bool(case.pending), _notify),
    "callback without body": Action(4, lambda case: bool(case.pending), _ask_again),
    "payment notification": Action(2, lambda case: bool(case.pending), _paid),
    "late callback": Action(2, lambda case: bool(_decided(case)), _call_back_late),
    "wait": Action(9, _always, _wait),
    "fault": Action(8, _always, _fault),
    "outage": Action(1, _always, _outage),
    "mend": Action(1, _always, _mend),
    "crash": Action(5, _always, lambda world, _case, random: crash(world, random)),
    "restart": Action(1, _always, _restart),
}
