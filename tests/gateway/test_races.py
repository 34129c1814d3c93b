"""Races that public known issues tell of: both orders, one inside the other's open call, and at the same moment.

A row is `first ; second`, one after the other, or `first / second`: the second comes while the connector is at
work on the first, with `//` on its second call. What must come of it is typed by hand; played at the same moment
by two threads, a race has to end as one of its rows. Issues 1400005, 1348894, 1417330, 1341471, 1154224; texts on
delays and callbacks.

    answers | order | transaction | connector hears | captured voided refunded
"""

import re
from collections.abc import Iterator
from itertools import groupby
from threading import Barrier, Thread
from typing import NamedTuple

import pytest

from gateway_mock.records import PaymentRecord
from gateway_mock.service import callbacks
from tests.gateway.conftest import STORES
from tests.gateway.orders_shop import Shop, cents, units

RACES = """
cancel vs invoice | 100 partial
    output 100 ; cancel   | cancel 400, output 200 | invoiced         | Finished  | settle 100 | 100 0 0
    cancel ; output 100   | cancel 200, output 409 | canceled         | Cancelled | cancel 100 | 0 100 0
    output 100 / cancel   | cancel 400, output 200 | invoiced         | Finished  | settle 100 | 100 0 0
    cancel / output 100   | cancel 200, output 409 | canceled         | Cancelled | cancel 100 | 0 100 0
cancel vs partial invoice | 100 partial
    output 40 ; cancel    | cancel 400, output 200 | payment-approved | Settling  | settle 40  | 40 0 0
    cancel ; output 40    | cancel 200, output 409 | canceled         | Cancelled | cancel 100 | 0 100 0
    output 40 / cancel    | cancel 400, output 200 | payment-approved | Settling  | settle 40  | 40 0 0
    cancel / output 40    | cancel 200, output 409 | canceled         | Cancelled | cancel 100 | 0 100 0
cancel vs invoice, Total | 100 total
    output 40 ; cancel    | cancel 400, output 200 | payment-approved | Settling  | settle 100 | 100 0 0
    cancel / output 40    | cancel 200, output 409 | canceled         | Cancelled | cancel 100 | 0 100 0
    output 40 / cancel    | cancel 400, output 200 | payment-approved | Settling  | settle 100 | 100 0 0
change vs invoice | 100 partial
    register -10 ; output 100 | output 400, register 200 | handling | Approved  | cancel 10  | 0 10 0
    output 100 ; register -10 | output 200, register 400 | invoiced | Finished  | settle 100 | 100 0 0
    register -10 / output 100 | output 400, register 200 | handling | Approved  | cancel 10  | 0 10 0
    output 100 / register -10 | output 200, register 400 | invoiced | Finished  | settle 100 | 100 0 0
change vs invoice of what is left | 100 partial
    register -10 ; output 90  | output 200, register 200 | invoiced | Finished  | cancel 10, settle 90 | 90 10 0
    output 90 ; register -10  | output 200, register 200 | invoiced | Finished  | settle 90, cancel 10 | 90 10 0
    register -10 / output 90  | output 200, register 200 | invoiced | Finished  | cancel 10, settle 90 | 90 10 0
    output 90 / register -10  | output 200, register 400 | payment-approved | Settling | settle 90 | 90 0 0
change vs cancel | 100 partial
    register -10 ; cancel | cancel 200, register 200 | canceled | Cancelled | cancel 10, cancel 90 | 0 100 0
    cancel ; register -10 | cancel 200, register 400 | canceled | Cancelled | cancel 100           | 0 100 0
    register -10 / cancel | cancel 200, register 200 | canceled | Cancelled | cancel 10, cancel 90 | 0 100 0
    cancel / register -10 | cancel 200, register 400 | canceled | Cancelled | cancel 100           | 0 100 0
settle vs cancel | 100 partial
    settle 60 ; void 60 | settle 200, void 400 | handling | Settling | settle 60 | 60 0 0
    void 60 ; settle 60 | settle 400, void 200 | handling | Approved | cancel 60 | 0 60 0
    settle 60 / void 60 | settle 200, void 400 | handling | Settling | settle 60 | 60 0 0
    void 60 / settle 60 | settle 400, void 200 | handling | Approved | cancel 60 | 0 60 0
two refunds | 100 partial, output 100
    refund 60 ; refund 59 | refund 59 400, refund 60 200 | invoiced | Finished | refund 60 | 100 0 60
    refund 59 ; refund 60 | refund 59 200, refund 60 400 | invoiced | Finished | refund 59 | 100 0 59
    refund 60 / refund 59 | refund 59 400, refund 60 200 | invoiced | Finished | refund 60 | 100 0 60
    refund 59 / refund 60 | refund 59 200, refund 60 400 | invoiced | Finished | refund 59 | 100 0 59
return vs refund | 100 partial, output 100
    input 60 ; refund 59  | input 200, refund 400 | invoiced | Finished | refund 60 | 100 0 60
    refund 59 ; input 60  | input 400, refund 200 | invoiced | Finished | refund 59 | 100 0 59
    input 60 / refund 59  | input 200, refund 400 | invoiced | Finished | refund 60 | 100 0 60
    refund 59 / input 60  | input 400, refund 200 | invoiced | Finished | refund 59 | 100 0 59
settle vs automatic settle | 100 partial settles after 60
    settle 40 ; advance 60 | advance 200, settle 200 | handling | Settling | settle 40, settle 60 | 100 0 0
    advance 60 ; settle 40 | advance 200, settle 200 | handling | Settling | settle 100           | 100 0 0
    settle 40 / advance 60 | advance 200, settle 200 | handling | Settling | settle 40, settle 60 | 100 0 0
    advance 60 / settle 40 | advance 200, settle 200 | handling | Settling | settle 100           | 100 0 0
settle vs authorization again | 100 partial
    settle 100 ; authorize | authorize 200, settle 200 | handling | Finished | settle 100 | 100 0 0
    authorize ; settle 100 | authorize 200, settle 200 | handling | Finished | settle 100 | 100 0 0
    settle 100 / authorize | authorize 200, settle 200 | handling | Finished | settle 100 | 100 0 0
cancel vs approving callback | 100 partial waits 3600
    callback approved ; void 100 | callback 200, void 200 | canceled | Cancelled | cancel 100 | 0 100 0
    void 100 ; callback approved | callback 200, void 200 | canceled | Cancelled | cancel 100 | 0 0 0
    void 100 / callback approved | callback 200, void 200 | canceled | Cancelled | cancel 100 | 0 0 0
order's cancel vs approving callback | 100 partial waits 3600
    callback approved ; cancel | callback 200, cancel 200 | canceled | Cancelled | cancel 100 | 0 100 0
    cancel ; callback approved | callback 200, cancel 200 | canceled | Cancelled | cancel 100 | 0 0 0
    cancel / callback approved | callback 200, cancel 200 | canceled | Cancelled | cancel 100 | 0 0 0
callback vs expiry | 100 partial waits 600 600 600
    callback approved ; advance 600 | advance 200, callback 200 | handling | Approved | - | 0 0 0
    advance 600 ; callback approved|advance 200, callback 200|canceled|Cancelled|2 authorize 100, cancel 100|0 0 0
    advance 600 / callback approved | advance 200, callback 200 | handling | Approved | authorize 100 | 0 0 0
    advance 600 // callback approved | advance 200, callback 200 | handling | Approved | 2 authorize 100 | 0 0 0
retry vs denying callback | 100 partial waits 3600
    retry ; callback denied | callback 200, retry 200 | handling | Approved  | authorize 100             | 0 0 0
    callback denied ; retry | callback 200, retry 200 | canceled | Cancelled | -                         | 0 0 0
    retry / callback denied | callback 200, retry 200 | canceled | Cancelled | authorize 100 | 0 0 0
retry vs approving callback | 100 partial waits 3600
    retry ; callback approved | callback 200, retry 200 | handling | Approved | authorize 100 | 0 0 0
    callback approved ; retry | callback 200, retry 200 | handling | Approved | -             | 0 0 0
    retry / callback approved | callback 200, retry 200 | handling | Approved | authorize 100 | 0 0 0
approving verdict vs cancel | 100 partial risk approved 60
    advance 60 ; void 100 | advance 200, void 200 | canceled | Cancelled | cancel 100 | 0 100 0
    void 100 ; advance 60 | advance 200, void 200 | canceled | Cancelled | cancel 100 | 0 100 0
    void 100 / advance 60 | advance 200, void 200 | canceled | Cancelled | cancel 100 | 0 100 0
rejecting verdict vs cancel | 100 partial risk rejected 60
    advance 60 ; void 100 | advance 200, void 400 | canceled | Cancelled | cancel 100 | 0 100 0
    void 100 ; advance 60 | advance 200, void 200 | canceled | Cancelled | cancel 100 | 0 100 0
    advance 60 / void 100 | advance 200, void 400 | canceled | Cancelled | cancel 100 | 0 100 0
    void 100 / advance 60 | advance 200, void 200 | canceled | Cancelled | cancel 100 | 0 100 0
notification vs denying callback | 100 partial waits 3600
    paid ; callback denied | callback 200, paid 200 | handling | Approved  | - | 0 0 0
    callback denied ; paid | callback 200, paid 400 | canceled | Cancelled | - | 0 0 0
"""


class Row(NamedTuple):
    """One course of a race."""

    first: str
    inside: int
    """The call of the first request that the second one comes into; 0 is none."""
    second: str
    outcome: tuple[str, ...]


class Race(NamedTuple):
    """Two requests, what there is before them, and how it may end."""

    name: str
    given: str
    rows: tuple[Row, ...]


def all_races() -> Iterator[Race]:
    """The races of the table."""
    for block in re.split(r"\n(?! )", RACES.strip()):
        head, *lines = block.splitlines()
        name, given = head.split(" | ")
        yield Race(name, given, tuple(map(row, lines)))


def row(line: str) -> Row:
    """One line of the table."""
    course, *outcome = (cell.strip() for cell in line.split("|"))
    first, how, second = re.split(r" (;|//?) ", course)
    return Row(first, how.count("/"), second, tuple(outcome))


class Racer(Shop):
    """A shop with one order, whose pending payment has a callback, and its transaction at the gateway."""

    def __init__(self, world, given):
        order, *before = given.split(", ")
        amount, mode, *rest = order.split()
        self.connector = world.connectors["A"]
        if rest[:1] == ["settles"]:
            self.connector.delays = {"delayToAutoSettle": int(rest[-1])}
        if rest[:1] == ["risk"]:
            verdict = {"verdict": rest[1], "delay": int(rest[2])}
            assert world.merchant.send("PUT", "/_mock/antifraud", verdict).status_code == 200
        if rest[:1] == ["waits"]:
            self.connector.script = [f"waits {rest[1]}"] * len(rest[1:])
        self.address = None
        world.connectors["A"].meanwhile = lambda: self._listen(world)
        super().__init__(world, mode, value=cents(amount))
        for step in before:
            assert self.perform(step).status_code == 200
        world.heard.clear()

    def _listen(self, world):
        asked = world.heard[-1].body
        self.address, self.payment = asked["callbackUrl"].removeprefix("http://127.0.0.1:5005"), asked["paymentId"]

    def inside(self, call, happening):
        """Have something happen while the connector is at work on the call of that number."""
        later = happening if call == 1 else lambda: self.inside(call - 1, happening)
        self.connector.meanwhile = later

    def at_gateway(self, end, body):
        """A request to the transaction."""
        return self.send("POST", f"/api/pvt/transactions/{self.transaction_id}{end}", body)

    def void(self, value):
        """A cancellation-request of the gateway."""
        return self.at_gateway("/cancellation-request", {"value": cents(value)})

    def refund(self, value):
        """A refunding-request of the gateway."""
        return self.at_gateway("/refunding-request", {"value": cents(value)})

    def authorize(self):
        """An authorization-request that comes again."""
        body = {"transactionId": self.transaction_id, "softDescriptor": None, "prepareForRecurrency": False}
        return self.at_gateway("/authorization-request", body)

    def callback(self, status):
        """The connector's news."""
        body = {"paymentId": self.payment, "status": status, "tid": "tid-2", "authorizationId": "auth-2"}
        return self.world.app.test_client().post(self.address, json=body)

    def retry(self):
        """A callback without body: the gateway asks the connector, who has approved by now."""
        self.connector.script[:] = ["confirms"]
        return self.world.app.test_client().post(self.address)

    def paid(self):
        """The merchant's word that the money came in."""
        return self.send("GET", f"/api/payments/pvt/payments/{self.payment}/payment-notification")

    def outcome(self, answers):
        """As the table shows it; the answers by request, the calls in their order."""
        verbs = [request.split()[0] for request in answers]
        names = verbs if len(set(verbs)) == len(verbs) else list(answers)
        told = sorted(f"{name} {answer.status_code}" for name, answer in zip(names, answers.values(), strict=True))
        payments = self.ledger()["payments"]
        moved = (units(sum(each[name] for each in payments)) for name in ("captured", "voided", "refunded"))
        transaction = self.merchant.read(f"/api/pvt/transactions/{self.transaction_id}")
        heard = [f"{each.operation} {units(each.body['value'] * 100)}" for each in self.world.heard]
        counted = ((call, len(list(same))) for call, same in groupby(heard))
        calls = (call if count == 1 else f"{count} {call}" for call, count in counted)
        return (
            ", ".join(told),
            self.show()["status"],
            transaction["status"],
            ", ".join(calls) or "-",
            " ".join(moved),
        )

    def assert_moved_once(self):
        """The connector's own book, which counts a repeat once, comes to what the ledger says."""
        payments = self.ledger()["payments"]
        for operation, name in (("settle", "captured"), ("refund", "refunded")):
            moved = sum(value * 100 for done, value in self.connector.moved.values() if done == operation)
            assert moved == sum(payment[name] for payment in payments)


ALL = list(all_races())
ROWS = [(race.given, row) for race in ALL for row in race.rows]


@pytest.mark.parametrize(
    ("given", "row"),
    ROWS,
    ids=[f"{given}: {row.first} {'inside' if row.inside else 'then'} {row.second}" for given, row in ROWS],
)
def test_each_order_has_its_outcome(given, row, world):
    """One wins and the other is told so; nothing is stuck, no money moves that should not."""
    racer, answers = Racer(world, given), {}
    if row.inside:
        racer.inside(row.inside, lambda: answers.update({row.second: racer.perform(row.second)}))
    answers[row.first] = racer.perform(row.first)
    if not row.inside:
        answers[row.second] = racer.perform(row.second)
    assert racer.outcome(answers) == row.outcome
    racer.assert_moved_once()


def in_any_order(outcome):
    """The outcome without the order of its calls."""
    answers, order, transaction, calls, moved = outcome
    return answers, order, transaction, ", ".join(sorted(calls.split(", "))), moved


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("race", ALL, ids=lambda race: race.name)
def test_at_the_same_moment_it_ends_in_one_of_the_orders(race, store, open_world):
    """Two threads let go by a barrier: whoever comes first, the outcome is one of the table."""
    racer, answers, barrier = Racer(open_world(store), race.given), {}, Barrier(2)

    def ask(request):
        barrier.wait()
        answers[request] = racer.perform(request)

    threads = [Thread(target=ask, args=(request,)) for request in (race.rows[0].first, race.rows[0].second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert in_any_order(racer.outcome(answers)) in {in_any_order(row.outcome) for row in race.rows}
    racer.assert_moved_once()


# --- What a row cannot tell ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("news", "answer", "status"),
    [
        ("approved", "waits 3600", "Approved"),
        ("denied", "waits 3600", "Cancelled"),
        ("approved", "confirms", "Approved"),
        ("denied", "denies", "Cancelled"),
        ("approved", "denies", "Approved"),
        ("undefined", "confirms", "Approved"),
        ("undefined", "denies", "Cancelled"),
    ],
)
def test_a_callback_may_come_inside_the_open_authorization(news, answer, status, world):
    """Before the create is answered the news is there: the first final status stands, and nobody asks again."""
    transaction = world.open("A 100 partial")

    def call_back():
        asked = world.heard[-1].body
        body = {"paymentId": asked["paymentId"], "status": news, "tid": "tid-2", "authorizationId": "auth-2"}
        address = asked["callbackUrl"].removeprefix("http://127.0.0.1:5005")
        assert world.app.test_client().post(address, json=body).status_code == 200

    world.connectors["A"].meanwhile = call_back
    world.perform(transaction, f"authorize (A {answer})")
    for _ in range(2):
        assert transaction.show()["status"] == status
        assert [heard.operation for heard in world.heard] == ["authorize"]
        world.merchant.advance(7200)


@pytest.mark.parametrize("store", STORES)
def test_two_equal_refunds_at_the_same_moment_both_move(store, open_world):
    """1154224, 1118560: 50 and 50 in one second are two refunds, each under a requestId of its own."""
    racer, barrier = Racer(open_world(store), "100 partial, output 100"), Barrier(2)
    answers = []

    def give_back():
        barrier.wait()
        answers.append(racer.refund("50").status_code)

    threads = [Thread(target=give_back) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200, 200]
    assert racer.outcome({})[-1] == "100 0 100"
    assert len({heard.body["requestId"] for heard in racer.world.heard}) == 2
    racer.assert_moved_once()


CHANGE_LATER = {"reason": "stock", "manualDiscountValue": 1000, "settings": {"_mock": {"delaySeconds": 30}}}


def test_an_invoice_waits_for_a_change_that_is_on_its_way(world):
    """1348894: a change of version 2 was acknowledged and is not done yet; until then invoices get a 409."""
    racer = Racer(world, "100 partial")
    assert racer.modify(CHANGE_LATER).status_code == 202
    assert racer.output("100").status_code == 409
    assert racer.output("90").status_code == 409
    racer.advance(30)
    assert racer.output("100").status_code == 400
    assert racer.output("90").status_code == 200
    assert racer.outcome({})[1:] == ("invoiced", "Finished", "cancel 10, settle 90", "90 10 0")


def test_a_cancel_waits_for_a_change_that_is_on_its_way(world):
    """The same window: the change never acts on an order that is gone."""
    racer = Racer(world, "100 partial")
    assert racer.modify(CHANGE_LATER).status_code == 202
    assert racer.cancel().status_code == 409
    racer.advance(30)
    assert racer.cancel().status_code == 200
    assert racer.outcome({})[1:] == ("canceled", "Cancelled", "cancel 10, cancel 90", "0 100 0")


def test_a_payment_that_a_callback_asked_for_before_its_turn_is_let_go_of(world):
    """B waits behind A, a callback has it approved meanwhile, the verdict rejects: both connectors are told."""
    assert world.merchant.send("PUT", "/_mock/antifraud", {"verdict": "rejected", "delay": 0}).status_code == 200
    transaction = world.open("A 40 total, B 60 total")

    def ask_for_b():
        with world.store.read("sandbox") as unit:
            (payment,) = (row.value for _, row in unit.find(PaymentRecord) if row.value.connector == "B")
        callbacks.retry(world.sandbox, "sandbox", payment)

    world.connectors["A"].meanwhile = ask_for_b
    transaction.authorize()
    calls = "authorize A 40, authorize B 60, cancel A 40, cancel B 60"
    assert ", ".join(map(str, world.heard)) == calls
    assert transaction.show()["status"] == "Cancelled"
