"""Every store under one contract."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway_mock.adapters.store_memory import MemoryStore
from gateway_mock.adapters.stores import open_store
from gateway_mock.ports import Store

DATABASES = ("sqlite", "postgresql")


def _url(name: str, request: pytest.FixtureRequest, folder: Path) -> str:
    if name == "postgresql":
        return request.getfixturevalue("empty_postgres_url")
    return "memory:" if name == "memory" else f"sqlite:///{folder / 'store.db'}"


@pytest.fixture(params=("memory", "packed", *DATABASES))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of each sort; `packed` is one in memory that packs whatever was not used last."""
    packed = request.param == "packed"
    opened = MemoryStore(folders_open=1) if packed else open_store(_url(request.param, request, tmp_path))
    yield opened
    opened.close()


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of each sort."""
    return _url(request.param, request, tmp_path)


@pytest.fixture
def opener(database_url: str) -> Iterator[Callable[[], Store]]:
    """Opens a store on the same database as often as it is called."""
    opened: list[Store] = []

    def open_again() -> Store:
        opened.append(open_store(database_url))
        return opened[-1]

    yield open_again
    for each in opened:
        each.close()
