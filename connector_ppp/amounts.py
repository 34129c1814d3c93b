"""Exact amounts at the wire: decimal currency units there, integer minor units (cents) inside.

The one decimal context below is bounded and traps: it never rounds in silence. 15 digits are chosen, not
round: up to there every decimal survives a peer that reads JSON numbers as binary floats.
"""

from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation, Overflow, Underflow
from typing import Final

from connector_ppp.errors import AmountError

DIGITS_MAX: Final = 15
"""Significant digits that an amount may have, counted in minor units."""

DECIMALS_DEFAULT: Final = 2
"""Decimals of most currencies; VTEX documents no other (S20)."""

_BOUNDED: Final = Context(
    prec=DIGITS_MAX,
    Emax=DIGITS_MAX - 1,
    Emin=1 - DIGITS_MAX,
    traps=[Inexact, InvalidOperation, Overflow, Underflow],
)


def exact(value: object) -> Decimal:
    """Prove that a number can travel exactly.

    Args:
        value: a Decimal or an int, in any unit.

    Raises:
        TypeError: a float, a bool or anything else that is no exact number.
        AmountError: NaN, an infinity, or more than 15 significant digits on either side of the point.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(f"an amount is a Decimal or an int, not a {type(value).__name__}")
    # The size is refused before any arithmetic: shifting 1e400000 costs seconds, asking for its size nothing.
    if isinstance(value, Decimal) and (not value.is_finite() or value.adjusted() >= DIGITS_MAX):
        raise AmountError(f"an amount is finite and has at most {DIGITS_MAX} digits")
    try:
        return _BOUNDED.create_decimal(value)
    except DecimalException as error:
        raise AmountError(f"an amount has at most {DIGITS_MAX} significant digits") from error


def minor_units(value: object, decimals: int = DECIMALS_DEFAULT) -> int:
    """Convert currency units into minor units (40.00 -> 4000 with 2 decimals), or refuse.

    Args:
        value: a Decimal or an int, in currency units.
        decimals: how many decimals the currency has (BRL 2, CLP 0, KWD 3).

    Raises:
        TypeError: as `exact`.
        AmountError: as `exact`, or finer than the currency, or more than 15 digits of minor units.
    """
    number = exact(value)
    try:
        return int(_BOUNDED.to_integral_exact(_BOUNDED.scaleb(number, decimals)))
    except DecimalException as error:
        raise AmountError(
            f"{number} does not fit a currency of {decimals} decimals and {DIGITS_MAX} digits"
        ) from error


def currency_units(minor: int, decimals: int = DECIMALS_DEFAULT) -> Decimal:
    """Convert minor units into currency units (4000 -> 40.00 with 2 decimals), exactly.

    Args:
        minor: an int, in minor units (cents).
        decimals: how many decimals the currency has.

    Raises:
        TypeError: minor is no int.
        AmountError: more than 15 digits.
    """
    if not isinstance(minor, int):
        raise TypeError(f"minor units are an int, not a {type(minor).__name__}")
    return _BOUNDED.scaleb(exact(minor), -decimals)
