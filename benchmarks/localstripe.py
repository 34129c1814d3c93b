"""localstripe beside us: the stateful Python peer, as its users start it, in a process of its own, never imported.

It is licensed under the GPL and comes from PyPI with the extra `bench`. It listens on every address and keeps its
state in /tmp/localstripe.pickle; both are its own choice, and there is no option against it. A file that was not
there before is removed afterwards.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from benchmarks.lifecycle import Step
from benchmarks.processes import Server, free_port, start

HEADERS = {"Authorization": "Bearer sk_test_12345", "Content-Type": "application/x-www-form-urlencoded"}

STEPS = (
    Step("create", "/v1/charges", b"amount=10000&currency=brl&source=pm_card_visa&capture=false"),
    Step("capture 40", "/v1/charges/{id}/capture", b"amount=4000"),
    Step("refund 15", "/v1/refunds", b"charge={id}&amount=1500"),
)

_STATE = Path("/tmp/localstripe.pickle")  # noqa: S108 - its choice


def is_installed() -> bool:
    """Whether there is something to compare with."""
    return find_spec("localstripe") is not None


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """A localstripe without any state."""
    port, was_there = free_port(), _STATE.exists()
    command = [sys.executable, "-m", "localstripe", "--from-scratch", "--port", str(port)]
    with start(command, port, "/js.stripe.com/v3/", folder) as server:
        yield server
    if not was_there:
        _STATE.unlink(missing_ok=True)
