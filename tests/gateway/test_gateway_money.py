"""Amounts from the merchant's cents to the connector's currency units and back: exact, or refused.

Cents are hundredths in every currency (S20, recommended); a currency with fewer decimals has amounts that it
cannot carry, which are refused before a connector would have to round them.
"""

import re
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

DECIMALS = {"BRL": 2, "USD": 2, "KWD": 2, "CLP": 0, "JPY": 0}
"""How many decimals of the currency an amount in cents can carry: ISO 4217, and of KWD's three only two."""

CENTS_MAX = 10**15 - 1
QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

currencies = st.sampled_from(sorted(DECIMALS))


@st.composite
def amounts(draw, limit=CENTS_MAX):
    """A currency, and an amount in cents that it can carry."""
    currency = draw(currencies)
    step = 1 if DECIMALS[currency] else 100
    return currency, step * draw(st.integers(1, limit // step))


@st.composite
def partitions(draw):
    """A currency and some amounts that it can carry."""
    currency = draw(currencies)
    step = 1 if DECIMALS[currency] else 100
    return currency, [step * each for each in draw(st.lists(st.integers(1, 10**6), min_size=2, max_size=5))]


def approved(world, currency, cents):
    """An approved transaction of that amount in Partial mode."""
    world.merchant.put_connector("A", kind="ppp", url="http://a.test", mode="partial", paymentSystems=[2])
    transaction = world.merchant.start(cents)
    answer = transaction.pay({"value": cents, "currencyCode": currency})
    assert answer.status_code == 201, answer.text
    assert transaction.authorize().json["statusDetail"] == "Approved"
    world.heard.clear()
    return transaction


def literals(text):
    """The amounts of a message as they were written."""
    return re.findall(r'"value": ?([^,}]*)', text)


@QUICK
@given(amount=amounts())
def test_an_amount_goes_out_and_comes_back_exactly(amount, world):
    """Settle and refund of any amount: the connector hears cents / 100 as a number, the ledger books it back."""
    currency, cents = amount
    transaction = approved(world, currency, cents)
    for operation in ("settle", "refund"):
        assert transaction.ask(operation, cents).status_code == 200
    for heard in world.heard:
        (literal,) = literals(heard.text)
        assert re.fullmatch(r"\d+(\.\d{1,2})?", literal)
        assert Decimal(literal) * 100 == cents
    (payment,) = transaction.ledger()["payments"]
    assert (payment["captured"], payment["refunded"]) == (cents, cents)
    assert [each["value"] for each in transaction.show("/settlements")["actions"]] == [cents]


@QUICK
@given(parts=partitions())
def test_parts_add_up_to_the_last_cent(parts, world):
    """Settles of any parts, then one refund of all: it is split over the settles and nothing is lost."""
    currency, amounts_ = parts
    transaction = approved(world, currency, sum(amounts_))
    for cents in amounts_:
        assert transaction.ask("settle", cents).status_code == 200
    assert transaction.ask("refund", sum(amounts_)).status_code == 200
    heard = [(each.operation, each.body["value"] * 100) for each in world.heard]
    assert heard == [("settle", cents) for cents in amounts_] + [("refund", cents) for cents in amounts_]
    assert transaction.ledger()["balanced"]


@QUICK
@given(amount=amounts(limit=10**9), less=st.integers(0, 10**9))
def test_what_a_connector_confirms_is_booked_exactly(amount, less, world):
    """S14: any smaller value in the currency's own decimals is what counts as captured."""
    currency, cents = amount
    step = 1 if DECIMALS[currency] else 100
    confirmed = min(cents, step * (less // step))
    transaction = approved(world, currency, cents)
    world.connectors["A"].script = [f"confirms {Decimal(confirmed) / 100:f}"]
    transaction.ask("settle", cents)
    (payment,) = transaction.ledger()["payments"]
    assert payment["captured"] == confirmed
    world.connectors["A"].script = []


@pytest.mark.parametrize(
    ("currency", "answer"), [("BRL", "39.999"), ("JPY", "39.5"), ("CLP", "0.01"), ("BRL", "1e-7")]
)
def test_a_confirmation_that_is_no_amount_counts_as_what_was_asked(currency, answer, world):
    """S15: finer than the currency is no amount; the 40 that were asked for are booked, the breach is noted."""
    transaction = approved(world, currency, 10000)
    world.connectors["A"].script = [f"confirms {answer}"]
    transaction.ask("settle", 4000)
    (payment,) = transaction.ledger()["payments"]
    assert payment["captured"] == 4000
    assert "value" in transaction.exchanges()[-1]["error"]


# --- What a currency cannot carry ------------------------------------------------------------------------------


@pytest.mark.parametrize("currency", ["CLP", "JPY", "PYG", "KRW"])
@pytest.mark.parametrize("cents", [10050, 1, 99, 10001])
def test_a_payment_finer_than_its_currency_is_refused(currency, cents, world):
    """CLP has no cents: 100.50 is a 4xx in the envelope, and nothing is kept."""
    transaction = world.merchant.start(cents)
    answer = transaction.pay({"value": cents, "currencyCode": currency})
    assert 400 <= answer.status_code < 500
    assert answer.json["error"]["message"]
    assert transaction.show("/payments") == []
    assert world.heard == []


@pytest.mark.parametrize("currency", ["CLP", "JPY"])
@pytest.mark.parametrize("operation", ["settle", "cancel", "refund"])
def test_a_request_finer_than_its_currency_is_refused(currency, operation, world):
    """40.50 of 100 pesos: a 4xx, nothing recorded, no call; 40 pesos work."""
    transaction = approved(world, currency, 10000)
    if operation == "refund":
        transaction.ask("settle", 10000)
    before, heard = transaction.ledger(), len(world.heard)
    answer = transaction.ask(operation, 4050)
    assert 400 <= answer.status_code < 500, answer.text
    assert (transaction.ledger(), len(world.heard)) == (before, heard)
    assert transaction.ask(operation, 4000).status_code == 200


@pytest.mark.parametrize(
    "code",
    ["ZZZ", "XXX", "XAU", "brl", "BR", "BRLX", "", "R$", "986", None, 986, ["BRL"], "B\u0052L\u0000"],
    ids=repr,
)
def test_an_unknown_currency_is_refused(code, world):
    """Only codes that ISO 4217 lists with a minor unit, in capitals; else a 4xx, and nothing is kept."""
    transaction = world.merchant.start(10000)
    answer = transaction.pay({"value": 10000, "currencyCode": code})
    assert 400 <= answer.status_code < 500
    assert answer.json["error"]["message"]
    assert transaction.show("/payments") == []


def test_a_transaction_has_one_currency(world):
    """60.00 reais and 40 yen are not 100.00 of anything: none of the two payments is taken."""
    transaction = world.merchant.start(10_000)
    answer = transaction.pay({"value": 6_000, "currencyCode": "BRL"}, {"value": 4_000, "currencyCode": "JPY"})
    assert (answer.status_code, answer.json["error"]["code"]) == (400, "Mock.PaymentInvalid")
    assert "one currency, not BRL and JPY" in answer.json["error"]["message"]
    assert world.merchant.read(transaction.path("/payments")) == []


@pytest.mark.parametrize("currency", sorted(DECIMALS))
def test_the_connector_hears_the_currency(currency, world):
    """The code goes out as it came in."""
    world.merchant.put_connector("A", kind="ppp", url="http://a.test", paymentSystems=[2])
    transaction = world.merchant.start(10000)
    transaction.pay({"value": 10000, "currencyCode": currency})
    transaction.authorize()
    assert world.heard[-1].body["currency"] == currency
    assert world.heard[-1].body["value"] == 100


def test_the_reference_connector_takes_every_currency(open_world, reference):
    """A settle of 7 and a refund of 3 in each currency, in the books of both."""
    world = open_world(connector="http://reference.test", mode="partial", transport=lambda _url: reference)
    for currency in DECIMALS:
        transaction = world.merchant.start(1000)
        transaction.pay({"value": 1000, "currencyCode": currency})
        transaction.authorize()
        for operation, cents in (("settle", 700), ("refund", 300), ("cancel", 300)):
            assert transaction.ask(operation, cents).status_code == 200
        (payment,) = transaction.ledger()["payments"]
        assert (payment["captured"], payment["refunded"], payment["voided"]) == (700, 300, 300)
        assert transaction.ledger()["balanced"]


# --- One number, many spellings --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["4000", "4000.0", "4000.00", "4e3", "40E2", "40e+2", "0.4e4", "40000e-1", "-0", "4000."]
)
def test_a_spelling_of_a_number_never_becomes_another_amount(text, world):
    """Either it is 40.00, or a 400 in the envelope."""
    transaction = approved(world, "BRL", 10000)
    answer = world.app.test_client().post(
        transaction.path("/settlement-request"), data=f'{{"value": {text}}}', headers=world.merchant.headers
    )
    if answer.status_code == 200:
        assert [heard.body["value"] for heard in world.heard] == [Decimal("40.00")]
    else:
        assert (answer.status_code, world.heard) == (400, [])
        assert answer.json["error"]["message"]


def test_the_largest_amount_is_fifteen_digits(world):
    """9 999 999 999 999.99 works to the cent; one cent more is refused before anything happens."""
    transaction = approved(world, "BRL", CENTS_MAX)
    assert transaction.ask("settle", CENTS_MAX).status_code == 200
    assert literals(world.heard[0].text) == ["9999999999999.99"]
    started = {"value": CENTS_MAX + 1, "referenceId": "1", "channel": "store", "salesChannel": "1"}
    assert world.merchant.send("POST", "/api/pvt/transactions", started).status_code == 400


def test_payments_of_the_largest_amounts_do_not_overflow(world):
    """Each fits and their sum does not: they never add up to a transaction, which is said in a 4xx."""
    transaction = world.merchant.start(CENTS_MAX)
    assert transaction.pay(*[{"value": CENTS_MAX}] * 3).status_code < 500
    answer = transaction.authorize()
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.json["error"]["message"]
