"""One transaction with everything that the store has of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway_mock.core.ledger import Transaction
from gateway_mock.core.modes import Operation
from gateway_mock.ports import Unit
from gateway_mock.records import History, OperationRecord, OrderRecord, PaymentRecord, TransactionRecord, history
from gateway_mock.records_orders import ChangeRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A transaction, its order, and what is going on with both."""

    record: TransactionRecord
    order: OrderRecord | None
    payments: tuple[PaymentRecord, ...]
    operations: tuple[OperationRecord, ...]
    changes: tuple[ChangeRecord, ...]
    entries: tuple[History, ...]

    @property
    def ledger(self) -> Transaction:
        """Its ledger."""
        return self.record.ledger

    @property
    def pending(self) -> tuple[PaymentRecord, ...]:
        """The payments whose authorization has no answer yet."""
        waiting = {each.request_id for each in self.operations if each.call.operation is Operation.AUTHORIZE}
        return tuple(payment for payment in self.payments if payment.id in waiting)


def cases(unit: Unit, names: Mapping[str, str]) -> tuple[Case, ...]:
    """Every transaction of the account, those that have a name first, in the order of the names."""
    orders = {row.value.order.transaction_id: row.value for _, row in unit.find(OrderRecord)}
    places = {id_: place for place, id_ in enumerate(names)}
    records = [row.value for _, row in unit.find(TransactionRecord)]
    records.sort(key=lambda record: places.get(record.id, len(places)))
    return tuple(_case(unit, record, orders.get(record.id)) for record in records)


def _case(unit: Unit, record: TransactionRecord, order: OrderRecord | None) -> Case:
    payments = (row.value for _, row in unit.find(PaymentRecord, owner=record.id))
    changes = unit.find(ChangeRecord, owner=order.id) if order else ()
    return Case(
        record=record,
        order=order,
        payments=tuple(sorted(payments, key=lambda each: each.sequence)),
        operations=tuple(row.value for _, row in unit.find(OperationRecord, owner=record.id)),
        changes=tuple(row.value for _, row in changes),
        entries=tuple(unit.read(history(record.id), History).entries),
    )
