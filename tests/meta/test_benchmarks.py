"""The benchmark runs: every part of it once, with figures that mean nothing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = {
    "core_operations_per_second",
    "in_process_cpu_us",
    "http",
    "settle_cpu_us_by_events",
    "memory",
    "first_answer_seconds",
    "newcomer_ms",
    "fixtures_cpu_ms",
    "aims",
}


@pytest.fixture(scope="module")
def smoke(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict]:
    """What `python -m benchmarks --smoke --json FILE` prints and writes."""
    file = tmp_path_factory.mktemp("benchmarks") / "figures.json"
    command = [sys.executable, "-m", "benchmarks", "--smoke", "--json", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout, json.loads(file.read_text(encoding="utf-8"))


def test_every_part_is_measured(smoke: tuple[str, dict]):
    """One run measures the core, requests inside and over HTTP, growth, memory, the start and the fixtures."""
    assert set(smoke[1]) == PARTS
    assert {"ceiling", "memory", "sqlite", "memory + ppp", "sqlite + ppp"} <= set(smoke[1]["http"])


def test_every_aim_is_judged(smoke: tuple[str, dict]):
    """Each aim stands in the table with yes or no, as the file says."""
    for aim in smoke[1]["aims"]:
        row = next(line for line in smoke[0].splitlines() if line.strip().startswith(aim["name"]))
        assert row.split()[-1] == ("yes" if aim["holds"] else "no")


def test_the_ceiling_is_the_measure(smoke: tuple[str, dict]):
    """The ceiling takes exactly as long as itself."""
    assert smoke[1]["http"]["ceiling"]["alone"]["times_the_ceiling"] == 1
