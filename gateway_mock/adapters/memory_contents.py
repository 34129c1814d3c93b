"""What the memory store keeps of an account: records on shelves, jobs on an agenda, logs, and journals in a ring.

Everything here changes in place and locks nothing but the ring; the store's units see to the rest.
"""

import threading
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Sequence
from itertools import repeat
from typing import NamedTuple, TypeVar

from gateway_mock.adapters.codec import kind_name
from gateway_mock.ports import Job

Ordered = TypeVar("Ordered", str, tuple[int, str])


class Cell(NamedTuple):
    """A record as it lies in memory."""

    data: bytes
    version: int
    owner: str


class Shelf:
    """The records of one kind, and their keys in order: of each owner always, of all once somebody asked."""

    __slots__ = ("_keys", "_owned", "cells")

    def __init__(self) -> None:
        self.cells: dict[str, Cell] = {}
        self._owned: dict[str, list[str]] = {}
        self._keys: list[str] | None = None

    def put(self, key: str, cell: Cell | None) -> None:
        """Set the cell under a key, or remove it with None."""
        old = self.cells.get(key)
        if old is not None and (cell is None or cell.owner != old.owner):
            self._remove(key, old)
            old = None
        if cell is not None:
            self.cells[key] = cell
            if old is None:
                self._list(key, cell.owner)

    def keys(self, owner: str | None) -> list[str]:
        """The keys of an owner, or all of them, in order."""
        if owner:
            return self._owned.get(owner, [])
        if self._keys is None:
            self._keys = sorted(self.cells)
        return self._keys if owner is None else [key for key in self._keys if not self.cells[key].owner]

    def _list(self, key: str, owner: str) -> None:
        if owner:
            insort(self._owned.setdefault(owner, []), key)
        if self._keys is not None:
            insort(self._keys, key)

    def _remove(self, key: str, cell: Cell) -> None:
        del self.cells[key]
        if self._keys is not None:
            _take_out(self._keys, key)
        if cell.owner:
            owned = self._owned[cell.owner]
            _take_out(owned, key)
            if not owned:
                del self._owned[cell.owner]


class Agenda:
    """The jobs of an account, and in which order they are due."""

    __slots__ = ("jobs", "order")

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self.order: list[tuple[int, str]] = []

    def put(self, key: str, job: Job | None) -> None:
        """Set the job under a key, or remove it with None."""
        old = self.jobs.pop(key, None)
        if old is not None:
            _take_out(self.order, (old.due, key))
        if job is not None:
            self.jobs[key] = job
            insort(self.order, (job.due, key))

    def due(self, moment: int | None, limit: int | None) -> list[Job]:
        """The jobs due at or before the moment, or all of them, the earliest first."""
        end = len(self.order) if moment is None else bisect_left(self.order, (moment + 1, ""))
        return [self.jobs[key] for _, key in self.order[:end][:limit]]


class Journal:
    """The entries of one stream that the ring still keeps, and how many it gave away."""

    __slots__ = ("entries", "evicted")

    def __init__(self) -> None:
        self.entries: list[bytes] = []
        self.evicted = 0


class Ring:
    """Bounds the journals of all accounts together: when there are too many entries, the oldest leave."""

    def __init__(self, limit: int) -> None:
        if limit < 0:
            raise ValueError(f"a journal of {limit} entries cannot be")
        self._limit = limit
        self._lock = threading.Lock()
        self._order: deque[Journal] = deque()

    def add(self, journal: Journal, entries: Sequence[bytes]) -> None:
        """Keep entries of a stream, at the price of the oldest of any stream."""
        with self._lock:
            journal.entries.extend(entries)
            self._order.extend(repeat(journal, len(entries)))
            while len(self._order) > self._limit:
                oldest = self._order.popleft()
                del oldest.entries[0]
                oldest.evicted += 1

    def read(self, journal: Journal) -> tuple[list[bytes], int]:
        """The entries that are left of a stream, and how many are not."""
        with self._lock:
            return list(journal.entries), journal.evicted

    def forget(self, journals: Sequence[Journal]) -> None:
        """Make room: nobody reads these journals any more."""
        if journals:
            gone = set(map(id, journals))
            with self._lock:
                self._order = deque(journal for journal in self._order if id(journal) not in gone)


class Contents:
    """Everything of one account."""

    __slots__ = ("agenda", "journals", "logs", "shelves")

    def __init__(self) -> None:
        self.shelves: dict[str, Shelf] = {}
        self.agenda = Agenda()
        self.logs: dict[str, bytearray] = {}
        self.journals: dict[str, Journal] = {}

    def shelf(self, kind: type[object]) -> Shelf:
        """The records of a kind."""
        name = kind_name(kind)
        return self.shelves.get(name) or self.shelves.setdefault(name, Shelf())


def _take_out(ordered: list[Ordered], item: Ordered) -> None:
    del ordered[bisect_left(ordered, item)]
