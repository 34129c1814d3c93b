"""The sandbox of one history, the connector behind it, and what can happen to both."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from gateway_mock.adapters.clock import ManualClock
from gateway_mock.adapters.connectors import Connectors
from gateway_mock.adapters.ids import SequentialIds
from gateway_mock.adapters.store_memory import MemoryStore
from gateway_mock.core.ledger import Happening, Transaction
from gateway_mock.core.modes import Kind, Operation
from gateway_mock.ports import Job, Unit
from gateway_mock.records import History, OperationRecord, OrderRecord, PaymentRecord, TransactionRecord, history
from gateway_mock.records_orders import ChangeRecord
from gateway_mock.service import faults, jobs
from gateway_mock.service.dispatch import recover
from gateway_mock.service.sandbox import Sandbox
from gateway_mock.simulation.fragile import FragileStore, Killed
from gateway_mock.simulation.judge import Books, ByHand, Evidence
from gateway_mock.simulation.provider import Provider
from gateway_mock.simulation.scenario import Scenario
from gateway_mock.simulation.watch import Reached, WatchedConnector
from gateway_mock.times import DAY

ACCOUNT = "sandbox"
BASE_URL = "http://sandbox.test"

PATIENCE = 45 * DAY
"""Longer than every window and delay together: authorizations 30 days, settles and cancels a day each after."""

_LOST = frozenset({Happening.FAILED, Happening.HANDED_TO_PERSON})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One transaction as the store has it."""

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


@dataclass(slots=True)
class World:
    """One history's sandbox. The same scenario and the same deeds make the same world, to the byte."""

    scenario: Scenario
    provider: Provider
    seed: int
    reached: Reached = field(default_factory=Counter)
    store: FragileStore = field(init=False)
    ids: SequentialIds = field(init=False)
    sandbox: Sandbox = field(init=False)
    by_hand: dict[str, ByHand] = field(default_factory=dict)
    notified: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    """A short name for each transaction and payment, in the order in which they appeared."""
    invoices: int = 0
    """How many invoice numbers were used."""
    requests: int = 0
    """How many requestIds of changes were used."""
    cases: tuple[Case, ...] = ()

    def __post_init__(self) -> None:
        self.provider.reset()
        self.store = FragileStore(MemoryStore())
        self.ids = SequentialIds(self.seed)
        self._enter()

    # --- What happens to it -------------------------------------------------------------------------------

    def restart(self) -> int:
        """A new process on the same store; how many operations it sent again. It may be killed at that, too.

        Only a fuse that has not burnt down yet can do that, so it comes to an end.
        """
        while True:
            self._enter()
            try:
                return recover(self.sandbox)
            except Killed:
                continue

    def wait(self, microseconds: int) -> Sequence[Job]:
        """Time passes; the jobs that ran."""
        return jobs.advance(self.sandbox, ACCOUNT, microseconds)[1]

    def calm_down(self) -> Sequence[Job]:
        """Faults stop and time runs out."""
        self.store.fuse = None
        faults.clear_faults(self.sandbox, ACCOUNT)
        recover(self.sandbox)
        return self.wait(PATIENCE)

    def _enter(self) -> None:
        self.sandbox = Sandbox(
            store=self.store,
            clock=ManualClock(self.store),
            ids=self.ids,
            connector=WatchedConnector(
                Connectors(lambda: BASE_URL, lambda _url: self.provider.line), self.reached
            ),
            default_settings=self.scenario.settings(),
        )

    # --- What can be seen of it ---------------------------------------------------------------------------

    @property
    def case(self) -> Case | None:
        """The transaction that the history is about: the latest one."""
        return self.cases[-1] if self.cases else None

    def look(self) -> None:
        """Read everything anew."""
        with self.store.read(ACCOUNT) as unit:
            orders = {row.value.order.transaction_id: row.value for _, row in unit.find(OrderRecord)}
            known = list(self.names)
            records = [row.value for _, row in unit.find(TransactionRecord)]
            records.sort(key=lambda record: known.index(record.id) if record.id in known else len(known))
            self.cases = tuple(_case(unit, record, orders.get(record.id)) for record in records)
        for case in self.cases:
            for each in (case.record.id, *(payment.id for payment in case.payments)):
                self.names.setdefault(each, f"{'T' if each == case.record.id else 'P'}{len(self.names) + 1}")

    def evidence(self) -> tuple[Evidence, ...]:
        """What the judge gets to see, one a transaction."""
        return tuple(self._evidence(case) for case in self.cases)

    def _evidence(self, case: Case) -> Evidence:
        lost = _added(case.entries, _LOST)
        return Evidence(
            transaction=case.ledger,
            order=case.order.order if case.order else None,
            books={each.id: self._books(each.id) for each in case.ledger.payments if each.kind is Kind.PPP},
            confirmed=_added(case.entries, frozenset({Happening.CONFIRMED})),
            lost=MappingProxyType(
                {key: value for key, value in lost.items() if key[1] is not Operation.AUTHORIZE}
            ),
            automatic=any(each.entry.auto for each in case.entries),
            notified=frozenset(self.notified),
            by_hand=self.by_hand.get(case.record.id, ByHand()),
            waiting=tuple(f"{each.call.operation} {each.request_id}" for each in case.operations),
            changing=sum(each.in_progress for each in case.changes),
        )

    def _books(self, payment_id: str) -> Books:
        payment = self.provider.payment(payment_id)
        return Books(
            authorized=payment.authorized,
            captured=payment.captured,
            voided=payment.voided,
            refunded=payment.refunded,
        )


def _case(unit: Unit, record: TransactionRecord, order: OrderRecord | None) -> Case:
    payments = sorted(
        (row.value for _, row in unit.find(PaymentRecord, owner=record.id)), key=lambda each: each.sequence
    )
    changes = unit.find(ChangeRecord, owner=order.id) if order else ()
    return Case(
        record=record,
        order=order,
        payments=tuple(payments),
        operations=tuple(row.value for _, row in unit.find(OperationRecord, owner=record.id)),
        changes=tuple(row.value for _, row in changes),
        entries=tuple(unit.read(history(record.id), History).entries),
    )


def _added(entries: Sequence[History], happenings: frozenset[Happening]) -> dict[tuple[str, Operation], int]:
    """The amounts of some entries, added up by payment and operation."""
    sums: dict[tuple[str, Operation], int] = {}
    for each in entries:
        entry = each.entry
        if entry.happening in happenings and entry.payment_id and entry.operation:
            key = (entry.payment_id, entry.operation)
            sums[key] = sums.get(key, 0) + (entry.value or 0)
    return sums
