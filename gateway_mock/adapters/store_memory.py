"""The store in memory: the same bytes as in a database, so the same values, and nothing on disk.

Each account has one lock, which a unit holds from its first line to its last. Records and jobs are changed in
place and put back when the block raises; log entries wait until the unit ends, for eviction has no way back.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TypeVar

from gateway_mock.adapters.codec import decode, encode, kind_name
from gateway_mock.adapters.memory_contents import Contents
from gateway_mock.adapters.memory_folders import OPEN_MAX, Cell
from gateway_mock.adapters.memory_journal import Ring
from gateway_mock.adapters.units import WriteGate, require_own_job, require_write_unit
from gateway_mock.ports import Job, Log, LostRaceError, Row

T = TypeVar("T")

JOURNAL_MAX = 5_000
"""Calls to connectors that are kept: those of a thousand transactions, some 8 MB."""


class Account:
    """The contents of an account and the lock in front of them."""

    __slots__ = ("contents", "lock")

    def __init__(self, folders_open: int) -> None:
        self.contents = Contents(folders_open)
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
        cell = self._contents.get(kind_name(kind), key)
        return None if cell is None else Row(decode(kind, cell.data), cell.version)

    def save(self, key: str, value: object, version: int, *, owner: str = "") -> None:
        """See `ports.Unit`."""
        kind = kind_name(type(value))
        old = self._contents.get(kind, key)
        if version != (old.version if old else 0):
            raise LostRaceError
        self._put(kind, key, old, Cell(encode(value), version + 1, owner))

    def delete(self, kind: type[object], key: str) -> None:
        """See `ports.Unit`."""
        name = kind_name(kind)
        self._put(name, key, self._contents.get(name, key), None)

    def find(
        self, kind: type[T], *, owner: str | None = None, after: str = "", limit: int | None = None
    ) -> Sequence[tuple[str, Row[T]]]:
        """See `ports.Unit`."""
        found = self._contents.find(kind_name(kind), owner, after, limit)
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
        folder = self._contents.look_into(stream)
        journal = self._ring.read(self._contents.journals, stream)
        kept = (
            folder.logs.get(stream, ()),
            self._logged.get(stream, ()),
            journal,
            self._journalled.get(stream, ()),
        )
        entries = [decode(kind, data) for data in chain.from_iterable(kept)]
        return Log(entries, folder.journalled.get(stream, 0) - len(journal))

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
        self._account.contents = Contents(old.folders_open)
        self._logged.clear()
        self._journalled.clear()

    def commit(self) -> None:
        """Let the entries join their streams."""
        contents = self._contents
        for stream, entries in self._logged.items():
            contents.stream(stream).logs.setdefault(stream, []).extend(entries)
        for stream, entries in self._journalled.items():
            counts = contents.stream(stream).journalled
            counts[stream] = counts.get(stream, 0) + len(entries)
            self._ring.add(contents.journals, stream, entries)
        for replaced in self._replaced:
            self._ring.forget(replaced.journals)

    def roll_back(self) -> None:
        """Put everything back as it was, the last change first."""
        for undo in reversed(self._undo):
            undo()

    @property
    def _contents(self) -> Contents:
        return self._account.contents

    def _put(self, kind: str, key: str, old: Cell | None, new: Cell | None) -> None:
        require_write_unit(writes=self._writes)
        self._undo.append(partial(self._contents.put, kind, key, old))
        self._contents.put(kind, key, new)

    def _put_job(self, key: str, job: Job | None) -> None:
        require_write_unit(writes=self._writes)
        agenda = self._contents.agenda
        self._undo.append(partial(agenda.put, key, agenda.jobs.get(key)))
        agenda.put(key, job)


class MemoryStore:
    """Keeps everything until the process ends, but of the journal at most `journal_limit` entries.

    Args:
        journal_limit: how many entries of journals are kept, of all accounts together.
        folders_open: how much of an account lies unpacked, at least 1; more costs room, less costs time.

    Raises:
        ValueError: the limit is negative.
    """

    def __init__(self, journal_limit: int = JOURNAL_MAX, folders_open: int = OPEN_MAX) -> None:
        self._folders_open = folders_open
        self._accounts: dict[str, Account] = {}
        self._ring = Ring(journal_limit)
        self._gate = WriteGate()

    @contextmanager
    def read(self, account: str) -> Iterator[MemoryUnit]:
        """See `ports.Store`."""
        # Whoever reads of an account that does not exist leaves no trace of it.
        kept = self._accounts.get(account) or Account(self._folders_open)
        with kept.lock:
            yield MemoryUnit(account, kept, self._ring, writes=False)

    @contextmanager
    def write(self, account: str) -> Iterator[MemoryUnit]:
        """See `ports.Store`."""
        kept = self._accounts.get(account) or self._accounts.setdefault(account, Account(self._folders_open))
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
        return sorted(name for name, account in list(self._accounts.items()) if not account.contents.is_empty)

    def accounts_due(self, due: int) -> Sequence[str]:
        """See `ports.Store`."""
        kept = list(self._accounts.items())
        return sorted(name for name, account in kept if account.contents.agenda.due(due, 1))

    def close(self) -> None:
        """See `ports.Store`: there is nothing to let go of."""
