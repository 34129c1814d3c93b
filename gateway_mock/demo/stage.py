"""The processes of the demo: a sandbox and a reference connector on free ports, ended in any case."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from types import MappingProxyType
from typing import Final, NoReturn

import requests

HOST: Final = "127.0.0.1"

TRIES_MAX: Final = 200
PAUSE_SECONDS: Final = 0.05
"""A server has ten seconds to start; on two busy cores it takes one."""

END_SECONDS: Final = 5
"""How long a process may take to end when asked, before it is killed."""

SIGNALLED: Final = 128
"""What shells add to a signal's number for the exit code of whom it ended."""


class StageError(RuntimeError):
    """A process did not start; the message has what it said."""


@dataclass(frozen=True, slots=True)
class Server:
    """A command that serves, and a path that answers as soon as it does."""

    module: str
    arguments: tuple[str, ...]
    probe_path: str


SERVERS: Final[Mapping[str, Server]] = MappingProxyType(
    {
        "sandbox": Server("gateway_mock.cli", ("serve", "--store", "memory:"), "/_mock/health"),
        "connector": Server("connector_ppp.cli", ("serve",), "/manifest"),
    }
)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the servers answer."""

    sandbox: str
    connector: str


@contextmanager
def stage() -> Iterator[Stage]:
    """Start both servers, and end them when the block ends, however it does; from the main thread.

    Raises:
        StageError: one of them did not start.
    """
    stack = ExitStack()
    with _leaving(stack), stack:
        started = {name: stack.enter_context(_started(server)) for name, server in SERVERS.items()}
        yield Stage(**{name: _ready(SERVERS[name], *each) for name, each in started.items()})


@contextmanager
def _leaving(stack: ExitStack) -> Iterator[None]:
    """End what the stack holds when Ctrl-C or SIGTERM comes, and leave with 128 and the signal's number."""

    def leave(number: int, _frame: object) -> NoReturn:
        # An exception would not do: raised while a destructor runs, it is only printed.
        stack.close()
        os._exit(SIGNALLED + number)

    before = {each: signal.signal(each, leave) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def _started(server: Server) -> Iterator[tuple[subprocess.Popen[bytes], str, Path]]:
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="gateway-mock-") as folder:
        said = Path(folder, "said")
        command = _command(server, "--port", str(port))
        with said.open("wb") as output, _ended(subprocess.Popen(command, stdout=output, stderr=output)) as process:
            yield process, f"http://{HOST}:{port}", said


def _command(server: Server, *arguments: str) -> Sequence[str]:
    start = f"from {server.module} import main; main()"
    return (sys.executable, "-c", start, *server.arguments, *arguments)


def _free_port() -> int:
    """A port that was free a moment ago; who takes it in between makes the server say so."""
    with socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(END_SECONDS)


def _ready(server: Server, process: subprocess.Popen[bytes], base_url: str, said: Path) -> str:
    """The URL of a server, once it answered there."""
    for _ in range(TRIES_MAX):
        if _answers(base_url + server.probe_path):
            return base_url
        if _has_ended(process):
            break
    words = said.read_text(encoding="utf-8", errors="replace").strip()
    raise StageError(f"{server.module} did not start: {words or 'it said nothing'}")


def _answers(url: str) -> bool:
    try:
        with requests.Session() as session:
            session.trust_env = False
            return session.get(url, timeout=1).ok
    except requests.RequestException:
        return False


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Wait a moment, or until the process ends."""
    try:
        process.wait(PAUSE_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return True
