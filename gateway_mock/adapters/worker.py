"""Threads that do what is due, again and again: what makes jobs happen on a real clock."""

import logging
from collections.abc import Callable, Iterable
from threading import Event, Lock, Thread
from time import monotonic

STOP_SECONDS = 2.0
"""How long the work in hand may take to end; a longer call ends with the process, and is repaired at its start."""

THREADS_MAX = 32
"""So many names are worked for at once; the others come when one of these is done."""

_log = logging.getLogger(__name__)


class Worker:
    """Asks for `names()` at once and then every `every_seconds`, and does `work` for each, until it is stopped.

    Each name has a thread of its own for as long as `work` says that there is more to do: whoever waits for a
    connector that hangs keeps no other name waiting. What raises is logged; the next turn comes all the same. All
    threads are daemons: none keeps a process alive.
    """

    def __init__(
        self,
        names: Callable[[], Iterable[str]],
        work: Callable[[str], object],
        *,
        every_seconds: float = 1.0,
    ) -> None:
        self._names = names
        self._work = work
        self._every_seconds = every_seconds
        self._stopping = Event()
        self._lock = Lock()
        self._busy: dict[str, Thread] = {}
        self._latest = ""  # a round goes on after it, so that everybody has a turn however many there are
        self._thread = Thread(target=self._run, name="gateway-mock-worker", daemon=True)

    def start(self) -> None:
        """Begin, once.

        Raises:
            RuntimeError: it began already.
        """
        self._thread.start()

    def stop(self) -> bool:
        """End after the work in hand, and tell whether that was soon enough to wait for it."""
        self._stopping.set()
        until = monotonic() + STOP_SECONDS
        with self._lock:
            threads = [self._thread, *self._busy.values()]
        for thread in threads:
            if thread.is_alive():
                thread.join(max(0.0, until - monotonic()))
        return not any(thread.is_alive() for thread in threads)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._logged(self._round)
            self._stopping.wait(self._every_seconds)

    def _round(self) -> None:
        for name in sorted(self._names(), key=lambda name: (name <= self._latest, name)):
            with self._lock:
                if self._stopping.is_set() or len(self._busy) == THREADS_MAX:
                    return
                if name not in self._busy:
                    self._latest = name
                    self._busy[name] = Thread(target=self._turn, args=(name,), daemon=True)
                    self._busy[name].start()

    def _turn(self, name: str) -> None:
        while not self._stopping.is_set() and self._logged(lambda: self._work(name)):
            pass
        with self._lock:
            del self._busy[name]

    def _logged(self, step: Callable[[], object]) -> object:
        try:
            return step()
        except Exception:  # noqa: BLE001 - whatever one account does, the others go on
            _log.exception("the worker goes on after an error")
            return None
