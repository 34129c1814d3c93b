"""Every state of a transaction x every request over HTTP: status, error code and words, typed by hand.

A cell is `ok` or a refusal as `CODES` abbreviates it. `S1` settles 1 cent of 100.00, `S>` one cent more than is
left, `S0` nothing, `S-` less than nothing; `C` cancels, `R` refunds, `C=` cancels all that is left.
"""

import json

import pytest

CODES = {
    "ok": "200",
    "late": "400 1414",
    "early": "400 Mock.TransactionNotApproved",
    "S>": "400 1402",
    "C!": "400 1402",
    "C>": "400 1402",
    "Cc": "400 Mock.CancelAfterCapture",
    "R>": "400 Mock.RefundExceeds",
}

STATES = """
state               | given             | steps                        | status      | to settle | to refund
Started             | new A 100 partial |                              | Started     | 100.00    | 0.00
Authorizing         | new A 100 partial | authorize (A waits)          | Authorizing | 100.00    | 0.00
Approved            | A 100 partial     |                              | Approved    | 100.00    | 0.00
Approved, captured  | A 100 partial     | advance 345600               | Approved    | 100.00    | 100.00
Settling            | A 100 hold        | settle 40                    | Settling    | 60.00     | 0.00
Settling, captured  | A 100 total       | settle 40                    | Settling    | 60.00     | 100.00
Settling, cancelled | A 100 partial     | settle 40; cancel 25         | Settling    | 35.00     | 40.00
Finished            | A 100 total       | settle 100                   | Finished    | 0.00      | 100.00
Finished, refunded  | A 100 total       | settle 100; refund 99.5      | Finished    | 0.00      | 0.50
Cancelling          | A 100 total       | cancel 100 (A fails)         | Cancelling  | 0.00      | 0.00
Cancelled           | A 100 total       | cancel 100                   | Cancelled   | 0.00      | 0.00
Denied              | new A 100 total   | authorize (A denies)         | Cancelled   | 0.00      | 0.00
"""

MATRIX = """
state               | payments | authorize | S1    | S>    | S0    | S-    | C1 | C= | C> | C0 | C- | R1    | R>    | R0    | R-
Started             | ok       | ok        | early | early | early | early | C! | ok | C! | C! | C! | early | early | early | early
Authorizing         | late     | ok        | early | early | early | early | C! | ok | C! | C! | C! | early | early | early | early
Approved            | late     | ok        | ok    | S>    | S>    | S>    | ok | ok | C> | C> | C> | R>    | R>    | R>    | R>
Approved, captured  | late     | ok        | ok    | S>    | S>    | S>    | Cc | Cc | C> | C> | C> | ok    | R>    | R>    | R>
Settling            | late     | ok        | ok    | S>    | S>    | S>    | ok | ok | C> | C> | C> | R>    | R>    | R>    | R>
Settling, captured  | late     | ok        | ok    | S>    | S>    | S>    | Cc | Cc | C> | C> | C> | ok    | R>    | R>    | R>
Settling, cancelled | late     | ok        | ok    | S>    | S>    | S>    | ok | ok | C> | C> | C> | ok    | R>    | R>    | R>
Finished            | late     | ok        | S>    | S>    | S>    | S>    | C> | C> | C> | C> | C> | ok    | R>    | R>    | R>
Finished, refunded  | late     | ok        | S>    | S>    | S>    | S>    | C> | C> | C> | C> | C> | ok    | R>    | R>    | R>
Cancelling          | late     | ok        | S>    | S>    | S>    | S>    | C> | C> | C> | C> | C> | early | early | early | early
Cancelled           | late     | ok        | S>    | S>    | S>    | S>    | C> | C> | C> | C> | C> | early | early | early | early
Denied              | late     | ok        | S>    | S>    | S>    | S>    | C> | C> | C> | C> | C> | early | early | early | early
"""  # noqa: E501

WORDS = {
    "late": "Error when receiving payments for transaction = {id}. Please, see the logs for details.",
    "early": "The transaction with Id = {id} cannot {operation} in status {status}.",
    "S>": (
        "Settlement requested value ({asked}) should be less than or equal to remaining amount to pay ({settle}), "
        "which must be different from 0."
    ),
    "C!": "The transaction value passed ({asked}) is different from persisted transaction value (100.00).",
    "C>": (
        "Cancellation requested value ({asked}) should be less than or equal to remaining amount to cancel "
        "({settle}), which must be different from 0."
    ),
    "Cc": (
        "The transaction with Id = {id} could not be cancelled. A transaction must have all its payments "
        "cancelled to be cancelled."
    ),
    "R>": (
        "Refund requested value ({asked}) should be less than or equal to the settled amount not yet refunded "
        "({refund}), which must be different from 0."
    ),
}
"""The words of known issues 1201336 and 1363196 and of recordings of 2015; the refund's and `early` are ours."""

OPERATIONS = {"S": "settle", "C": "cancel", "R": "refund"}
FIGURES = {"1": "0.01", "0": "0.00", "-": "-0.01"}


def rows(table):
    """The rows of a table, each as a dict by the names of its head."""
    head, *lines = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
    return [dict(zip(head, line, strict=True)) for line in lines]


SITUATIONS = {row["state"]: row for row in rows(STATES)}
CELLS = [
    (row["state"], request, verdict)
    for row in rows(MATRIX)
    for request, verdict in row.items()
    if request != "state"
]


def cents(figure):
    """`60.00` as 6000."""
    return round(float(figure) * 100)


def figure_of(state, request):
    """How much the request asks for, as a text with two decimals."""
    if request[1] in FIGURES:
        return FIGURES[request[1]]
    left = cents(SITUATIONS[state]["to refund" if request[0] == "R" else "to settle"])
    return f"{(left + (request[1] == '>')) / 100:.2f}"


def ask(transaction, state, request):
    """Send the request of a row."""
    if request == "payments":
        return transaction.pay({"value": 2000})
    if request == "authorize":
        return transaction.authorize()
    return transaction.ask(OPERATIONS[request[0]], cents(figure_of(state, request)))


def expected_words(transaction, state, request, verdict):
    """The words of a refusal with every figure in it."""
    situation = SITUATIONS[state]
    return WORDS[verdict].format(
        id=transaction.id,
        operation=OPERATIONS.get(request[0]),
        status=situation["status"],
        asked=figure_of(state, request) if request[0] in OPERATIONS else None,
        settle=situation["to settle"],
        refund=situation["to refund"],
    )


@pytest.fixture(name="reach")
def reach_fixture(world):
    """Leads a transaction to a state."""

    def reach(state):
        situation = SITUATIONS[state]
        transaction = world.given(situation["given"])
        for line in filter(None, situation["steps"].split(";")):
            assert world.perform(transaction, line.strip()).status_code == 200
        world.heard.clear()
        return transaction

    return reach


VIEWS = ("", "/payments", "/settlements", "/refunds", "/cancellations", "/interactions", "/capabilities")


def everything(transaction):
    """All that can be read of a transaction."""
    return [transaction.show(end) for end in VIEWS], transaction.ledger(), transaction.exchanges()


@pytest.mark.parametrize("state", SITUATIONS)
def test_every_state_is_reached(state, reach):
    """The transaction shows the status of its row, and the figures that are left."""
    transaction, situation = reach(state), SITUATIONS[state]
    ledger = transaction.ledger()
    requested = ledger["requested"]
    left = ledger["value"] - requested["settled"] - requested["cancelled"]
    assert transaction.show()["status"] == situation["status"]
    assert f"{left / 100:.2f}" == situation["to settle"]
    captured, refunded = (sum(each[name] for each in ledger["payments"]) for name in ("captured", "refunded"))
    assert f"{(captured - refunded) / 100:.2f}" == situation["to refund"]


@pytest.mark.parametrize(("state", "request_", "verdict"), [cell for cell in CELLS if cell[2] == "ok"])
def test_what_is_allowed_is_answered(state, request_, verdict, reach):
    """An allowed request is answered 200 with the operation result, or 201 without a body for payments."""
    assert verdict == "ok"
    answer = ask(reach(state), state, request_)
    assert answer.status_code == (201 if request_ == "payments" else 200), answer.text
    assert (answer.text == "") == (request_ == "payments")


@pytest.mark.parametrize(("state", "request_", "verdict"), [cell for cell in CELLS if cell[2] != "ok"])
def test_what_is_refused_leaves_no_trace(state, request_, verdict, reach, world):
    """Status, code and words are those of the cell; nothing can be read differently, no connector hears a word."""
    transaction = reach(state)
    before = everything(transaction)
    answer = ask(transaction, state, request_)
    said = json.loads(answer.text)["error"]
    assert f"{answer.status_code} {said['code']}" == CODES[verdict]
    assert said["message"] == expected_words(transaction, state, request_, verdict)
    assert said["exception"] is None
    assert everything(transaction) == before
    assert world.heard == []


def test_every_state_and_every_refusal_has_a_cell():
    """The matrix has the twelve states and all its abbreviations occur in it."""
    assert {state for state, _, _ in CELLS} == set(SITUATIONS)
    assert {verdict for _, _, verdict in CELLS} == set(CODES)


# --- Before there is anything to ask of ------------------------------------------------------------------------

INVALID = (
    "The transaction creation request and its paramaters must be different from null or whitespace. Also, make "
    "sure the transaction value is greater than zero."
)
COMPLETE = {"value": 10000, "referenceId": "1", "channel": "store", "salesChannel": "1"}


@pytest.mark.parametrize(
    "change",
    [
        {"value": 0},
        {"value": -1},
        {"value": None},
        {"referenceId": ""},
        {"referenceId": "  "},
        {"referenceId": None},
        {"channel": ""},
        {"channel": "\t"},
        {"channel": None},
        {"salesChannel": ""},
        {"salesChannel": " "},
        {"salesChannel": None},
    ],
    ids=str,
)
def test_a_transaction_needs_all_its_parameters(change, world):
    """Recorded in 2015, with its typing error: 400 / 1402 for anything null, blank or not above zero."""
    answer = world.merchant.send("POST", "/api/pvt/transactions", COMPLETE | change)
    assert answer.status_code == 400
    assert answer.json["error"] == {"code": "1402", "message": INVALID, "exception": None}


@pytest.mark.parametrize("name", COMPLETE)
def test_a_missing_parameter_is_a_null_one(name, world):
    """The same words for a field that is not there."""
    incomplete = {key: value for key, value in COMPLETE.items() if key != name}
    answer = world.merchant.send("POST", "/api/pvt/transactions", incomplete)
    assert answer.status_code == 400
    assert answer.json["error"] == {"code": "1402", "message": INVALID, "exception": None}


def test_there_is_nothing_to_authorize_without_payments(world):
    """400 / 1419, and the transaction stays Started."""
    transaction = world.merchant.start(10000)
    answer = transaction.authorize()
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "1419")
    assert answer.json["error"]["message"] == "The transaction does not have any payments."
    assert transaction.show()["status"] == "Started"


@pytest.mark.parametrize(
    ("values", "total"), [((9999,), "99.99"), ((10001,), "100.01"), ((10000, 12300), "223.00")]
)
def test_payments_add_up_to_their_transaction(values, total, world):
    """Known issue 1154246, figures as decimals (S32); the connector hears nothing."""
    transaction = world.merchant.start(10000)
    transaction.pay(*({"value": value} for value in values))
    answer = transaction.authorize()
    words = f"Transaction value (100.00) is not equal to payments sum ({total})"
    assert (answer.status_code, answer.json["error"]["message"]) == (400, words)
    assert transaction.show()["status"] == "Started"
    assert world.heard == []


@pytest.mark.parametrize("value", [0, -1, -10000])
def test_a_payment_is_worth_something(value, world):
    """A payment of nothing or less is refused before it can make others add up."""
    transaction = world.merchant.start(10000)
    answer = transaction.pay({"value": 10000 - value}, {"value": value})
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.json["error"]["code"]
    assert transaction.show("/payments") == []


# --- Doubly wrong ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "path", "body", "expected"),
    [
        ("wrong", "NONE/settlement-request", "{", (401, "1")),
        ("sandbox", "NONE/settlement-request", '{"value": 0}', (404, "Mock.TransactionNotFound")),
        ("sandbox", "NONE/payments/NEITHER", None, (404, "Mock.TransactionNotFound")),
        ("sandbox", "NONE/nothing", "{", (404, "404")),
    ],
)
def test_of_two_faults_the_first_is_told(token, path, body, expected, world):
    """Who asks comes before what is asked, the path before the body, the transaction before its payment."""
    answer = world.app.test_client().open(
        f"/api/pvt/transactions/{path}",
        method="GET" if body is None else "POST",
        data=body,
        headers=world.merchant.headers | {"X-VTEX-API-AppToken": token},
    )
    assert (answer.status_code, answer.json["error"]["code"]) == expected


def test_an_unknown_payment_of_a_known_transaction_is_not_found(world):
    """404 in the envelope, with the payment's id in its words (S29)."""
    transaction = world.given("A 100 total")
    answer = world.merchant.send("GET", transaction.path("/payments/NEITHER"))
    assert answer.status_code == 404
    assert answer.json["error"]["message"] == "There is no payment NEITHER in this account."


def test_a_payment_of_another_transaction_is_not_found(world):
    """A payment belongs to one transaction only."""
    first, second = world.given("A 100 total"), world.given("A 50 total")
    (payment,) = second.names
    assert world.merchant.send("GET", first.path(f"/payments/{payment}")).status_code == 404
    assert world.merchant.send("GET", second.path(f"/payments/{payment}")).status_code == 200
