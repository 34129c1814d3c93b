"""How a database is opened: SQLite in a file, or PostgreSQL.

SQLite writes ahead into a log without waiting for the disk (WAL, `synchronous=NORMAL`): what a unit committed
survives a SIGKILL of the process; a power cut may take the last units, whole ones, and never spoils the file.
One thread writes at a time, and the others queue for it at a lock instead of polling the file.

PostgreSQL decides for itself how durable a commit is. There, the units of one account queue too, in whatever
process they are, and those of different accounts write side by side: a unit makes no calls, so a turn is short.
"""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, select
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor

from gateway_mock.adapters.sql_statements import FORMAT, formats, metadata, records

_SWITCHES_MAX = 20

_LOG_PAGES = 8_000
"""How long the log grows, in pages of 4 kB, before somebody waits for the disk to take it into the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a database is opened, begun and shared; the rest is the dialect's."""

    begin_read: str
    begin_write: str
    begin_create: tuple[str, ...]
    prepare: Callable[[DBAPICursor], None]
    query: dict[str, str]
    ping: bool
    paramstyle: str
    connections_max: int
    one_writer: bool
    """Whether all accounts queue for one turn, in this process."""
    turn: str
    """What makes a write unit wait for its account's turn, across processes; empty where beginning does."""


def write_ahead(cursor: DBAPICursor) -> None:
    """Switch to the write-ahead log; a file that has one keeps it.

    The switch may fail at once when others open the same new file. So wait as a writer waits, and try again.
    """
    cursor.execute("PRAGMA synchronous=NORMAL")
    for _ in range(_SWITCHES_MAX - 1):
        with suppress(sqlite3.OperationalError):
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute("COMMIT")
    cursor.execute("PRAGMA journal_mode=WAL")


def _prepare_sqlite(cursor: DBAPICursor) -> None:
    cursor.execute(f"PRAGMA wal_autocheckpoint={_LOG_PAGES}")
    write_ahead(cursor)


MANNERS = {
    "sqlite": Manner(
        begin_read="BEGIN",
        begin_write="BEGIN IMMEDIATE",
        begin_create=("BEGIN IMMEDIATE",),
        prepare=_prepare_sqlite,
        # Wait 30 seconds for another process. A connection serves one thread after the other.
        query={"timeout": "30", "check_same_thread": "false"},
        ping=False,
        paramstyle="named",
        connections_max=256,
        one_writer=True,
        turn="",
    ),
    "postgresql": Manner(
        # All that a unit reads is of one moment.
        begin_read="BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        begin_write="BEGIN ISOLATION LEVEL READ COMMITTED",
        # Two processes that find a database empty would both create the tables. The number is just ours.
        begin_create=("BEGIN", "SELECT pg_advisory_xact_lock(7877717)"),
        prepare=lambda _cursor: None,
        query={"connect_timeout": "10"},
        ping=True,  # the server may have gone and come back
        paramstyle="pyformat",
        # A server lets in 100 unless told otherwise; leave some to others.
        connections_max=64,
        one_writer=False,
        turn="SELECT pg_advisory_xact_lock(hashtextextended(%(account)s, 7877717))",
    ),
}


def open_engine(url: URL, manner: Manner) -> Engine:
    """Connect, and create the tables where they are missing.

    Raises:
        sqlalchemy.exc.DBAPIError: the database does not open.
        ConnectionError: what is in it was written in another format.
    """
    engine = create_engine(
        url.set(query={**manner.query, **url.query}),
        isolation_level="AUTOCOMMIT",  # units begin and end their transactions themselves
        paramstyle=manner.paramstyle,
        pool_size=manner.connections_max,
        max_overflow=0,
        pool_use_lifo=True,
        pool_reset_on_return=None,
        pool_pre_ping=manner.ping,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _record: object) -> None:
        manner.prepare(connection.cursor())

    try:
        _create_tables(engine, manner)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _create_tables(engine: Engine, manner: Manner) -> None:
    with engine.connect() as connection:
        for text in manner.begin_create:
            connection.exec_driver_sql(text)
        metadata.create_all(connection)
        _require_format(connection)
        connection.exec_driver_sql("COMMIT")


def _require_format(connection: Connection) -> None:
    """Write the format into a new database; refuse another one, for the values in records have no names."""
    found = connection.scalar(select(formats.c.version))
    if found is None and connection.execute(select(records.c.key).limit(1)).first() is None:
        connection.execute(insert(formats).values(version=FORMAT))
    elif found != FORMAT:
        its = "of an earlier release" if found is None else str(found)
        raise ConnectionError(f"the database does not open: its format is {its}, not {FORMAT}; take a new one")
