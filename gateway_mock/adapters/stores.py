"""Which store a URL means."""

from pathlib import Path
from typing import TYPE_CHECKING

from gateway_mock.adapters.store_memory import MemoryStore
from gateway_mock.ports import Store

if TYPE_CHECKING:
    from sqlalchemy import URL

FORMS = "memory:, sqlite:///FILE or postgresql://HOST/DATABASE"
_POSTGRESQL = ("postgresql", "postgres", "postgresql+psycopg")


def open_store(url: str) -> Store:
    """Open the store that a URL names: `memory:`, `sqlite:///FILE`, `postgresql://…` (also `postgres://…`).

    No message repeats the URL, for it may hold a password.

    Raises:
        ValueError: the URL names no store that there is.
        ConnectionError: it does, but the database does not open.
    """
    return MemoryStore() if url == "memory:" else _open_database(url)


def _open_database(url: str) -> Store:
    # Those who stay in memory never wait for SQLAlchemy, 0.3 seconds.
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415

    from gateway_mock.adapters.store_sql import SQLStore  # noqa: PLC0415

    parsed = _parse(url)
    try:
        return SQLStore(parsed)
    except DBAPIError as error:
        raise ConnectionError(f"the database does not open: {error.orig}") from error


def _parse(url: str) -> "URL":
    from sqlalchemy import make_url  # noqa: PLC0415
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise ValueError(f"this is not the URL of a store; a store is {FORMS}") from None
    if parsed.drivername == "sqlite":
        _require_file(parsed)
        return parsed
    if parsed.drivername in _POSTGRESQL:
        return parsed.set(drivername="postgresql+psycopg")
    raise ValueError(f"there is no store for {parsed.drivername!r}; a store is {FORMS}")


def _require_file(url: "URL") -> None:
    """Refuse a SQLite URL that says less or more than a file in a folder that exists."""
    file = url.database or ""
    if url.host or url.query or not file or not file.isprintable() or file.startswith((":memory:", "file:")):
        raise ValueError("a SQLite store is sqlite:///FILE and nothing else; in memory it is memory:")
    if not Path(file).absolute().parent.is_dir():
        raise ValueError(f"the folder of {file} does not exist")
