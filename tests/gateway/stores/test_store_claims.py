"""A job is claimed by one: nobody else gets it before its lease is over, in whatever process they are."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from gateway_mock.adapters.stores import open_store
from gateway_mock.ports import Job

ACCOUNT = "claims"
CLAIMERS = 6


def job(key, due):
    """A job of the account."""
    return Job(account=ACCOUNT, key=key, name="send", due=due, subject=f"subject of {key}")


def write(store, *jobs):
    """Put jobs on the agenda."""
    with store.write(ACCOUNT) as unit:
        for each in jobs:
            unit.schedule(each)


def agenda(store):
    """The keys of all jobs with their due times."""
    with store.read(ACCOUNT) as unit:
        return [(each.key, each.due) for each in unit.jobs()]


def test_the_first_that_is_due_is_claimed_as_it_was(store):
    """By due time, then key; it comes back as it was written, and the agenda has it put off."""
    write(store, job("late", 30), job("b", 20), job("a", 20))
    assert store.claim(ACCOUNT, 25, 100) == job("a", 20)
    assert agenda(store) == [("b", 20), ("late", 30), ("a", 100)]


def test_nothing_is_claimed_before_it_is_due(store):
    """Neither from an empty agenda nor from one of later jobs, nor another account's."""
    assert store.claim(ACCOUNT, 25, 100) is None
    write(store, job("late", 26))
    assert store.claim(ACCOUNT, 25, 100) is None
    assert store.claim("others", 26, 100) is None
    assert agenda(store) == [("late", 26)]


def test_a_claimed_job_is_due_again_when_the_lease_is_over(store):
    """Before that moment nobody gets it, from then on somebody does: whoever claimed it may have died."""
    write(store, job("a", 20))
    assert store.claim(ACCOUNT, 20, 100) == job("a", 20)
    assert store.claim(ACCOUNT, 99, 199) is None
    assert store.claim(ACCOUNT, 100, 200) == job("a", 100)


def test_whoever_has_done_a_job_takes_it_off_the_agenda(store):
    """Under its key, wherever the claim has put it."""
    write(store, job("a", 20))
    store.claim(ACCOUNT, 20, 100)
    with store.write(ACCOUNT) as unit:
        unit.unschedule("a")
    assert store.claim(ACCOUNT, 1000, 2000) is None


def test_a_claim_inside_a_write_unit_is_an_error(store):
    """As any second write unit of a thread: it would wait for the first one for ever."""
    with store.write(ACCOUNT), pytest.raises(RuntimeError):
        store.claim(ACCOUNT, 20, 100)


def test_of_many_claimers_on_one_database_each_job_has_one(opener):
    """Stores as in several processes, all at once on 60 jobs: each is claimed once."""
    stores = [opener() for _ in range(CLAIMERS)]
    write(stores[0], *(job(f"{number:02}", number) for number in range(60)))
    barrier = Barrier(CLAIMERS)

    def claim_all(store):
        barrier.wait()
        return list(iter(lambda: store.claim(ACCOUNT, 59, 10_000), None))

    with ThreadPoolExecutor(CLAIMERS) as pool:
        claimed = [each.key for found in pool.map(claim_all, stores) for each in found]
    assert sorted(claimed) == [f"{number:02}" for number in range(60)]


def test_a_job_that_somebody_is_changing_is_passed_over(empty_postgres_url):
    """On PostgreSQL nobody waits for a unit that is still open: the next job comes first."""
    ours, theirs = open_store(empty_postgres_url), open_store(empty_postgres_url)
    write(ours, job("a", 1), job("b", 2))
    with ours.write(ACCOUNT) as unit:
        unit.unschedule("a")
        assert theirs.claim(ACCOUNT, 5, 100) == job("b", 2)
        assert theirs.claim(ACCOUNT, 5, 100) is None
    assert agenda(ours) == [("b", 100)]
    ours.close()
    theirs.close()


def test_accounts_that_have_something_to_do_are_told_without_looking_at_the_others(store):
    """Those with a job due at or before the moment, by name; a claim puts its account off, too."""
    for account, due in (("b", 20), ("a", 10), ("later", 21)):
        with store.write(account) as unit:
            unit.schedule(Job(account=account, key="k", name="send", due=due))
    assert list(store.accounts_due(9)) == []
    assert list(store.accounts_due(20)) == ["a", "b"]
    store.claim("a", 20, 100)
    assert list(store.accounts_due(20)) == ["b"]
    assert list(store.accounts()) == ["a", "b", "later"]
