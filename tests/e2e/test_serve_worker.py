"""The worker behind a real clock: everybody gets a turn, an error ends nothing, stopping ends it."""

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


class Rounds:
    """Counts how often each name had its turn; `enough` is set after three of the last one."""

    def __init__(self, last, fails=()):
        self.turns = []
        self.enough = threading.Event()
        self.last = last
        self.fails = fails

    def __call__(self, name):
        """One turn."""
        self.turns.append(name)
        if self.turns.count(self.last) == 3:
            self.enough.set()
        if name in self.fails:
            raise RuntimeError(f"{name} is broken")


def test_every_name_has_its_turn_in_every_round(run):
    """In the order of the names, round after round."""
    rounds = Rounds("b")
    run(lambda: ("a", "b"), rounds)
    assert rounds.enough.wait(SECONDS_MAX)
    assert rounds.turns[:6] == ["a", "b"] * 3


def test_what_fails_is_logged_and_keeps_nobody_from_a_turn(run, caplog):
    """The others of the round and the next rounds come all the same."""
    rounds = Rounds("b", fails=("a",))
    with caplog.at_level(logging.ERROR, module.__name__):
        run(lambda: ("a", "b"), rounds)
        assert rounds.enough.wait(SECONDS_MAX)
    assert rounds.turns[:6] == ["a", "b"] * 3
    assert "a is broken" in caplog.text


def test_names_that_cannot_be_told_are_asked_for_again(run, caplog):
    """A database that is away for a moment does not end the worker."""
    rounds = Rounds("a")
    answers = iter([RuntimeError("away"), ("a",), ("a",), ("a",)])

    def names():
        answer = next(answers, ("a",))
        if isinstance(answer, Exception):
            raise answer
        return answer

    with caplog.at_level(logging.ERROR, module.__name__):
        run(names, rounds)
        assert rounds.enough.wait(SECONDS_MAX)
    assert "away" in caplog.text


def test_stop_ends_a_round_after_the_name_in_hand():
    """The work in hand is finished, what comes after it is not begun."""
    begun, go_on, turns = threading.Event(), threading.Event(), []

    def work(name):
        turns.append(name)
        begun.set()
        go_on.wait(SECONDS_MAX)

    worker = Worker(lambda: ("a", "b"), work)
    worker.start()
    assert begun.wait(SECONDS_MAX)
    stopper = threading.Thread(target=worker.stop)
    stopper.start()
    while not worker._stopping.is_set():
        pass
    go_on.set()
    stopper.join(SECONDS_MAX)
    assert worker.stop()
    assert turns == ["a"]


def test_stop_does_not_wait_for_ever(monkeypatch):
    """Work that hangs ends with the process, for the thread is a daemon."""
    monkeypatch.setattr(module, "STOP_SECONDS", 0.01)
    begun, go_on = threading.Event(), threading.Event()

    def work(_name):
        begun.set()
        go_on.wait(SECONDS_MAX)

    worker = Worker(lambda: ("a",), work)
    worker.start()
    assert begun.wait(SECONDS_MAX)
    assert worker.stop() is False
    assert worker._thread.daemon
    go_on.set()
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
