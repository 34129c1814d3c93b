"""The store in memory: the same bytes as in a database, so the same values, and nothing on disk.

Each account has one lock, which a unit holds from its first line to its last. Records and jobs are changed in
place and put back when the block raises; log entries wait until the unit ends, for eviction has no way back.
"""

import threading
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TypeVar

from gateway_mock.adapters.codec import decode, decode_entries, encode, extend_log
from gateway_mock.adapters.memory_contents import Cell, Contents, Journal, Ring
from gateway_mock.adapters.units import WriteGate, require_own_job, require_write_unit
from gateway_mock.ports import Job, Log, LostRaceError, Row

T = TypeVar("T")


class Account:
    """The contents of an account and the lock in front of them."""

    __slots__ = ("contents", "lock")

    def __init__(self) -> None:
        self.contents = Contents()
        self.lock = threading.RLock()  # a thread may read inside its own write unit


class MemoryUnit:
    """A unit of the memory store; the store holds the account's lock around it."""

    __slots__ = ("_account", "_journalled", "_logged", "_name", "_replaced", "_ring", "_undo", "_writes")

    def __init__(self, name: str, account: Account, ring: Ring, *, writes: bool) -> None:
        self._name = name
        self._account = account
        self._ring = ring
        self._writes = writes
        self._undo: list[Callable[[], None]] = []
        self._logged: dict[str, list[bytes]] = {}
        self._journalled: dict[str, list[bytes]] = {}
        self._replaced: list[Contents] = []

    def load(self, kind: type[T], key: str) -> Row[T] | None:
        """See `ports.Unit`."""
        cell = self._contents.shelf(kind).cells.get(key)
        return None if cell is None else Row(decode(kind, cell.data), cell.version)

    def save(self, key: str, value: object, version: int, *, owner: str = "") -> None:
        """See `ports.Unit`."""
        require_write_unit(writes=self._writes)
        shelf = self._contents.shelf(type(value))
        old = shelf.cells.get(key)
        if version != (old.version if old else 0):
            raise LostRaceError
        cell = Cell(encode(value), version + 1, owner)
        self._undo.append(partial(shelf.put, key, old))
        shelf.put(key, cell)

    def delete(self, kind: type[object], key: str) -> None:
        """See `ports.Unit`."""
        require_write_unit(writes=self._writes)
        shelf = self._contents.shelf(kind)
        self._undo.append(partial(shelf.put, key, shelf.cells.get(key)))
        shelf.put(key, None)

    def find(
        self, kind: type[T], *, owner: str | None = None, after: str = "", limit: int | None = None
    ) -> Sequence[tuple[str, Row[T]]]:
        """See `ports.Unit`."""
        shelf = self._contents.shelf(kind)
        keys = shelf.keys(owner)
        start = bisect_right(keys, after) if after else 0
        end = None if limit is None else start + limit
        found = [(key, shelf.cells[key]) for key in keys[start:end]]
        return [(key, Row(decode(kind, cell.data), cell.version)) for key, cell in found]

    def append(self, stream: str, entries: Sequence[object]) -> None:
        """See `ports.Unit`."""
        require_write_unit(writes=self._writes)
        self._logged.setdefault(stream, []).extend(map(encode, entries))

    def journal(self, stream: str, entries: Sequence[object]) -> None:
        """See `ports.Unit`."""
        require_write_unit(writes=self._writes)
        self._journalled.setdefault(stream, []).extend(map(encode, entries))

    def read(self, stream: str, kind: type[T]) -> Log[T]:
        """See `ports.Unit`."""
        log = self._contents.logs.get(stream)
        entries = decode_entries(kind, log) if log else []
        journal, evicted = self._ring.read(self._contents.journals.get(stream, Journal()))
        for data in (*self._logged.get(stream, ()), *journal, *self._journalled.get(stream, ())):
            entries.append(decode(kind, data))
        return Log(entries, evicted)

    def schedule(self, job: Job) -> None:
        """See `ports.Unit`."""
        require_own_job(self._name, job)
        self._put_job(job.key, job)

    def unschedule(self, key: str) -> None:
        """See `ports.Unit`."""
        self._put_job(key, None)

    def jobs(self, *, due: int | None = None, limit: int | None = None) -> Sequence[Job]:
        """See `ports.Unit`."""
        return self._contents.agenda.due(due, limit)

    def reset(self) -> None:
        """See `ports.Unit`."""
        require_write_unit(writes=self._writes)
        old = self._contents
        self._undo.append(partial(setattr, self._account, "contents", old))
        self._replaced.append(old)
        self._account.contents = Contents()
        self._logged.clear()
        self._journalled.clear()

    def commit(self) -> None:
        """Let the entries join their streams."""
        contents = self._contents
        for stream, entries in self._logged.items():
            extend_log(contents.logs.setdefault(stream, bytearray()), entries)
        for stream, entries in self._journalled.items():
            self._ring.add(contents.journals.setdefault(stream, Journal()), entries)
        for replaced in self._replaced:
            self._ring.forget(list(replaced.journals.values()))

    def roll_back(self) -> None:
        """Put everything back as it was, the last change first."""
        for undo in reversed(self._undo):
            undo()

    @property
    def _contents(self) -> Contents:
        return self._account.contents

    def _put_job(self, key: str, job: Job | None) -> None:
        require_write_unit(writes=self._writes)
        agenda = self._contents.agenda
        self._undo.append(partial(agenda.put, key, agenda.jobs.get(key)))
        agenda.put(key, job)


class MemoryStore:
    """Keeps everything until the process ends, but of the journal at most `journal_limit` entries.

    Raises:
        ValueError: the limit is negative.
    """

    def __init__(self, journal_limit: int = 20_000) -> None:
        self._accounts: dict[str, Account] = {}
        self._ring = Ring(journal_limit)
        self._gate = WriteGate()

    @contextmanager
    def read(self, account: str) -> Iterator[MemoryUnit]:
        """See `ports.Store`."""
        # Whoever reads of an account that does not exist leaves no trace of it.
        kept = self._accounts.get(account) or Account()
        with kept.lock:
            yield MemoryUnit(account, kept, self._ring, writes=False)

    @contextmanager
    def write(self, account: str) -> Iterator[MemoryUnit]:
        """See `ports.Store`."""
        kept = self._accounts.get(account) or self._accounts.setdefault(account, Account())
        with self._gate, kept.lock:
            unit = MemoryUnit(account, kept, self._ring, writes=True)
            try:
                yield unit
                unit.commit()
            except BaseException:
                unit.roll_back()
                raise

    def claim(self, account: str, due: int, until: int) -> Job | None:
        """See `ports.Store`."""
        with self.write(account) as unit:
            for job in unit.jobs(due=due, limit=1):
                unit.schedule(replace(job, due=until))
                return job
        return None

    def accounts(self) -> Sequence[str]:
        """See `ports.Store`."""
        return sorted(name for name, account in list(self._accounts.items()) if _holds_something(account.contents))

    def close(self) -> None:
        """See `ports.Store`: there is nothing to let go of."""


def _holds_something(contents: Contents) -> bool:
    return bool(contents.agenda.jobs) or any(shelf.cells for shelf in list(contents.shelves.values()))
