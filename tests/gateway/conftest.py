"""Worlds over each store, and golden tables that are played in them.

Tables are plain text, one row a request, amounts in currency units as the documents write them::

    id | given       | merchant                 | connectors hear | answer      | S X R  | c v r   | balanced
    T1 | A 100 total | settle 20                | settle A 100    | 11 Settling | 20 0 0 | 100 0 0 | yes
       |             | settle 80 (A confirms 7) | -               | 400 1402    | 20 0 0 | 100 0 0 | yes

`A 100 total` is one payment of 100.00 through a connector of its own in mode Total. `S X R` are the requested
totals, `c v r` what connectors confirmed: captured, voided, refunded.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from connector_ppp import WSGITransport
from connector_ppp.reference.app import create_app as create_reference
from gateway_mock.adapters.stores import open_store
from gateway_mock.web.app import create_app
from tests.gateway.world import Transaction, World, units

STORES = ("memory", "sqlite", "postgresql")


def answered(answer: TestResponse) -> str:
    """The column `answer`: status, and the amount of the operation where it has one; or the refusal."""
    said = json.loads(answer.text)
    if answer.status_code != 200:
        return f"{answer.status_code} {said['error']['code']}"
    if "ran" in said:
        return " ".join(each["job"] for each in said["ran"]) or "-"
    amounts = {"refunded": said["refundedValue"], "cancelled": said["cancelledValue"]}
    shown = "".join(f" {name} {units(amount)}" for name, amount in amounts.items() if amount)
    return f"{said['status']} {said['statusDetail']}{shown}"


def booked(ledger: dict) -> list[str]:
    """The columns after `answer`."""
    requested = ledger["requested"]
    confirmed = (sum(each[name] for each in ledger["payments"]) for name in ("captured", "voided", "refunded"))
    return [
        " ".join(units(requested[name]) for name in ("settled", "cancelled", "refunded")),
        " ".join(map(units, confirmed)),
        "yes" if ledger["balanced"] else "no",
    ]


@dataclass(frozen=True, repr=False)
class Example:
    """One example of a table: its name, its payments, its rows."""

    name: str
    given: str
    rows: tuple[tuple[str, list[str]], ...]

    def play(self, world: World) -> Transaction:
        """Perform every row and hold it against the table."""
        __tracebackhide__ = True
        transaction = world.given(self.given)
        for number, (line, expected) in enumerate(self.rows, start=1):
            answer = world.perform(transaction, line)
            heard = ", ".join(map(str, world.heard)) or "-"
            world.heard.clear()
            found = [heard, answered(answer), *booked(transaction.ledger())]
            if found != expected:
                pytest.fail(
                    f"{self.name}, row {number}, {self.given}: {line}\n"
                    f"table {' | '.join(expected)}\nfound {' | '.join(found)}"
                )
        return transaction


def examples(table: str) -> Iterator[Example]:
    """The examples of a table, in its order."""
    lines = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()[1:] if line.strip()]
    starts = [number for number, line in enumerate(lines) if line[0]]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        rows = tuple((line[2], [re.sub(r"\s+", " ", cell) for cell in line[3:]]) for line in lines[start:end])
        yield Example(lines[start][0], lines[start][1], rows)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes an `example` is run for each one of its module's `EXAMPLES`."""
    if "example" in metafunc.fixturenames:
        found = list(examples(metafunc.module.EXAMPLES))
        metafunc.parametrize("example", found, ids=[each.name for each in found])


@pytest.fixture
def example_named(request: pytest.FixtureRequest) -> Callable[[str], Example]:
    """Finds an example of the module's table by its name."""
    found = {each.name: each for each in examples(request.module.EXAMPLES)}
    return found.__getitem__


@pytest.fixture
def open_world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., World]]:
    """Makes a world over a new store of a sort, by its name."""
    with ExitStack() as stack:

        def make(store: str = "memory", **config: object) -> World:
            url = {"memory": "memory:", "sqlite": f"sqlite:///{tmp_path / 'store.db'}"}.get(store)
            opened = open_store(url or request.getfixturevalue("empty_postgres_url"))
            stack.callback(opened.close)
            return World(opened, **config)

        yield make


@pytest.fixture(scope="session")
def shared_app() -> Flask:
    """An application without a state of its own."""
    return create_app()


@pytest.fixture
def world(open_world: Callable[..., World], shared_app: Flask) -> World:
    """A world in memory, with a manual clock."""
    return open_world(app=shared_app)


@pytest.fixture(params=STORES)
def every_world(request: pytest.FixtureRequest, open_world: Callable[..., World]) -> World:
    """A world over each store."""
    return open_world(request.param)


@pytest.fixture
def reference() -> WSGITransport:
    """The reference connector behind WSGI."""
    return WSGITransport(create_reference(callbacks="manual"))
