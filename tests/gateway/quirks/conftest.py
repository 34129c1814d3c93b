"""Sandboxes with known-issue switches on, in front of scripted connectors or of the reference connector.

The tables are those of `tests.gateway.conftest`; an example is called after its switch, `on` or `off`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask

from connector_ppp import WSGITransport
from connector_ppp.reference.app import create_app as create_reference
from gateway_mock.core.modes import Mode
from tests.gateway.world import Merchant, Transaction, World


@pytest.fixture
def switch(world: World) -> Callable[..., None]:
    """Turns a switch on, or leaves it off."""

    def turn(name: str, *, on: bool = True) -> None:
        answer = world.merchant.send("PUT", "/_mock/quirks", {name: on})
        assert answer.status_code == 200, answer.text

    return turn


@dataclass
class Against:
    """A sandbox in front of the reference connector."""

    world: World
    reference: Flask

    @property
    def merchant(self) -> Merchant:
        """The one in front."""
        return self.world.merchant

    def order(self, value: int) -> Transaction:
        """The transaction of a new order of so many cents."""
        answer = self.merchant.send("POST", "/_mock/orders", {"value": value})
        assert answer.status_code == 201, answer.text
        return Transaction(self.merchant, answer.json["transactionId"])

    def provider(self) -> dict:
        """The connector's own book of the only payment, in currency units."""
        (payment,) = self.reference.test_client().get("/_reference/payments").json["payments"]
        return payment


@pytest.fixture
def against(open_world: Callable[..., World], shared_app: Flask) -> Callable[..., Against]:
    """Makes a sandbox with a switch on (or none) in front of the reference connector with some defects."""

    def make(quirk: str | None, *defects: str, mode: str = "partial") -> Against:
        reference = create_reference(defects=defects, callbacks="manual")
        line = WSGITransport(reference)
        world = open_world(app=shared_app, transport=lambda _url: line, mode=Mode(mode))
        if quirk:
            answer = world.merchant.send("PUT", "/_mock/quirks", {quirk: True})
            assert answer.status_code == 200, answer.text
        return Against(world, reference)

    return make
