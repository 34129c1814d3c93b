"""Intent first, then the call: whatever dies wherever, nothing is lost and no requestId moves money twice.

The process dies by an exception that nobody may catch; then a new application is made on the same database. The
connectors' own books say what they moved for which requestId.
"""

from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest

from gateway_mock.ports import LostRaceError
from gateway_mock.records import OperationRecord
from gateway_mock.web.http import EXTENSION
from tests.gateway.world import Killed

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(name="database_world", params=DATABASES)
def database_world_fixture(request, open_world):
    """A world over each database."""
    return open_world(request.param)


def outbox(world):
    """The requestIds that wait for an answer."""
    with world.store.read("sandbox") as unit:
        return [key for key, _ in unit.find(OperationRecord)]


def confirmed(transaction):
    """What connectors confirmed of all payments, in cents: captured, voided, refunded."""
    payments = transaction.ledger()["payments"]
    return tuple(sum(each[name] for each in payments) for name in ("captured", "voided", "refunded"))


def moved(world, operation):
    """What the connectors moved for an operation, each requestId once, in currency units."""
    books = [entry for connector in world.connectors.values() for entry in connector.moved.values()]
    return [value for name, value in books if name == operation]


def again(world, transaction):
    """The transaction as the new process shows it."""
    return replace(transaction, merchant=world.merchant)


# --- The connector's answer never comes ------------------------------------------------------------------------

CALLS = [
    ("settle", (), (4000, 0, 0)),
    ("cancel", (), (0, 4000, 0)),
    ("refund", ("settle 100",), (10000, 0, 4000)),
]


@pytest.mark.parametrize("death", ["dies", "dies did"], ids=["before the work", "after the work"])
@pytest.mark.parametrize(("operation", "before", "expected"), CALLS)
def test_a_death_inside_the_call_is_repaired(death, operation, before, expected, database_world):
    """The new process sends the same requestId, to the letter the same message; the money moves once."""
    world = database_world
    transaction = world.given("A 100 partial")
    for line in before:
        world.perform(transaction, line)
    world.heard.clear()
    with pytest.raises(Killed):
        world.perform(transaction, f"{operation} 40 (A {death})")
    world.restart()
    first, second = world.heard
    assert first.text == second.text
    assert moved(world, operation) == [40]
    transaction = again(world, transaction)
    assert confirmed(transaction) == expected
    assert transaction.ledger()["balanced"]
    assert outbox(world) == []


@pytest.mark.parametrize("death", ["dies", "dies did"], ids=["before the work", "after the work"])
def test_a_death_inside_the_authorization_is_repaired(death, database_world):
    """The same paymentId is created again, and the payment is approved."""
    world = database_world
    transaction = world.open("A 100 total")
    with pytest.raises(Killed):
        world.perform(transaction, f"authorize (A {death})")
    world.restart()
    first, second = world.heard
    assert first.text == second.text
    assert again(world, transaction).show()["status"] == "Approved"
    assert moved(world, "authorize") == [100]


def test_of_two_payments_only_the_open_one_is_sent_again(database_world):
    """What was confirmed before the death is not repeated."""
    world = database_world
    transaction = world.given("A 40 total, B 60 total")
    with pytest.raises(Killed):
        world.perform(transaction, "settle 100 (B dies did)")
    world.restart()
    assert [str(heard) for heard in world.heard] == ["settle A 40", "settle B 60", "settle B 60"]
    assert again(world, transaction).show()["status"] == "Finished"


def test_calls_that_were_not_reached_are_made_by_the_new_process(database_world):
    """All calls of a request are in the outbox before the first one goes out."""
    world = database_world
    transaction = world.given("A 40 total, B 60 total")
    with pytest.raises(Killed):
        world.perform(transaction, "settle 100 (A dies)")
    assert len(outbox(world)) == 2
    world.restart()
    assert moved(world, "settle") == [40, 60]
    assert confirmed(again(world, transaction)) == (10000, 0, 0)


def test_a_death_during_the_repair_is_repaired_too(database_world):
    """Process after process dies after the work; the money still moves once."""
    world = database_world
    transaction = world.given("A 100 partial")
    with pytest.raises(Killed):
        world.perform(transaction, "settle 40 (A dies did)")
    for _ in range(3):
        world.connectors["A"].script = ["dies did"]
        with pytest.raises(Killed):
            world.restart()
    world.restart()
    assert len({heard.body["requestId"] for heard in world.heard}) == 1
    assert len(world.heard) == 5
    assert moved(world, "settle") == [40]
    assert confirmed(again(world, transaction)) == (4000, 0, 0)


def test_a_pending_payment_is_still_pending_after_a_restart(database_world):
    """An undefined payment is asked for again with its paymentId, and its retries go on where the clock stands."""
    world = database_world
    transaction = world.open("A 100 total")
    world.connectors["A"].always = "waits 900"
    transaction.authorize()
    world.merchant.advance(300)
    world.restart()
    assert again(world, transaction).show()["status"] == "Authorizing"
    world.connectors["A"].always = "confirms"
    assert world.merchant.advance(300) == ["send"]
    assert again(world, transaction).show()["status"] == "Approved"
    assert len({heard.body["paymentId"] for heard in world.heard}) == 1


def test_a_restart_without_open_operations_calls_nobody(database_world):
    """A second start changes nothing."""
    world = database_world
    transaction = world.given("A 100 partial")
    transaction.ask("settle", 4000)
    before = transaction.ledger()
    world.heard.clear()
    world.restart()
    assert world.heard == []
    assert again(world, transaction).ledger() == before


def test_the_cancel_after_a_failed_settle_survives_a_death(database_world):
    """C10's own cancel is an intent like any other."""
    world = database_world
    transaction = world.given("A 100 total")
    world.connectors["A"].script = ["fails"] * 25 + ["dies did"]
    transaction.ask("settle", 10000)
    with pytest.raises(Killed):
        world.merchant.advance(86_400)
    world.restart()
    assert moved(world, "cancel") == [100]
    assert again(world, transaction).show()["status"] == "Cancelled"


# --- The intent is there, and nothing is locked, while the connector works -------------------------------------


def test_the_intent_is_saved_before_the_connector_is_called(database_world):
    """While the connector works, the request, its reserve and its operation can be read by anybody."""
    world = database_world
    transaction = world.given("A 100 partial")
    seen = {}

    def look():
        seen["outbox"] = outbox(world)
        seen["ledger"] = transaction.ledger()
        seen["requests"] = [each["value"] for each in transaction.show("/settlements")["requests"]]

    world.connectors["A"].meanwhile = look
    transaction.ask("settle", 4000)
    assert seen["outbox"] == [world.heard[0].body["requestId"]]
    assert seen["requests"] == [4000]
    assert seen["ledger"]["requested"]["settled"] == 4000
    assert not seen["ledger"]["balanced"]
    assert transaction.ledger()["balanced"]


@pytest.mark.parametrize(
    ("first", "second", "calls", "expected"),
    [
        ("settle 40", "settle 60", ["settle A 40", "settle A 60"], (10000, 0, 0)),
        ("settle 40", "cancel 60", ["settle A 40", "cancel A 60"], (4000, 6000, 0)),
        ("cancel 40", "settle 60", ["cancel A 40", "settle A 60"], (6000, 4000, 0)),
        ("cancel 40", "cancel 60", ["cancel A 40", "cancel A 60"], (0, 10000, 0)),
        ("settle 40", "settle 60.01", ["settle A 40"], (4000, 0, 0)),
        ("settle 40", "refund 1", ["settle A 40"], (4000, 0, 0)),
    ],
)
def test_a_request_may_come_while_another_waits_for_its_answer(first, second, calls, expected, database_world):
    """No database transaction is open during a call, and what is on its way is reserved: both add up."""
    world = database_world
    transaction = world.given("A 100 partial")
    world.connectors["A"].meanwhile = lambda: world.perform(transaction, second)
    assert world.perform(transaction, first).status_code == 200
    assert [str(heard) for heard in world.heard] == calls
    assert confirmed(transaction) == expected
    assert transaction.ledger()["balanced"]


def test_a_payment_denied_while_another_is_asked_for(database_world):
    """The merchant cancels everything while a connector authorizes: the late approval is undone."""
    world = database_world
    transaction = world.open("A 100 total")
    world.connectors["A"].meanwhile = lambda: transaction.ask("cancel", 10000)
    transaction.authorize()
    assert {str(heard) for heard in world.heard} == {"authorize A 100", "cancel A 100"}
    assert transaction.show()["status"] == "Cancelled"


# --- Dying and losing between two commits ----------------------------------------------------------------------


@dataclass
class Unlucky:
    """A store in which chosen writes end badly: `fates` are one a write, None is a good end."""

    store: object
    fates: list = field(default_factory=list)

    def __getattr__(self, name):
        return getattr(self.store, name)

    @contextmanager
    def write(self, account):
        """A unit that rolls back by the exception of its fate; what a fate calls comes after the rollback."""
        fate = self.fates.pop(0) if self.fates else None
        if fate is None:
            with self.store.write(account) as unit:
                yield unit
            return
        error, meanwhile = fate
        try:
            with self.store.write(account) as unit:
                yield unit
                raise error
        finally:
            meanwhile()


def nothing():
    """Nothing happens meanwhile."""


def unlucky(world, *fates):
    """Let the writes of the application's next requests end like that."""
    sandbox = world.app.extensions[EXTENSION]
    world.app.extensions[EXTENSION] = replace(sandbox, store=Unlucky(world.store, list(fates)))


@pytest.mark.parametrize(("operation", "before", "expected"), CALLS)
def test_a_death_at_the_first_commit_leaves_nothing(operation, before, expected, database_world):
    """Neither a request nor a call; the merchant asks again and it happens once."""
    world = database_world
    transaction = world.given("A 100 partial")
    for line in before:
        world.perform(transaction, line)
    world.heard.clear()
    unlucky(world, (Killed(), nothing))
    with pytest.raises(Killed):
        world.perform(transaction, f"{operation} 40")
    world.restart()
    assert (world.heard, outbox(world)) == ([], [])
    transaction = again(world, transaction)
    world.perform(transaction, f"{operation} 40")
    assert confirmed(transaction) == expected
    assert moved(world, operation) == [40]


@pytest.mark.parametrize(("operation", "before", "expected"), CALLS)
def test_a_death_at_the_second_commit_is_repaired(operation, before, expected, database_world):
    """The connector's answer came and was not booked: the same requestId goes out again, the money moved once."""
    world = database_world
    transaction = world.given("A 100 partial")
    for line in before:
        world.perform(transaction, line)
    world.heard.clear()
    unlucky(world, None, (Killed(), nothing))
    with pytest.raises(Killed):
        world.perform(transaction, f"{operation} 40")
    assert len(outbox(world)) == 1
    world.restart()
    assert len({heard.body["requestId"] for heard in world.heard}) == 1
    assert len(world.heard) == 2
    assert moved(world, operation) == [40]
    assert confirmed(again(world, transaction)) == expected
    assert outbox(world) == []


@pytest.mark.parametrize(
    ("mine", "theirs", "answer", "calls"),
    [
        ("settle 80", "cancel 30", (400, "70.00"), ["cancel A 30"]),
        ("settle 70", "cancel 30", (200, None), ["cancel A 30", "settle A 70"]),
        ("cancel 80", "settle 30", (400, "70.00"), ["settle A 30"]),
        ("settle 100", "settle 100", (400, "0.00"), ["settle A 100"]),
    ],
)
def test_a_lost_race_is_planned_again(mine, theirs, answer, calls, world):
    """Somebody else saved first: the request is decided anew on what is there now, and only then calls."""
    transaction = world.given("A 100 partial")
    unlucky(world, (LostRaceError(), lambda: world.perform(transaction, theirs)))
    got = world.perform(transaction, mine)
    status, remaining = answer
    assert got.status_code == status
    assert remaining is None or f"({remaining})" in got.json["error"]["message"]
    assert [str(heard) for heard in world.heard] == calls


def test_an_answer_is_booked_on_what_is_there_now(world):
    """A lost race at the second commit: the answer is booked again, the connector is not called again."""
    transaction = world.given("A 100 partial")
    unlucky(world, None, (LostRaceError(), lambda: world.perform(transaction, "cancel 30")))
    assert world.perform(transaction, "settle 40").status_code == 200
    assert [str(heard) for heard in world.heard] == ["settle A 40", "cancel A 30"]
    assert confirmed(transaction) == (4000, 3000, 0)


def test_whoever_loses_every_race_is_told_so(world):
    """409 in the envelope, nothing recorded, nobody called; asking again works."""
    transaction = world.given("A 100 partial")
    before = transaction.ledger()
    unlucky(world, *[(LostRaceError(), nothing)] * 20)
    answer = world.perform(transaction, "settle 40")
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "Mock.Busy")
    assert (transaction.ledger(), world.heard) == (before, [])
    assert world.perform(transaction, "settle 40").status_code == 200


def test_an_answer_that_cannot_be_booked_stays_in_the_outbox(world):
    """The merchant gets no 5xx for a request that was taken; the next try books it, and the money moved once."""
    transaction = world.given("A 100 partial")
    unlucky(world, None, *[(LostRaceError(), nothing)] * 20)
    answer = world.perform(transaction, "settle 40")
    assert answer.status_code < 500, answer.text
    assert len(outbox(world)) == 1
    world.merchant.advance(3600)
    assert confirmed(transaction) == (4000, 0, 0)
    assert moved(world, "settle") == [40]
