"""Writing a step of the core into the store: the ledger, its history, the outbox, the captures.

Everything happens inside the unit of the use case, so a crash leaves either all of it or nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from msgspec import structs

from gateway_mock.core.allocation import Capture
from gateway_mock.core.ledger import Call, Entry, Happening, Step, entry_of
from gateway_mock.core.modes import Operation
from gateway_mock.core.money import text
from gateway_mock.core.orders import advance
from gateway_mock.core.refusals import Refusal, Refused, refuse
from gateway_mock.core.statuses import PAYMENT, OrderStatus, TransactionStatus
from gateway_mock.ports import Answer, LostRaceError, Row, Unit, Work
from gateway_mock.records import (
    CaptureRecord,
    History,
    Moments,
    Note,
    OperationRecord,
    OrderRecord,
    PaymentRecord,
    Settings,
    TransactionRecord,
    history,
    notes,
)
from gateway_mock.service.sandbox import ATTEMPTS_MAX, Sandbox, settings_of
from gateway_mock.service.schedule import GRACE, LEASE, auto_settle_job, release_job, send_job
from gateway_mock.times import seconds_text

T = TypeVar("T")


CANCELS_UNTIL_TOLD = 3
"""How often a cancel fails before a person hears of it (S38, known issue 333897)."""


@dataclass(frozen=True, slots=True)
class Booked:
    """What a step left behind: the record as saved, and the calls to make now that it is safe."""

    record: TransactionRecord
    work: tuple[Work, ...]
    settings: Settings


@dataclass(frozen=True, slots=True)
class Desk:
    """One unit's view of one account."""

    sandbox: Sandbox
    unit: Unit
    account: str
    settings: Settings
    now: int

    def book(
        self,
        row: Row[TransactionRecord],
        step: Step,
        answered: OperationRecord | None = None,
        answer: Answer | None = None,
    ) -> Booked:
        """Save what a step says.

        Args:
            row: the transaction as it was loaded.
            step: what core made of the request or the answer.
            answered: the operation whose answer this is, None for a merchant's request.
            answer: that answer.

        Raises:
            LostRaceError: somebody else saved the transaction first.
        """
        if not step.entries:
            return Booked(row.value, (), self.settings)
        record = structs.replace(
            row.value,
            ledger=step.transaction,
            moments=self._moments(row.value.moments, step.entries),
        )
        self.unit.save(record.id, record, row.version)
        self.unit.append(history(record.id), self._history(step.entries, answered, answer))
        self._keep_captures(record, step, answered, answer)
        self._drop_auto_settles(step.entries)
        operations = [self._outbox(record, call) for call in step.calls]
        if record.order_id is not None:
            self._advance_order(record, step.entries)
        return Booked(record, tuple(self._work(record, operations)), self.settings)

    def tell_failure(self, record: TransactionRecord, operation: OperationRecord, answer: Answer) -> None:
        """A try failed and another one will come: events say so, and an order that waits for it (S7)."""
        why = answer.message or (answer.exchange.error if answer.exchange else None)
        entries = [entry_of(operation.call, Happening.PUT_OFF, note=why)]
        if operation.call.operation is Operation.CANCEL and operation.attempt == CANCELS_UNTIL_TOLD:
            entries.append(entry_of(operation.call, Happening.TOLD_PERSON))
        self.unit.append(history(record.id), self._history(entries, operation, answer))
        row = self.unit.load(OrderRecord, record.order_id) if record.order_id else None
        waits = row is not None and row.value.order.status is OrderStatus.INVOICE
        if row is not None and waits and operation.call.operation is Operation.SETTLE:
            self.save_order(row, structs.replace(row.value, order=replace(row.value.order, in_error=True)))

    def captures(self, transaction_id: str) -> tuple[Capture, ...]:
        """The captures of a transaction that have something left to give back, oldest first."""
        found = self.unit.find(CaptureRecord, owner=transaction_id)
        captures = (row.value for _, row in found)
        return tuple(
            Capture(each.settle_id, each.payment_id, each.value, each.refunded)
            for each in captures
            if each.refunded < each.value
        )

    # --- The parts ----------------------------------------------------------------------------------------

    def _moments(self, moments: Moments, entries: Iterable[Entry]) -> Moments:
        for entry in entries:
            if entry.happening is Happening.TRANSACTION_STATUS:
                moments = self._moved(moments, entry.after or "")
            elif entry.happening is Happening.REQUESTED and entry.operation is Operation.REFUND:
                moments = structs.replace(moments, refunded=self.now, refunding_token=self.sandbox.ids.hex32())
        return moments

    def _moved(self, moments: Moments, status: str) -> Moments:
        moments = structs.replace(moments, last_transition=self.now)
        match status:
            case TransactionStatus.AUTHORIZED:
                return structs.replace(moments, authorized=self.now, authorization_token=self.sandbox.ids.hex32())
            case TransactionStatus.FINISHED:
                return structs.replace(moments, committed=self.now, commitment_token=self.sandbox.ids.hex32())
            case TransactionStatus.CANCELLED:
                return structs.replace(moments, cancelled=self.now, cancellation_token=self.sandbox.ids.hex32())
            case _:
                return moments

    def _history(
        self, entries: Iterable[Entry], answered: OperationRecord | None, answer: Answer | None
    ) -> list[History]:
        return [
            History(
                date=self.now,
                token=self.sandbox.ids.hex32() if entry.happening in _WITH_TOKEN else "",
                entry=entry,
                request_id=answered.request_id if answered and entry.happening in _ANSWERS else None,
                response=answer.response if answer and entry.happening in _ANSWERS else None,
            )
            for entry in entries
        ]

    def _outbox(self, record: TransactionRecord, call: Call) -> OperationRecord:
        """The operation with its requestId, and the job that sends it again should we die before the answer."""
        request_id = (
            call.payment_id
            if call.operation is Operation.AUTHORIZE
            else f"{seconds_text(self.now)}-{call.value}-{self.sandbox.ids.short()}"
        )
        operation = OperationRecord(request_id=request_id, transaction_id=record.id, call=call, created=self.now)
        self.unit.save(request_id, operation, 0, owner=record.id)
        self.unit.schedule(send_job(self.account, request_id, self.now + LEASE))
        return operation

    def _work(self, record: TransactionRecord, operations: Iterable[OperationRecord]) -> Iterable[Work]:
        payments: dict[str, PaymentRecord] = {}
        for operation in operations:
            payment_id = operation.call.payment_id
            if payment_id not in payments:
                payments[payment_id] = payment_of(self.unit, payment_id)
            yield Work(
                call=operation.call,
                request_id=operation.request_id,
                attempt=operation.attempt,
                transaction=record,
                payment=payments[payment_id],
                account=self.account,
            )

    def _keep_captures(
        self, record: TransactionRecord, step: Step, answered: OperationRecord | None, answer: Answer | None
    ) -> None:
        """A confirmed settle can be given back later; a planned refund takes its part.

        One that comes out smaller frees the rest, unless a person gives it back.
        """
        if answered is not None and (confirmed := _confirmed(step.entries)):
            value = confirmed.value or 0
            if answered.call.operation is Operation.SETTLE and value:
                self._add_capture(record, answered.call, value, answer)
            elif answered.call.operation is Operation.REFUND and answered.call.cause is None:
                self._take_captures(record, answered.call, value - answered.call.value)
        for call in step.calls:
            if call.operation is Operation.REFUND and not call.auto:  # sent again, it has its part
                self._take_captures(record, call, call.value)

    def _add_capture(self, record: TransactionRecord, call: Call, value: int, answer: Answer | None) -> None:
        captured = sum(each.captured for each in record.ledger.payments if each.id == call.payment_id)
        capture = CaptureRecord(
            settle_id=(answer.settle_id if answer else None) or "", payment_id=call.payment_id, value=value
        )
        # The keys of a payment's captures sort as they happened.
        self.unit.save(f"{call.payment_id}/{captured:016d}", capture, 0, owner=record.id)

    def _take_captures(self, record: TransactionRecord, call: Call, value: int) -> None:
        """Reserve (or, below zero, free) an amount on the captures that the refund names, oldest first."""
        for key, row in self.unit.find(CaptureRecord, owner=record.id) if value else ():
            capture = row.value
            if capture.payment_id != call.payment_id or call.settle_id not in (None, capture.settle_id):
                continue
            part = max(-capture.refunded, min(value, capture.value - capture.refunded))
            if part:
                taken = structs.replace(capture, refunded=capture.refunded + part)
                self.unit.save(key, taken, row.version, owner=record.id)
            value -= part

    def _drop_auto_settles(self, entries: Iterable[Entry]) -> None:
        """A payment that has come to its end settles nothing by itself any more."""
        for entry in entries:
            if entry.payment_id and entry.happening is Happening.PAYMENT_STATUS and entry.after in _ENDED:
                self.unit.unschedule(auto_settle_job(self.account, entry.payment_id, 0).key)

    def _advance_order(self, record: TransactionRecord, entries: Iterable[Entry]) -> None:
        row = self.unit.load(OrderRecord, record.order_id or "")
        if row is None:
            return
        self.tell(row.value.id, *filter(None, map(_news, entries)))
        order = advance(row.value.order, record.ledger)
        if order != row.value.order:
            self.save_order(row, structs.replace(row.value, order=order))

    def tell(self, order_id: str, *messages: str) -> None:
        """Note for a person what happened to an order."""
        if messages:
            self.unit.append(notes(order_id), [Note(date=self.now, message=message) for message in messages])

    def save_order(self, row: Row[OrderRecord], record: OrderRecord) -> None:
        """Save an order, with the moment and the job that its new status brings."""
        self.unit.save(
            record.id, order_moments(structs.replace(record, last_change=self.now), self.now), row.version
        )
        entered = record.order.status is not row.value.order.status or not row.version
        if entered and record.order.status is OrderStatus.WINDOW_TO_CANCEL:
            self.unit.schedule(release_job(self.account, record.id, self.now + GRACE))


class _Undone(Exception):  # noqa: N818 - not an error: it rolls the unit back
    """Carries a refusal out of a unit, so that nothing of it is kept."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.message)
        self.refused = refused


def desk_of(sandbox: Sandbox, unit: Unit, account: str) -> Desk:
    """The desk of a unit, at this moment."""
    return Desk(sandbox, unit, account, settings_of(unit, sandbox), sandbox.clock.now(account))


def in_unit(sandbox: Sandbox, account: str, use: Callable[[Desk], T | Refused]) -> T | Refused:
    """Do something in one unit, again after a lost race; a refusal leaves nothing behind."""
    for _ in range(ATTEMPTS_MAX):
        try:
            with sandbox.store.write(account) as unit:
                result = use(desk_of(sandbox, unit, account))
                if not isinstance(result, Refused):
                    return result
                raise _Undone(result)  # noqa: TRY301 - leaving the block by an exception undoes the unit
        except LostRaceError:
            continue
        except _Undone as undone:
            return undone.refused
    return refuse(Refusal.BUSY)


_ENDED = frozenset(status for status, events in PAYMENT.items() if not events)
_ANSWERS = frozenset(
    {
        Happening.CONFIRMED,
        Happening.PUT_OFF,
        Happening.FAILED,
        Happening.TOLD_PERSON,
        Happening.HANDED_TO_PERSON,
        Happening.IGNORED,
    }
)
_WITH_TOKEN = _ANSWERS | {Happening.REQUESTED}


def _news(entry: Entry) -> str | None:
    """What a person should know of the order's money, and why: what he has to do, and what nobody will do."""
    value, why = text(entry.value or 0), f": {entry.note}" if entry.note else ""
    match entry.happening, entry.operation:
        case Happening.HANDED_TO_PERSON, Operation.REFUND:
            return f"A person has to refund {value} outside VTEX{why}."
        case Happening.HANDED_TO_PERSON, operation:
            return f"A person has to {operation} {value} at the provider{why}."
        case Happening.FAILED, Operation.REFUND:
            return f"A refund of {value} that waited was dropped{why}."
        case _:
            return None


def _confirmed(entries: Iterable[Entry]) -> Entry | None:
    return next((entry for entry in entries if entry.happening is Happening.CONFIRMED), None)


def order_moments(record: OrderRecord, now: int) -> OrderRecord:
    """The order with the moment of its status, when it has none yet: a later one never overwrites it (S13)."""
    match record.order.status:
        case OrderStatus.PAYMENT_APPROVED | OrderStatus.HANDLING if record.authorized is None:
            return structs.replace(record, authorized=now)
        case OrderStatus.INVOICED if record.invoiced is None:
            return structs.replace(record, invoiced=now)
        case OrderStatus.CANCELED if record.cancelled is None:
            return structs.replace(record, cancelled=now)
        case _:
            return record


def payment_of(unit: Unit, payment_id: str) -> PaymentRecord:
    """The record of a payment that a ledger names.

    Raises:
        LookupError: there is none (a fault of this program).
    """
    row = unit.load(PaymentRecord, payment_id)
    if row is None:
        raise LookupError(f"the ledger names a payment without a record: {payment_id}")
    return row.value
