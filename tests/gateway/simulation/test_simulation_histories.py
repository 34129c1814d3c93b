"""Histories as `make test` plays them: a few hundred, all clean, each the same in every run."""

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from gateway_mock.cli import main
from gateway_mock.simulation import merchant
from gateway_mock.simulation.history import draw, replay

CHUNK = 50


@pytest.mark.parametrize("start", range(0, 400, CHUNK))
def test_every_ledger_agrees_after_every_history(start, provider):
    """Orders, requests by hand, callbacks, time, faults and crashes: nothing is lost, nothing is doubled."""
    failed = [played.trace for seed in range(start, start + CHUNK) if (played := draw(seed, provider)).differences]
    assert failed == [], "\n".join(failed)


@pytest.mark.parametrize("seed", [3, 17, 42, 191])
def test_a_seed_tells_the_same_story_twice(seed, provider):
    """The same seed, the same trace, byte for byte."""
    assert draw(seed, provider).trace == draw(seed, provider).trace


@pytest.mark.parametrize("seed", [3, 17, 42, 191])
def test_the_steps_of_a_history_tell_it_again(seed, provider):
    """A history replayed with all of its steps is the same history, so the shrinker starts from the failure."""
    played = draw(seed, provider)
    assert replay(seed, played.steps, provider).trace == played.trace


def test_another_process_tells_the_same_story():
    """Neither hashes nor the order of sets have a say: two processes with other hash seeds print the same."""
    told = {_told_by_a_process(hash_seed) for hash_seed in ("1", "2")}
    assert len(told) == 1
    assert "seed 7:" in told.pop()


def _told_by_a_process(hash_seed: str) -> str:
    script = (
        "from gateway_mock.simulation.history import draw\n"
        "from gateway_mock.simulation.provider import Provider\n"
        "provider = Provider()\n"
        "print(*(draw(seed, provider).trace for seed in range(12)), sep='\\n')"
    )
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True, env=environment
    )
    return done.stdout


def test_different_seeds_tell_different_stories(provider):
    """A hundred seeds are a hundred histories."""
    assert len({draw(seed, provider).trace for seed in range(100)}) == 100


def test_steps_that_make_no_sense_any_more_are_left_out(provider):
    """Without its checkout a history has no order, so nothing of what followed can happen."""
    played = draw(42, provider)
    rest = [step for step in played.steps if step.action not in {"checkout", "crash"}]
    assert replay(42, rest, provider).steps == ()


def test_the_command_ends_with_0_when_every_ledger_agrees():
    """`simulate` says how many it played, how fast, and what was reached."""
    done = CliRunner().invoke(main, ["simulate", "--seed", "0", "--histories", "30"])
    assert done.exit_code == 0, done.output
    assert "30 histories in" in done.output
    assert "every ledger agrees, nothing is stuck" in done.output
    assert "drop-reply" in done.output
    assert "payment-pending + approve" in done.output


def test_two_processes_reach_what_one_does():
    """Histories share nothing, so it does not matter who plays them: the same counts, whatever the time."""
    one, two = (
        CliRunner().invoke(main, ["simulate", "--histories", "60", "--jobs", jobs]).output.splitlines()[:-2]
        for jobs in ("1", "2")
    )
    assert one == two


def test_the_merchant_is_held_to_what_was_told(provider, monkeypatch):
    """A request that is taken and shows in no total is a difference, whatever all ledgers say."""
    monkeypatch.setitem(merchant._REQUESTS, "settled", lambda *_request: None)
    lines = [line for seed in range(40) for line in draw(seed, provider).differences]
    assert lines
    assert all(line.endswith("was taken, the totals rose by 0.00") for line in lines)
