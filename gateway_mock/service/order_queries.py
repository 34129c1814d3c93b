"""Reading what Orders shows: no use case here writes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from gateway_mock.core import orders as core
from gateway_mock.core.changes import Change, change_refused
from gateway_mock.core.refusals import Refused
from gateway_mock.core.statuses import OrderStatus
from gateway_mock.ports import Unit
from gateway_mock.records import Note, OrderRecord, PaymentRecord, TransactionRecord, notes
from gateway_mock.records_orders import ChangeRecord, ChangeStatus, ChangeVersion
from gateway_mock.service.checkout import order_id_of
from gateway_mock.service.orders import Case, changes_of, load_case, payments_of
from gateway_mock.service.sandbox import Sandbox, settings_of


@dataclass(frozen=True, slots=True)
class OrderTold:
    """An order with all that the API shows beside it."""

    record: OrderRecord
    transaction: TransactionRecord
    payments: tuple[PaymentRecord, ...]
    changes: tuple[ChangeRecord, ...] = ()
    """Those of version 1 that took effect, oldest first: version 2 is not shown with the order."""
    notes: Sequence[Note] = ()
    may_cancel: bool = False
    may_change: bool = False


def order(sandbox: Sandbox, account: str, name: str) -> OrderTold | Refused:
    """An order by its id, or by its sequence, as `502556` or `seq502556` (documented)."""
    with sandbox.store.read(account) as unit:
        case = load_case(unit, _id_of(name))
        if isinstance(case, Refused):
            return case
        return _told(sandbox, unit, case)


def _id_of(name: str) -> str:
    digits = name.removeprefix("seq")
    is_sequence = digits.isdecimal() and len(digits) < DIGITS_MAX
    return order_id_of(int(digits)) if is_sequence else name


DIGITS_MAX = 15


def _told(sandbox: Sandbox, unit: Unit, case: Case) -> OrderTold:
    running = [row.value for row in changes_of(unit, case.now.id)]
    version_1 = (
        each for each in running if each.version is ChangeVersion.ONE and each.status is ChangeStatus.DONE
    )
    idle = not any(each.in_progress for each in running)
    cancel = core.cancel(case.now, case.ledger, settings_of(unit, sandbox).policy)
    return OrderTold(
        case.order.value,
        case.transaction.value,
        payments_of(unit, case.ledger.id),
        tuple(version_1),
        unit.read(notes(case.now.id), Note).entries,
        may_cancel=idle and not isinstance(cancel, Refused),
        may_change=idle and change_refused(case.now, Change(reason="probe", discount=1)) is None,
    )


# --- The list -----------------------------------------------------------------------------------------------

ORDER_KEYS: Mapping[str, Callable[[OrderRecord], int | str]] = MappingProxyType(
    {
        "creationDate": lambda record: record.sequence,
        "orderId": lambda record: record.id,
        "status": lambda record: record.order.status,
        "totalValue": lambda record: record.order.value,
    }
)
"""What the list may be ordered by; orders are made in the order of their sequence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """Which orders, in which order, which page of them; pages start at 1."""

    page: int = 1
    per_page: int = 15
    text: str = ""
    """Part of the order id (documented as `q`, with the shopper's data, which are always the same here)."""
    statuses: frozenset[OrderStatus] = frozenset()
    order_by: str = "creationDate"
    descending: bool = True


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One page of the list, and what all pages together come to."""

    orders: tuple[tuple[OrderRecord, tuple[PaymentRecord, ...]], ...]
    values: tuple[int, ...]
    """The value of each order that was found, in cents."""
    item_counts: tuple[int, ...]


def orders(sandbox: Sandbox, account: str, query: ListQuery) -> OrderPage:
    """One page of the account's orders."""
    with sandbox.store.read(account) as unit:
        found = [row.value for _, row in unit.find(OrderRecord) if _matches(row.value, query)]
        found.sort(key=ORDER_KEYS[query.order_by], reverse=query.descending)
        start = (query.page - 1) * query.per_page
        return OrderPage(
            tuple(
                (record, payments_of(unit, record.order.transaction_id))
                for record in found[start : start + query.per_page]
            ),
            tuple(record.order.value for record in found),
            tuple(len(record.order.items) for record in found),
        )


def _matches(record: OrderRecord, query: ListQuery) -> bool:
    in_status = not query.statuses or record.order.status in query.statuses
    return in_status and query.text in record.id
