"""A thread that does one thing for everybody again and again: what makes jobs happen on a real clock."""

import logging
from collections.abc import Callable, Iterable
from functools import partial
from threading import Event, Thread

STOP_SECONDS = 2.0
"""How long the work in hand may take to end; a longer call ends with the process, and is repaired at its start."""

_log = logging.getLogger(__name__)


class Worker:
    """Does `work` for each name of `names()`, at once and then every `every_seconds`, until it is stopped.

    What raises is logged; the other names, and the next round, come all the same. The thread is a daemon: it
    never keeps a process alive.
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
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._logged(self._round)
            self._stopping.wait(self._every_seconds)

    def _round(self) -> None:
        for name in self._names():
            if self._stopping.is_set():
                return
            self._logged(partial(self._work, name))

    def _logged(self, step: Callable[[], object]) -> None:
        try:
            step()
        except Exception:  # noqa: BLE001 - whatever one account does, the others go on
            _log.exception("the worker goes on after an error")
