"""Serving a WSGI application with granian: one process holds the memory, many sockets may hang.

Granian reads HTTP in Rust, asynchronously: a socket that opens and says nothing costs no thread, and a body that
never ends costs one of very many.
"""

import gc
import os
import signal
import socket
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from http.client import HTTPConnection, HTTPException
from multiprocessing import parent_process
from threading import Thread
from time import sleep
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

THREADS_MAX: Final = 1024
"""Requests in work at once. Threads start when needed and end when idle; an endless body holds one."""

CONNECTIONS_MAX: Final = 4096
"""Sockets held open at once, silent ones included."""

ALLOCATIONS_BETWEEN_COLLECTIONS: Final = 50_000
"""Python's own 700 come together in one or two requests."""

PROBE_SECONDS: Final = 0.01
PROBES_MAX: Final = 2_000
"""How often, and how many times, a starting server asks itself whether it answers."""

SHUTDOWN_SECONDS: Final = 1
"""How long open requests may take to end once the server was told to stop."""


def serve(
    make_app: "Callable[[], WSGIApplication]",
    *,
    host: str,
    port: int,
    probe_path: str,
    on_ready: Callable[[str], None],
) -> None:
    """Serve until SIGINT or SIGTERM.

    Args:
        make_app: builds the application in the one process that serves; picklable, for systems without fork.
        host: the address to listen on.
        port: the port to listen on.
        probe_path: a path that answers GET without credentials.
        on_ready: told the base URL as soon as that path answered; picklable too.

    Raises:
        OSError: the address is not ours, or somebody listens there already.
    """
    # Granian is heavy, and only a server needs it.
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.server import MPServer  # noqa: PLC0415

    _prove_free(host, port)
    base_url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    server = MPServer(
        "",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        workers_kill_timeout=SHUTDOWN_SECONDS,
        blocking_threads=THREADS_MAX,
        backpressure=CONNECTIONS_MAX,
        websockets=False,
        log_enabled=False,
    )
    announce = partial(_announce, host, port, probe_path, partial(on_ready, base_url))
    server.serve(target_loader=partial(_load, make_app, announce), wrap_loader=False)


def _prove_free(host: str, port: int) -> None:
    # Granian shares its port, so a second server would start in silence and get half of the calls.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


def _load(make_app: "Callable[[], WSGIApplication]", announce: Callable[[], None]) -> "WSGIApplication":
    """Runs in the serving process, just before it listens."""
    app = make_app()
    # What is here now stays, and requests leave few cycles behind: look for them rarely, and never in the old.
    gc.freeze()
    gc.set_threshold(ALLOCATIONS_BETWEEN_COLLECTIONS)
    gc.enable()
    Thread(target=_end_with_parent, daemon=True).start()
    Thread(target=announce, daemon=True).start()
    return app


def _end_with_parent() -> None:
    # Granian serves from a child; if the parent is killed outright, nobody else would free the port.
    parent = parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGKILL)


def _announce(host: str, port: int, probe_path: str, tell: Callable[[], None]) -> None:
    for _ in range(PROBES_MAX):
        with closing(HTTPConnection(host, port, timeout=1)) as connection, suppress(OSError, HTTPException):
            connection.request("GET", probe_path)
            connection.getresponse()
            break
        sleep(PROBE_SECONDS)
    else:
        return
    tell()
