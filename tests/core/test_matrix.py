"""Every state of a transaction x every request: the exact verdict, typed by hand.

A cell is `ok` or a refusal as `NAMES` abbreviates it. Where money makes a difference a state has two columns:
before the `/` nothing is captured, after it something is. `S1` settles 1 cent of 100.00, `S>` one cent more than
is left, `S0` nothing, `S-` less than nothing; `C` cancels, `R` refunds, `C=` cancels all that is left.
"""

import ast
from pathlib import Path

import pytest

from gateway_mock.core import plan as plan_module
from gateway_mock.core.ledger import Payment, Step, Transaction
from gateway_mock.core.modes import Mode
from gateway_mock.core.plan import plan
from gateway_mock.core.policy import RECOMMENDED
from gateway_mock.core.refusals import PRECEDENCE, Refusal, Refused
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
from gateway_mock.core.statuses import TransactionStatus

NAMES = {
    "ok": "ok",
    "late": "PAYMENTS_TOO_LATE",
    "none": "NO_PAYMENTS",
    "sum": "PAYMENTS_SUM",
    "early": "NOT_APPROVED",
    "S>": "SETTLE_EXCEEDS",
    "C!": "CANCEL_VALUE_DIFFERS",
    "C>": "CANCEL_EXCEEDS",
    "Cc": "CANCEL_AFTER_CAPTURE",
    "R>": "REFUND_EXCEEDS",
}

MATRIX = """
request   | Started | Authorizing | AnalyzingRisk | Approved   | Settling   | Finished   | Cancelling | Cancelled
receive   | ok      | late        | late/late     | late/late  | late/late  | -/late     | late       | late/late
authorize | ok      | ok          | ok/ok         | ok/ok      | ok/ok      | -/ok       | ok         | ok/ok
increase  | early   | early       | early/early   | ok/ok      | ok/ok      | -/early    | early      | early/early
withdraw  | ok      | ok          | ok/ok         | ok/ok      | ok/ok      | -/ok       | ok         | ok/ok
auto      | ok      | ok          | ok/ok         | ok/ok      | ok/ok      | -/ok       | ok         | ok/ok
risk yes  | ok      | ok          | ok/ok         | ok/ok      | ok/ok      | -/ok       | ok         | ok/ok
risk no   | ok      | ok          | ok/ok         | ok/ok      | ok/ok      | -/ok       | ok         | ok/ok
S1        | early   | early       | early/early   | ok/ok      | ok/ok      | -/S>       | S>         | S>/S>
S>        | early   | early       | early/early   | S>/S>      | S>/S>      | -/S>       | S>         | S>/S>
S0        | early   | early       | early/early   | S>/S>      | S>/S>      | -/S>       | S>         | S>/S>
S-        | early   | early       | early/early   | S>/S>      | S>/S>      | -/S>       | S>         | S>/S>
C1        | C!      | C!          | ok/Cc         | ok/Cc      | ok/Cc      | -/C>       | C>         | C>/C>
C=        | ok      | ok          | ok/Cc         | ok/Cc      | ok/Cc      | -/C>       | C>         | C>/C>
C>        | C!      | C!          | C>/C>         | C>/C>      | C>/C>      | -/C>       | C>         | C>/C>
C0        | C!      | C!          | C>/C>         | C>/C>      | C>/C>      | -/C>       | C>         | C>/C>
C-        | C!      | C!          | C>/C>         | C>/C>      | C>/C>      | -/C>       | C>         | C>/C>
R1        | early   | early       | early/early   | R>/ok      | R>/ok      | -/ok       | early      | early/early
R>        | early   | early       | early/early   | R>/R>      | R>/R>      | -/R>       | early      | early/early
R0        | early   | early       | early/early   | R>/R>      | R>/R>      | -/R>       | early      | early/early
R-        | early   | early       | early/early   | R>/R>      | R>/R>      | -/R>       | early      | early/early
"""

PASSED = {"Authorized", "RiskApproved", "RiskRejected"}
"""Statuses that a transaction only ever passes inside one step: no request meets them."""

# How each column comes about: an order of 100.00, one payment, the requests that lead there.
HISTORIES = {
    "Started": ("new A 100 partial", ()),
    "Authorizing": ("new A 100 partial", ("authorize (A waits)",)),
    "AnalyzingRisk": ("new A 100 partial", ("authorize antifraud",)),
    "AnalyzingRisk, captured": ("new A 100 partial", ("authorize antifraud", "auto A")),
    "Approved": ("A 100 partial", ()),
    "Approved, captured": ("A 100 partial", ("auto A",)),
    "Settling": ("A 100 hold", ("settle 40",)),
    "Settling, captured": ("A 100 total", ("settle 40",)),
    "Finished, captured": ("A 100 total", ("settle 100",)),
    "Cancelling": ("A 100 total", ("cancel 100 (A waits)",)),
    "Cancelled": ("A 100 total", ("cancel 100",)),
    "Cancelled, captured": ("A 100 total", ("auto A", "reduce 100")),
}
VALUES = {"1": 1, "0": 0, "-": -1}
EXTRA = Payment(id="B", value=2000, connector="connector-B", increase=True)


def cells():
    """Every cell as (state, request, verdict)."""
    head, *rows = [[cell.strip() for cell in line.split("|")] for line in MATRIX.strip().splitlines()]
    for request, *verdicts in rows:
        for status, cell in zip(head[1:], verdicts, strict=True):
            plain, _, captured = cell.partition("/")
            if plain != "-":
                yield status, request, NAMES[plain]
            if captured:
                yield f"{status}, captured", request, NAMES[captured]


def asked(transaction: Transaction, request: str) -> Request:
    """The request of a row, with figures that suit the transaction."""
    plain = {
        "receive": Receive((EXTRA,)),
        "authorize": Authorize(),
        "increase": Increase(EXTRA),
        "withdraw": Withdraw("A"),
        "auto": AutoSettle("A"),
        "risk yes": Judge(approved=True),
        "risk no": Judge(approved=False),
    }
    if request in plain:
        return plain[request]
    kind = {"S": Settle, "C": Cancel, "R": Refund}[request[0]]
    left = (
        transaction.total("captured") - transaction.total("refunded") if kind is Refund else transaction.remaining
    )
    return kind({"=": left, ">": left + 1, **VALUES}[request[1]])


def verdict_of(transaction: Transaction, request: Request) -> str:
    """The name of the refusal, or `ok`."""
    verdict = plan(transaction, request, RECOMMENDED)
    return verdict.refusal.name if isinstance(verdict, Refused) else "ok"


@pytest.fixture(name="reach")
def reach_fixture(given, perform):
    """Leads a transaction to the state of a column."""

    def reach(state: str) -> Transaction:
        start, requests = HISTORIES[state]
        play = given(start)
        for request in requests:
            perform(play, request)
        return play.transaction

    return reach


@pytest.mark.parametrize(
    ("state", "request_", "verdict"), [pytest.param(*cell, id="-".join(cell)) for cell in cells()]
)
def test_every_cell_has_its_verdict(state, request_, verdict, reach):
    """The transaction is in the state that its column names, and answers the request with its cell."""
    transaction = reach(state)
    assert transaction.status.value == state.partition(",")[0]
    assert verdict_of(transaction, asked(transaction, request_)) == verdict


def test_every_state_has_a_column():
    """The matrix has every status that a request can meet, each reached as written above it."""
    assert {state.partition(",")[0] for state, _, _ in cells()} == set(TransactionStatus) - PASSED
    assert {state for state, _, _ in cells()} == set(HISTORIES)


def test_every_refusal_of_plan_has_a_cell_or_a_test():
    """The refusals that plan() names are those of the matrix and of the tests below."""
    tree = ast.parse(Path(plan_module.__file__).read_text(encoding="utf-8"))
    named = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Refusal"
    }
    shown = {verdict for _, _, verdict in cells()} - {"ok"}
    assert named == shown | {"NO_PAYMENTS", "PAYMENTS_SUM", "TOO_FINE"}
    assert named == (set(NAMES.values()) - {"ok"}) | {"TOO_FINE"}


@pytest.mark.parametrize(
    "request_", [Settle(4050), Cancel(4050), Refund(4050)], ids=["settle", "cancel", "refund"]
)
@pytest.mark.parametrize("status", ["Started", "Approved", "Finished"])
def test_an_amount_finer_than_the_currency_is_refused_before_anything_else(request_, status):
    """Chilean pesos have no decimals: 40.50 is no amount of theirs, whatever the transaction's state."""
    payment = Payment(id="P", value=10000, connector="c", grain=100, authorized=10000, captured=5000)
    transaction = Transaction(id="T", value=10000, payments=(payment,), status=TransactionStatus(status))
    assert verdict_of(transaction, request_) == "TOO_FINE"
    assert PRECEDENCE[Refusal.TOO_FINE] < PRECEDENCE[Refusal.NOT_APPROVED]


@pytest.mark.parametrize(
    ("values", "verdict"),
    [((), "NO_PAYMENTS"), ((9999,), "PAYMENTS_SUM"), ((5000, 5001), "PAYMENTS_SUM"), ((5000, 5000), "ok")],
)
def test_an_authorization_needs_payments_that_add_up(values, verdict):
    """No payments at all is said before a wrong sum (S32); 100.00 is 50.00 + 50.00."""
    payments = tuple(Payment(id=f"P{n}", value=value, connector="c") for n, value in enumerate(values))
    transaction = Transaction(id="T", value=10000, payments=payments)
    assert verdict_of(transaction, Authorize()) == verdict


@pytest.mark.parametrize(
    ("state", "request_", "stronger", "weaker"),
    [
        ("Started", Settle(0), "NOT_APPROVED", "SETTLE_EXCEEDS"),
        ("Authorizing", Settle(10001), "NOT_APPROVED", "SETTLE_EXCEEDS"),
        ("Started", Cancel(10001), "CANCEL_VALUE_DIFFERS", "CANCEL_EXCEEDS"),
        ("Settling, captured", Cancel(6001), "CANCEL_EXCEEDS", "CANCEL_AFTER_CAPTURE"),
        ("Approved, captured", Cancel(0), "CANCEL_EXCEEDS", "CANCEL_AFTER_CAPTURE"),
        ("Cancelled", Refund(1), "NOT_APPROVED", "REFUND_EXCEEDS"),
    ],
)
def test_a_doubly_wrong_request_gets_the_stronger_refusal(state, request_, stronger, weaker, reach):
    """When two refusals apply, the answer is the one that stands first in the enumeration."""
    assert PRECEDENCE[Refusal[stronger]] < PRECEDENCE[Refusal[weaker]]
    assert verdict_of(reach(state), request_) == stronger


@pytest.mark.parametrize("cell", [cell for cell in cells() if cell[2] != "ok"], ids="-".join)
def test_a_refusal_says_its_figures_and_changes_nothing(cell, reach):
    """Its message is complete, and the same request gets the same refusal again."""
    state, request_, _ = cell
    transaction = reach(state)
    first = plan(transaction, asked(transaction, request_), RECOMMENDED)
    assert isinstance(first, Refused)
    assert "{" not in first.message
    assert plan(transaction, asked(transaction, request_), RECOMMENDED) == first


@pytest.mark.parametrize(
    ("state", "request_", "message"),
    [
        (
            "Settling, captured",
            Settle(6001),
            (
                "Settlement requested value (60.01) should be less than or equal to remaining amount to pay "
                "(60.00), which must be different from 0."
            ),
        ),
        (
            "Started",
            Cancel(0),
            "The transaction value passed (0.00) is different from persisted transaction value (100.00).",
        ),
        (
            "Settling, captured",
            Cancel(1),
            (
                "The transaction with Id = T could not be cancelled. A transaction must have all its payments "
                "cancelled to be cancelled."
            ),
        ),
    ],
)
def test_the_known_words_are_kept(state, request_, message, reach):
    """Words of known issues 1201336 and 1363196 and of a recording of 2015, amounts as decimals."""
    verdict = plan(reach(state), request_, RECOMMENDED)
    assert isinstance(verdict, Refused)
    assert verdict.message == message


@pytest.mark.parametrize("state", ["Finished, captured", "Cancelled", "Cancelled, captured"])
@pytest.mark.parametrize(
    "request_", [Authorize(), AutoSettle("A"), Withdraw("A")], ids=["authorize", "auto", "withdraw"]
)
def test_the_end_answers_with_itself(state, request_, reach):
    """S33 and S28: what is over answers with its current state, and nothing follows."""
    transaction = reach(state)
    assert plan(transaction, request_, RECOMMENDED) == Step(transaction)


def test_payments_come_in_with_their_transaction(reach):
    """Payments may arrive in several parcels until the authorization."""
    verdict = plan(reach("Started"), Receive((EXTRA,)), RECOMMENDED)
    assert isinstance(verdict, Step)
    assert [payment.id for payment in verdict.transaction.payments] == ["A", "B"]
    assert verdict.calls == ()


def test_the_mode_is_kept_from_the_authorization(reach):
    """S23: the transaction carries the mode that its connectors had when it was authorized."""
    assert reach("Authorizing").mode is Mode.PARTIAL
