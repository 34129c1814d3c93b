"""What every store asks of whoever uses its units, in the same words."""

import threading

from gateway_mock.ports import Job


class WriteGate:
    """Lets a thread open one write unit at a time: a second one would wait for the first for ever.

    The block of a write unit is a block of the gate too, which raises RuntimeError when the thread is inside one.
    """

    def __init__(self) -> None:
        self._thread = threading.local()

    def __enter__(self) -> None:
        if getattr(self._thread, "inside", False):
            raise RuntimeError("this thread has a write unit open; finish it before you open another")
        self._thread.inside = True

    def __exit__(self, *_raised: object) -> None:
        self._thread.inside = False


def require_write_unit(*, writes: bool) -> None:
    """Raise RuntimeError for a change in a unit that only reads."""
    if not writes:
        raise RuntimeError("this unit only reads; open it with write()")


def require_own_job(account: str, job: Job) -> None:
    """Raise ValueError for a job of another account: a unit belongs to one."""
    if job.account != account:
        raise ValueError(f"the job {job.key!r} is of account {job.account!r}, this unit is of {account!r}")
