"""Every store against a model of plain dicts, step by step, with units that fail now and then."""

from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from gateway_mock.ports import Job, LostRaceError, Row

EXAMPLES = count()


@dataclass(frozen=True, slots=True)
class Coin:
    """A kind of record."""

    cents: int


@dataclass(frozen=True, slots=True)
class Note:
    """Another kind, and what streams are made of."""

    cents: int


KINDS = (Coin, Note)
KEYS = ("a", "B", "b", "b/1", "é", "𝄞")
OWNERS = ("", "ann", "Bob")
STREAMS = ("s", "S")
JOURNAL = "journal"
NAMES = ("one", "two")

kinds = st.sampled_from(KINDS)
keys = st.sampled_from(KEYS)
cents = st.integers(-(2**63), 2**63 - 1)
owners = st.sampled_from(OWNERS)
stale = st.sampled_from((0, 0, 0, 1))
moments = st.sampled_from((0, 1, 2, 10**15))
changes = st.one_of(
    st.tuples(st.just("save"), st.builds(lambda kind, value: kind(value), kinds, cents), keys, owners, stale),
    st.tuples(st.just("delete"), kinds, keys),
    st.tuples(st.just("append"), st.sampled_from(STREAMS), st.lists(cents, max_size=3)),
    st.tuples(st.just("journal"), st.lists(cents, max_size=3)),
    st.tuples(st.just("schedule"), keys, moments),
    st.tuples(st.just("unschedule"), keys),
    st.tuples(st.just("look")),
    st.tuples(st.sampled_from(("reset", "fail", *["look"] * 4))),
)


@dataclass
class Model:
    """An account as plain dicts; its methods are the changes."""

    account: str
    records: dict = field(default_factory=dict)
    streams: dict = field(default_factory=dict)
    jobs: dict = field(default_factory=dict)

    def save(self, unit, value, key, owner, stale):
        """Save with the right version, or with one that is too high."""
        version = self.version(type(value), key)
        if not stale:
            self.records[type(value), key] = (Row(value, version + 1), owner)
        unit.save(key, value, version + stale, owner=owner)

    def delete(self, unit, kind, key):
        """Forget a record."""
        self.records.pop((kind, key), None)
        unit.delete(kind, key)

    def append(self, unit, stream, values):
        """Add to a log."""
        self.streams.setdefault(stream, []).extend(map(Note, values))
        unit.append(stream, [*map(Note, values)])

    def journal(self, unit, values):
        """Add to the journal."""
        self.streams.setdefault(JOURNAL, []).extend(map(Note, values))
        unit.journal(JOURNAL, [*map(Note, values)])

    def schedule(self, unit, key, due):
        """Write a job."""
        self.jobs[key] = Job(account=self.account, key=key, name="n", due=due, subject=key)
        unit.schedule(self.jobs[key])

    def unschedule(self, unit, key):
        """Forget a job."""
        self.jobs.pop(key, None)
        unit.unschedule(key)

    def reset(self, unit):
        """Forget everything."""
        for each in (self.records, self.streams, self.jobs):
            each.clear()
        unit.reset()

    def fail(self, _unit):
        """What a use case does when it thinks better of it."""
        raise KeyError

    def look(self, unit):
        """Everything that can be asked of a unit is as the model says."""
        for kind in KINDS:
            self.look_at_kind(unit, kind)
        for stream in (*STREAMS, JOURNAL):
            assert list(unit.read(stream, Note).entries) == self.streams.get(stream, [])
        by_due = sorted(self.jobs.values(), key=lambda job: (job.due, job.key))
        assert list(unit.jobs()) == by_due
        assert list(unit.jobs(due=1, limit=2)) == [job for job in by_due if job.due <= 1][:2]

    def look_at_kind(self, unit, kind):
        """The records of one kind: by key, by owner, by page."""
        mine = {
            key: found
            for (each, key), found in sorted(self.records.items(), key=lambda i: i[0][1])
            if each is kind
        }
        for key in KEYS:
            assert unit.load(kind, key) == (mine[key][0] if key in mine else None)
        for owner in (None, *OWNERS):
            expected = [(key, row) for key, (row, owns) in mine.items() if owner in (None, owns)]
            assert list(unit.find(kind, owner=owner)) == expected
            after = [(key, row) for key, row in expected if key > "b"]
            assert list(unit.find(kind, owner=owner, after="b", limit=2)) == after[:2]

    def version(self, kind, key):
        """The stored version, 0 for none."""
        found = self.records.get((kind, key))
        return found[0].version if found else 0


class Accounts(RuleBasedStateMachine):
    """Two accounts of one store, changed unit by unit; names are new in each example, for the store stays."""

    def __init__(self, store):
        super().__init__()
        self.store = store
        example = next(EXAMPLES)
        self.models = {name: Model(f"{name}-{example}") for name in NAMES}

    @rule(name=st.sampled_from(NAMES), steps=st.lists(changes, max_size=6))
    def use(self, name, steps):
        """One unit: either all of its changes are kept or none."""
        model = deepcopy(self.models[name])
        try:
            with self.store.write(model.account) as unit:
                for method, *arguments in steps:
                    getattr(model, method)(unit, *arguments)
        except (KeyError, LostRaceError):
            return
        self.models[name] = model

    @invariant()
    def agrees(self):
        """What a new unit reads, and which accounts there are, is as the models say."""
        for model in self.models.values():
            with self.store.read(model.account) as unit:
                model.look(unit)
        listed = set(self.store.accounts())
        for model in self.models.values():
            assert (model.account in listed) == bool(model.records or model.jobs)


def test_a_store_behaves_like_plain_dicts(store):
    """Whatever is saved, deleted, logged, scheduled, reset or taken back, in units that end well or not."""
    run_state_machine_as_test(
        lambda: Accounts(store),
        settings=settings(
            max_examples=25,
            stateful_step_count=12,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.function_scoped_fixture],
        ),
    )
