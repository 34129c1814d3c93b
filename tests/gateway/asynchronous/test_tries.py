"""That a try begins is stored before it does, and what has become of it after."""

from dataclasses import replace

import pytest

from gateway_mock.ports import LostRaceError
from gateway_mock.records import OperationRecord
from gateway_mock.service.jobs import recover
from gateway_mock.web.app import build, create_app
from gateway_mock.web.http import EXTENSION
from tests.gateway.world import Killed, Merchant


def tries(world):
    """Of each operation of the outbox: the latest try, and the latest one whose end is known."""
    with world.store.read("sandbox") as unit:
        return [(row.value.attempt, row.value.answered) for _, row in unit.find(OperationRecord)]


@pytest.fixture(name="reborn")
def reborn_fixture(world):
    """A new process on the same store that has not sent anything again yet; the transaction as it shows it."""

    def reborn(transaction):
        sandbox = build(world._config, store=world.store, transport_for=world.line)
        world.app = create_app(world._config, sandbox=sandbox, recovers=False)
        world.sandbox = sandbox
        world.merchant = Merchant(world.app, "vtexappkey-sandbox-LOCAL", "sandbox")
        return replace(transaction, merchant=world.merchant)

    return reborn


def test_every_try_is_stored_before_it_begins(world):
    """While the connector works on try 1, 2 and 3, the outbox says so; an answer that is none puts it off."""
    transaction = world.open("A 100 total")
    seen = []
    for _ in range(3):
        world.connectors["A"].meanwhile = lambda: seen.extend(tries(world))
        world.connectors["A"].script = ["waits 900"]
        if seen:
            world.merchant.advance(300)
        else:
            transaction.authorize()
    assert seen == [(1, 0), (2, 1), (3, 2)]
    assert tries(world) == [(3, 3)]


def test_a_death_inside_the_first_try_leaves_it_under_way(world):
    """The process dies between the create and its answer: the outbox knows that the first try has begun."""
    transaction = world.open("A 100 total")
    with pytest.raises(Killed):
        world.perform(transaction, "authorize (A dies did)")
    assert tries(world) == [(1, 0)]


def test_a_cancel_after_a_death_lets_go_of_what_the_dead_process_got_approved(reborn, world):
    """Cancelled before the repair: the create goes out again, finds itself approved, and no approval stays."""
    transaction = world.open("A 100 total")
    with pytest.raises(Killed):
        world.perform(transaction, "authorize (A dies did)")
    transaction = reborn(transaction)
    world.connectors["A"].script = ["confirms", "confirms", "confirms"]
    assert transaction.ask("cancel", 10000).status_code == 200
    recover(world.sandbox)
    assert [heard.operation for heard in world.heard] == ["authorize", "cancel", "authorize", "cancel"]
    assert len({heard.body["paymentId"] for heard in world.heard}) == 1
    assert transaction.show()["status"] == "Cancelled"
    assert tries(world) == []


def test_a_sibling_that_was_never_asked_for_is_not_cancelled(world):
    """The first payment is denied before the second is asked for: its connector hears nothing at all."""
    transaction = world.open("A 40 total, B 60 total")
    world.perform(transaction, "authorize (A denies)")
    assert [str(heard) for heard in world.heard] == ["authorize A 40"]
    assert transaction.show()["status"] == "Cancelled"


def test_news_are_no_try(pending, world):
    """A callback that says undefined puts the payment off and counts as no try of ours."""
    told = pending()
    assert tries(world) == [(1, 1)]
    told.call("undefined")
    assert tries(world) == [(1, 1)]


class Busy:
    """A store on which every write loses its race, while it is busy."""

    def __init__(self, store):
        self.store, self.busy = store, True

    def __getattr__(self, name):
        return getattr(self.store, name)

    def write(self, account):
        """See `ports.Store`."""
        if self.busy:
            raise LostRaceError
        return self.store.write(account)


def test_news_that_cannot_be_saved_are_refused_and_not_ignored(pending, world):
    """409, and no event says that it came too late; the callback comes again, and counts."""
    told = pending()
    before = told.transaction.show("/interactions")
    sandbox = world.app.extensions[EXTENSION]
    store = Busy(sandbox.store)
    world.app.extensions[EXTENSION] = replace(sandbox, store=store)
    assert told.call("approved") == 409
    assert told.transaction.show("/interactions") == before
    store.busy = False
    assert told.call("approved") == 200
    assert told.status == "Approved"
