"""Amounts are exact at the wire, or refused."""

import time
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector_ppp.amounts import currency_units, exact, minor_units
from connector_ppp.errors import AmountError
from connector_ppp.messages import SettleRequest, SettleResponse, decode, encode

MINOR_MAX = 999_999_999_999_999


@pytest.mark.parametrize(
    ("text", "decimals", "minor"),
    [
        ("40.00", 2, 4000),
        ("40.0", 2, 4000),
        ("40", 2, 4000),
        ("40.000", 2, 4000),
        ("31.9", 2, 3190),
        ("614.0", 2, 61400),
        ("4307.23", 2, 430723),
        ("19.99", 2, 1999),
        ("1.15", 2, 115),
        ("0.01", 2, 1),
        ("0", 2, 0),
        ("-0.0", 2, 0),
        ("-1.50", 2, -150),
        ("1E+2", 2, 10000),
        ("15990", 0, 15990),
        ("15990.00", 0, 15990),
        ("1.234", 3, 1234),
        ("9999999999999.99", 2, 999_999_999_999_999),
    ],
)
def test_currency_units_are_minor_units_shifted(text, decimals, minor):
    """A decimal amount becomes the integer that the currency's decimals say."""
    assert minor_units(Decimal(text), decimals) == minor


@pytest.mark.parametrize(
    ("minor", "decimals", "text"),
    [(4000, 2, "40.00"), (1, 2, "0.01"), (0, 2, "0.00"), (-150, 2, "-1.50"), (15990, 0, "15990"), (1, 3, "0.001")],
)
def test_minor_units_become_plain_decimals(minor, decimals, text):
    """An integer amount is written with exactly the currency's decimals."""
    assert str(currency_units(minor, decimals)) == text


@pytest.mark.parametrize(
    ("text", "decimals"),
    [
        ("NaN", 2),
        ("sNaN", 2),
        ("Infinity", 2),
        ("-Infinity", 2),
        ("0.001", 2),
        ("0.5", 0),
        ("1.2345", 3),
        ("1.0000000000000000000000000000000001", 2),
        ("1000000000000000", 2),
        ("10000000000000.00", 2),
        ("-10000000000000.00", 2),
        ("1000000000000", 3),
        ("123456789012345.6", 2),
        ("1e400000", 2),
        ("-1e400000", 2),
        ("1e1000000", 2),
        ("1e-999999999", 2),
        ("0e400000", 2),
    ],
)
def test_what_is_no_exact_amount_is_refused(text, decimals):
    """Nothing is rounded: what does not fit the currency or 15 digits is refused."""
    with pytest.raises(AmountError):
        minor_units(Decimal(text), decimals)


@pytest.mark.parametrize("value", [40.0, 0.0, float("nan"), True, False, "40.00", b"40", None, Fraction(1, 2)])
@pytest.mark.parametrize("function", [exact, minor_units])
def test_only_decimals_and_ints_are_amounts(function, value):
    """A float, a bool or a text is a mistake of the program."""
    with pytest.raises(TypeError):
        function(value)


@pytest.mark.parametrize("value", [1.0, "1", None, Decimal(1), True])
def test_minor_units_are_ints(value):
    """Cents are counted in whole numbers, so nothing else becomes currency units."""
    with pytest.raises(TypeError):
        currency_units(value)


@pytest.mark.parametrize("value", [10**15, -(10**15), 10**100_000], ids=["16", "-16", "100001"])
def test_an_int_of_more_than_15_digits_is_refused(value):
    """15 digits are the limit in both directions."""
    for function in (exact, currency_units, minor_units):
        with pytest.raises(AmountError):
            function(value)


@pytest.mark.parametrize("text", ["0.123456789012345", "123456789.012345", "0.000000000000001"])
def test_15_significant_digits_are_exact(text):
    """An amount of any unit may have 15 digits, and keeps them."""
    assert exact(Decimal(text)) == Decimal(text)


@pytest.mark.parametrize("text", ["0.1234567890123456", "123456789.0123456"])
def test_16_significant_digits_are_refused(text):
    """The 16th digit would be lost in a peer that reads floats."""
    with pytest.raises(AmountError):
        exact(Decimal(text))


@pytest.mark.parametrize("text", ["1e400000", "1e999999999", "1e-999999999", "-1e-400000"])
def test_absurd_exponents_cost_nothing(text):
    """A number is measured before it is shifted: 1e400000 would take seconds otherwise."""
    value, started = Decimal(text), time.process_time()
    with pytest.raises(AmountError):
        minor_units(value)
    assert time.process_time() - started < 0.5


def test_15_digits_are_exact_and_16_are_not():
    """The bound lies between 999999999999999 and 1000000000000000 minor units."""
    assert minor_units(currency_units(MINOR_MAX)) == MINOR_MAX
    with pytest.raises(AmountError):
        currency_units(MINOR_MAX + 1)


@given(minor=st.integers(0, MINOR_MAX), decimals=st.sampled_from([0, 2, 3]))
def test_an_amount_survives_the_wire(minor, decimals):
    """Minor units, currency units, JSON and back are the same amount, for 0, 2 and 3 decimals."""
    request = SettleRequest(
        transaction_id="T", request_id="R", payment_id="P", value=currency_units(minor, decimals)
    )
    answer = decode(encode(request), SettleResponse)
    assert minor_units(answer.value, decimals) == minor


@given(minor=st.integers(-MINOR_MAX, MINOR_MAX), decimals=st.sampled_from([0, 2, 3]))
def test_an_amount_survives_a_peer_that_reads_floats(minor, decimals):
    """Up to 15 digits a peer may read our JSON number as a binary float and print it again."""
    text = str(currency_units(minor, decimals))
    assert minor_units(Decimal(repr(float(text))), decimals) == minor


@given(st.decimals(allow_nan=True, allow_infinity=True), st.sampled_from([0, 2, 3]))
def test_any_decimal_is_converted_exactly_or_refused(value, decimals):
    """There is no third way: a conversion that succeeds converts back to the same number."""
    try:
        minor = minor_units(value, decimals)
    except AmountError:
        return
    assert currency_units(minor, decimals) == value
