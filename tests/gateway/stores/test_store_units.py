"""What every store does alike with units, which happen as a whole or not at all, and with accounts."""

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


# --- Units --------------------------------------------------------------------------------------------------


def change_everything(unit):
    """One of each change, on top of what `filled` holds: from `BEFORE` to `AFTER`."""
    unit.save("old", Parcel("changed"), 1, owner="bob")
    unit.save("new", Parcel("new"), 0, owner="ann")
    unit.delete(Parcel, "gone")
    unit.append("s", [Letter("2")])
    unit.journal("j", [Letter("2")])
    unit.schedule(job("k", 9))
    unit.unschedule("u")


def snapshot(unit):
    """Everything of the account."""
    return (
        [(key, row) for key, row in unit.find(Parcel)],
        [key for key, _ in unit.find(Parcel, owner="ann")],
        list(unit.read("s", Letter).entries),
        list(unit.read("j", Letter).entries),
        unit.jobs(),
    )


def in_unit(store, *changes):
    """Make changes in one write unit."""
    with store.write(HERE) as unit:
        for change in changes:
            change(unit)


def write_letter(unit):
    """One more entry."""
    unit.append("s", [Letter("3")])


def fail(_unit):
    """What a use case does when it thinks better of it."""
    raise KeyError


BEFORE = (
    [("gone", Row(Parcel("x"), 1)), ("old", Row(Parcel("x"), 1))],
    ["gone", "old"],
    [Letter("1")],
    [Letter("1")],
    [job("k", 1), job("u", 2)],
)
AFTER = (
    [("new", Row(Parcel("new"), 1)), ("old", Row(Parcel("changed"), 2))],
    ["new"],
    [Letter("1"), Letter("2")],
    [Letter("1"), Letter("2")],
    [job("k", 9)],
)
NOTHING = ([], [], [], [], [])


@pytest.fixture
def filled(store):
    """The store with what `BEFORE` says, in `here`."""
    with store.write(HERE) as unit:
        unit.save("old", Parcel("x"), 0, owner="ann")
        unit.save("gone", Parcel("x"), 0, owner="ann")
        unit.append("s", [Letter("1")])
        unit.journal("j", [Letter("1")])
        unit.schedule(job("k", 1))
        unit.schedule(job("u", 2))
    return store


def test_a_unit_happens_as_a_whole(filled):
    """After the block everything is changed; a unit sees its own changes before."""
    with filled.write(HERE) as unit:
        change_everything(unit)
        assert snapshot(unit) == AFTER
    with filled.read(HERE) as unit:
        assert snapshot(unit) == AFTER


def test_a_unit_that_raises_never_happened(filled):
    """Nothing is changed, and the next unit works."""
    with pytest.raises(KeyError):
        in_unit(filled, change_everything, fail)
    with filled.read(HERE) as unit:
        assert snapshot(unit) == BEFORE
    with filled.write(HERE) as unit:
        change_everything(unit)
    with filled.read(HERE) as unit:
        assert snapshot(unit) == AFTER


def change_again_and_again(unit):
    """The same record, owner and job several times over."""
    for version, owner in ((1, "bob"), (2, ""), (3, "ann")):
        unit.save("old", Parcel(owner, version), version, owner=owner)
    unit.delete(Parcel, "old")
    unit.save("old", Parcel("again"), 0)
    unit.save("new", Parcel("new"), 0)
    unit.delete(Parcel, "new")
    unit.unschedule("k")
    for due in (3, 2):
        unit.schedule(job("k", due))


def test_a_unit_that_raises_never_happened_however_often_it_changed_a_record(filled):
    """What was stored before the unit is back, not what the unit stored on the way."""
    with pytest.raises(KeyError):
        in_unit(filled, change_again_and_again, fail)
    with filled.read(HERE) as unit:
        assert snapshot(unit) == BEFORE


def test_a_unit_that_raises_after_a_reset_never_happened(filled):
    """Not even the reset."""

    def start_anew(unit):
        unit.reset()
        assert snapshot(unit) == NOTHING
        unit.save("old", Parcel("other"), 0)

    with pytest.raises(KeyError):
        in_unit(filled, start_anew, write_letter, fail)
    with filled.read(HERE) as unit:
        assert snapshot(unit) == BEFORE


def test_a_lost_race_takes_the_whole_unit_with_it(filled):
    """What the unit did before and after the refused save is forgotten too."""
    with pytest.raises(LostRaceError):
        in_unit(filled, change_everything, lambda unit: unit.save("old", Parcel("late"), 1), write_letter)
    with filled.read(HERE) as unit:
        assert snapshot(unit) == BEFORE


def test_a_value_without_a_form_in_bytes_takes_the_unit_with_it(filled):
    """A log entry that cannot be encoded is a TypeError at the latest when the unit ends."""
    with pytest.raises(TypeError):
        in_unit(filled, change_everything, lambda unit: unit.append("s", [object()]))
    with filled.read(HERE) as unit:
        assert snapshot(unit) == BEFORE


def test_a_unit_that_reads_changes_nothing(filled):
    """Each change is a RuntimeError."""
    changes = (
        lambda unit: unit.save("k", Parcel("x"), 0),
        lambda unit: unit.delete(Parcel, "old"),
        lambda unit: unit.append("s", [Letter("2")]),
        lambda unit: unit.journal("s", [Letter("2")]),
        lambda unit: unit.schedule(job("z", 1)),
        lambda unit: unit.unschedule("k"),
        lambda unit: unit.reset(),
    )
    for change in changes:
        with pytest.raises(RuntimeError, match="only reads"), filled.read(HERE) as unit:
            change(unit)
    with filled.read(HERE) as unit:
        assert snapshot(unit) == BEFORE


def test_a_thread_opens_one_write_unit_at_a_time(store):
    """A second one inside the first is a RuntimeError, not a thread that waits for itself."""
    with store.write(HERE), pytest.raises(RuntimeError, match="write unit open"), store.write(THERE):
        pass
    put(store, "k")
    assert found(store) == ["k"]


def test_a_write_unit_leaves_room_for_a_read_unit(store):
    """The clock, for one, is read while a use case writes."""
    put(store, "k")
    with store.write(HERE) as writing:
        writing.append("s", [Letter("1")])
        assert found(store) == ["k"]


# --- Accounts -----------------------------------------------------------------------------------------------


def test_accounts_do_not_see_each_other(filled):
    """The same keys, streams and jobs live in two accounts; changes of one leave the other alone."""
    with filled.write(THERE) as unit:
        assert snapshot(unit) == NOTHING
        unit.save("old", Parcel("theirs"), 0)
        unit.append("s", [Letter("theirs")])
        unit.schedule(job("k", 3, THERE))
        unit.delete(Parcel, "gone")
        unit.unschedule("u")
    with filled.read(HERE) as unit:
        assert snapshot(unit) == BEFORE
    with filled.read(THERE) as unit:
        assert unit.load(Parcel, "old").value == Parcel("theirs")
        assert unit.jobs() == [job("k", 3, THERE)]


def test_a_reset_forgets_one_account(filled):
    """Everything of it, and nothing of the other; what comes after the reset in the unit is kept."""
    put(filled, "theirs", account=THERE)
    with filled.write(HERE) as unit:
        unit.append("s", [Letter("before")])
        unit.reset()
        unit.append("s", [Letter("after")])
    with filled.read(HERE) as unit:
        assert snapshot(unit) == ([], [], [Letter("after")], [], [])
    assert found(filled, THERE) == ["theirs"]


def test_accounts_are_those_with_a_record_or_a_job(store):
    """A log alone does not make an account, and neither do reading, a reset or the end of the last job."""
    assert list(store.accounts()) == []
    put(store, "k", account="records")
    put(store, "k", account="both")
    for account in ("jobs", "both", "done"):
        with store.write(account) as unit:
            unit.schedule(job("k", 1, account))
    with store.write("logs") as unit:
        unit.append("s", [Letter("1")])
    with store.read("nobody") as unit:
        assert unit.jobs() == []
    with store.write("done") as unit:
        unit.unschedule("k")
    assert list(store.accounts()) == ["both", "jobs", "records"]
    with store.write("both") as unit:
        unit.reset()
    assert list(store.accounts()) == ["jobs", "records"]
