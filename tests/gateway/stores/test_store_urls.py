"""Which URLs open which store, and what the others are told."""

import subprocess
import sys

import pytest
from sqlalchemy import create_engine

from gateway_mock.adapters.clock import ClockRecord
from gateway_mock.adapters.store_memory import MemoryStore
from gateway_mock.adapters.store_sql import SQLStore
from gateway_mock.adapters.stores import open_store


def test_memory_is_a_store():
    """`memory:` and nothing behind it; each call opens another one."""
    first, second = open_store("memory:"), open_store("memory:")
    assert isinstance(first, MemoryStore)
    assert first is not second


def test_memory_needs_no_sqlalchemy():
    """Who stays in memory does not wait for the import of SQLAlchemy."""
    code = (
        "import sys; from gateway_mock.adapters.stores import open_store; open_store('memory:'); "
        "print('sqlalchemy' in sys.modules)"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed == "False\n"


def test_a_sqlite_file_is_made_where_it_is_missing(tmp_path):
    """Four slashes are an absolute path; spaces, accents and per cents are as good as letters."""
    file = tmp_path / "my störe 100%.db"
    store = open_store(f"sqlite:///{file}")
    assert isinstance(store, SQLStore)
    assert file.exists()
    store.close()


def test_a_relative_file_lies_in_the_working_folder(tmp_path, monkeypatch):
    """Three slashes are a path from here."""
    monkeypatch.chdir(tmp_path)
    open_store("sqlite:///here.db").close()
    assert (tmp_path / "here.db").exists()


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_postgresql_has_three_names(empty_postgres_url, scheme):
    """All of them mean psycopg."""
    store = open_store(empty_postgres_url.replace("postgresql", scheme, 1))
    assert isinstance(store, SQLStore)
    assert list(store.accounts()) == []
    store.close()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "memory",
        "memory://",
        "memory:big",
        "Memory:",
        " memory:",
        "store.db",
        "sqlite:store.db",
        "sqlite3:///store.db",
        "sqlite+aiosqlite:///store.db",
        "postgresql:",
        "postgresql+asyncpg://host/database",
        "postgresql+psycopg2://host/database",
        "postgresql://host:port/database",
        "postgresql://[::1/database",
        "mysql://host/database",
        "http://127.0.0.1/",
        "file:///etc/passwd",
        "\0",
    ],
)
def test_any_other_url_is_refused(url):
    """The message says what a store can be."""
    with pytest.raises(ValueError, match=r"a store is memory:, sqlite:///FILE or postgresql://HOST/DATABASE"):
        open_store(url)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite://host/store.db",
        "sqlite:///store.db?mode=memory",
        "sqlite:///store.db?check_same_thread=true",
        "sqlite:///file:store.db?mode=memory&uri=true",
        "sqlite:///file:store.db",
        "sqlite:///sto\0re.db",
        "sqlite:///sto\nre.db",
    ],
)
def test_a_sqlite_url_names_a_file_and_nothing_else(url, tmp_path, monkeypatch):
    """No database in memory, no options; and no file is made."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="in memory it is memory:"):
        open_store(url)
    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_a_sqlite_file_must_exist(tmp_path):
    """It is not made, and the message names the file."""
    with pytest.raises(ValueError, match=r"nowhere/store\.db does not exist"):
        open_store(f"sqlite:///{tmp_path}/nowhere/store.db")


def test_a_file_that_is_no_database_does_not_open(tmp_path):
    """It is a ConnectionError, and the file stays as it is."""
    file = tmp_path / "letter.txt"
    file.write_text("Dear reader, this is long enough to be taken for the head of a database. " * 20)
    before = file.read_bytes()
    with pytest.raises(ConnectionError, match="the database does not open: file is not a database"):
        open_store(f"sqlite:///{file}")
    assert file.read_bytes() == before


def test_a_folder_does_not_open(tmp_path):
    """It is a ConnectionError."""
    with pytest.raises(ConnectionError, match="the database does not open: unable to open database file"):
        open_store(f"sqlite:///{tmp_path}")


@pytest.mark.parametrize(
    ("changed", "told"),
    [("DROP TABLE format", "of an earlier release"), ("UPDATE format SET version = 99", "99")],
)
def test_a_database_of_another_format_does_not_open(database_url, changed, told):
    """The first releases wrote none down, a later one may write a higher one; an empty database takes any."""
    store = open_store(database_url)
    with store.write("account") as unit:
        unit.save("clock", ClockRecord(1), 0)
    store.close()
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.exec_driver_sql(changed)
    with pytest.raises(ConnectionError, match=f"the database does not open: its format is {told}, not 2"):
        open_store(database_url)
    with engine.begin() as connection:
        for table in ("records", "format"):
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
    engine.dispose()
    open_store(database_url).close()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:hunter2@127.0.0.1:1/database",
        "postgresql://user:hunter2@/database?host=/nowhere",
        "postgresql://user:hunter2@127.0.0.1:1/database?nonsense=1",
    ],
)
def test_a_server_that_is_not_there_does_not_open(url):
    """It is a ConnectionError that does not tell the password."""
    with pytest.raises(ConnectionError, match="the database does not open: ") as raised:
        open_store(url)
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    "url",
    ["mysql://user:hunter2@host/database", "user:hunter2@host/database", "sqlite://user:hunter2@host/store.db"],
)
def test_a_refusal_does_not_tell_the_password(url):
    """Whatever is wrong with the URL."""
    with pytest.raises(ValueError, match="store") as raised:
        open_store(url)
    assert "hunter2" not in str(raised.value)
