"""What the fixture library costs the test suites of others: loading it, a test, the reset of an account."""

import json
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import process_time

import gateway_mock
from gateway_mock.fixtures.gateway import Gateway

ACCOUNTS = 10
"""Over so many accounts the transactions of others are spread."""

SUITE = """
import pytest


@pytest.mark.parametrize("number", range({tests}))
@pytest.mark.vtex(mode="partial")
def test_gateway(gateway, number):
    pass


@pytest.mark.parametrize("number", range({tests}))
def test_nothing(number):
    pass
"""

WATCH = """
import json, time

spent, begun = {}, {}


def pytest_runtest_logstart(nodeid):
    begun[nodeid] = time.process_time()


def pytest_runtest_logfinish(nodeid):
    spent.setdefault(nodeid.partition("::")[2].partition("[")[0], []).append(time.process_time() - begun[nodeid])


def pytest_sessionfinish(session):
    (session.config.rootpath / "spent.json").write_text(json.dumps(spent))
"""

IMPORT = """
import pytest, time
begun = time.process_time()
import gateway_mock.pytest_plugin, contracts.pytest_plugin
print(time.process_time() - begun)
"""


@dataclass(frozen=True)
class Costs:
    """Processor time in milliseconds, medians."""

    plugins: float
    """Of loading both plugins in a run that does not use them."""
    gateway_test: float
    """Of a test that does nothing but ask for `gateway`, set-up and tear-down and pytest's own work included."""
    empty_test: float
    """Of a test that does nothing at all."""
    reset: float
    """Of an account's reset beside the transactions of others."""


def costs(folder: Path, *, tests: int, transactions: int, starts: int) -> Costs:
    """Measure all of it; each in a process of its own but the reset."""
    spent = _suite(folder, tests)
    return Costs(
        plugins=median(_loading() for _ in range(starts)) * 1000,
        gateway_test=median(spent["test_gateway"]) * 1000,
        empty_test=median(spent["test_nothing"]) * 1000,
        reset=_reset(transactions, tests) * 1000,
    )


def _loading() -> float:
    told = subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True)
    return float(told.stdout)


def _suite(folder: Path, tests: int) -> dict[str, list[float]]:
    """Seconds of each test of a suite that one process runs."""
    (folder / "conftest.py").write_text(WATCH, encoding="utf-8")
    (folder / "test_theirs.py").write_text(SUITE.format(tests=tests), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        "/dev/null",
        f"--rootdir={folder}",
    ]
    subprocess.run([*command, str(folder)], cwd=folder, capture_output=True, check=True)
    spent: dict[str, list[float]] = json.loads((folder / "spent.json").read_text(encoding="utf-8"))
    return spent


def _reset(transactions: int, times: int) -> float:
    with ExitStack() as stack:
        for _ in range(ACCOUNTS):
            other = stack.enter_context(gateway_mock.sandbox())
            for _ in range(transactions // ACCOUNTS):
                other.order()
        gateway = stack.enter_context(gateway_mock.sandbox())
        return median(_once(gateway) for _ in range(times))


def _once(gateway: Gateway) -> float:
    gateway.order()
    begun = process_time()
    gateway.reset()
    return process_time() - begun
