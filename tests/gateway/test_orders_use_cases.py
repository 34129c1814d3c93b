"""The use cases of Orders on a store in memory, with a connector in-process that confirms everything."""

import threading
from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway_mock.adapters.clock import ManualClock
from gateway_mock.adapters.ids import SequentialIds
from gateway_mock.adapters.stores import open_store
from gateway_mock.core.balance import differences
from gateway_mock.core.changes import Lines
from gateway_mock.core.modes import Kind, Mode, Operation
from gateway_mock.core.orders import Invoice, InvoiceType, Item
from gateway_mock.core.refusals import Refusal, Refused, refuse
from gateway_mock.core.statuses import OrderStatus
from gateway_mock.ports import Answer, Ended
from gateway_mock.records import ConnectorSettings, OperationRecord, Settings
from gateway_mock.records_orders import ChangeAsked, ChangeSettings, ChangeStatus
from gateway_mock.service import changes, changes_running, checkout, order_queries, orders, transactions
from gateway_mock.service.booking import in_unit
from gateway_mock.service.checkout import OrderRequest, PaymentRequest
from gateway_mock.service.jobs import recover
from gateway_mock.service.orders import Receipt
from gateway_mock.service.sandbox import Sandbox
from gateway_mock.service.schedule import auto_settle_job
from gateway_mock.service.transactions import put_request

ACCOUNT = "shop"


@dataclass
class Confirming:
    """Confirms every call, keeps what it was asked, and may be told to answer otherwise."""

    calls: list[tuple[Operation, int]] = field(default_factory=list)
    moved: Counter = field(default_factory=Counter)
    answers: list[Answer] = field(default_factory=list)

    def perform(self, settings, work):
        """See `ports.Connector`."""
        del settings
        self.calls.append((work.call.operation, work.call.value))
        if self.answers:
            return self.answers.pop(0)
        self.moved[work.call.operation] += work.call.value
        return Answer(ended=Ended.DONE, value=work.call.value, settle_id=f"settle-{work.request_id}")

    @property
    def kept(self):
        """What the shopper was charged in the end, in cents."""
        return self.moved[Operation.SETTLE] - self.moved[Operation.REFUND]


WHOLE = ConnectorSettings(name="L", kind=Kind.LEGACY, refunds_in_part=False)
"""A legacy connector that gives back all or nothing."""


def open_sandbox(mode=Mode.TOTAL, url="memory:", **connector):
    """A sandbox with a PPP connector of that mode, which payments go to, and one that refunds only the whole."""
    store = open_store(url)
    connectors = (ConnectorSettings(name="P", kind=Kind.PPP, mode=mode, **connector), WHOLE)
    return Sandbox(
        store=store,
        clock=ManualClock(store),
        ids=SequentialIds(),
        connector=Confirming(),
        default_settings=Settings(connectors=connectors, default_connector="P"),
    )


def make(sandbox, value=10_000, **wanted):
    """An order in handling; its id."""
    return checkout.make_order(sandbox, ACCOUNT, OrderRequest(value=value, **wanted)).id


def told(sandbox, order_id):
    """Everything about the order."""
    return order_queries.order(sandbox, ACCOUNT, order_id)


def bill(sandbox, order_id, number, value, kind=InvoiceType.OUTPUT):
    """Send an invoice."""
    invoice = Invoice(number=number, type=kind, value=value, issuance_date="2024-01-31")
    return orders.take_invoice(sandbox, ACCOUNT, order_id, invoice)


def register(sandbox, order_id, number, difference):
    """A change of version 1."""
    asked = ChangeAsked(reason="stock", discount=max(-difference, 0), increment=max(difference, 0))
    return changes.register(sandbox, ACCOUNT, order_id, number, asked)


def as_is(known: ChangeSettings) -> ChangeSettings:
    """No settings of its own."""
    return known


def in_a_while(known: ChangeSettings) -> ChangeSettings:
    """The change waits for its job."""
    return replace(known, delay=30)


@pytest.mark.parametrize("mode", Mode)
def test_the_whole_story_is_75_in_the_end(mode):
    """E1: order of 100.00, invoice 40, change -10, invoice 50, return 15; the shopper pays 75.00 in every mode."""
    sandbox = open_sandbox(mode)
    order = make(sandbox)
    bill(sandbox, order, "1", 4000)
    changes.create(sandbox, ACCOUNT, order, ChangeAsked(reason="stock", discount=1000), as_is)
    bill(sandbox, order, "2", 5000)
    bill(sandbox, order, "3", 1500, InvoiceType.INPUT)
    assert sandbox.connector.kept == 7500
    assert told(sandbox, order).record.order.status is OrderStatus.INVOICED


def test_a_refused_request_leaves_nothing_behind():
    """An invoice that is too large, a change that is too large, a cancel too late: version and notes stay."""
    sandbox = open_sandbox()
    order = make(sandbox)
    bill(sandbox, order, "1", 4000)
    before = told(sandbox, order)
    for refused in (
        bill(sandbox, order, "2", 6001),
        register(sandbox, order, "R", -6001),
        orders.cancel(sandbox, ACCOUNT, order, "late", by_user=True),
    ):
        assert isinstance(refused, Refused)
    assert told(sandbox, order) == before


def test_a_change_of_several_requests_is_taken_whole_or_not_at_all(monkeypatch):
    """Total mode, 30.00 raised after a capture of 100.00: lowering by 40 cancels 30 and refunds 10.

    When the second request is refused, the first one has not happened either.
    """
    sandbox = open_sandbox()
    order = make(sandbox)
    bill(sandbox, order, "1", 4000)
    register(sandbox, order, "R1", 3000)
    before = told(sandbox, order)
    sandbox.connector.calls.clear()
    with monkeypatch.context() as patch:
        patch.setattr(orders, "put_request", _refusing_the_second())
        assert isinstance(register(sandbox, order, "R2", -4000), Refused)
    assert told(sandbox, order) == before
    assert sandbox.connector.calls == []
    assert isinstance(register(sandbox, order, "R2", -4000), Receipt)
    assert sandbox.connector.calls == [(Operation.REFUND, 1000)]  # the 30.00 stay inside until all is cancelled


def _refusing_the_second():
    """The gateway as it is, but that it finds the second request of a unit impossible."""
    asked = []

    def put(desk, transaction_id, request):
        asked.append(request)
        if len(asked) > 1:
            return refuse(Refusal.REFUND_EXCEEDS, value="10.00", remaining="0.00")
        return put_request(desk, transaction_id, request)

    return put


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        (OrderRequest(value=0), "TRANSACTION_INVALID"),
        (OrderRequest(value=100, shipping=101), "PAYMENT_INVALID"),
        (OrderRequest(value=100, payments=(PaymentRequest(value=99),)), "PAYMENTS_SUM"),
    ],
)
def test_an_order_that_cannot_be_is_refused(wanted, refusal):
    """And none is kept."""
    sandbox = open_sandbox()
    assert checkout.make_order(sandbox, ACCOUNT, wanted).refusal.name == refusal
    assert order_queries.orders(sandbox, ACCOUNT, order_queries.ListQuery()).orders == ()


def test_the_increase_follows_a_payment_that_takes_it():
    """The first one that may be charged again is copied, not the gift card before it."""
    sandbox = open_sandbox()
    order = make(sandbox, payments=(PaymentRequest(value=4000, payment_system=16), PaymentRequest(value=6000)))
    assert isinstance(register(sandbox, order, "R", 500), Receipt)
    assert [payment.payment_system for payment in told(sandbox, order).payments] == [16, 2, 2]


def test_an_order_of_gift_cards_cannot_grow():
    """C9: nothing there may be charged again."""
    sandbox = open_sandbox()
    order = make(sandbox, payments=(PaymentRequest(value=10_000, payment_system=16),))
    assert register(sandbox, order, "R", 500).refusal.name == "CHANGE_INCREASE_METHOD"


def test_only_connectors_that_hold_money_are_asked_for_a_part():
    """60.00 captured at a PPP connector, 40.00 open at one that refunds only the whole: 70 less is possible."""
    sandbox = open_sandbox()
    paid = (PaymentRequest(value=4000, connector="L"), PaymentRequest(value=6000, connector="P"))
    order = make(sandbox, payments=paid)
    transactions.auto_settle(sandbox, auto_settle_job(ACCOUNT, told(sandbox, order).payments[1].id, 0))
    sandbox.connector.calls.clear()
    assert isinstance(register(sandbox, order, "R", -7000), Receipt)
    assert sandbox.connector.calls == [(Operation.REFUND, 3000)]  # Total keeps the cancel of 40.00 to itself


def test_any_ppp_connector_may_be_asked_for_a_part():
    """The switch is a legacy connector's; the protocol always has partial refunds."""
    sandbox = open_sandbox(refunds_in_part=False)
    order = make(sandbox)
    bill(sandbox, order, "1", 4000)
    assert isinstance(register(sandbox, order, "R", -1000), Receipt)


def test_a_busy_record_does_not_end_a_change(monkeypatch):
    """The change stays in progress, and its job tries again."""
    sandbox = open_sandbox()
    order = make(sandbox)
    change = _acknowledged(sandbox, order)
    first_busy = iter([refuse(Refusal.BUSY)])
    with monkeypatch.context() as patch:
        patch.setattr(changes_running, "in_unit", lambda *unit: next(first_busy, None) or in_unit(*unit))
        assert changes.run(sandbox, ACCOUNT, change.id).refusal is Refusal.BUSY
    assert changes.detail(sandbox, ACCOUNT, order, change.id).in_progress
    assert changes.run(sandbox, ACCOUNT, change.id).status is ChangeStatus.DONE


def test_the_first_conversation_is_not_repeated():
    """The copied payment has no answer of the first one: neither tid nor authorization."""
    sandbox = open_sandbox()
    first = Answer(ended=Ended.DONE, value=10_000, tid="T-1", authorization_id="A-1")
    sandbox.connector.answers.append(first)
    order = make(sandbox)
    register(sandbox, order, "R", 500)
    assert [(each.tid, each.authorization_id) for each in told(sandbox, order).payments] == [
        ("T-1", "A-1"),
        (None, None),
    ]


def test_a_change_is_finished_after_a_crash():
    """The process ended after the acknowledgement: the job of the change finishes it."""
    sandbox = open_sandbox()
    order = make(sandbox)
    change = _acknowledged(sandbox, order)
    with sandbox.store.read(ACCOUNT) as unit:
        (job,) = (job for job in unit.jobs() if job.name == "change")
    assert job.due - sandbox.clock.now(ACCOUNT) == 120_000_000
    done = changes.run(sandbox, ACCOUNT, job.subject)
    assert (done.id, done.status) == (change.id, ChangeStatus.DONE)
    with sandbox.store.read(ACCOUNT) as unit:
        assert not [job for job in unit.jobs() if job.name == "change"]


def _acknowledged(sandbox, order):
    """A change whose process ends before it runs."""
    asked = ChangeAsked(reason="stock", discount=1000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(changes, "run", lambda *_: None)
        return changes.create(sandbox, ACCOUNT, order, asked, as_is)


def test_a_change_runs_once():
    """Its job and a retry after it is done change nothing more."""
    sandbox = open_sandbox()
    order = make(sandbox)
    change = changes.create(sandbox, ACCOUNT, order, ChangeAsked(reason="stock", discount=1000), as_is)
    for _ in range(2):
        assert changes.run(sandbox, ACCOUNT, change.id).status is ChangeStatus.DONE
    assert told(sandbox, order).record.order.value == 9000


def test_an_unknown_change_is_nothing_to_run():
    """A job that outlived its change."""
    assert changes.run(open_sandbox(), ACCOUNT, "nothing").refusal.name == "CHANGE_NOT_FOUND"


def end_the_process(*_):
    """What happens instead of a call."""
    raise KeyboardInterrupt


def test_the_intent_is_saved_with_the_order():
    """A process that ends inside the connector's call has order, request and outbox; the next one finishes it."""
    sandbox = open_sandbox(Mode.PARTIAL)
    order = make(sandbox)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox.connector, "perform", end_the_process)
        with pytest.raises(KeyboardInterrupt):
            bill(sandbox, order, "1", 4000)
    with sandbox.store.read(ACCOUNT) as unit:
        assert len(unit.find(OperationRecord)) == 1
    assert told(sandbox, order).record.order.status is OrderStatus.INVOICE
    assert recover(sandbox) == 1
    assert told(sandbox, order).record.order.status is OrderStatus.PAYMENT_APPROVED
    assert sandbox.connector.kept == 4000


# --- Two at once ----------------------------------------------------------------------------------------------


def at_once(*tasks):
    """Run the tasks in threads that start together; their results."""
    barrier, results = threading.Barrier(len(tasks)), [None] * len(tasks)

    def run(position, task):
        barrier.wait()
        results[position] = task()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.fixture(name="shared", params=["memory", "sqlite", "postgresql"])
def shared_fixture(request, tmp_path):
    """A sandbox in mode Partial over each store."""
    url = {"memory": "memory:", "sqlite": f"sqlite:///{tmp_path / 'store.db'}"}.get(request.param)
    sandbox = open_sandbox(Mode.PARTIAL, url or request.getfixturevalue("empty_postgres_url"))
    yield sandbox
    sandbox.store.close()


def test_two_invoices_at_once_do_not_exceed_the_order(shared):
    """60.00 twice, of 100.00: one is taken, the other one refused."""
    order = make(shared)
    results = at_once(*(lambda n=n: bill(shared, order, f"N{n}", 6000) for n in range(4)))
    assert Counter(type(each) for each in results) == {Receipt: 1, Refused: 3}
    assert shared.connector.kept == 6000


def test_a_change_and_an_invoice_at_once_do_not_cross(shared):
    """Known issue 1348894: invoice 60.00 and change -50.00 of 100.00 exclude each other."""
    order = make(shared)
    results = at_once(lambda: bill(shared, order, "N", 6000), lambda: register(shared, order, "R", -5000))
    assert Counter(type(each) for each in results) == {Receipt: 1, Refused: 1}
    after = told(shared, order).record.order
    assert after.invoiced <= after.value


def test_two_changes_at_once_are_one(shared):
    """Version 2, which takes its time: one is acknowledged, the others are told that it is in progress."""
    order = make(shared)
    asked = ChangeAsked(reason="stock", discount=6000)
    results = at_once(*(lambda: changes.create(shared, ACCOUNT, order, asked, in_a_while) for _ in range(4)))
    refusals = [each.refusal.name for each in results if isinstance(each, Refused)]
    assert refusals == ["CHANGE_IN_PROGRESS"] * 3
    assert told(shared, order).record.order.value == 10_000


def test_orders_made_at_once_have_ids_of_their_own(shared):
    """The sequence is counted under the store's own lock."""
    ids = at_once(*(lambda: make(shared) for _ in range(8)))
    assert len(set(ids)) == 8


# --- Anything in any order ------------------------------------------------------------------------------------

AMOUNTS = st.integers(1, 120).map(lambda amount: amount * 100)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("output"), AMOUNTS),
        st.tuples(st.just("input"), AMOUNTS),
        st.tuples(st.sampled_from(["lower", "raise"]), AMOUNTS),
        st.tuples(st.just("remove"), st.integers(1, 3)),
        st.tuples(st.just("cancel"), st.just(0)),
    ),
    max_size=10,
)


def perform(sandbox, order, number, step):
    """One step of anybody."""
    verb, amount = step
    match verb:
        case "output":
            bill(sandbox, order, f"N{number}", amount)
        case "input":
            bill(sandbox, order, f"N{number}", amount, InvoiceType.INPUT)
        case "lower" | "raise":
            name = "discount" if verb == "lower" else "increment"
            asked = ChangeAsked(reason="stock", **{name: amount})
            changes.create(sandbox, ACCOUNT, order, asked, as_is)
        case "remove":
            lines = (Lines(id="B", quantity=amount),)
            changes.create(sandbox, ACCOUNT, order, ChangeAsked(reason="stock", removed=lines), as_is)
        case _:
            orders.cancel(sandbox, ACCOUNT, order, "no", by_user=False)


ITEMS = (
    Item(id="A", price=3000, quantity=1, shipping=800),
    Item(id="B", price=2500, quantity=2, shipping=1200),
)


@settings(max_examples=150, deadline=None)
@given(mode=st.sampled_from(Mode), steps=STEPS)
def test_the_shopper_pays_what_was_invoiced_and_not_returned(mode, steps):
    """At rest: settled - refunded is the sales minus the returns that were refunded, whatever happened before."""
    sandbox = open_sandbox(mode)
    order_id = make(sandbox, items=ITEMS, shipping=2000)
    for number, step in enumerate(steps):
        perform(sandbox, order_id, number, step)
        assert_sound(told(sandbox, order_id))
    order = told(sandbox, order_id).record.order
    if order.status in {OrderStatus.INVOICED, OrderStatus.CANCELED} or mode is Mode.PARTIAL:
        assert sandbox.connector.kept == order.invoiced - refunded(order)


def assert_sound(now):
    """The two clocks agree, but for returns that came too early; no order is over-invoiced or over-returned."""
    order = now.record.order
    found = [each for each in differences(now.transaction.ledger, order) if "before full invoicing" not in each]
    assert found == []
    assert refunded(order) <= order.invoiced <= order.value
    assert now.transaction.ledger.value >= order.value


def refunded(order):
    """The returns that asked for a refund."""
    return sum(invoice.value for invoice in order.invoices if invoice.refund_asked)
