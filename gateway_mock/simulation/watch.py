"""What histories reach: actions, faults, statuses and transitions, counted where they happen."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import TypeAlias, cast

from gateway_mock.core import ledger, orders
from gateway_mock.core.statuses import ORDER, PAYMENT, TRANSACTION, after
from gateway_mock.ports import Answer, Connector, Work
from gateway_mock.records import ConnectorSettings, FaultKind

Reached: TypeAlias = Counter[tuple[str, str]]
"""How often what was reached, by sort and name."""

ACTION, FAULT, KILLED = "action", "fault", "process killed"

Machine: TypeAlias = Mapping[StrEnum, Mapping[StrEnum, StrEnum]]

_MACHINES: Mapping[str, Machine] = {
    "transaction": cast("Machine", TRANSACTION),
    "payment": cast("Machine", PAYMENT),
    "order": cast("Machine", ORDER),
}
_NAMES = {id(table): name for name, table in _MACHINES.items()}


def everything(actions: Iterable[str]) -> Iterator[tuple[str, str]]:
    """All there is to reach."""
    yield from ((ACTION, name) for name in actions)
    yield from ((FAULT, kind.value) for kind in FaultKind)
    yield FAULT, KILLED
    for machine, table in _MACHINES.items():
        yield from ((f"{machine} status", state.value) for state in table)
        for state, row in table.items():
            yield from ((f"{machine} transition", f"{state} + {event}") for event in row)


def statuses(reached: Reached) -> Reached:
    """The same with statuses: reached whenever a transition leads to one, or leaves the first of all."""
    counted = Reached(reached)
    for machine, table in _MACHINES.items():
        first = next(iter(table))
        for state, row in table.items():
            for event, status in row.items():
                times = reached[f"{machine} transition", f"{state} + {event}"]
                counted[f"{machine} status", status.value] += times
                if state is first:
                    counted[f"{machine} status", state.value] += times
    return counted


@contextmanager
def watched(reached: Reached) -> Iterator[None]:
    """Count every transition inside the block: the core looks each one up by `after`."""

    def counted(table: Machine, state: StrEnum, event: StrEnum) -> StrEnum:
        reached[f"{_NAMES[id(table)]} transition", f"{state} + {event}"] += 1
        return look_up(table, state, event)

    look_up: Callable[..., StrEnum] = after
    _replace_lookup(counted)
    try:
        yield
    finally:
        _replace_lookup(after)


def _replace_lookup(function: Callable[..., StrEnum]) -> None:
    name = after.__name__
    for module in (ledger, orders):
        setattr(module, name, function)


class WatchedConnector:
    """The connectors, with every fault counted that meets a call."""

    def __init__(self, connector: Connector, reached: Reached) -> None:
        self._connector = connector
        self._reached = reached

    def perform(self, settings: ConnectorSettings, work: Work) -> Answer:
        """See `ports.Connector`."""
        if work.fault is not None:
            self._reached[FAULT, work.fault.kind.value] += 1
        return self._connector.perform(settings, work)
