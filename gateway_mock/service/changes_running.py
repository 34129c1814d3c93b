"""A change at work: the order, its money and the change itself move in one unit, or not at all.

A change that raises the order asks for a second authorization first, and the order grows only once that was
approved; until then the change is in progress and nothing else may move the order (S11 of Orders).
"""

from dataclasses import dataclass

from msgspec.structs import replace

from gateway_mock.core import changes as core
from gateway_mock.core.changes import INCREASABLE
from gateway_mock.core.ledger import Payment
from gateway_mock.core.modes import Kind
from gateway_mock.core.money import text
from gateway_mock.core.orders import OrderStep, OrderVerdict
from gateway_mock.core.refusals import Refusal, Refused, refuse
from gateway_mock.core.requests import Increase, Withdraw
from gateway_mock.core.statuses import PaymentStatus
from gateway_mock.ports import Job, Row
from gateway_mock.records import PaymentRecord, Settings, TransactionRecord
from gateway_mock.records_orders import (
    ChangeCancellation,
    ChangeLog,
    ChangeRecord,
    ChangeStatus,
    ChangeTotals,
    ChangeVersion,
)
from gateway_mock.service.booking import Booked, Desk, in_unit
from gateway_mock.service.dispatch import dispatch
from gateway_mock.service.orders import Booking, Case, carry_out, load_case, payments_of
from gateway_mock.service.sandbox import Sandbox
from gateway_mock.service.schedule import CHANGE, LEASE, MINUTE
from gateway_mock.service.transactions import join, put_request

LOOK_AGAIN = 5 * MINUTE
"""How often a change looks whether its pending payment has come to an end (ours; VTEX documents no cadence)."""

ATTEMPTS_MAX = 5
"""How often version 2 looks before it gives up (known issue 1155646)."""

GIVEN_UP = "Change process was automatically canceled after failed retries."


@dataclass(frozen=True, slots=True)
class Applied:
    """A change after one more step: as saved, and the calls that are to be made."""

    record: ChangeRecord
    booked: Booking = ()


# --- Running ------------------------------------------------------------------------------------------------


def run(sandbox: Sandbox, account: str, change_id: str) -> ChangeRecord | Refused:
    """Take a change as far as it goes now. Its job, the request that made it and a retry all come here.

    Returns:
        the change; or why it was dropped: the refusal is in its log, too.
    """

    def use(desk: Desk) -> Applied | Refused:
        row = desk.unit.load(ChangeRecord, change_id)
        if row is None or not row.value.in_progress:
            desk.unit.unschedule(_job_key(change_id))
            return Applied(row.value) if row else refuse(Refusal.CHANGE_NOT_FOUND, id=change_id)
        case = load_case(desk.unit, row.value.order_id)
        return case if isinstance(case, Refused) else apply(desk, case, row)

    applied = in_unit(sandbox, account, use)
    if isinstance(applied, Refused):
        return _failed(sandbox, account, change_id, applied)
    return follow(sandbox, account, applied)


def follow(sandbox: Sandbox, account: str, applied: Applied) -> ChangeRecord | Refused:
    """Make the calls; when they were to raise the order, look at once what became of them."""
    record = applied.record
    for each in applied.booked:
        dispatch(sandbox, each)
    if applied.booked and record.status is ChangeStatus.WAITING_CONFIRMATION:
        return run(sandbox, account, record.id)
    return record


def apply(desk: Desk, case: Case, row: Row[ChangeRecord]) -> Applied | Refused:
    """Decide and book: the order changes now, or one more payment is asked for first."""
    step = decide(desk, case, row.value)
    if isinstance(step, Refused):
        return step
    if not step.increase:
        return _done(desk, case, row, step)
    asked = case.ledger.payment(row.value.payment_id)
    if asked is None:
        return _ask_for_more(desk, case, row, step.increase)
    match asked.status:
        case PaymentStatus.AUTHORIZING:
            return _wait(desk, case, row)
        case PaymentStatus.CANCELLED:
            return refuse(Refusal.INCREASE_DENIED, value=text(asked.value))
        case _:
            return _done(desk, case, row, step)


def decide(desk: Desk, case: Case, record: ChangeRecord) -> OrderVerdict:
    """What core makes of the change as things are now."""
    held = (payment for payment in case.ledger.payments if payment.refundable)
    return core.take_change(
        case.now,
        case.ledger,
        record.change,
        desk.settings.policy,
        refunds_in_part=all(_refunds_in_part(desk.settings, payment) for payment in held),
        may_increase=_model(desk, case, record) is not None,
    )


def _refunds_in_part(settings: Settings, payment: Payment) -> bool:
    """Any PPP connector may be asked for a part; a legacy one as it is configured (E1, variant 1c)."""
    connector = settings.connector(payment.connector)
    return payment.kind is Kind.PPP or (connector is not None and connector.refunds_in_part)


def _done(desk: Desk, case: Case, row: Row[ChangeRecord], step: OrderStep) -> Applied | Refused:
    booked = carry_out(desk, case, step)
    if isinstance(booked, Refused):
        return booked
    record = logged(resolved(case, row.value), desk.now, ChangeStatus.DONE, "The change was applied.")
    desk.unit.save(record.id, record, row.version, owner=record.order_id)
    desk.unit.unschedule(_job_key(record.id))
    return Applied(record, booked)


def resolved(case: Case, record: ChangeRecord) -> ChangeRecord:
    """The change with what it comes to on the order as it is."""
    totals = ChangeTotals(
        manual=record.change.increment - record.change.discount,
        items=core.items_delta(case.now, record.change),
        shipping=core.freight_delta(case.now, record.change),
    )
    return replace(record, before=case.now.items, totals=totals)


def _ask_for_more(desk: Desk, case: Case, row: Row[ChangeRecord], value: int) -> Applied | Refused:
    """E3: one more payment in the same transaction, after the first one that may carry it."""
    model = _model(desk, case, row.value)
    if model is None:
        return refuse(Refusal.CHANGE_INCREASE_METHOD)

    def increase(desk: Desk, record: TransactionRecord) -> Increase | Refused:
        sequence = len(record.ledger.payments)
        payment = join(desk, record, _copy(model, value), sequence, increase=True)
        return payment if isinstance(payment, Refused) else Increase(payment)

    booked = put_request(desk, case.ledger.id, increase)
    return booked if isinstance(booked, Refused) else _confirming(desk, case, row, booked)


def _model(desk: Desk, case: Case, record: ChangeRecord) -> PaymentRecord | None:
    """The first payment that may be charged a second time (C9 of Orders, and the account's settings)."""
    allowed = record.settings.payment_systems
    return next(
        (
            payment
            for payment in payments_of(desk.unit, case.ledger.id)
            if payment.group in INCREASABLE or str(payment.payment_system) in allowed
        ),
        None,
    )


def _copy(model: PaymentRecord, value: int) -> PaymentRecord:
    """The same means of payment for another amount; nothing of the first conversation with the connector."""
    return PaymentRecord(
        id="",
        transaction_id="",
        sequence=0,
        payment_system=model.payment_system,
        payment_system_name=model.payment_system_name,
        group=model.group,
        connector=model.connector,
        currency=model.currency,
        value=value,
        reference_value=value,
        installments_value=value,
        card=model.card,
        merchant_name=model.merchant_name,
    )


def _confirming(desk: Desk, case: Case, row: Row[ChangeRecord], booked: Booked) -> Applied:
    payment = booked.record.ledger.payments[-1]
    message = f"An additional payment of {text(payment.value)} was asked for."
    record = logged(
        replace(row.value, payment_id=payment.id), desk.now, ChangeStatus.WAITING_CONFIRMATION, message
    )
    desk.unit.save(record.id, record, row.version, owner=record.order_id)
    desk.save_order(case.order, case.order.value)
    look_again(desk, record, LEASE)
    return Applied(record, (booked,))


def _wait(desk: Desk, case: Case, row: Row[ChangeRecord]) -> Applied:
    """The connector has not decided yet. Version 1 cannot wait, version 2 looks a few times."""
    record = row.value
    if record.version is ChangeVersion.ONE or record.attempts >= ATTEMPTS_MAX:
        return give_up(desk, case, row, ChangeCancellation(by_user=False, reason=GIVEN_UP, date=desk.now))
    record = replace(record, attempts=record.attempts + 1)
    desk.unit.save(record.id, record, row.version, owner=record.order_id)
    look_again(desk, record, LOOK_AGAIN)
    return Applied(record)


# --- The end without effect ---------------------------------------------------------------------------------


def _failed(sandbox: Sandbox, account: str, change_id: str, why: Refused) -> ChangeRecord | Refused:
    """End the change as `canceled` and keep why."""
    if why.refusal in {Refusal.BUSY, Refusal.CHANGE_NOT_FOUND}:
        return why  # nothing is wrong with the change: its job tries again

    def use(desk: Desk) -> Refused | None:
        row = desk.unit.load(ChangeRecord, change_id)
        if row is not None and row.value.in_progress:
            drop(desk, row, ChangeCancellation(by_user=False, reason=why.message, date=desk.now), why)
        return None

    return in_unit(sandbox, account, use) or why


def give_up(desk: Desk, case: Case, row: Row[ChangeRecord], cancellation: ChangeCancellation) -> Applied:
    """Drop a change while its additional payment is pending, and let go of the payment."""
    withdrawn = put_request(desk, case.ledger.id, Withdraw(row.value.payment_id))
    desk.save_order(case.order, case.order.value)
    record = drop(desk, row, cancellation)
    return Applied(record, () if isinstance(withdrawn, Refused) else (withdrawn,))


def drop(
    desk: Desk, row: Row[ChangeRecord], cancellation: ChangeCancellation, why: Refused | None = None
) -> ChangeRecord:
    """End the change without effect, and keep why."""
    record = replace(row.value, cancellation=cancellation)
    record = logged(record, desk.now, ChangeStatus.CANCELED, cancellation.reason, why)
    desk.unit.save(record.id, record, row.version, owner=record.order_id)
    desk.unit.unschedule(_job_key(record.id))
    return record


# --- Small change -------------------------------------------------------------------------------------------


def logged(
    record: ChangeRecord, now: int, status: ChangeStatus, message: str, why: Refused | None = None
) -> ChangeRecord:
    """The change in that status, with an entry of its log that says so."""
    entry = ChangeLog(
        date=now,
        status=status,
        message=message,
        refusal=why.refusal.name if why else None,
        params=tuple(why.params.items()) if why else (),
    )
    return replace(record, status=status, logs=(*record.logs, entry))


def _job_key(change_id: str) -> str:
    return f"{CHANGE}/{change_id}"


def look_again(desk: Desk, record: ChangeRecord, after: int) -> None:
    """Have a job run the change so many microseconds from now; it replaces the one that the change has."""
    desk.unit.schedule(
        Job(account=desk.account, key=_job_key(record.id), name=CHANGE, due=desk.now + after, subject=record.id)
    )
