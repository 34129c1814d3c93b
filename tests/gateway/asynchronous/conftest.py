"""Payments that their connector leaves undefined, and how its news reach the gateway."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.gateway.world import Transaction, World

BASE = "http://127.0.0.1:5005"


@dataclass
class Pending:
    """A transaction whose last payment is undefined, and the address that its connector was given."""

    world: World
    transaction: Transaction
    payment: str
    address: str

    @property
    def query(self) -> dict[str, str]:
        """What the address carries behind its question mark."""
        return {name: value for name, (value,) in parse_qs(urlsplit(self.address).query).items()}

    @property
    def status(self) -> str:
        """Of the transaction."""
        return self.transaction.show()["status"]

    def call(self, status: str | None = None, *, address: str = "", **headers: str) -> int:
        """A callback that says a status, or nothing at all; the HTTP status of its answer."""
        body = {"paymentId": self.payment, "status": status, "tid": "tid-2", "authorizationId": "auth-2"}
        sent = {} if status is None else {"json": body}
        path = (address or self.address).removeprefix(BASE)
        return self.world.app.test_client().post(path, headers=headers, **sent).status_code


@pytest.fixture
def pending(world: World) -> Callable[..., Pending]:
    """Leads a transaction to Authorizing; `script` is what its connectors say first."""

    def lead(given: str = "A 100 total", script: str = "A waits 3600") -> Pending:
        transaction = world.open(given)
        world.perform(transaction, f"authorize ({script})")
        heard = [each for each in world.heard if each.operation == "authorize"][-1]
        world.heard.clear()
        return Pending(world, transaction, heard.body["paymentId"], heard.body["callbackUrl"])

    return lead
