"""Faults on the line between the gateway and a PPP connector: asked for by a test, consumed in order.

A legacy connector lives inside the gateway, so there is no line that could break.
"""

from msgspec.structs import replace

from gateway_mock.core.modes import Operation
from gateway_mock.core.refusals import Refused
from gateway_mock.records import SETTINGS_KEY, FaultRecord, Settings
from gateway_mock.service.booking import Desk, in_unit
from gateway_mock.service.sandbox import Sandbox, settings_of

EVERY_OPERATION = "*"


def next_fault(
    faults: tuple[FaultRecord, ...], operation: Operation
) -> tuple[FaultRecord | None, tuple[FaultRecord, ...]]:
    """What happens to the next call of an operation, and the faults that are left then.

    Only the first fault that speaks of the operation counts; the ones behind it wait for their turn.
    """
    for place, fault in enumerate(faults):
        if fault.operation in (EVERY_OPERATION, operation):
            before, behind = faults[:place], faults[place + 1 :]
            if fault.after:
                return None, (*before, replace(fault, after=fault.after - 1), *behind)
            rest = (replace(fault, times=fault.times - 1),) if fault.times > 1 else ()
            return fault, (*before, *rest, *behind)
    return None, faults


def take_fault(sandbox: Sandbox, account: str, operation: Operation) -> FaultRecord | None:
    """Consume the fault that meets the next call of an operation."""

    def take(desk: Desk) -> tuple[FaultRecord | None] | Refused:
        fault, left = next_fault(desk.settings.faults, operation)
        if left != desk.settings.faults:
            _save(desk, left)
        return (fault,)

    taken = in_unit(sandbox, account, take)
    return None if isinstance(taken, Refused) else taken[0]


def waiting_faults(sandbox: Sandbox, account: str) -> tuple[FaultRecord, ...]:
    """The faults that wait, first to come first."""
    with sandbox.store.read(account) as unit:
        return settings_of(unit, sandbox).faults


def add_fault(sandbox: Sandbox, account: str, fault: FaultRecord) -> tuple[FaultRecord, ...] | Refused:
    """Put a fault behind the others, and tell all that wait."""

    def add(desk: Desk) -> tuple[FaultRecord, ...]:
        return _save(desk, (*desk.settings.faults, fault))

    return in_unit(sandbox, account, add)


def clear_faults(sandbox: Sandbox, account: str) -> tuple[FaultRecord, ...] | Refused:
    """Forget every fault that waits."""

    def clear(desk: Desk) -> tuple[FaultRecord, ...]:
        return _save(desk, ())

    return in_unit(sandbox, account, clear)


def _save(desk: Desk, faults: tuple[FaultRecord, ...]) -> tuple[FaultRecord, ...]:
    row = desk.unit.load(Settings, SETTINGS_KEY)
    desk.unit.save(SETTINGS_KEY, replace(desk.settings, faults=faults), row.version if row else 0)
    return faults
