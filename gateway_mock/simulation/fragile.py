"""A store whose process dies at a chosen commit: what a SIGKILL leaves behind, without a process.

Connectors are called between units. To die right after the commit of an intent is to die before the call, to die
right before the commit of an answer is to die after the connector has done the work.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from gateway_mock.ports import Job, Store, Unit


class Killed(BaseException):
    """The process is gone."""


@dataclass(frozen=True, slots=True)
class Fuse:
    """Death after that many more commits: before the next one, or right after it."""

    commits: int
    before: bool

    def __str__(self) -> str:
        return f"{'before' if self.before else 'after'} commit {self.commits + 1}"


class FragileStore:
    """A store with a fuse."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.fuse: Fuse | None = None

    def read(self, account: str) -> AbstractContextManager[Unit]:
        """See `ports.Store`."""
        return self._store.read(account)

    @contextmanager
    def write(self, account: str) -> Iterator[Unit]:
        """See `ports.Store`.

        Raises:
            Killed: the fuse has burnt down.
        """
        with self._store.write(account) as unit:
            yield unit
            self._burn(before=True)
        self._burn(before=False)

    def claim(self, account: str, due: int, until: int) -> Job | None:
        """See `ports.Store`; whoever takes a job may die right after it.

        Raises:
            Killed: the fuse has burnt down.
        """
        self._burn(before=True)
        job = self._store.claim(account, due, until)
        self._burn(before=False)
        return job

    def accounts(self) -> Sequence[str]:
        """See `ports.Store`."""
        return self._store.accounts()

    def accounts_due(self, due: int) -> Sequence[str]:
        """See `ports.Store`."""
        return self._store.accounts_due(due)

    def close(self) -> None:
        """See `ports.Store`."""
        self._store.close()

    def _burn(self, *, before: bool) -> None:
        fuse = self.fuse
        if fuse is None:
            return
        if fuse.commits == 0 and fuse.before is before:
            self.fuse = None
            raise Killed
        if not before:
            self.fuse = Fuse(max(fuse.commits - 1, 0), fuse.before)
