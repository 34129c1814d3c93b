"""What a sandbox in memory weighs, and whether it stays as fast, while its transactions become more and more.

Every lifecycle stays in memory for good, until the account is reset: seven requests that make a transaction, with
its payment, its captures and a history of twenty-two entries. Only the journal of exchanges is bounded. Requests
that only read, or are refused, leave nothing behind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.lifecycle import CREDENTIALS, LEGACY
from benchmarks.load import Crowd, Order
from benchmarks.processes import Server, ceiling, sandbox


@dataclass(frozen=True)
class Weight:
    """The server when it has so many transactions."""

    transactions: int
    resident: float
    """Megabytes, the process and its parent together."""
    cost: float
    """Processor time of a merchant's request, as a multiple of what the ceiling needs at the same moment."""


def weights(folder: Path, crowd: Crowd, sizes: Sequence[int], *, probe: int, probes: int) -> list[Weight]:
    """Fill a sandbox in memory over HTTP to each of the sizes.

    Args:
        folder: where the servers run.
        crowd: who asks.
        sizes: how many transactions there are at each look.
        probe: how many lifecycles tell the cost at a size.
        probes: how often the sandbox and the ceiling are asked for that in turn; the median counts.
    """
    found: list[Weight] = []
    with sandbox(folder, "memory:") as server, ceiling(folder) as top:
        server.wait()
        top.wait()
        done = 0
        for size in sizes:
            done += _played(crowd, server, size - done)
            resident = server.resident
            costs = [(_cost(crowd, server, probe), _cost(crowd, top, probe)) for _ in range(probes)]
            found.append(Weight(done, resident, median(own / tops for own, tops in costs)))
            done += probes * _rounded(probe, crowd)
    return found


def _cost(crowd: Crowd, server: Server, lifecycles: int) -> float:
    """Seconds of processor time a lifecycle."""
    before = server.cpu_seconds
    played = _played(crowd, server, lifecycles)
    return (server.cpu_seconds - before) / played


def _played(crowd: Crowd, server: Server, lifecycles: int) -> int:
    """Play at least so many lifecycles, the same number by each client; how many there were."""
    rounded = _rounded(lifecycles, crowd)
    crowd.follow(Order(server.port, CREDENTIALS, LEGACY, lifecycles=rounded // crowd.clients))
    return rounded


def _rounded(lifecycles: int, crowd: Crowd) -> int:
    """As many for each client; at least one."""
    return -(-max(lifecycles, 1) // crowd.clients) * crowd.clients


def growth(found: Sequence[Weight]) -> float:
    """Megabytes that 100,000 more requests add, each seven of them a transaction that is kept."""
    return kept(found) / len(LEGACY) * 100_000 / 1e6


def kept(found: Sequence[Weight]) -> float:
    """Bytes that a transaction adds, from the second size to the last: the first is before warm-up."""
    first, last = found[1], found[-1]
    return (last.resident - first.resident) * 1e6 / (last.transactions - first.transactions)
