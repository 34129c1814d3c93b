"""Bugs planted one at a time: each is found within 2,000 histories, in one that is clean without it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from gateway_mock.core import confirm, forward
from gateway_mock.core.modes import FORWARD, Forward, Mode, Operation
from gateway_mock.records import OperationRecord
from gateway_mock.service import booking, dispatch
from gateway_mock.service.schedule import LEASE, Window, send_job
from gateway_mock.simulation import main, world
from gateway_mock.simulation.history import Played, draw
from gateway_mock.simulation.provider import Provider
from gateway_mock.times import DAY

HISTORIES = 2_000


@pytest.fixture
def found(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Played]:
    """Plants a bug and tells the first history that fails by it, and by it alone."""

    def find(plant: Callable[[pytest.MonkeyPatch], None], first: int = 0) -> Played:
        for seed in range(first, first + HISTORIES):
            with monkeypatch.context() as patch:
                plant(patch)
                played = draw(seed, provider)
            if played.differences and not draw(seed, provider).differences:
                return played
        pytest.fail(f"{HISTORIES} histories have not found it")

    return find


# --- The order of the outbox ----------------------------------------------------------------------------------


def call_before_the_intent_is_safe(patch: pytest.MonkeyPatch) -> None:
    """The request leaves inside the database transaction that is to record it."""
    book = booking.Desk.book

    def hasty(desk, *args):
        booked = book(desk, *args)
        for work in booked.work:
            desk.sandbox.connector.perform(desk.settings.connector(work.payment.connector), work)
        return booked

    patch.setattr(booking.Desk, "book", hasty)


def forget_before_the_answer(patch: pytest.MonkeyPatch) -> None:
    """The operation leaves the outbox before its call, and comes back only with the answer."""
    ask = dispatch._ask

    def forgetful(sandbox, work, settings):
        with sandbox.store.write(work.account) as unit:
            row = unit.load(OperationRecord, work.request_id)
            unit.delete(OperationRecord, work.request_id)
            unit.unschedule(send_job(work.account, work.request_id, 0).key)
        answer = ask(sandbox, work, settings)
        with sandbox.store.write(work.account) as unit:
            unit.save(work.request_id, row.value, 0, owner=row.value.transaction_id)
            due = sandbox.clock.now(work.account) + LEASE
            unit.schedule(send_job(work.account, work.request_id, due))
        return answer

    patch.setattr(dispatch, "_ask", forgetful)


@pytest.mark.parametrize("plant", [call_before_the_intent_is_safe, forget_before_the_answer])
def test_a_broken_outbox_order_is_found(plant, found):
    """Intent first, then the call, then the end of the intent: any other order loses money at a crash."""
    assert found(plant).differences


# --- The idempotency key ----------------------------------------------------------------------------------------


def name_every_try_anew(patch: pytest.MonkeyPatch) -> None:
    """A retry gets a requestId of its own."""
    perform = world.Connectors.perform

    def anew(connectors, settings, work):
        key = work.request_id if work.attempt == 1 else f"{work.request_id}-{work.attempt}"
        return perform(connectors, settings, replace(work, request_id=key))

    patch.setattr(world.Connectors, "perform", anew)


def test_a_broken_idempotency_key_is_found(found):
    """A retry under another requestId moves the amount twice, or is refused what was done already."""
    assert found(name_every_try_anew).differences


# --- The expiry -------------------------------------------------------------------------------------------------


def never_expire(patch: pytest.MonkeyPatch) -> None:
    """A call is tried for ever."""
    patch.setattr(dispatch, "window_of", lambda *_args, **_more: Window(10**18, 10 * DAY))


def expire_at_once(patch: pytest.MonkeyPatch) -> None:
    """The first failure is the last."""
    patch.setattr(dispatch, "window_of", lambda *_args, **_more: Window(0, DAY))


@pytest.mark.parametrize("plant", [never_expire, expire_at_once])
def test_a_broken_expiry_is_found(plant, found):
    """What never expires is stuck in the outbox, what expires at once was given up too soon."""
    assert found(plant).differences


# --- The mode table ---------------------------------------------------------------------------------------------

ROWS = [
    (mode, operation, wrong)
    for (mode, operation), right in FORWARD.items()
    if operation is not Operation.REFUND  # refunds do not ask the table: they are given back at once in every mode
    for wrong in Forward
    if wrong is not right
]


@pytest.mark.parametrize(("mode", "operation", "wrong"), ROWS, ids=str)
def test_a_broken_row_of_the_mode_table_is_found(mode: Mode, operation: Operation, wrong: Forward, found):
    """Total captures all at first, Hold waits, Partial moves each: connectors that hear anything else show it."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(forward, "FORWARD", {**FORWARD, (mode, operation): wrong})

    assert found(plant).differences


# --- Who asks for a refund --------------------------------------------------------------------------------------


def forget_who_asked(patch: pytest.MonkeyPatch) -> None:
    """What a refund lacks waits for another request, whoever asked for it."""
    right = confirm._CONFIRMERS[Operation.REFUND]

    def forgetful(draft, call, outcome):
        right(draft, call._replace(cause=None), outcome)

    patch.setattr(confirm, "_CONFIRMERS", {**confirm._CONFIRMERS, Operation.REFUND: forgetful})


def test_a_refund_that_nobody_is_told_of_is_found(found):
    """A return, a change or a cancel asks once: what the connector keeps would be nobody's request and task."""
    assert found(forget_who_asked, first=1_590).differences


# --- What is said of them ---------------------------------------------------------------------------------------


def test_a_failure_is_shown_as_short_as_it_still_fails(provider, monkeypatch):
    """No step of a shrunk history can be left out, and it breaks the same rule as the whole one."""
    never_expire(monkeypatch)
    whole = next(played for seed in range(HISTORIES) if (played := draw(seed, provider)).differences)
    short = main.shrink(whole, provider)
    assert short.fact == whole.fact
    assert len(short.steps) < len(whole.steps)


def test_the_command_ends_with_1_and_the_shrunk_trace(monkeypatch, capsys):
    """A failing seed prints its story, the difference, and how to see all of it."""
    never_expire(monkeypatch)
    assert main.run(seed=0, histories=60) == 1
    printed = capsys.readouterr().out
    assert "checkout" in printed
    assert "steps left out" in printed
    assert "!!" in printed
