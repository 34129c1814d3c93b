"""What the memory store keeps of an account: records and logs in folders, jobs on an agenda, journals in a ring.

Everything here changes in place and locks nothing; the store's units see to that.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from typing import TypeVar

from gateway_mock.adapters.memory_folders import Cabinet, Cell, Folder
from gateway_mock.adapters.memory_journal import Journals
from gateway_mock.ports import Job

Ordered = TypeVar("Ordered", str, tuple[int, str])


class Catalogue:
    """In which folder each record of one kind lies, by key, and the keys in order once somebody asked for them."""

    __slots__ = ("_ordered", "places")

    def __init__(self) -> None:
        self.places: dict[str, str] = {}
        self._ordered: list[str] | None = None

    def keys(self) -> list[str]:
        """All keys, in order."""
        if self._ordered is None:
            self._ordered = sorted(self.places)
        return self._ordered

    def add(self, key: str, folder: str) -> None:
        """A record came."""
        self.places[key] = folder
        if self._ordered is not None:
            insort(self._ordered, key)

    def remove(self, key: str) -> None:
        """A record went."""
        del self.places[key]
        if self._ordered is not None:
            _take_out(self._ordered, key)


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


class Contents:
    """Everything of one account."""

    __slots__ = ("_cabinet", "_catalogues", "agenda", "folders_open", "journals")

    def __init__(self, folders_open: int) -> None:
        self.folders_open = folders_open
        self._cabinet = Cabinet(folders_open)
        self._catalogues: dict[str, Catalogue] = {}
        self.agenda = Agenda()
        self.journals: Journals = {}

    def get(self, kind: str, key: str) -> Cell | None:
        """A record; whoever asks for one may well change it next, so its folder lies open then."""
        catalogue = self._catalogues.get(kind)
        place = catalogue.places.get(key) if catalogue else None
        return None if place is None else self._cabinet.open(place).shelves[kind][key]

    def put(self, kind: str, key: str, cell: Cell | None) -> None:
        """Set a record, or remove it with None."""
        catalogue = self._catalogues.get(kind) or self._catalogues.setdefault(kind, Catalogue())
        place = catalogue.places.get(key)
        wanted = None if cell is None else cell.owner or key
        if place is not None and place != wanted:
            self._cabinet.open(place).put(kind, key, None)
            catalogue.remove(key)
        if wanted is not None:
            folder = self._cabinet.open(wanted)
            folder.put(kind, key, cell)
            if place != wanted:
                catalogue.add(key, folder.name)

    def find(self, kind: str, owner: str | None, after: str, limit: int | None) -> Iterator[tuple[str, Cell]]:
        """The records of a kind in the order of their keys, those of one owner when it is given."""
        owned = self._cabinet.look(owner).shelves.get(kind, {}) if owner else None
        keys = self._keys(kind, owner) if owned is None else sorted(k for k, cell in owned.items() if cell.owner)
        start = bisect_right(keys, after) if after else 0
        end = None if limit is None else start + limit
        for key in keys[start:end]:
            yield key, self._look(kind, key) if owned is None else owned[key]

    def stream(self, name: str) -> Folder:
        """The folder of a stream to write in: that of what it is named after."""
        return self._cabinet.open(_subject(name))

    def look_into(self, stream: str) -> Folder:
        """The folder of a stream to read in only."""
        return self._cabinet.look(_subject(stream))

    @property
    def is_empty(self) -> bool:
        """Whether there is neither a record nor a job."""
        return not (self.agenda.jobs or any(each.places for each in list(self._catalogues.values())))

    def _keys(self, kind: str, owner: str | None) -> list[str]:
        catalogue = self._catalogues.get(kind)
        keys = catalogue.keys() if catalogue else []
        return keys if owner is None else [key for key in keys if not self._look(kind, key).owner]

    def _look(self, kind: str, key: str) -> Cell:
        return self._cabinet.look(self._catalogues[kind].places[key]).shelves[kind][key]


def _subject(stream: str) -> str:
    """`history/T` is about T, and so in one folder with it."""
    return stream.rpartition("/")[2]


def _take_out(ordered: list[Ordered], item: Ordered) -> None:
    del ordered[bisect_left(ordered, item)]
