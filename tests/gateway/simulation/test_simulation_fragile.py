"""The store that dies: at the commit that was chosen, with what a SIGKILL would leave behind."""

import pytest

from gateway_mock.adapters.store_memory import MemoryStore
from gateway_mock.ports import Job
from gateway_mock.records import Credentials
from gateway_mock.simulation.fragile import FragileStore, Fuse, Killed


def write(store: FragileStore, key: str) -> None:
    """One unit with one record."""
    with store.write("sandbox") as unit:
        unit.save(key, Credentials(account="sandbox", app_key=key, app_token="t"), 0)


def write_four(store: FragileStore) -> None:
    """Four units, one after the other."""
    for key in ("1", "2", "3", "4"):
        write(store, key)


def kept(store: FragileStore) -> list[str]:
    """The keys that survived."""
    with store.read("sandbox") as unit:
        return [key for key, _ in unit.find(Credentials)]


@pytest.mark.parametrize(
    ("fuse", "survived"),
    [
        (Fuse(0, before=True), []),
        (Fuse(0, before=False), ["1"]),
        (Fuse(1, before=True), ["1"]),
        (Fuse(2, before=False), ["1", "2", "3"]),
    ],
)
def test_what_was_committed_before_the_death_survives_it(fuse, survived):
    """Death before a commit undoes its unit, death after it does not."""
    store = FragileStore(MemoryStore())
    store.fuse = fuse
    with pytest.raises(Killed):
        write_four(store)
    assert kept(store) == survived


def test_the_process_after_the_death_lives_on():
    """A fuse burns down once."""
    store = FragileStore(MemoryStore())
    store.fuse = Fuse(0, before=True)
    with pytest.raises(Killed):
        write(store, "1")
    write(store, "2")
    assert kept(store) == ["2"]
    assert store.accounts() == ["sandbox"]


def test_reading_burns_nothing():
    """Only commits count."""
    store = FragileStore(MemoryStore())
    store.fuse = Fuse(0, before=False)
    assert kept(store) == []
    assert store.fuse == Fuse(0, before=False)


def test_no_handler_of_exceptions_catches_a_death():
    """Whatever catches `Exception` would survive a SIGKILL otherwise."""
    assert not issubclass(Killed, Exception)


@pytest.mark.parametrize(("before", "due"), [(True, 1), (False, 100)])
def test_whoever_claims_a_job_may_die_of_it(before, due):
    """Before the claim nothing has happened, right after it the job is put off to the end of its lease."""
    store = FragileStore(MemoryStore())
    with store.write("sandbox") as unit:
        unit.schedule(Job(account="sandbox", key="k", name="send", due=1))
    store.fuse = Fuse(0, before=before)
    with pytest.raises(Killed):
        store.claim("sandbox", 1, 100)
    with store.read("sandbox") as unit:
        assert [job.due for job in unit.jobs()] == [due]
