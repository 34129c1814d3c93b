"""From the start of a process to its first answer, and what silent sockets do to everybody else."""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from statistics import median
from tempfile import mkdtemp
from time import perf_counter

from benchmarks.lifecycle import CREATE, CREDENTIALS
from benchmarks.load import line
from benchmarks.processes import Server

Start = Callable[[Path], AbstractContextManager[Server]]

SOCKETS = 300


def first_answers(folder: Path, starts: Mapping[str, Start], rounds: int) -> dict[str, float]:
    """Seconds until the first answer of each, in a new folder each time: the median of interleaved rounds."""
    spent: dict[str, list[float]] = {name: [] for name in starts}
    for _ in range(rounds):
        for name, start in starts.items():
            with start(Path(mkdtemp(dir=folder))) as server:
                spent[name].append(server.wait())
    return {name: median(each) for name, each in spent.items()}


def beside_silence(port: int, clients: int) -> tuple[float, float]:
    """The median time of a new client's first request, before and while `SOCKETS` sockets hang half open; ms."""
    before = _newcomers(port, clients)
    with _half_open(port):
        return before, _newcomers(port, clients)


def _newcomers(port: int, clients: int) -> float:
    return median(_newcomer(port) for _ in range(clients)) * 1000


def _newcomer(port: int) -> float:
    begun = perf_counter()
    with line(port, CREDENTIALS) as send:
        send(CREATE[0].path, CREATE[0].body)
    return perf_counter() - begun


@contextmanager
def _half_open(port: int) -> Iterator[None]:
    """Sockets that begin a request and never end it: some in the headers, some in the body."""
    beginnings = (
        b"POST /api/pvt/transactions HTTP/1.1\r\nHost: a\r\nX-",
        b"POST /api/pvt/transactions HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{",
    )
    with ExitStack() as stack:
        for number in range(SOCKETS):
            half_open = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            half_open.sendall(beginnings[number % 2])
        yield
