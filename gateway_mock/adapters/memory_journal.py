"""The part of the memory store that is bounded: journals of all accounts together, the oldest entries leave."""

import threading
from collections import deque
from collections.abc import Sequence
from itertools import repeat

Journals = dict[str, "Journal"]
"""The journals of an account that have entries left, by stream."""


class Journal:
    """The entries of one stream that the ring still keeps."""

    __slots__ = ("entries", "home", "stream")

    def __init__(self, home: Journals, stream: str) -> None:
        self.home = home
        self.stream = stream
        self.entries: deque[bytes] = deque()


class Ring:
    """Keeps the journals of all accounts; only the ring ever touches them, for any account may evict from any."""

    def __init__(self, limit: int) -> None:
        if limit < 0:
            raise ValueError(f"a journal of {limit} entries cannot be")
        self._limit = limit
        self._lock = threading.Lock()
        self._order: deque[Journal] = deque()

    def add(self, home: Journals, stream: str, entries: Sequence[bytes]) -> None:
        """Keep entries of a stream, at the price of the oldest of any stream."""
        with self._lock:
            journal = home.get(stream) or home.setdefault(stream, Journal(home, stream))
            journal.entries.extend(entries)
            self._order.extend(repeat(journal, len(entries)))
            while len(self._order) > self._limit:
                _evict(self._order.popleft())

    def read(self, home: Journals, stream: str) -> list[bytes]:
        """The entries that are left of a stream."""
        with self._lock:
            journal = home.get(stream)
            return list(journal.entries) if journal else []

    def forget(self, home: Journals) -> None:
        """Make room: nobody reads these journals any more."""
        with self._lock:
            self._order = deque(journal for journal in self._order if journal.home is not home)


def _evict(journal: Journal) -> None:
    journal.entries.popleft()
    if not journal.entries:
        del journal.home[journal.stream]
