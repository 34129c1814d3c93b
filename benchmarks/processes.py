"""Servers as processes of their own, on free ports of loopback, ended when their block ends."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import perf_counter, sleep

import psutil

READY_SECONDS = 30.0
MEGABYTE = 1_000_000


class NotServingError(Exception):
    """The process ended, or did not answer in time."""


@dataclass
class Server:
    """A process that was started, perhaps not ready yet."""

    port: int
    begun: float
    probe_path: str
    process: "subprocess.Popen[bytes]"

    def wait(self) -> float:
        """Wait for the first answer; how many seconds after the start of the process it came.

        Raises:
            NotServingError: it never came.
        """
        while not _answers(self.port, self.probe_path):
            if self.process.poll() is not None or perf_counter() - self.begun > READY_SECONDS:
                raise NotServingError(f"{self.process.args!r} does not answer on port {self.port}")
            sleep(0.002)
        return perf_counter() - self.begun

    @property
    def resident(self) -> float:
        """Resident memory of the process and its children, in megabytes (pages that they share count twice)."""
        return float(sum(each.memory_info().rss for each in self._family())) / MEGABYTE

    @property
    def cpu_seconds(self) -> float:
        """Processor time of the process and its children so far."""
        times = [each.cpu_times() for each in self._family()]
        return float(sum(each.user + each.system for each in times))

    def _family(self) -> list[psutil.Process]:
        process = psutil.Process(self.process.pid)
        return [process, *process.children(recursive=True)]


def _answers(port: int, path: str) -> bool:
    with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as connection, suppress(OSError, HTTPException):
        connection.request("GET", path)
        connection.getresponse().read()
        return True
    return False


def free_port() -> int:
    """A port of loopback that nobody has right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def start(command: Sequence[str], port: int, probe_path: str, folder: Path) -> Iterator[Server]:
    """Start a server in a folder of its own, and end it with the block.

    Python may keep what it compiled, as it does unless told otherwise: a first start ever takes a fifth longer.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with (folder / f"{port}.log").open("wb") as log:
        begun = perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            yield Server(port, begun, probe_path, process)
        finally:
            process.terminate()
            _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def script(name: str) -> str:
    """A command that is installed beside this Python."""
    return str(Path(sys.executable).with_name(name))


def sandbox(folder: Path, store: str, *more: str) -> AbstractContextManager[Server]:
    """The sandbox as `gateway-mock serve` starts it."""
    port = free_port()
    command = [script("gateway-mock"), "serve", "--port", str(port), "--store", store, *more]
    return start(command, port, "/_mock/health", folder)


def reference_connector(folder: Path) -> AbstractContextManager[Server]:
    """The reference connector as `ppp-connector serve` starts it."""
    port = free_port()
    return start([script("ppp-connector"), "serve", "--port", str(port)], port, "/manifest", folder)


def ceiling(folder: Path) -> AbstractContextManager[Server]:
    """The bare Flask application."""
    port = free_port()
    return start([sys.executable, "-m", "benchmarks.ceiling", str(port)], port, "/health", folder)
