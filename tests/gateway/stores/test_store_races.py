"""What happens when several threads, or several stores on one database, want the same."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psycopg
import pytest

from gateway_mock.adapters.sql_engine import write_ahead
from gateway_mock.adapters.stores import open_store
from gateway_mock.ports import LostRaceError, Row

ACCOUNT = "races"
THREADS = 16


@dataclass(frozen=True, slots=True)
class Counter:
    """What everybody counts up."""

    count: int


def start(store, *keys):
    """Save counters of 0."""
    with store.write(ACCOUNT) as unit:
        for key in keys:
            unit.save(key, Counter(0), 0)


def count_up(store):
    """Load and save in two units, again from the load after each lost race; tell the races lost."""
    lost = 0
    while True:
        with store.read(ACCOUNT) as unit:
            row = unit.load(Counter, "k")
        try:
            with store.write(ACCOUNT) as unit:
                unit.save("k", Counter(row.value.count + 1), row.version)
                unit.append("s", [Counter(row.value.count + 1)])
        except LostRaceError:
            lost += 1
        else:
            return lost


def count_up_in_one_unit(store):
    """Load and save in the same unit, again after each lost race."""
    while True:
        try:
            with store.write(ACCOUNT) as unit:
                row = unit.load(Counter, "k")
                unit.save("k", Counter(row.value.count + 1), row.version)
        except LostRaceError:
            continue
        else:
            return


def together(threads, work):
    """The results of `work(number)` in as many threads."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, range(threads)))


def test_of_two_that_saw_the_same_version_one_wins(store):
    """Both load version 1 before either saves: one save is kept, the other loses the race."""
    start(store, "k")
    both_loaded = threading.Barrier(2)

    def save(number):
        with store.read(ACCOUNT) as unit:
            row = unit.load(Counter, "k")
        both_loaded.wait()
        try:
            with store.write(ACCOUNT) as unit:
                unit.save("k", Counter(number + 1), row.version)
        except LostRaceError:
            return None
        return number + 1

    winners = [result for result in together(2, save) if result is not None]
    assert len(winners) == 1
    with store.read(ACCOUNT) as unit:
        assert unit.load(Counter, "k") == Row(Counter(winners[0]), 2)


def test_of_two_that_write_a_new_record_one_wins(store):
    """Two units that both say version 0 leave one record."""
    both_ready = threading.Barrier(2)

    def create(number):
        both_ready.wait()
        try:
            with store.write(ACCOUNT) as unit:
                unit.save("k", Counter(number), 0)
        except LostRaceError:
            return 0
        return 1

    assert sum(together(2, create)) == 1


def test_sixteen_threads_that_count_up_arrive_at_sixteen(store):
    """Whoever loses a race loads again and tries again; no step is lost and none is made twice."""
    start(store, "k")
    together(THREADS, lambda _: count_up(store))
    with store.read(ACCOUNT) as unit:
        assert unit.load(Counter, "k") == Row(Counter(THREADS), THREADS + 1)
        assert [entry.count for entry in unit.read("s", Counter).entries] == list(range(1, THREADS + 1))


def test_sixteen_threads_on_two_stores_arrive_at_sixteen(opener):
    """Two stores on one database are like two processes: the database is the judge."""
    stores = (opener(), opener())
    start(stores[0], "k")
    together(THREADS, lambda number: count_up(stores[number % 2]))
    with stores[1].read(ACCOUNT) as unit:
        assert unit.load(Counter, "k") == Row(Counter(THREADS), THREADS + 1)


def test_a_unit_that_loads_before_it_saves_is_no_harder(opener):
    """Sixteen threads on two stores that load and save in one unit arrive at sixteen too."""
    stores = (opener(), opener())
    start(stores[0], "k")
    together(THREADS, lambda number: count_up_in_one_unit(stores[number % 2]))
    with stores[1].read(ACCOUNT) as unit:
        assert unit.load(Counter, "k") == Row(Counter(THREADS), THREADS + 1)


def test_accounts_do_not_race(store):
    """Sixteen threads with an account each never lose a race."""

    def count_alone(number):
        account = f"account-{number}"
        for version in range(10):
            with store.write(account) as unit:
                unit.save("k", Counter(version + 1), version)
        with store.read(account) as unit:
            return unit.load(Counter, "k").value.count

    assert together(THREADS, count_alone) == [10] * THREADS


def test_a_read_unit_sees_one_moment(opener):
    """What another thread commits meanwhile shows in the next unit only."""
    store = opener()
    start(store, "k")
    with store.read(ACCOUNT) as unit:
        assert unit.load(Counter, "k").value.count == 0
        together(1, lambda _: count_up(store))
        assert unit.load(Counter, "k").value.count == 0
    with store.read(ACCOUNT) as unit:
        assert unit.load(Counter, "k").value.count == 1


def test_many_may_open_an_empty_database_at_once(opener):
    """Eight threads find no tables; each gets a store that works on the same ones."""
    stores = together(8, lambda _: opener())
    start(stores[0], "k")
    for store in stores:
        with store.read(ACCOUNT) as unit:
            assert unit.load(Counter, "k").value.count == 0


class Contended:
    """A cursor on a file that others are opening: so many switches to the write-ahead log fail."""

    def __init__(self, failures):
        self.failures = failures
        self.said = []

    def execute(self, text):
        """Fail the next switch, if it is to fail; everything else works."""
        self.said.append(text)
        if text == "PRAGMA journal_mode=WAL" and self.failures:
            self.failures -= 1
            raise sqlite3.OperationalError("database is locked")


def test_a_new_file_that_others_open_is_waited_for():
    """A switch that fails is tried again, each time after the writer that was in the way."""
    cursor = Contended(failures=2)
    write_ahead(cursor)
    wait = ["BEGIN IMMEDIATE", "COMMIT"]
    switch = "PRAGMA journal_mode=WAL"
    assert cursor.said == ["PRAGMA synchronous=NORMAL", switch, *wait, switch, *wait, switch]


def test_a_new_file_is_not_waited_for_for_ever():
    """Twenty tries, then the database does not open."""
    cursor = Contended(failures=1000)
    with pytest.raises(sqlite3.OperationalError):
        write_ahead(cursor)
    assert cursor.said.count("PRAGMA journal_mode=WAL") == 20


def test_units_that_cross_queue_instead_of_a_deadlock(empty_postgres_url):
    """Two servers on one database whose units want each other's records: one waits for the other, none loses."""
    stores = [open_store(empty_postgres_url), open_store(empty_postgres_url)]
    start(stores[0], "a", "b")

    def cross(number):
        keys = ("a", "b") if number == 0 else ("b", "a")
        for _ in range(20):
            with stores[number].write(ACCOUNT) as unit:
                for key in keys:
                    row = unit.load(Counter, key)
                    unit.save(key, Counter(row.value.count + 1), row.version)
        return number

    assert sorted(together(2, cross)) == [0, 1]
    with stores[1].read(ACCOUNT) as unit:
        assert [row.value.count for _, row in unit.find(Counter)] == [40, 40]
    for store in stores:
        store.close()


def hang_up(url, state):
    """Let the server end all connections but ours that are in a state."""
    with psycopg.connect(url, autocommit=True) as connection:
        ended = connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = %s",
            [state],
        )
        assert ended.fetchall() == [(True,)]


def test_a_store_survives_that_the_server_drops_idle_connections(empty_postgres_url):
    """The next unit gets a new connection and does not notice."""
    store = open_store(empty_postgres_url)
    start(store, "k")
    hang_up(empty_postgres_url, "idle")
    assert count_up(store) == 0
    store.close()


def test_a_unit_whose_connection_is_dropped_never_happened(empty_postgres_url):
    """It fails, and the next one works on what was there before."""
    store = open_store(empty_postgres_url)
    start(store, "k")
    with pytest.raises(psycopg.OperationalError):
        save_while_the_server_hangs_up(store, empty_postgres_url)
    assert count_up(store) == 0
    with store.read(ACCOUNT) as unit:
        assert unit.load(Counter, "k") == Row(Counter(1), 2)
    store.close()


def save_while_the_server_hangs_up(store, url):
    """A unit that loses its connection in the middle."""
    with store.write(ACCOUNT) as unit:
        unit.save("k", Counter(99), 1)
        hang_up(url, "idle in transaction")
        unit.save("k", Counter(100), 2)
