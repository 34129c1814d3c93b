"""The worker behind a real clock: everybody gets a turn, nobody waits for anybody else, stopping ends it."""

import logging
import threading

import pytest

from gateway_mock.adapters import worker as module
from gateway_mock.adapters.worker import Worker

SECONDS_MAX = 10


@pytest.fixture
def run():
    """Start workers that end with the test."""
    started = []

    def start(names, work, *, every_seconds=0.001):
        worker = Worker(names, work, every_seconds=every_seconds)
        started.append(worker)
        worker.start()
        return worker

    yield start
    stopped = [worker.stop() for worker in started]
    assert all(stopped)


class Turns:
    """Counts how often each name had its turn; `enough` is set when all of them had three."""

    def __init__(self, names, fails=()):
        self.turns = dict.fromkeys(names, 0)
        self.enough = threading.Event()
        self.fails = fails

    def __call__(self, name):
        """One turn, after which nothing is left to do."""
        self.turns[name] += 1
        if all(count >= 3 for count in self.turns.values()):
            self.enough.set()
        if name in self.fails:
            raise RuntimeError(f"{name} is broken")


def test_every_name_has_its_turn_again_and_again(run):
    """Round after round, as long as the worker lives."""
    turns = Turns("ab")
    run(lambda: ("a", "b"), turns)
    assert turns.enough.wait(SECONDS_MAX)


def test_what_fails_is_logged_and_keeps_nobody_from_a_turn(run, caplog):
    """Neither the others nor itself the next time."""
    turns = Turns("ab", fails=("a",))
    with caplog.at_level(logging.ERROR, module.__name__):
        run(lambda: ("a", "b"), turns)
        assert turns.enough.wait(SECONDS_MAX)
    assert "a is broken" in caplog.text


def test_names_that_cannot_be_told_are_asked_for_again(run, caplog):
    """A database that is away for a moment does not end the worker."""
    turns = Turns("a")
    answers = iter([RuntimeError("away"), ("a",), ("a",), ("a",)])

    def names():
        answer = next(answers, ("a",))
        if isinstance(answer, Exception):
            raise answer
        return answer

    with caplog.at_level(logging.ERROR, module.__name__):
        run(names, turns)
        assert turns.enough.wait(SECONDS_MAX)
    assert "away" in caplog.text


class Hanging:
    """Work for `hangs` that does not end before it is let go; everybody else's ends at once."""

    def __init__(self, hangs="a"):
        self.hangs, self.begun, self.go_on = hangs, threading.Event(), threading.Event()
        self.turns, self.more = [], True
        self.others = threading.Event()

    def __call__(self, name):
        """One turn; whoever hangs has more to do."""
        self.turns.append(name)
        if name != self.hangs:
            self.others.set()
            return False
        self.begun.set()
        self.go_on.wait(SECONDS_MAX)
        return self.more


def test_a_name_that_hangs_keeps_no_other_waiting(run):
    """A connector that takes its time is its own account's trouble; and that account has one thread, not more."""
    work = Hanging()
    run(lambda: ("a", "b"), work)
    assert work.begun.wait(SECONDS_MAX)
    work.others.clear()
    assert work.others.wait(SECONDS_MAX)
    assert work.turns.count("a") == 1
    work.go_on.set()


def test_work_goes_on_as_long_as_there_is_more(run):
    """Three jobs that are due are done in one round, not in three."""
    left = ["1", "2", "3"]
    done = threading.Event()

    def work(_name):
        if left:
            left.pop()
            return True
        done.set()
        return False

    run(lambda: ("a",), work, every_seconds=3600)
    assert done.wait(SECONDS_MAX)
    assert left == []


def test_no_more_names_at_once_than_there_are_threads_for(run, monkeypatch):
    """The next one comes when one of them is done."""
    monkeypatch.setattr(module, "THREADS_MAX", 1)
    work = Hanging()
    run(lambda: ("a", "b"), work)
    assert work.begun.wait(SECONDS_MAX)
    assert not work.others.is_set()
    work.more = False
    work.go_on.set()
    assert work.others.wait(SECONDS_MAX)
    assert work.turns[:2] == ["a", "b"]


def test_stop_ends_after_the_work_in_hand():
    """It is finished, and what comes after it is not begun."""
    work = Hanging()
    worker = Worker(lambda: ("a",), work)
    worker.start()
    assert work.begun.wait(SECONDS_MAX)
    stopper = threading.Thread(target=worker.stop)
    stopper.start()
    assert worker._stopping.wait(SECONDS_MAX)
    work.go_on.set()
    stopper.join(SECONDS_MAX)
    assert worker.stop()
    assert work.turns == ["a"]


def test_stop_does_not_wait_for_ever(monkeypatch):
    """Work that hangs ends with the process, for all threads are daemons."""
    monkeypatch.setattr(module, "STOP_SECONDS", 0.01)
    work = Hanging()
    worker = Worker(lambda: ("a",), work)
    worker.start()
    assert work.begun.wait(SECONDS_MAX)
    assert worker.stop() is False
    assert all(thread.daemon for thread in (worker._thread, *worker._busy.values()))
    work.go_on.set()
    monkeypatch.undo()
    assert worker.stop() is True


def test_it_begins_once():
    """A second start is an error, a stop before any start is none."""
    worker = Worker(tuple, lambda _name: None)
    assert worker.stop() is True
    worker.start()
    with pytest.raises(RuntimeError):
        worker.start()
    assert worker.stop() is True
