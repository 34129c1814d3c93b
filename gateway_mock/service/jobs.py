"""What is due: a manual clock runs it when it is moved, a real one by a worker."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gateway_mock.ports import Job
from gateway_mock.service import changes_running, orders, transactions
from gateway_mock.service.dispatch import send
from gateway_mock.service.sandbox import Sandbox
from gateway_mock.service.schedule import AUTO_SETTLE, CHANGE, RELEASE, SEND

JOBS_MAX = 10_000
"""How many jobs one step of the clock runs at most; a rule that schedules itself for ever ends here."""


def _send(sandbox: Sandbox, job: Job) -> None:
    send(sandbox, job.account, job.subject)


def _change(sandbox: Sandbox, job: Job) -> None:
    changes_running.run(sandbox, job.account, job.subject)


RUNNERS: Mapping[str, Callable[[Sandbox, Job], None]] = MappingProxyType(
    {SEND: _send, AUTO_SETTLE: transactions.auto_settle, CHANGE: _change, RELEASE: orders.release}
)


def run_due(sandbox: Sandbox, account: str, until: int) -> list[Job]:
    """Run the account's jobs that are due at or before `until`, in order; on a manual clock each at its moment."""
    ran: list[Job] = []
    while len(ran) < JOBS_MAX and (job := _next(sandbox, account, until)) is not None:
        if sandbox.clock.manual:
            sandbox.clock.advance(account, max(0, job.due - sandbox.clock.now(account)))
        RUNNERS[job.name](sandbox, job)
        ran.append(job)
    return ran


def _next(sandbox: Sandbox, account: str, until: int) -> Job | None:
    with sandbox.store.read(account) as unit:
        due = unit.jobs(due=until, limit=1)
    return due[0] if due else None


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
