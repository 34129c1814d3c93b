"""Three server processes on one database: what is due is done once, and what a dead one was at is done again.

Each process is a sandbox with a store of its own and a thread; they share a clock and the connector behind them.
"""

from collections import Counter
from dataclasses import dataclass, field
from threading import Barrier, Lock, Thread

import pytest

from gateway_mock.adapters.ids import RandomIds
from gateway_mock.adapters.stores import open_store
from gateway_mock.core.modes import Kind, Mode, Operation
from gateway_mock.ports import Answer, Ended
from gateway_mock.records import ConnectorSettings, OperationRecord, Settings, TransactionRecord
from gateway_mock.service import jobs, transactions
from gateway_mock.service.checkout import OrderRequest, PaymentRequest, make_order
from gateway_mock.service.sandbox import Sandbox
from gateway_mock.service.schedule import HOUR, LEASE
from tests.gateway.world import Killed

ACCOUNT = "shop"
PROCESSES = 3
ORDERS, SETTLES = 20, 10
DUE = ORDERS * SETTLES


@dataclass
class Shared:
    """A real clock in the hand of the test: it goes on for everybody, and no job moves it."""

    moment: int = 1_000_000
    manual: bool = False

    def now(self, _account):
        """See `ports.Clock`."""
        return self.moment


@dataclass
class Provider:
    """The connector that all processes call: it fails at first, then confirms, and kills whom it is told to."""

    fails: bool = False
    dies_at: int | None = None
    heard: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def perform(self, _settings, work):
        """See `ports.Connector`."""
        if self.fails and work.call.operation is Operation.SETTLE:
            return Answer(ended=Ended.FAILED, message="out of order")
        with self.lock:
            self.heard.append(work.request_id)
            if len(self.heard) == self.dies_at:
                raise Killed
        return Answer(ended=Ended.DONE, value=work.call.value, settle_id=f"S-{work.request_id}")


CONNECTOR = ConnectorSettings(name="P", kind=Kind.PPP, mode=Mode.PARTIAL)


def process(url, clock, provider):
    """A server process on the database, without its web."""
    settings = Settings(connectors=(CONNECTOR,), default_connector="P")
    return Sandbox(
        store=open_store(url), clock=clock, ids=RandomIds(), connector=provider, default_settings=settings
    )


def leave_settles(sandbox):
    """Orders of 10.00, of each of which ten settles of 1.00 failed at the first try: all are due in an hour."""
    sandbox.connector.fails = True
    for _ in range(ORDERS):
        wanted = OrderRequest(value=1000, payments=(PaymentRequest(value=1000, payment_system=2),))
        order = make_order(sandbox, ACCOUNT, wanted)
        for _ in range(SETTLES):
            transactions.settle(sandbox, ACCOUNT, order.order.transaction_id, 100)
    sandbox.connector.fails = False
    sandbox.connector.heard.clear()


@dataclass
class Stage:
    """Three processes with 200 settles that are due now."""

    processes: list[Sandbox]
    clock: Shared
    provider: Provider

    def run(self, processes):
        """Everybody runs what is due, all at once; how many died of it."""
        barrier, died = Barrier(len(processes)), []

        def work(sandbox):
            barrier.wait()
            try:
                jobs.run_due(sandbox, ACCOUNT, self.clock.now(ACCOUNT))
            except Killed:
                died.append(sandbox)

        threads = [Thread(target=work, args=(each,)) for each in processes]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        return died

    def settled(self):
        """What is captured of each order, in cents, and what still waits for an answer."""
        with self.processes[0].store.read(ACCOUNT) as unit:
            captured = [row.value.ledger.total("captured") for _, row in unit.find(TransactionRecord)]
            return captured, [key for key, _ in unit.find(OperationRecord)]


@pytest.fixture(params=("sqlite", "postgresql"))
def stage(request, tmp_path):
    """The three on one database of each sort."""
    sort = {"sqlite": f"sqlite:///{tmp_path / 'store.db'}"}
    url = sort.get(request.param) or request.getfixturevalue("empty_postgres_url")
    clock, provider = Shared(), Provider()
    staged = Stage([process(url, clock, provider) for _ in range(PROCESSES)], clock, provider)
    leave_settles(staged.processes[0])
    clock.moment += HOUR
    yield staged
    for each in staged.processes:
        each.store.close()


def test_200_due_jobs_are_each_run_once(stage):
    """By three processes at once: 200 calls, 200 requestIds, every order is captured to the last cent."""
    assert stage.run(stage.processes) == []
    assert len(stage.provider.heard) == len(set(stage.provider.heard)) == DUE
    assert stage.settled() == ([1000] * ORDERS, [])


def test_what_a_process_died_at_is_run_again_under_the_same_request_id(stage):
    """The others do the rest, leave the claimed one alone until its lease is over, and then do that one too."""
    stage.provider.dies_at = 57
    (dead,) = stage.run(stage.processes)
    living = [each for each in stage.processes if each is not dead]
    unfinished = stage.provider.heard[56]
    assert stage.settled()[1] == [unfinished]
    assert len(set(stage.provider.heard)) == DUE
    stage.clock.moment += LEASE - 1
    stage.run(living)
    assert len(stage.provider.heard) == DUE
    stage.clock.moment += 1
    stage.run(living)
    assert Counter(stage.provider.heard)[unfinished] == 2
    assert len(stage.provider.heard) == DUE + 1
    assert stage.settled() == ([1000] * ORDERS, [])


def test_a_new_process_does_not_wait_for_the_lease(stage):
    """At its start whatever waits for an answer goes out at once, under the same requestId."""
    stage.provider.dies_at = 1
    stage.run(stage.processes[:1])
    (first,) = stage.provider.heard
    assert jobs.recover(stage.processes[1]) == DUE
    assert Counter(stage.provider.heard)[first] == 2
    assert len(stage.provider.heard) == DUE + 1
    assert stage.settled() == ([1000] * ORDERS, [])


def test_a_job_that_raises_keeps_no_other_from_its_turn(stage, monkeypatch):
    """It is put off by the lease like that of a dead process, and the next round goes on with the others."""

    def broken(_sandbox, _job):
        raise ValueError("out of order")

    monkeypatch.setattr(jobs, "RUNNERS", {**jobs.RUNNERS, "send": broken})
    for _ in range(2):
        with pytest.raises(ValueError, match="out of order"):
            jobs.run_due(stage.processes[0], ACCOUNT, stage.clock.moment)
    monkeypatch.undo()
    stage.run(stage.processes)
    assert len(stage.provider.heard) == DUE - 2


def test_an_account_without_anything_due_is_left_alone(stage):
    """Whoever looks for work finds the account as long as a job of it is due."""
    assert list(jobs.accounts_due(stage.processes[0])) == [ACCOUNT]
    stage.run(stage.processes)
    assert list(jobs.accounts_due(stage.processes[1])) == []
