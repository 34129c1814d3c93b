"""The tables of the SQL store and all that it ever says to them, once for SQLite and PostgreSQL.

SQLAlchemy Core writes the statements out when a store opens, and the store hands the texts to the driver itself:
to interpret a statement anew on each call takes SQLAlchemy longer than SQLite needs to run it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ClauseElement,
    Column,
    ColumnElement,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Select,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
    update,
)

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

# Keys sort by code point everywhere; PostgreSQL would otherwise sort them as the language of the database does.
_TEXT = Text().with_variant(Text(collation="C"), "postgresql")
_NUMBER = BigInteger().with_variant(Integer(), "sqlite")  # only an INTEGER key counts by itself in SQLite

metadata = MetaData()

records = Table(
    "records",
    metadata,
    Column("account", _TEXT, primary_key=True),
    Column("kind", _TEXT, primary_key=True),
    Column("key", _TEXT, primary_key=True),
    Column("owner", _TEXT, nullable=False),
    Column("version", _NUMBER, nullable=False),
    Column("value", LargeBinary, nullable=False),
)
Index("records_by_owner", records.c.account, records.c.kind, records.c.owner, records.c.key)

# A row is what one unit added to a stream: a sequence of entries.
log = Table(
    "log",
    metadata,
    Column("position", _NUMBER, primary_key=True),
    Column("account", _TEXT, nullable=False),
    Column("stream", _TEXT, nullable=False),
    Column("entries", LargeBinary, nullable=False),
)
Index("log_by_stream", log.c.account, log.c.stream, log.c.position)

jobs = Table(
    "jobs",
    metadata,
    Column("account", _TEXT, primary_key=True),
    Column("key", _TEXT, primary_key=True),
    Column("name", _TEXT, nullable=False),
    Column("due", _NUMBER, nullable=False),
    Column("subject", _TEXT, nullable=False),
    sqlite_with_rowid=False,  # small rows that come and go: one tree less to change
)
Index("jobs_by_due", jobs.c.account, jobs.c.due, jobs.c.key)

FORMAT = 2
"""What the bytes in the tables mean; raise it whenever a record of before could not be read any more."""

formats = Table("format", metadata, Column("version", _NUMBER, primary_key=True, autoincrement=False))

_NOTHING: ColumnElement[int] = literal_column("0")  # an offset left out would become a parameter in SQLite


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """The texts for one driver; their parameters are named after the columns, plus `seen`, `after` and `limit`.

    `update` saves a record of the same owner, and leaves the index of owners alone; `move` gives it another one.
    `find` is keyed by whether there is an owner and whether there is a key to start after.
    """

    load: str
    insert: str
    update: str
    move: str
    delete: str
    find: dict[tuple[bool, bool], str]
    append: str
    read: str
    schedule: str
    unschedule: str
    jobs: str
    claimable: str
    reset: tuple[str, ...]
    accounts: tuple[str, ...]
    accounts_due: str


def statements(dialect: Dialect) -> Statements:
    """Everything the store says, in that dialect."""

    def text(statement: ClauseElement) -> str:
        return str(statement.compile(dialect=dialect))

    insert_into = _insert_of(dialect)
    job = insert_into(jobs).values(_all(jobs))
    changes = {column.name: job.excluded[column.name] for column in jobs.c if not column.primary_key}
    either = (False, True)
    return Statements(
        load=text(select(records.c.value, records.c.version).where(*_is(records, "account", "kind", "key"))),
        insert=text(insert_into(records).values(_all(records)).on_conflict_do_nothing()),
        update=text(_update("account", "kind", "key", "owner")),
        move=text(_update("account", "kind", "key")),
        delete=text(delete(records).where(*_is(records, "account", "kind", "key"))),
        find={(owned, paged): text(_find(owned=owned, paged=paged)) for owned in either for paged in either},
        append=text(insert(log).inline().values(_all(log, without=("position",)))),
        read=text(select(log.c.entries).where(*_is(log, "account", "stream")).order_by(log.c.position)),
        schedule=text(job.on_conflict_do_update(index_elements=list(jobs.primary_key), set_=changes)),
        unschedule=text(delete(jobs).where(*_is(jobs, "account", "key"))),
        jobs=text(_jobs()),
        # Jobs that somebody else is changing are passed over; in SQLite, whoever asks is alone.
        claimable=text(_jobs().with_for_update(skip_locked=True)),
        reset=tuple(text(_reset(table)) for table in (records, log, jobs)),
        accounts=tuple(text(_accounts(table)) for table in (records, jobs)),
        accounts_due=text(_accounts_due()),
    )


def _insert_of(dialect: Dialect) -> "Callable[[Table], sqlite.Insert | postgresql.Insert]":
    """ON CONFLICT reads the same in both, yet each dialect brings a class of its own for it; nobody needs both."""
    if dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as insert_into  # noqa: PLC0415

        return insert_into
    from sqlalchemy.dialects.postgresql import insert as insert_into_postgresql  # noqa: PLC0415

    return insert_into_postgresql


def _is(table: Table, *names: str) -> list[ColumnElement[bool]]:
    return [table.c[name] == bindparam(name) for name in names]


def _all(table: Table, *, without: tuple[str, ...] = ()) -> dict[str, BindParameter[object]]:
    return {column.name: bindparam(column.name) for column in table.c if column.name not in without}


def _update(*kept: str) -> ClauseElement:
    """Save a record that has stayed the same in those columns; the others are set."""
    same = (*_is(records, *kept), records.c.version == bindparam("seen"))
    return update(records).where(*same).values(_all(records, without=kept))


def _find(*, owned: bool, paged: bool) -> ClauseElement:
    query = select(records.c.key, records.c.value, records.c.version).where(*_is(records, "account", "kind"))
    if owned:
        query = query.where(*_is(records, "owner"))
    if paged:
        query = query.where(records.c.key > bindparam("after"))
    return query.order_by(records.c.key).limit(bindparam("limit")).offset(_NOTHING)


def _jobs() -> Select[tuple[str, str, int, str]]:
    query = select(jobs.c.key, jobs.c.name, jobs.c.due, jobs.c.subject)
    query = query.where(*_is(jobs, "account"), jobs.c.due <= bindparam("due"))
    return query.order_by(jobs.c.due, jobs.c.key).limit(bindparam("limit")).offset(_NOTHING)


def _reset(table: Table) -> ClauseElement:
    return delete(table).where(*_is(table, "account"))


def _accounts(table: Table) -> Select[tuple[str]]:
    """The names in a table by hopping from one to the next; DISTINCT would read every row."""
    first = select(func.min(table.c.account).label("account")).cte("hop", recursive=True)
    following = select(func.min(table.c.account)).where(table.c.account > first.c.account).scalar_subquery()
    hops = first.union_all(select(following).where(first.c.account.is_not(None)))
    return select(hops.c.account).where(hops.c.account.is_not(None))


def _accounts_due() -> ClauseElement:
    names = _accounts(jobs).subquery("names")
    due = select(_NOTHING).where(jobs.c.account == names.c.account, jobs.c.due <= bindparam("due"))
    return select(names.c.account).where(due.exists())
