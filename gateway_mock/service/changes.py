"""The use cases of changes: version 1 answers when it is done, version 2 acknowledges and works on by itself.

What a change does to the order and its money is in `changes_running`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from gateway_mock.core import changes as core
from gateway_mock.core.money import text
from gateway_mock.core.refusals import Refusal, Refused, refuse
from gateway_mock.core.statuses import PaymentStatus
from gateway_mock.ports import Row, Unit
from gateway_mock.records import OrderRecord
from gateway_mock.records_orders import (
    CHANGE_SETTINGS_KEY,
    ChangeAsked,
    ChangeCancellation,
    ChangeRecord,
    ChangeSettings,
    ChangeStatus,
    ChangeVersion,
)
from gateway_mock.service.booking import Desk, in_unit
from gateway_mock.service.changes_running import (
    Applied,
    apply,
    decide,
    drop,
    follow,
    give_up,
    logged,
    look_again,
    resolved,
    run,
)
from gateway_mock.service.orders import Receipt, changes_of, load_case
from gateway_mock.service.sandbox import Sandbox, settings_of
from gateway_mock.service.schedule import LEASE
from gateway_mock.times import SECOND

VERSION_1_MAX = 50
"""Documented for version 1 alone (C8 of Orders)."""

Override = Callable[[ChangeSettings], ChangeSettings]


# --- Version 1 ----------------------------------------------------------------------------------------------


def register(
    sandbox: Sandbox, account: str, order_id: str, request_id: str, asked: ChangeAsked
) -> Receipt | Refused:
    """Change the order now. The first change of a `requestId` takes effect, a repeat only gets a receipt."""
    applied = in_unit(sandbox, account, lambda desk: _register(desk, order_id, request_id, asked))
    if isinstance(applied, Refused):
        return applied
    done = follow(sandbox, account, applied)
    if isinstance(done, Refused):
        return done
    if done.status is ChangeStatus.CANCELED:
        return refuse(Refusal.INCREASE_DENIED, value=text(asked.increment - asked.discount))
    return Receipt(order_id, sandbox.clock.now(account), done.receipt)


def _register(desk: Desk, order_id: str, request_id: str, asked: ChangeAsked) -> Applied | Refused:
    case = load_case(desk.unit, order_id)
    if isinstance(case, Refused):
        return case
    if desk.settings.policy.changes_v1_off:
        return refuse(Refusal.CHANGE_V1_OFF)
    known = changes_of(desk.unit, order_id)
    for row in known:
        if row.value.request_id == request_id and row.value.status is not ChangeStatus.CANCELED:
            return Applied(row.value)
    refused = _version_refused(known, ChangeVersion.ONE)
    record = _new(desk, order_id, asked, change_settings(desk.unit), request_id)
    return refused or apply(desk, case, Row(record, 0))


def _new(
    desk: Desk, order_id: str, asked: ChangeAsked, settings: ChangeSettings, request_id: str | None = None
) -> ChangeRecord:
    """A change of version 1 when the caller gave it a `requestId`, of version 2 without."""
    ids = desk.sandbox.ids
    return ChangeRecord(
        id=ids.uuid(),
        workflow_id=ids.uuid(),
        order_id=order_id,
        sequence=1 + max((row.value.sequence for row in changes_of(desk.unit, order_id)), default=0),
        version=ChangeVersion.TWO if request_id is None else ChangeVersion.ONE,
        asked=asked,
        settings=settings,
        date=desk.now,
        request_id=request_id,
        receipt=ids.uuid(),
    )


def _version_refused(known: tuple[Row[ChangeRecord], ...], version: ChangeVersion) -> Refused | None:
    """One change at a time, one version an order (documented), fifty of version 1 (C8 of Orders)."""
    if any(row.value.in_progress for row in known):
        return refuse(Refusal.CHANGE_IN_PROGRESS)
    done = [row.value.version for row in known if row.value.status is ChangeStatus.DONE]
    if any(each is not version for each in done):
        return refuse(_OTHER_VERSION[version])
    if version is ChangeVersion.ONE and len(done) >= VERSION_1_MAX:
        return refuse(Refusal.CHANGES_EXCEEDED, count=VERSION_1_MAX)
    return None


_OTHER_VERSION = {
    ChangeVersion.ONE: Refusal.CHANGE_V2_APPLIED,
    ChangeVersion.TWO: Refusal.CHANGE_V1_APPLIED,
}


# --- Version 2 ----------------------------------------------------------------------------------------------


def create(
    sandbox: Sandbox, account: str, order_id: str, asked: ChangeAsked, override: Override
) -> ChangeRecord | Refused:
    """Acknowledge a change and run it: within this call when the account has no delay, else by a job.

    What the order alone can tell is refused at once. What depends on money is found out later and ends the change
    as `canceled` (documented: validation errors cancel at once; the HTTP codes are not documented).

    Returns:
        the change as it was acknowledged, also when it has run meanwhile.
    """
    made = in_unit(sandbox, account, lambda desk: _acknowledge(desk, order_id, asked, override))
    if not isinstance(made, Refused) and not made.settings.delay:
        run(sandbox, account, made.id)
    return made


def _acknowledge(desk: Desk, order_id: str, asked: ChangeAsked, override: Override) -> ChangeRecord | Refused:
    case = load_case(desk.unit, order_id)
    if isinstance(case, Refused):
        return case
    settings = override(change_settings(desk.unit))
    record = _new(desk, order_id, asked, settings)
    known = changes_of(desk.unit, order_id)
    refused = _version_refused(known, ChangeVersion.TWO) or core.change_refused(case.now, record.change)
    if refused:
        return refused
    record = logged(record, desk.now, ChangeStatus.WAITING_ACKNOWLEDGEMENT, "The change was received.")
    desk.unit.save(record.id, record, 0, owner=order_id)
    # The order's version is what invoices, cancels and other changes compete for.
    desk.save_order(case.order, case.order.value)
    look_again(desk, record, settings.delay * SECOND if settings.delay else LEASE)
    return record


def preview(
    sandbox: Sandbox, account: str, order_id: str, asked: ChangeAsked, override: Override
) -> ChangeRecord | Refused:
    """What the change would come to, or why it would be refused; nothing happens."""
    with sandbox.store.read(account) as unit:
        case = load_case(unit, order_id)
        if isinstance(case, Refused):
            return case
        desk = Desk(sandbox, unit, account, settings_of(unit, sandbox), sandbox.clock.now(account))
        record = _new(desk, order_id, asked, override(change_settings(unit)))
        refused = _version_refused(changes_of(unit, order_id), ChangeVersion.TWO)
        verdict = refused or decide(desk, case, record)
        return verdict if isinstance(verdict, Refused) else resolved(case, record)


def retry(sandbox: Sandbox, account: str, order_id: str, change_id: str) -> ChangeRecord | Refused:
    """Run a change once more that has not come to its end."""
    record = detail(sandbox, account, order_id, change_id)
    if isinstance(record, Refused):
        return record
    if not record.in_progress:
        return refuse(Refusal.CANNOT_RETRY)
    ran = run(sandbox, account, change_id)
    return detail(sandbox, account, order_id, change_id) if isinstance(ran, Refused) else ran


def cancel(sandbox: Sandbox, account: str, order_id: str, change_id: str, reason: str) -> ChangeRecord | Refused:
    """Drop a change that has not come to its end; a done one is only undone by another change (documented)."""
    dropped = in_unit(sandbox, account, lambda desk: _cancel(desk, order_id, change_id, reason))
    return dropped if isinstance(dropped, Refused) else follow(sandbox, account, dropped)


def _cancel(desk: Desk, order_id: str, change_id: str, reason: str) -> Applied | Refused:
    case = load_case(desk.unit, order_id)
    if isinstance(case, Refused):
        return case
    row = _find(desk.unit, order_id, change_id)
    if isinstance(row, Refused):
        return row
    cancellation = ChangeCancellation(by_user=True, reason=reason, date=desk.now)
    asked = case.ledger.payment(row.value.payment_id)
    if row.value.in_progress and asked is None:
        return Applied(drop(desk, row, cancellation))
    if row.value.in_progress and asked is not None and asked.status is PaymentStatus.AUTHORIZING:
        return give_up(desk, case, row, cancellation)
    return refuse(Refusal.CANNOT_CANCEL_CHANGE, id=change_id, status=row.value.status)


def detail(sandbox: Sandbox, account: str, order_id: str, change_id: str) -> ChangeRecord | Refused:
    """One change as it is now."""
    with sandbox.store.read(account) as unit:
        row = _find(unit, order_id, change_id)
    return row if isinstance(row, Refused) else row.value


@dataclass(frozen=True, slots=True)
class Changed:
    """An order and the changes that it took, oldest first."""

    order: OrderRecord
    changes: tuple[ChangeRecord, ...]


def history(sandbox: Sandbox, account: str, order_id: str) -> Changed | Refused:
    """The changes of an order that were done (documented: only the successful ones), of both versions."""
    with sandbox.store.read(account) as unit:
        case = load_case(unit, order_id)
        if isinstance(case, Refused):
            return case
        done = (row.value for row in changes_of(unit, order_id) if row.value.status is ChangeStatus.DONE)
        return Changed(case.order.value, tuple(done))


def change_settings(unit: Unit) -> ChangeSettings:
    """The account's settings for changes."""
    row = unit.load(ChangeSettings, CHANGE_SETTINGS_KEY)
    return ChangeSettings() if row is None else row.value


def settings(sandbox: Sandbox, account: str) -> ChangeSettings:
    """The account's settings for changes."""
    with sandbox.store.read(account) as unit:
        return change_settings(unit)


def configure(sandbox: Sandbox, account: str, wanted: ChangeSettings) -> ChangeSettings | Refused:
    """Replace the account's settings; a change that is running keeps those that it began with."""

    def use(desk: Desk) -> ChangeSettings:
        row = desk.unit.load(ChangeSettings, CHANGE_SETTINGS_KEY)
        desk.unit.save(CHANGE_SETTINGS_KEY, wanted, row.version if row else 0)
        return wanted

    return in_unit(sandbox, account, use)


# --- Small change -------------------------------------------------------------------------------------------


def _find(unit: Unit, order_id: str, change_id: str) -> Row[ChangeRecord] | Refused:
    if unit.load(OrderRecord, order_id) is None:
        return refuse(Refusal.ORDER_NOT_FOUND, id=order_id)
    row = unit.load(ChangeRecord, change_id)
    if row is None or row.value.order_id != order_id or row.value.version is ChangeVersion.ONE:
        return refuse(Refusal.CHANGE_NOT_FOUND, id=change_id)
    return row
