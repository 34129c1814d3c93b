"""Which store a URL means."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from gateway_mock.adapters.store_memory import MemoryStore
from gateway_mock.ports import Job, Store, Unit

if TYPE_CHECKING:
    from sqlalchemy import URL

FORMS = "memory:, sqlite:///FILE or postgresql://HOST/DATABASE"
_POSTGRESQL = ("postgresql", "postgres", "postgresql+psycopg")


class OpeningStore:
    """A store that opens in a thread of its own while a server starts; whoever needs it waits for it.

    What opening it raises, every method raises.
    """

    def __init__(self, open_it: Callable[[], Store]) -> None:
        self._open_it = open_it
        self._opened: Future[Store] = Future()

    def start(self) -> None:
        """Begin to open it, once."""
        Thread(target=self._open, daemon=True).start()

    def failure(self) -> BaseException | None:
        """Wait until it is open, and tell what kept it from that."""
        return self._opened.exception()

    def read(self, account: str) -> AbstractContextManager[Unit]:
        """See `ports.Store`."""
        return self._opened.result().read(account)

    def write(self, account: str) -> AbstractContextManager[Unit]:
        """See `ports.Store`."""
        return self._opened.result().write(account)

    def claim(self, account: str, due: int, until: int) -> Job | None:
        """See `ports.Store`."""
        return self._opened.result().claim(account, due, until)

    def accounts(self) -> Sequence[str]:
        """See `ports.Store`."""
        return self._opened.result().accounts()

    def accounts_due(self, due: int) -> Sequence[str]:
        """See `ports.Store`."""
        return self._opened.result().accounts_due(due)

    def close(self) -> None:
        """See `ports.Store`."""
        self._opened.result().close()

    def _open(self) -> None:
        try:
            self._opened.set_result(self._open_it())
        except BaseException as error:  # noqa: BLE001 - whoever waits for the store is told
            self._opened.set_exception(error)


def require_store(url: str) -> None:
    """Refuse at once, before any library is there, a URL of no kind of store.

    Raises:
        ValueError: there is no such kind.
    """
    kind, slashes, _ = url.partition("://")
    if url == "memory:" or (slashes and kind in {"sqlite", *_POSTGRESQL}):
        return
    what = f"there is no store for {kind!r}" if slashes else "this is not the URL of a store"
    raise ValueError(f"{what}; a store is {FORMS}")


def open_store(url: str) -> Store:
    """Open the store that a URL names: `memory:`, `sqlite:///FILE`, `postgresql://…` (also `postgres://…`).

    No message repeats the URL, for it may hold a password.

    Raises:
        ValueError: the URL names no store that there is.
        ConnectionError: it does, but the database does not open.
    """
    require_store(url)
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
    return parsed.set(drivername="postgresql+psycopg")


def _require_file(url: "URL") -> None:
    """Refuse a SQLite URL that says less or more than a file in a folder that exists."""
    file = url.database or ""
    if url.host or url.query or not file or not file.isprintable() or file.startswith((":memory:", "file:")):
        raise ValueError("a SQLite store is sqlite:///FILE and nothing else; in memory it is memory:")
    if not Path(file).absolute().parent.is_dir():
        raise ValueError(f"the folder of {file} does not exist")
