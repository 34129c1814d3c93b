"""A change at work: the order, its money and the change itself move in one unit, or not at all.

A change that raises the order asks for a second authorization first, and the order grows only once that was
approved; until then the change is in progress and nothing else may move the order (S11 of Orders).
"""

from dataclasses import dataclass, replace

from gateway_mock.core import changes as core
from gateway_mock.core.changes import INCREASABLE
from gateway_mock.core.ledger import Payment
from gateway_mock.core.modes import Kind
from gateway_mock.core.money import CENTS_MAX, text
from gateway_mock.core.orders import OrderStep, OrderVerdict
from gateway_mock.core.plan import Increase
from gateway_mock.core.refusals import Refusal, Refused, refuse
from gateway_mock.core.statuses import PaymentStatus
from gateway_mock.ports import Job, Row
from gateway_mock.records import PaymentRecord, Settings, TransactionRecord
from gateway_mock.records_orders import (
    ChangeCancellation,
    ChangeLog,
    ChangeRecord,
    ChangeSettings,
    ChangeStatus,
    ChangeTotals,
    ChangeVersion,
)
from gateway_mock.service.booking import Booked, Desk, in_unit
from gateway_mock.service.dispatch import dispatch
from gateway_mock.service.orders import Booking, Case, carry_out, load_case
from gateway_mock.service.sandbox import Sandbox
from gateway_mock.service.schedule import CHANGE, LEASE, MINUTE
from gateway_mock.service.transactions import join, put_request

LOOK_AGAIN = 5 * MINUTE
"""How often a change looks whether its pending payment has come to an end (ours; VTEX documents no cadence)."""


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
    for each in applied.booked:
        dispatch(sandbox, each)
    asked_for_more = applied.booked and applied.record.status is ChangeStatus.WAITING_CONFIRMATION
    return run(sandbox, account, applied.record.id) if asked_for_more else applied.record


def apply(desk: Desk, case: Case, row: Row[ChangeRecord]) -> Applied | Refused:
    """Decide and book: the order changes now, or one more payment is asked for first."""
    step = decide(desk.settings, case, row.value)
    if isinstance(step, Refused):
        return step
    if not step.increase:
        return _done(desk, case, row, step)
    asked = case.ledger.payment(row.value.payment_id)
    if asked is None:
        return _ask_for_more(desk, case, row, step.increase)
    match asked.status:
        case PaymentStatus.AUTHORIZING:
            return _wait(desk, row)
        case PaymentStatus.CANCELLED:
            return refuse(Refusal.INCREASE_DENIED, value=text(asked.value))
        case _:
            return _done(desk, case, row, step)


def decide(settings: Settings, case: Case, record: ChangeRecord) -> OrderVerdict:
    """What core makes of the change as things are now."""
    held = (payment for payment in case.ledger.payments if payment.refundable)
    in_part = all(_refunds_in_part(settings, payment) for payment in held)
    verdict = core.take_change(case.now, case.ledger, record.change, refunds_in_part=in_part)
    if isinstance(verdict, OrderStep) and verdict.order.value > CENTS_MAX:
        return refuse(Refusal.CHANGE_EXCEEDS)
    return verdict


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
    found = (each for _, each in desk.unit.find(PaymentRecord, owner=case.ledger.id))
    payments = sorted((each.value for each in found), key=lambda payment: payment.sequence)
    model = next((each for each in payments if _may_grow(each, row.value.settings)), None)
    if model is None:
        return refuse(Refusal.CHANGE_INCREASE_METHOD)

    def increase(desk: Desk, record: TransactionRecord) -> Increase | Refused:
        payment = join(desk, record, _copy(model, value), len(payments), increase=True)
        return payment if isinstance(payment, Refused) else Increase(payment)

    booked = put_request(desk, case.ledger.id, increase)
    return booked if isinstance(booked, Refused) else _confirming(desk, case, row, booked)


def _may_grow(payment: PaymentRecord, settings: ChangeSettings) -> bool:
    return payment.group in INCREASABLE or str(payment.payment_system) in settings.payment_systems


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


def _wait(desk: Desk, row: Row[ChangeRecord]) -> Applied:
    record = replace(row.value, attempts=row.value.attempts + 1)
    desk.unit.save(record.id, record, row.version, owner=record.order_id)
    look_again(desk, record, LOOK_AGAIN)
    return Applied(record)


# --- The end without effect ---------------------------------------------------------------------------------


def _failed(sandbox: Sandbox, account: str, change_id: str, why: Refused) -> ChangeRecord | Refused:
    """Version 2 keeps the change as `canceled` and says why; version 1 forgets it, the caller hears why."""
    if why.refusal in {Refusal.BUSY, Refusal.CHANGE_NOT_FOUND}:
        return why  # nothing is wrong with the change: its job tries again

    def use(desk: Desk) -> Refused | None:
        row = desk.unit.load(ChangeRecord, change_id)
        if row is None or not row.value.in_progress:
            return None
        if row.value.version is ChangeVersion.ONE:
            desk.unit.delete(ChangeRecord, change_id)
            desk.unit.unschedule(_job_key(change_id))
            return None
        drop(desk, row, ChangeCancellation(by_user=False, reason=why.message, date=desk.now), why.message, why)
        return None

    return in_unit(sandbox, account, use) or why


def drop(
    desk: Desk, row: Row[ChangeRecord], cancellation: ChangeCancellation, message: str, why: Refused | None = None
) -> ChangeRecord:
    """End the change without effect, and keep why."""
    record = replace(row.value, cancellation=cancellation)
    record = logged(record, desk.now, ChangeStatus.CANCELED, message, why)
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
