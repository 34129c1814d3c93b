"""Amounts: what is refused matters more than what is taken, so most rows here are refusals."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway_mock.core.money import CENTS_MAX, MoneyError, cents, text, to_cents, to_units

settings.register_profile("core", derandomize=True, max_examples=100, deadline=None, database=None)
PROFILE = settings.get_profile("core")

FIFTEEN_DIGITS = 999_999_999_999_999
AMOUNTS = st.integers(min_value=-FIFTEEN_DIGITS, max_value=FIFTEEN_DIGITS)


@pytest.mark.parametrize("amount", [0, 1, -1, 32050, FIFTEEN_DIGITS, -FIFTEEN_DIGITS])
def test_whole_cents_are_taken_as_they_are(amount):
    """Any whole number of cents of up to 15 digits, of any sign: rules about signs live elsewhere."""
    assert cents(amount) == amount


@pytest.mark.parametrize(
    "amount",
    [
        1.0,
        0.1,
        True,
        False,
        None,
        "100",
        Decimal(100),
        Decimal("NaN"),
        float("nan"),
        float("inf"),
        [100],
        10**15,
        -(10**15),
        10**4000,
    ],
    ids=lambda amount: repr(amount)[:12],
)
def test_anything_else_is_no_amount_of_cents(amount):
    """Floats, booleans, strings, decimals and 16 digits are refused, never converted."""
    with pytest.raises(MoneyError):
        cents(amount)


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        ("320.50", 32050),
        ("320.5", 32050),
        ("614.0", 61400),
        ("2.50", 250),
        ("905", 90500),
        ("0.01", 1),
        ("0", 0),
        ("-0", 0),
        ("-2.50", -250),
        ("31.9", 3190),
        ("4307.23", 430723),
        ("1E+2", 10000),
        ("1.000", 100),
        ("9999999999999.99", FIFTEEN_DIGITS),
    ],
)
def test_units_are_a_hundred_cents(units, expected):
    """The documents' own pairs: 320.50 is 32050, 614.0 is 61400, 905.0 is 90500."""
    assert to_cents(Decimal(units)) == expected


def test_whole_units_may_be_an_int():
    """A JSON number without a point arrives as an int."""
    assert to_cents(20) == 2000


@pytest.mark.parametrize(
    "units",
    [
        "0.001",
        "0.005",
        "19.999",
        "1.0000000000001",
        "0.000000000000000000000000000000001",
        "1.000000000000000000000000000000001",
        "1e-999999999",
        "1e400000",
        "1e999999999",
        "-1e400000",
        "0e400000",
        "1e15",
        "10000000000000.00",
        "1000000000000000",
        "1234567890123456",
        "123456789012345.67",
        "NaN",
        "sNaN",
        "Infinity",
        "-Infinity",
    ],
)
def test_finer_longer_or_endless_units_are_refused(units):
    """Never rounded, never clamped; an absurd exponent is refused before any arithmetic is done with it."""
    with pytest.raises(MoneyError):
        to_cents(Decimal(units))


@pytest.mark.parametrize(
    "units", [0.1, 20.0, float("nan"), float("inf"), True, False, None, "20.00", [20]], ids=repr
)
def test_only_exact_numbers_are_units(units):
    """A float may already have lost a cent, a boolean is no money, and text is not parsed here."""
    with pytest.raises(MoneyError):
        to_cents(units)


@pytest.mark.parametrize(("units", "expected"), [("500", 50000), ("500.00", 50000), ("0", 0), ("-3", -300)])
def test_a_currency_without_decimals_counts_whole_units(units, expected):
    """S20: cents stay hundredths in every currency, 500 Chilean pesos are 50000."""
    assert to_cents(Decimal(units), decimals=0) == expected


@pytest.mark.parametrize("units", ["0.5", "500.01", "0.00000001"])
def test_a_currency_without_decimals_refuses_fractions(units):
    """What the currency cannot pay is refused, even though cents could hold it."""
    with pytest.raises(MoneyError, match="0 decimals"):
        to_cents(Decimal(units), decimals=0)


def test_a_third_decimal_is_refused_in_every_currency():
    """S20: a currency of three decimals is carried with two, because the gateway counts hundredths."""
    assert to_cents(Decimal("1.230"), decimals=3) == 123
    with pytest.raises(MoneyError):
        to_cents(Decimal("1.234"), decimals=3)


@PROFILE
@given(AMOUNTS)
def test_cents_survive_the_trip_through_units(amount):
    """Two decimals: what goes out as units comes back as the same cents."""
    units = to_units(amount)
    assert to_cents(units) == amount
    assert units == Decimal(amount) / 100


@PROFILE
@given(st.integers(min_value=-(10**13) + 1, max_value=10**13 - 1))
def test_whole_units_survive_the_trip_through_cents(units):
    """No decimals: every whole amount of units comes back from its cents."""
    assert to_units(to_cents(Decimal(units), decimals=0)) == units


@PROFILE
@given(AMOUNTS)
def test_the_text_of_an_amount_is_its_units_with_two_decimals(amount):
    """Messages show an optional sign, digits, a point and two digits."""
    shown = text(amount)
    whole, point, fraction = shown.partition(".")
    assert (point, len(fraction)) == (".", 2)
    assert int(whole + fraction) == amount


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(0, "0.00"), (1, "0.01"), (10, "0.10"), (4000, "40.00"), (-5, "-0.05"), (11150300, "111503.00")],
)
def test_messages_show_decimals(amount, shown):
    """The gateway's messages print currency units (known issues 1154246 and 1201336)."""
    assert text(amount) == shown


@pytest.mark.parametrize("amount", [1.5, True, 10**15])
def test_what_is_no_amount_has_no_units_and_no_text(amount):
    """The way out is as strict as the way in."""
    for outgoing in (to_units, text):
        with pytest.raises(MoneyError):
            outgoing(amount)


def test_fifteen_digits_are_the_most():
    """One more digit could be changed by a peer that reads JSON numbers as floats."""
    assert CENTS_MAX == FIFTEEN_DIGITS
    assert int(float(CENTS_MAX)) == CENTS_MAX


def test_the_ambient_decimal_context_does_not_matter():
    """A program around us that works with three digits changes neither reading nor writing."""
    with localcontext(prec=3):
        assert to_cents(Decimal("12345.67")) == 1234567
        assert to_units(1234567) == Decimal("12345.67")
        assert text(1234567) == "12345.67"
