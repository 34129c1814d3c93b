"""Reading what the API shows: no use case here writes."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway_mock.core.refusals import Refusal, Refused, refuse
from gateway_mock.ports import Job, Log, Unit
from gateway_mock.records import (
    ExchangeRecord,
    History,
    OrderRecord,
    PaymentRecord,
    TransactionRecord,
    exchanges,
    history,
)
from gateway_mock.service.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Told:
    """A transaction with what belongs to it."""

    record: TransactionRecord
    payments: tuple[PaymentRecord, ...] = ()
    entries: Sequence[History] = ()
    order: OrderRecord | None = None


def transaction(sandbox: Sandbox, account: str, transaction_id: str) -> TransactionRecord | Refused:
    """The transaction alone."""
    with sandbox.store.read(account) as unit:
        row = unit.load(TransactionRecord, transaction_id)
    return refuse(Refusal.TRANSACTION_NOT_FOUND, id=transaction_id) if row is None else row.value


def told(sandbox: Sandbox, account: str, transaction_id: str) -> Told | Refused:
    """The transaction with its payments (by creation), its history (oldest first) and its order."""
    with sandbox.store.read(account) as unit:
        row = unit.load(TransactionRecord, transaction_id)
        if row is None:
            return refuse(Refusal.TRANSACTION_NOT_FOUND, id=transaction_id)
        record = row.value
        return Told(
            record,
            _payments(unit, transaction_id),
            unit.read(history(transaction_id), History).entries,
            _order(unit, record),
        )


def latest(sandbox: Sandbox, account: str, most: int) -> tuple[Told, ...]:
    """The newest transactions with their orders, newest first; payments and history are left out."""
    with sandbox.store.read(account) as unit:
        found = [row.value for _, row in unit.find(TransactionRecord)]
        newest = sorted(found, key=_beginning, reverse=True)[:most]
        return tuple(Told(record, order=_order(unit, record)) for record in newest)


def jobs(sandbox: Sandbox, account: str, most: int) -> Sequence[Job]:
    """What the account's clock will run, first to come first."""
    with sandbox.store.read(account) as unit:
        return unit.jobs(limit=most)


def _beginning(record: TransactionRecord) -> tuple[int, str]:
    """A manual clock stands still: of two that it saw begin at once, the order with the higher number is newer."""
    return record.moments.started, record.order_id or ""


def _order(unit: Unit, record: TransactionRecord) -> OrderRecord | None:
    row = unit.load(OrderRecord, record.order_id) if record.order_id else None
    return row.value if row else None


def _payments(unit: Unit, transaction_id: str) -> tuple[PaymentRecord, ...]:
    found = unit.find(PaymentRecord, owner=transaction_id)
    return tuple(sorted((row.value for _, row in found), key=lambda payment: payment.sequence))


def payment(sandbox: Sandbox, account: str, payment_id: str) -> PaymentRecord | Refused:
    """One payment by its id alone."""
    with sandbox.store.read(account) as unit:
        row = unit.load(PaymentRecord, payment_id)
    return refuse(Refusal.PAYMENT_NOT_FOUND, id=payment_id) if row is None else row.value


def exchanged(sandbox: Sandbox, account: str, transaction_id: str) -> Log[ExchangeRecord] | Refused:
    """The calls to connectors, oldest first; memory may have evicted the oldest."""
    with sandbox.store.read(account) as unit:
        if unit.load(TransactionRecord, transaction_id) is None:
            return refuse(Refusal.TRANSACTION_NOT_FOUND, id=transaction_id)
        return unit.read(exchanges(transaction_id), ExchangeRecord)
