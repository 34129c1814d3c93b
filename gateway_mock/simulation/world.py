"""The sandbox of one history, the connector behind it, and what can happen to both."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from gateway_mock.adapters.clock import ManualClock
from gateway_mock.adapters.connectors import Connectors
from gateway_mock.adapters.ids import SequentialIds
from gateway_mock.adapters.store_memory import MemoryStore
from gateway_mock.ports import Job
from gateway_mock.service import faults, jobs
from gateway_mock.service.sandbox import Sandbox
from gateway_mock.simulation.case import Case, cases
from gateway_mock.simulation.evidence import evidence_of
from gateway_mock.simulation.fragile import FragileStore, Killed
from gateway_mock.simulation.judge import ByHand, Evidence
from gateway_mock.simulation.provider import Provider
from gateway_mock.simulation.scenario import Scenario
from gateway_mock.simulation.watch import Reached, WatchedConnector
from gateway_mock.times import DAY

ACCOUNT = "sandbox"
BASE_URL = "http://sandbox.test"

PATIENCE = 45 * DAY
"""Longer than every window and delay together: authorizations 30 days, settles and cancels a day each after."""


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
    broken_words: list[str] = field(default_factory=list)
    """What the merchant was told and is not so."""
    asides: list[str] = field(default_factory=list)
    """What happened inside the calls of a step, in words."""

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
                return jobs.recover(self.sandbox)
            except Killed:
                continue

    def wait(self, microseconds: int) -> Sequence[Job]:
        """Time passes; the jobs that ran."""
        return jobs.advance(self.sandbox, ACCOUNT, microseconds)[1]

    def calm_down(self) -> Sequence[Job]:
        """Faults stop and time runs out."""
        self.store.fuse = None
        self.provider.line.meanwhile = None
        faults.clear_faults(self.sandbox, ACCOUNT)
        jobs.recover(self.sandbox)
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
            self.cases = cases(unit, self.names)
        for case in self.cases:
            for each in (case.record.id, *(payment.id for payment in case.payments)):
                self.names.setdefault(each, f"{'T' if each == case.record.id else 'P'}{len(self.names) + 1}")

    def evidence(self) -> tuple[Evidence, ...]:
        """What the judge gets to see, one a transaction."""
        notified = frozenset(self.notified)
        return tuple(
            evidence_of(case, self.provider, self.by_hand.get(case.record.id, ByHand()), notified, self.scenario)
            for case in self.cases
        )
