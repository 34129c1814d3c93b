"""The store in a database: units as transactions of SQLite or PostgreSQL."""

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from itertools import chain
from typing import TypeVar, cast

from sqlalchemy import URL, PoolProxiedConnection
from sqlalchemy.engine.interfaces import DBAPICursor

from gateway_mock.adapters.codec import decode, decode_entries, encode, kind_name
from gateway_mock.adapters.sql_engine import MANNERS, open_engine
from gateway_mock.adapters.sql_statements import Statements, statements
from gateway_mock.adapters.units import WriteGate, require_own_job, require_write_unit
from gateway_mock.ports import Job, Log, LostRaceError, Row

T = TypeVar("T")

_ALL = 2**62  # more rows than anybody has, and a later moment


class SQLUnit:
    """A unit of the SQL store: one transaction of one connection."""

    __slots__ = ("_account", "_added", "_cursor", "_texts", "_writes")

    def __init__(self, account: str, cursor: DBAPICursor, texts: Statements, *, writes: bool) -> None:
        self._account = account
        self._cursor = cursor
        self._texts = texts
        self._writes = writes
        self._added: dict[str, list[object]] = {}

    def load(self, kind: type[T], key: str) -> Row[T] | None:
        """See `ports.Unit`."""
        self._ask(self._texts.load, kind=kind_name(kind), key=key)
        found = cast("tuple[bytes, int] | None", self._cursor.fetchone())
        return None if found is None else Row(decode(kind, found[0]), found[1])

    def save(self, key: str, value: object, version: int, *, owner: str = "") -> None:
        """See `ports.Unit`."""
        record = {"kind": kind_name(type(value)), "key": key, "owner": owner, "value": encode(value)}
        texts = (self._texts.update, self._texts.move) if version else (self._texts.insert,)
        for text in texts:
            self._change(text, **record, version=version + 1, seen=version)
            if self._cursor.rowcount:
                return
        raise LostRaceError

    def delete(self, kind: type[object], key: str) -> None:
        """See `ports.Unit`."""
        self._change(self._texts.delete, kind=kind_name(kind), key=key)

    def find(
        self, kind: type[T], *, owner: str | None = None, after: str = "", limit: int | None = None
    ) -> Sequence[tuple[str, Row[T]]]:
        """See `ports.Unit`."""
        text = self._texts.find[owner is not None, bool(after)]
        self._ask(text, kind=kind_name(kind), owner=owner, after=after, limit=_ALL if limit is None else limit)
        found = cast("list[tuple[str, bytes, int]]", self._cursor.fetchall())
        return [(key, Row(decode(kind, data), version)) for key, data, version in found]

    def append(self, stream: str, entries: Sequence[object]) -> None:
        """See `ports.Unit`."""
        require_write_unit(writes=self._writes)
        self._added.setdefault(stream, []).extend(entries)

    def journal(self, stream: str, entries: Sequence[object]) -> None:
        """See `ports.Unit`; a database has room for them all."""
        self.append(stream, entries)

    def read(self, stream: str, kind: type[T]) -> Log[T]:
        """See `ports.Unit`."""
        self.flush()
        self._ask(self._texts.read, stream=stream)
        found = cast("list[tuple[bytes]]", self._cursor.fetchall())
        return Log(list(chain.from_iterable(decode_entries(kind, data) for (data,) in found)))

    def schedule(self, job: Job) -> None:
        """See `ports.Unit`."""
        require_own_job(self._account, job)
        self._change(self._texts.schedule, key=job.key, name=job.name, due=job.due, subject=job.subject)

    def unschedule(self, key: str) -> None:
        """See `ports.Unit`."""
        self._change(self._texts.unschedule, key=key)

    def jobs(self, *, due: int | None = None, limit: int | None = None) -> Sequence[Job]:
        """See `ports.Unit`."""
        moment, count = _ALL if due is None else due, _ALL if limit is None else limit
        return self._jobs(self._texts.jobs, due=moment, limit=count)

    def claim(self, due: int, until: int) -> Job | None:
        """See `ports.Store`."""
        for job in self._jobs(self._texts.claimable, due=due, limit=1):
            self.schedule(replace(job, due=until))
            return job
        return None

    def reset(self) -> None:
        """See `ports.Unit`."""
        self._added.clear()
        for text in self._texts.reset:
            self._change(text)

    def flush(self) -> None:
        """Write what waits for the end of the unit: the log entries, those of a stream together in one row."""
        if self._added:
            account = self._account
            rows = [
                {"account": account, "stream": s, "entries": encode(added)} for s, added in self._added.items()
            ]
            self._cursor.executemany(self._texts.append, rows)
            self._added.clear()

    def _jobs(self, text: str, **parameters: int) -> list[Job]:
        self._ask(text, **parameters)
        found = cast("list[tuple[str, str, int, str]]", self._cursor.fetchall())
        return [Job(account=self._account, key=k, name=n, due=d, subject=s) for k, n, d, s in found]

    def _ask(self, text: str, **parameters: object) -> None:
        self._cursor.execute(text, {"account": self._account, **parameters})

    def _change(self, text: str, **parameters: object) -> None:
        require_write_unit(writes=self._writes)
        self._ask(text, **parameters)


class SQLStore:
    """Keeps everything in three tables, which it creates where they are missing.

    Raises:
        sqlalchemy.exc.DBAPIError: the database does not open.
    """

    def __init__(self, url: URL) -> None:
        self._manner = MANNERS[url.get_backend_name()]
        self._engine = open_engine(url, self._manner)
        self._texts = statements(self._engine.dialect)
        self._gate = WriteGate()
        self._turn: AbstractContextManager[object] = threading.Lock() if self._manner.one_writer else nullcontext()
        self._driver_error = self._engine.dialect.loaded_dbapi.Error
        self._at_hand: deque[PoolProxiedConnection] = deque()

    @contextmanager
    def read(self, account: str) -> Iterator[SQLUnit]:
        """See `ports.Store`."""
        with self._transaction(self._manner.begin_read) as cursor:
            yield SQLUnit(account, cursor, self._texts, writes=False)

    @contextmanager
    def write(self, account: str) -> Iterator[SQLUnit]:
        """See `ports.Store`."""
        with self._gate, self._turn, self._transaction(self._manner.begin_write) as cursor:
            if self._manner.turn:
                cursor.execute(self._manner.turn, {"account": account})
            unit = SQLUnit(account, cursor, self._texts, writes=True)
            yield unit
            unit.flush()

    def claim(self, account: str, due: int, until: int) -> Job | None:
        """See `ports.Store`. It does not queue for the account's turn: what others are changing it passes over."""
        with self._gate, self._turn, self._transaction(self._manner.begin_write) as cursor:
            return SQLUnit(account, cursor, self._texts, writes=True).claim(due, until)

    def accounts(self) -> Sequence[str]:
        """See `ports.Store`."""
        return self._names(*self._texts.accounts)

    def accounts_due(self, due: int) -> Sequence[str]:
        """See `ports.Store`."""
        return self._names(self._texts.accounts_due, due=due)

    def _names(self, *texts: str, **parameters: int) -> Sequence[str]:
        names: set[str] = set()
        with self._transaction(self._manner.begin_read) as cursor:
            for text in texts:
                cursor.execute(text, parameters)
                names.update(name for (name,) in cast("list[tuple[str]]", cursor.fetchall()))
        return sorted(names)

    def close(self) -> None:
        """See `ports.Store`."""
        while self._at_hand:
            self._at_hand.pop().close()
        self._engine.dispose()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[DBAPICursor]:
        connection = self._take()
        try:
            cursor = connection.cursor()
            cursor.execute(begin)
            yield cursor
            cursor.execute("COMMIT")
        except BaseException as error:
            self._roll_back(connection)
            if _is_lost_race(error):
                raise LostRaceError from error
            raise
        finally:
            self._lay_down(connection)

    def _take(self) -> PoolProxiedConnection:
        try:
            return self._at_hand.pop()
        except IndexError:
            return self._engine.raw_connection()

    def _lay_down(self, connection: PoolProxiedConnection) -> None:
        """Leave it at hand for the next unit: what a pool asks each time costs more than SQLite takes for it."""
        if self._manner.ping or not connection.is_valid:
            connection.close()
        else:
            self._at_hand.append(connection)

    def _roll_back(self, connection: PoolProxiedConnection) -> None:
        try:
            connection.cursor().execute("ROLLBACK")
        except self._driver_error:
            connection.invalidate()  # nothing can be taken back on a connection that is gone


def _is_lost_race(error: BaseException) -> bool:
    """Whether PostgreSQL gave up on a transaction (class 40: deadlock, serialization) for another one."""
    return str(getattr(error, "sqlstate", "")).startswith("40")
