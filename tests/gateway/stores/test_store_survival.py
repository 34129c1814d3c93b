"""What is left when a store is closed, or its process killed."""

import subprocess
import sys
from dataclasses import dataclass

import pytest

from gateway_mock.adapters.store_memory import MemoryStore
from gateway_mock.adapters.stores import open_store
from gateway_mock.ports import Job, Row

ACCOUNT = "survivor"


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a log, and a record that counts them."""

    number: int


# Each unit saves the record, logs a step and moves a job; a line is printed when the unit has ended.
WRITER = f"""
import sys
from dataclasses import dataclass
from itertools import count
from gateway_mock.adapters.stores import open_store
from gateway_mock.ports import Job

@dataclass(frozen=True, slots=True)
class Step:
    number: int

store = open_store(sys.argv[1])
for number in count(1):
    with store.write({ACCOUNT!r}) as unit:
        unit.save("k", Step(number), number - 1)
        unit.append("s", [Step(number)])
        unit.schedule(Job(account={ACCOUNT!r}, key="j", name="n", due=number))
    print(number, flush=True)
"""


def test_a_database_remembers_after_it_was_closed(opener):
    """Records, logs and jobs are there when the same URL is opened again."""
    store = opener()
    with store.write(ACCOUNT) as unit:
        unit.save("k", Step(1), 0, owner="o")
        unit.append("s", [Step(1), Step(2)])
        unit.journal("j", [Step(3)])
        unit.schedule(Job(account=ACCOUNT, key="j", name="n", due=4))
    store.close()
    with opener().read(ACCOUNT) as unit:
        assert list(unit.find(Step, owner="o")) == [("k", Row(Step(1), 1))]
        assert list(unit.read("s", Step).entries) == [Step(1), Step(2)]
        assert list(unit.read("j", Step).entries) == [Step(3)]
        assert list(unit.jobs()) == [Job(account=ACCOUNT, key="j", name="n", due=4)]


@pytest.mark.parametrize("units", [1, 50, 200])
def test_what_a_unit_committed_survives_a_kill(database_url, units):
    """SIGKILL in the middle of writing: every unit that ended is there as a whole, the last one whole or not."""
    command = [sys.executable, "-c", WRITER, database_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        for line in writer.stdout:
            if int(line) == units:
                break
        writer.kill()
        ended = max([units, *map(int, writer.stdout)])
    store = open_store(database_url)
    with store.read(ACCOUNT) as unit:
        row = unit.load(Step, "k")
        assert row.value.number in (ended, ended + 1)
        assert row.version == row.value.number
        assert [step.number for step in unit.read("s", Step).entries] == list(range(1, row.version + 1))
        assert [job.due for job in unit.jobs()] == [row.version]
    with store.write(ACCOUNT) as unit:
        unit.save("after", Step(0), 0)
    store.close()


# --- The journal in memory ----------------------------------------------------------------------------------


def journal(store, stream, *numbers, account=ACCOUNT):
    """Add steps to a stream of the journal, in one unit."""
    with store.write(account) as unit:
        unit.journal(stream, [Step(number) for number in numbers])


def read(store, stream, account=ACCOUNT):
    """The numbers left of a stream and how many are not."""
    with store.read(account) as unit:
        log = unit.read(stream, Step)
    return [step.number for step in log.entries], log.evicted


def test_a_full_journal_evicts_the_oldest_entries_and_says_so():
    """Of 3 + 2 + 2 entries in a journal of 4, the first three leave, whichever stream they are of."""
    store = MemoryStore(journal_limit=4)
    journal(store, "a", 1, 2)
    journal(store, "b", 3)
    assert read(store, "a") == ([1, 2], 0)
    journal(store, "a", 4, 5)
    assert read(store, "a") == ([2, 4, 5], 1)
    journal(store, "b", 6, 7)
    assert read(store, "a") == ([4, 5], 2)
    assert read(store, "b") == ([6, 7], 1)


def test_the_journal_is_one_for_all_accounts():
    """An account that writes a lot evicts the entries of another."""
    store = MemoryStore(journal_limit=2)
    journal(store, "s", 1, account="quiet")
    journal(store, "s", 1, 2, 3, account="loud")
    assert read(store, "s", "quiet") == ([], 1)
    assert read(store, "s", "loud") == ([2, 3], 1)


def test_a_journal_entry_is_evicted_only_when_the_unit_ends_well():
    """A unit that raises adds nothing to the journal and evicts nothing from it."""
    store = MemoryStore(journal_limit=1)
    journal(store, "s", 1)
    with pytest.raises(TypeError):
        journal_and_fail(store)
    assert read(store, "s") == ([1], 0)


def journal_and_fail(store):
    """A unit that cannot encode its last entry."""
    with store.write(ACCOUNT) as unit:
        unit.journal("s", [Step(2)])
        unit.journal("s", [object()])


def test_logs_are_never_evicted():
    """A full journal leaves the entries of `append` alone."""
    store = MemoryStore(journal_limit=1)
    with store.write(ACCOUNT) as unit:
        unit.append("s", [Step(1), Step(2), Step(3)])
    journal(store, "j", 1, 2, 3)
    assert read(store, "s") == ([1, 2, 3], 0)
    assert read(store, "j") == ([3], 2)


def test_a_reset_makes_room_in_the_journal():
    """The entries of an account that was reset push out nobody's, and none of them counts as evicted."""
    store = MemoryStore(journal_limit=3)
    journal(store, "s", 1, account="kept")
    journal(store, "s", 1, 2)
    with store.write(ACCOUNT) as unit:
        unit.reset()
    journal(store, "s", 2, 3, account="kept")
    assert read(store, "s", "kept") == ([1, 2, 3], 0)
    assert read(store, "s") == ([], 0)


def test_a_journal_without_room_keeps_nothing():
    """With a limit of 0 every entry counts as evicted; below 0 there is no journal."""
    store = MemoryStore(journal_limit=0)
    journal(store, "s", 1, 2)
    assert read(store, "s") == ([], 2)
    with pytest.raises(ValueError, match="-1"):
        MemoryStore(journal_limit=-1)


def test_a_database_keeps_the_whole_journal(opener):
    """More entries than memory would keep are all there."""
    store = opener()
    for start in range(0, 25_000, 5_000):
        journal(store, "s", *range(start, start + 5_000))
    assert read(store, "s") == (list(range(25_000)), 0)
