"""The moment, real or told, in microseconds since 1970 (UTC)."""

import threading
import time

from gateway_mock.ports import Row, Store, Unit
from gateway_mock.records import Record

START = 1_767_225_600_000_000  # 2026-01-01T00:00:00Z: where manual clocks begin unless told otherwise
_KEY = "clock"


class RealClock:
    """The system's time, the same for every account."""

    manual = False

    def now(self, account: str) -> int:  # noqa: ARG002  # a manual clock needs it
        """See `ports.Clock`."""
        return time.time_ns() // 1000

    def advance(self, account: str, microseconds: int) -> int:
        """See `ports.Clock`."""
        raise ValueError(f"the clock is real: it cannot move {microseconds} microseconds for {account!r}")

    def forget(self, account: str) -> None:
        """See `ports.Clock`: the system's time is not the account's to forget."""


class ClockRecord(Record, frozen=True):
    """The moment of an account with a manual clock, in microseconds since 1970."""

    now: int


class ManualClock:
    """Clocks, one an account, that stand still until they are told, and stand there still after a restart.

    The moment lies in the store, and in memory for whoever asks often: of the processes on one store, only one
    may have a manual clock. `now` may be asked inside a unit, `advance` may not.
    """

    manual = True

    def __init__(self, store: Store, *, start: int = START) -> None:
        self._store = store
        self._start = start
        self._moments: dict[str, int] = {}
        self._lock = threading.Lock()  # never held while a unit is open: that would be two locks in any order

    def now(self, account: str) -> int:
        """See `ports.Clock`."""
        moment = self._moments.get(account)
        if moment is not None:
            return moment
        with self._store.read(account) as unit:
            moment = self._load(unit).value.now
        return self._remember(account, moment)

    def advance(self, account: str, microseconds: int) -> int:
        """See `ports.Clock`."""
        if microseconds < 0:
            raise ValueError(f"a clock does not run backwards: {microseconds} microseconds")
        with self._store.write(account) as unit:
            row = self._load(unit)
            moment = row.value.now + microseconds
            unit.save(_KEY, ClockRecord(moment), row.version)
        self._remember(account, moment)
        return moment

    def forget(self, account: str) -> None:
        """See `ports.Clock`."""
        with self._lock:
            self._moments.pop(account, None)

    def _load(self, unit: Unit) -> Row[ClockRecord]:
        return unit.load(ClockRecord, _KEY) or Row(ClockRecord(self._start), 0)

    def _remember(self, account: str, moment: int) -> int:
        """Keep the latest moment that any thread has seen."""
        with self._lock:
            latest = max(moment, self._moments.get(account, moment))
            self._moments[account] = latest
        return latest
