"""What is due: a manual clock runs it when it is moved, a real one by the workers of all processes on a store.

Whoever runs a job claims it first, and nobody else gets it before a lease is over. A job that is done takes itself
off the agenda, or puts itself on again; one whose process died meanwhile is due again after the lease.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from gateway_mock.ports import Job
from gateway_mock.records import OperationRecord
from gateway_mock.service import changes_running, orders, transactions
from gateway_mock.service.accounts import ROOT
from gateway_mock.service.dispatch import send
from gateway_mock.service.sandbox import Sandbox
from gateway_mock.service.schedule import ANTIFRAUD, AUTO_SETTLE, CHANGE, LEASE, RELEASE, SEND, send_job

JOBS_MAX = 10_000
"""How many jobs one step of the clock runs at most; a rule that schedules itself for ever ends here."""


def _send(sandbox: Sandbox, job: Job) -> None:
    send(sandbox, job.account, job.subject)


def _change(sandbox: Sandbox, job: Job) -> None:
    changes_running.run(sandbox, job.account, job.subject)


RUNNERS: Mapping[str, Callable[[Sandbox, Job], None]] = MappingProxyType(
    {
        SEND: _send,
        AUTO_SETTLE: transactions.auto_settle,
        ANTIFRAUD: transactions.judge,
        CHANGE: _change,
        RELEASE: orders.release,
    }
)


def run_due(sandbox: Sandbox, account: str, until: int, most: int = JOBS_MAX) -> list[Job]:
    """Run the account's jobs that are due at or before `until`, in order; on a manual clock each at its moment."""
    ran: list[Job] = []
    while len(ran) < most and (job := _next(sandbox, account, until)) is not None:
        RUNNERS[job.name](sandbox, job)
        ran.append(job)
    return ran


def _next(sandbox: Sandbox, account: str, until: int) -> Job | None:
    """Claim the next job, or None."""
    first = _first(sandbox, account, until)
    if first is None:
        return None
    if sandbox.clock.manual:
        sandbox.clock.advance(account, max(0, first.due - sandbox.clock.now(account)))
    now = sandbox.clock.now(account)
    return sandbox.store.claim(account, min(now, until), now + LEASE)


def _first(sandbox: Sandbox, account: str, until: int) -> Job | None:
    """Whoever only looks disturbs nobody who writes."""
    with sandbox.store.read(account) as unit:
        return next(iter(unit.jobs(due=until, limit=1)), None)


def accounts_due(sandbox: Sandbox) -> Sequence[str]:
    """The accounts that have a job that is due now, on a real clock, which is the same for all."""
    return sandbox.store.accounts_due(sandbox.clock.now(ROOT))


def recover(sandbox: Sandbox) -> int:
    """After a start: send every operation that still waits for an answer, and tell how many there were."""
    waiting = hurry(sandbox)
    for account in sandbox.store.accounts():
        run_due(sandbox, account, sandbox.clock.now(account))
    return waiting


def hurry(sandbox: Sandbox) -> int:
    """Have every operation that waits for an answer sent at once, and tell how many there are.

    Another process may be at one of them: then it goes out twice, with one requestId, which moves money once.
    """
    return sum(_hurry(sandbox, account) for account in sandbox.store.accounts())


def _hurry(sandbox: Sandbox, account: str) -> int:
    with sandbox.store.write(account) as unit:
        now = sandbox.clock.now(account)
        waiting = unit.find(OperationRecord)
        for request_id, _ in waiting:
            unit.schedule(send_job(account, request_id, now))
    return len(waiting)


def advance(sandbox: Sandbox, account: str, microseconds: int) -> tuple[int, list[Job]]:
    """Move a manual clock on and run what falls due on the way.

    Returns:
        the new moment, and the jobs that ran, oldest first.

    Raises:
        ValueError: the clock is real, or the step is negative.
    """
    until = sandbox.clock.now(account) + microseconds
    sandbox.clock.advance(account, min(0, microseconds))
    ran = run_due(sandbox, account, until)
    return sandbox.clock.advance(account, max(0, until - sandbox.clock.now(account))), ran
