"""What a sandbox in memory weighs, and whether it stays as fast, while its transactions become more and more.

Every lifecycle stays in memory for good (until the account is reset); only the journal of exchanges is bounded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.lifecycle import CREDENTIALS, LEGACY
from benchmarks.load import Crowd, Order
from benchmarks.processes import sandbox


@dataclass(frozen=True)
class Weight:
    """The server when it has so many transactions."""

    transactions: int
    resident: float
    """Megabytes, the process and its parent together."""
    cost: float
    """Microseconds of processor time a merchant's request, over the next `PROBE` lifecycles."""


PROBE = 500
"""Lifecycles that tell the cost at a size, beside those that make the size."""


def weights(folder: Path, crowd: Crowd, sizes: Sequence[int], probe: int = PROBE) -> list[Weight]:
    """Fill a sandbox in memory over HTTP to each of the sizes."""
    found: list[Weight] = []
    with sandbox(folder, "memory:") as server:
        server.wait()
        done = 0
        for size in sizes:
            done += _played(crowd, server.port, size - done)
            resident, before = server.resident, server.cpu_seconds
            probed = _played(crowd, server.port, probe)
            cost = (server.cpu_seconds - before) / (probed * len(LEGACY)) * 1e6
            found.append(Weight(done, resident, cost))
            done += probed
    return found


def _played(crowd: Crowd, port: int, lifecycles: int) -> int:
    """Play at least so many lifecycles, the same number by each client; how many there were."""
    each = -(-lifecycles // crowd.clients)
    crowd.follow(Order(port, CREDENTIALS, LEGACY, lifecycles=each))
    return each * crowd.clients


def growth(found: Sequence[Weight]) -> float:
    """Megabytes that 100,000 more requests add, from the second size to the last: the first is before warm-up."""
    first, last = found[1], found[-1]
    requests = (last.transactions - first.transactions) * len(LEGACY)
    return (last.resident - first.resident) / requests * 100_000
