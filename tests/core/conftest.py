"""A merchant's requests played against the core, with connectors that confirm everything unless told otherwise.

Golden tables are plain text, one row a request, amounts in currency units as the documents write them::

    id | given        | request                  | calls        | status   | S X R  | open | c v r
    T1 | A 100 total  | settle 20                | settle A 100 | Settling | 20 0 0 | 80   | 100 0 0
       |              | settle 80 (A confirms 7) | NAME         | Settling | 20 0 0 | 80   | 100 0 0

A row with an id starts an example and says its payments. `calls` are in order, `-` is none, a NAME in capitals is
the refusal. A refund names the settle that it takes from: `refund A.1 20` takes from the first settle of A.
`S X R` are the merchant's requests, `open` is what may still be settled or cancelled, `c v r` is what the
connectors confirmed: captured, voided, refunded.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal

import pytest

from gateway_mock.core.allocation import Capture
from gateway_mock.core.confirm import Outcome, Result, confirm
from gateway_mock.core.ledger import Call, Cause, Entry, Payment, Step, Transaction
from gateway_mock.core.modes import Kind, Mode, Operation
from gateway_mock.core.plan import plan
from gateway_mock.core.policy import RECOMMENDED, Policy
from gateway_mock.core.refusals import Refused
from gateway_mock.core.requests import (
    Authorize,
    AutoSettle,
    Cancel,
    Increase,
    Judge,
    Receive,
    Refund,
    Request,
    Settle,
    Withdraw,
)

CONFIRMS, WAITS = "confirms", "waits"
ENDS = {
    "denies": Result.DENIED,
    "gives up": Result.GIVEN_UP,
    "by hand": Result.BY_HAND,
}


@dataclass(frozen=True)
class Answer:
    """What a connector says to one call: `words` of the table, and the cents that it confirms."""

    words: str = CONFIRMS
    value: int | None = None

    def outcome(self, call: Call) -> Outcome:
        """The end of the call, for the whole amount unless the table says another one."""
        if self.words == CONFIRMS:
            return Outcome(Result.DONE, call.value if self.value is None else self.value)
        return Outcome(ENDS[self.words])


@dataclass
class Play:
    """A transaction, and everything that happened to it so far."""

    transaction: Transaction
    policy: Policy = RECOMMENDED
    calls: list[Call] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    captures: list[Capture] = field(default_factory=list)
    waiting: list[Call] = field(default_factory=list)

    def ask(self, request: Request, **answers: list[Answer]) -> list[Call] | Refused:
        """Send a request; the calls that it leads to, answered, or the refusal."""
        verdict = plan(self.transaction, self._with_captures(request), self.policy)
        if isinstance(verdict, Refused):
            return verdict
        return self._follow(verdict, answers)

    def answer(self, payment_id: str, **answers: list[Answer]) -> list[Call]:
        """Let the oldest waiting call of a payment be answered at last; the calls that this leads to."""
        call = next(call for call in self.waiting if call.payment_id == payment_id)
        self.waiting.remove(call)
        return self._end(call, answers)

    def _with_captures(self, request: Request) -> Request:
        if "captures" in {each.name for each in fields(request)}:
            return replace(request, captures=tuple(each for each in self.captures if each.refundable))
        return request

    def _follow(self, step: Step, answers: dict[str, list[Answer]]) -> list[Call]:
        self.transaction = step.transaction
        self.entries += step.entries
        self.calls += step.calls
        made = list(step.calls)
        for call in step.calls:
            self._change_capture(call, call.value)
            made += self._end(call, answers)
        return made

    def _end(self, call: Call, answers: dict[str, list[Answer]]) -> list[Call]:
        queued = answers.get(call.payment_id)
        answer = queued.pop(0) if queued else Answer()
        if answer.words == WAITS:
            self.waiting.append(call)
            return []
        outcome = answer.outcome(call)
        self._keep(call, outcome)
        named = replace(outcome, settle_id=self.captures[-1].settle_id if self.captures else None)
        return self._follow(confirm(self.transaction, call, named, self.policy), answers)

    def _keep(self, call: Call, outcome: Outcome) -> None:
        """What a use case keeps beside the ledger: which settle captured what, and what of it is left."""
        booked = min(outcome.value, call.value)
        if call.operation is Operation.SETTLE and booked > 0:
            number = 1 + sum(capture.payment_id == call.payment_id for capture in self.captures)
            self.captures.append(Capture(f"{call.payment_id}.{number}", call.payment_id, booked))
        elif outcome.result is Result.DONE and call.cause is None:
            self._change_capture(call, booked - call.value)

    def _change_capture(self, call: Call, value: int) -> None:
        if call.operation is Operation.REFUND:
            self.captures = [
                replace(capture, refunded=capture.refunded + value)
                if capture.settle_id == call.settle_id
                else capture
                for capture in self.captures
            ]


def cents(units: str) -> int:
    """`66.99` as 6699."""
    return int(Decimal(units) * 100)


def units(amount: int) -> str:
    """6699 as `66.99`, 2000 as `20`."""
    return f"{Decimal(amount) / 100:f}".removesuffix(".00")


def read_payment(text: str) -> Payment:
    """`B 60 partial legacy giftCard`: id, value, mode, and where they matter the kind and the group."""
    name, value, *more = text.split()
    group = next((word for word in more if word not in {*Mode, *Kind}), "creditCard")
    return Payment(
        id=name,
        value=cents(value),
        connector=f"connector-{name}",
        mode=next(Mode(word) for word in more if word in set(Mode)),
        kind=Kind.LEGACY if Kind.LEGACY in more else Kind.PPP,
        group=group,
    )


def given(text: str, policy: Policy = RECOMMENDED) -> Play:
    """A play whose payments are approved; with `new` in front, one whose payments have only arrived."""
    payments = tuple(read_payment(each) for each in text.removeprefix("new ").split(","))
    play = Play(Transaction(id="T", value=sum(payment.value for payment in payments)), policy)
    play.ask(Receive(payments))
    if not text.startswith("new "):
        play.ask(Authorize())
    return play


def read_answers(text: str) -> dict[str, list[Answer]]:
    """`A confirms 70, B gives up`: what the next calls of these payments hear."""
    answers: dict[str, list[Answer]] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, words = part.split(maxsplit=1)
        confirmed = re.fullmatch(rf"{CONFIRMS} (-?[\d.]+)", words)
        said = Answer(CONFIRMS, cents(confirmed[1])) if confirmed else Answer(words)
        answers.setdefault(name, []).append(said)
    return answers


REQUESTS: dict[str, Callable[..., Request]] = {
    "authorize": lambda *words: Authorize(antifraud=words == ("antifraud",)),
    "risk": lambda verdict: Judge(approved=verdict == "approved"),
    "settle": lambda value: Settle(cents(value)),
    "cancel": lambda value: Cancel(cents(value)),
    "refund": lambda value: Refund(cents(value)),
    "return": lambda value: Refund(cents(value), cause=Cause.RETURN),
    "reduce": lambda value: Refund(cents(value), reduces=True, cause=Cause.CHANGE),
    "auto": AutoSettle,
    "withdraw": Withdraw,
    "increase": lambda *words: Increase(replace(read_payment(" ".join(words)), increase=True)),
}


def perform(play: Play, text: str) -> list[Call] | Refused:
    """One request of a table, such as `settle 20`, `increase B 20 total` or `answer A (A gives up)`."""
    line, _, answers = text.rstrip(") ").partition("(")
    verb, *words = line.split()
    if verb == "answer":
        return play.answer(words[0], **read_answers(answers))
    return play.ask(REQUESTS[verb](*words), **read_answers(answers))


def shown(result: list[Call] | Refused) -> str:
    """What a request led to, as the column `calls` writes it."""
    if isinstance(result, Refused):
        return result.refusal.name
    names = (f"{each.operation} {each.settle_id or each.payment_id} {units(each.value)}" for each in result)
    return ", ".join(names) or "-"


def state(transaction: Transaction) -> list[str]:
    """The columns after `calls`, in their order."""
    requested = (transaction.settled, transaction.cancelled, transaction.refunded)
    confirmed = (transaction.total(name) for name in ("captured", "voided", "refunded"))
    return [
        transaction.status.value,
        " ".join(map(units, requested)),
        units(transaction.remaining),
        " ".join(map(units, confirmed)),
    ]


@dataclass(frozen=True, repr=False)
class Example:
    """One example of a table: its name, its payments, its rows."""

    name: str
    given: str
    rows: tuple[tuple[str, list[str]], ...]

    def play(self, policy: Policy = RECOMMENDED) -> Play:
        """Perform every row and hold it against the table."""
        __tracebackhide__ = True
        play = given(self.given, policy)
        for number, (request, expected) in enumerate(self.rows, start=1):
            found = [shown(perform(play, request)), *state(play.transaction)]
            if found != expected:
                pytest.fail(
                    f"{self.name}, row {number}, {self.given}: {request}\n"
                    f"table  {' | '.join(expected)}\nledger {' | '.join(found)}"
                )
        return play


def examples(table: str) -> Iterator[Example]:
    """The examples of a table, in its order."""
    lines = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()[1:] if line.strip()]
    starts = [number for number, line in enumerate(lines) if line[0]]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        rows = tuple((line[2], [" ".join(cell.split()) for cell in line[3:]]) for line in lines[start:end])
        yield Example(lines[start][0], lines[start][1], rows)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes an `example` is run for each one of its module's `EXAMPLES`."""
    if "example" in metafunc.fixturenames:
        found = list(examples(metafunc.module.EXAMPLES))
        metafunc.parametrize("example", found, ids=[each.name for each in found])


@pytest.fixture(name="given")
def given_fixture() -> Callable[..., Play]:
    """Starts a play from text."""
    return given


@pytest.fixture(name="perform")
def perform_fixture() -> Callable[[Play, str], str]:
    """Performs one request of a play and shows what it led to."""
    return lambda play, text: shown(perform(play, text))


@pytest.fixture(name="play_table")
def play_table_fixture() -> Callable[..., list[Play]]:
    """Performs every example of a table under a policy."""
    return lambda table, policy: [example.play(policy) for example in examples(table)]


@pytest.fixture(name="play_rows", scope="session")
def play_rows_fixture() -> Callable[[str, list[str]], Play]:
    """Performs rows that nobody has typed expectations for."""

    def play_rows(start: str, rows: list[str]) -> Play:
        play = given(start)
        for row in rows:
            perform(play, row)
        return play

    return play_rows
