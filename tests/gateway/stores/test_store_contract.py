"""What every store does alike with records, logs and jobs; `test_store_units.py` goes on."""

from dataclasses import dataclass

import pytest

from gateway_mock.ports import Job, LostRaceError, Row

HERE, THERE = "here", "there"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A kind of record."""

    content: str
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Letter:
    """Another kind, and what streams are made of."""

    content: str


def put(store, key, content="x", account=HERE, owner=""):
    """Save a new parcel."""
    with store.write(account) as unit:
        unit.save(key, Parcel(content), 0, owner=owner)


def found(store, account=HERE, **conditions):
    """The keys that `find` gives."""
    with store.read(account) as unit:
        return [key for key, _ in unit.find(Parcel, **conditions)]


def job(key, due, account=HERE):
    """A job of that key."""
    return Job(account=account, key=key, name="send", due=due, subject="s")


# --- Records ------------------------------------------------------------------------------------------------


def test_a_record_comes_back_as_it_was_saved(store):
    """A new record has version 1 and equals what was saved."""
    put(store, "k", "gold")
    with store.read(HERE) as unit:
        assert unit.load(Parcel, "k") == Row(Parcel("gold"), 1)


def test_every_save_counts_the_version_up(store):
    """The third save of a record leaves version 3."""
    put(store, "k")
    for version in (1, 2):
        with store.write(HERE) as unit:
            unit.save("k", Parcel("y", version), version)
    with store.read(HERE) as unit:
        assert unit.load(Parcel, "k") == Row(Parcel("y", 2), 3)


def test_two_kinds_share_no_keys(store):
    """A parcel and a letter lie under the same key beside each other."""
    with store.write(HERE) as unit:
        unit.save("k", Parcel("p"), 0)
        unit.save("k", Letter("l"), 0)
    with store.read(HERE) as unit:
        assert unit.load(Parcel, "k").value == Parcel("p")
        assert unit.load(Letter, "k").value == Letter("l")


@pytest.mark.parametrize("version", [0, 1, 3])
def test_a_save_with_another_version_than_the_stored_one_loses_the_race(store, version):
    """Version 2 is stored: 0, 1 and 3 are refused, and the record stays as it was."""
    put(store, "k")
    with store.write(HERE) as unit:
        unit.save("k", Parcel("second"), 1)
    with pytest.raises(LostRaceError), store.write(HERE) as unit:
        unit.save("k", Parcel("late"), version)
    with store.read(HERE) as unit:
        assert unit.load(Parcel, "k") == Row(Parcel("second"), 2)


def test_a_save_of_a_record_that_is_gone_loses_the_race(store):
    """Who has loaded version 1 does not bring a deleted record back."""
    put(store, "k")
    with store.write(HERE) as unit:
        unit.delete(Parcel, "k")
    with pytest.raises(LostRaceError), store.write(HERE) as unit:
        unit.save("k", Parcel("late"), 1)
    assert found(store) == []


def test_a_deleted_record_can_be_new_again(store):
    """After a delete, version 0 is right and 1 is stored."""
    put(store, "k")
    with store.write(HERE) as unit:
        unit.delete(Parcel, "k")
        unit.delete(Parcel, "never was")
        unit.save("k", Parcel("again"), 0)
    with store.read(HERE) as unit:
        assert unit.load(Parcel, "k") == Row(Parcel("again"), 1)


def test_records_are_found_in_the_order_of_code_points(store):
    """Upper case sorts before lower case, accents after z, and a clef outside of the first plane last."""
    for key in ("b", "é", "B", "𝄞", "a", "~", "ﬀ", "A1", "A"):
        put(store, key)
    assert found(store) == ["A", "A1", "B", "a", "b", "~", "é", "ﬀ", "𝄞"]


def test_records_are_found_by_their_owner(store):
    """Only those of the owner, in the order of their keys; the owner `` owns those that have none."""
    for key, owner in (("3", "ann"), ("1", "bob"), ("2", "ann"), ("0", "")):
        put(store, key, owner=owner)
    assert found(store, owner="ann") == ["2", "3"]
    assert found(store, owner="bob") == ["1"]
    assert found(store, owner="") == ["0"]
    assert found(store, owner="nobody") == []


def test_a_save_can_change_the_owner(store):
    """The record leaves the one owner's list and joins the other's."""
    put(store, "k", owner="ann")
    with store.write(HERE) as unit:
        unit.save("k", Parcel("x"), 1, owner="bob")
    assert found(store, owner="ann") == []
    assert found(store, owner="bob") == ["k"]


def test_records_are_found_page_by_page(store):
    """Pages of two, each after the last key of the one before, show all five once."""
    for key in "edcba":
        put(store, key, owner="ann")
    for owner in (None, "ann"):
        assert found(store, owner=owner, limit=2) == ["a", "b"]
        assert found(store, owner=owner, after="b", limit=2) == ["c", "d"]
        assert found(store, owner=owner, after="d", limit=2) == ["e"]
        assert found(store, owner=owner, after="e", limit=2) == []
        assert found(store, owner=owner, after="bb") == ["c", "d", "e"]
        assert found(store, owner=owner, limit=0) == []


def test_a_record_under_no_key_is_a_record(store):
    """The empty key loads and is found first."""
    put(store, "", "empty")
    put(store, "a")
    assert found(store) == ["", "a"]


# --- Logs ---------------------------------------------------------------------------------------------------


def test_a_log_is_read_oldest_first(store):
    """Entries of one unit and of several units keep their order, each stream for itself."""
    with store.write(HERE) as unit:
        unit.append("s", [Letter("1"), Letter("2")])
        unit.append("other", [Letter("o")])
        unit.append("s", [Letter("3")])
    with store.write(HERE) as unit:
        unit.append("s", [Letter("4")])
    with store.read(HERE) as unit:
        assert [entry.content for entry in unit.read("s", Letter).entries] == ["1", "2", "3", "4"]
        assert [entry.content for entry in unit.read("other", Letter).entries] == ["o"]
        assert list(unit.read("nothing", Letter).entries) == []


def test_a_journal_is_read_like_a_log(store):
    """What fits into the journal is kept, and none of it is evicted."""
    with store.write(HERE) as unit:
        unit.journal("s", [Letter("1")])
    with store.write(HERE) as unit:
        unit.journal("s", [Letter("2")])
        assert [entry.content for entry in unit.read("s", Letter).entries] == ["1", "2"]
    with store.read(HERE) as unit:
        log = unit.read("s", Letter)
    assert [entry.content for entry in log.entries] == ["1", "2"]
    assert log.evicted == 0


# --- Jobs ---------------------------------------------------------------------------------------------------


def test_jobs_come_by_due_time_then_key(store):
    """Whatever the order in which they were written."""
    with store.write(HERE) as unit:
        for key, due in (("c", 5), ("b", 10), ("a", 10), ("d", 10**15)):
            unit.schedule(job(key, due))
    with store.read(HERE) as unit:
        assert unit.jobs() == [job("c", 5), job("a", 10), job("b", 10), job("d", 10**15)]
        assert unit.jobs(due=10) == [job("c", 5), job("a", 10), job("b", 10)]
        assert unit.jobs(due=9) == [job("c", 5)]
        assert unit.jobs(due=10, limit=2) == [job("c", 5), job("a", 10)]
        assert unit.jobs(due=4) == []


def test_a_job_takes_the_place_of_one_of_the_same_key(store):
    """Only the later one is left, with its own due time, name and subject."""
    later = Job(account=HERE, key="k", name="settle", due=7, subject="p")
    with store.write(HERE) as unit:
        unit.schedule(job("k", 3))
    with store.write(HERE) as unit:
        unit.schedule(later)
        unit.unschedule("never was")
    with store.read(HERE) as unit:
        assert unit.jobs() == [later]
    with store.write(HERE) as unit:
        unit.unschedule("k")
        assert unit.jobs() == []


def test_a_unit_takes_jobs_of_its_own_account_only(store):
    """A job of another account is a ValueError."""
    with pytest.raises(ValueError, match="account 'there'"), store.write(HERE) as unit:
        unit.schedule(job("k", 1, THERE))
