"""What a sandbox in memory weighs, and whether it stays as fast, while its transactions become more and more.

Every lifecycle stays in memory for good, until the account is reset: seven requests that make a transaction, with
its payment, its captures and a history of twenty-two entries. Only the journal of exchanges is bounded. Requests
that only read, or are refused, leave nothing behind.

Beside the sandbox that grows runs one that is emptied again and again; both are asked in turn. So whatever the
machine does meanwhile, both feel it, and what they differ in is the number of transactions alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.lifecycle import CREDENTIALS, LEGACY
from benchmarks.load import Crowd, Order, line
from benchmarks.processes import Server, sandbox


@dataclass(frozen=True)
class Weight:
    """The server when it has so many transactions."""

    transactions: int
    resident: float
    """Megabytes, the process and its parent together."""
    cost: float
    """Processor time of a merchant's request, as a multiple of what the emptied sandbox needs for it meanwhile."""


def weights(folder: Path, crowd: Crowd, sizes: Sequence[int], *, probe: int, probes: int) -> list[Weight]:
    """Fill a sandbox in memory over HTTP to each of the sizes.

    Args:
        folder: where the servers run.
        crowd: who asks.
        sizes: how many transactions there are at each look.
        probe: how many lifecycles tell the cost at a size, each time.
        probes: how often both sandboxes are asked for that in turn.
    """
    found: list[Weight] = []
    with sandbox(folder, "memory:") as server, sandbox(folder, "memory:") as emptied:
        for each in (server, emptied):
            each.wait()
            _emptied_cost(crowd, each, probe)  # a warm-up
        done = 0
        for size in sizes:
            done += _played(crowd, server, size - done)
            resident = server.resident
            costs = [(_cost(crowd, server, probe), _emptied_cost(crowd, emptied, probe)) for _ in range(probes)]
            own, others = map(sum, zip(*costs, strict=True))
            found.append(Weight(done, resident, own / others))
            done += probes * _rounded(probe, crowd)
    return found


def _empty(server: Server) -> None:
    with line(server.port, CREDENTIALS) as send:
        send("/_mock/reset", b"")


def _emptied_cost(crowd: Crowd, server: Server, lifecycles: int) -> float:
    cost = _cost(crowd, server, lifecycles)
    _empty(server)
    return cost


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
