"""Amounts: integer cents inside, exact decimals at the wire edge.

The gateway and Orders speak integer cents (`320.50` is `32050`), the Payment Provider Protocol speaks decimal
currency units (`320.50`): documented, by the same payment shown on both sides. Cents stay hundredths in every
currency (S20, recommended); a currency that has fewer decimals simply has amounts that it cannot carry.
"""

from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation, Overflow, Underflow

DIGITS_MAX = 15
"""Up to 15 significant digits a decimal survives a trip through a JSON float unharmed; beyond, it does not."""

CENTS_DECIMALS = 2
CENTS_MAX = 10**DIGITS_MAX - 1

_WIRE = Context(
    prec=DIGITS_MAX,
    Emax=DIGITS_MAX - 1,
    Emin=1 - DIGITS_MAX,
    traps=[Inexact, InvalidOperation, Overflow, Underflow],
)


class MoneyError(ValueError):
    """Not an amount: a float, a boolean, not finite, too long, or finer than the currency."""


def cents(amount: object) -> int:
    """The amount itself, when it is a whole number of cents (of any sign) within bounds.

    Raises:
        MoneyError: it is a float, a boolean, no number, or has more than 15 digits.
    """
    if not isinstance(amount, int) or isinstance(amount, bool):
        raise MoneyError(f"an amount in cents is a whole number, not {type(amount).__name__}")
    if abs(amount) > CENTS_MAX:
        raise MoneyError(f"an amount has at most {DIGITS_MAX} digits")
    return amount


def to_units(amount: int) -> Decimal:
    """Cents as currency units, always with two decimals: 4000 is `Decimal("40.00")`."""
    return Decimal(cents(amount)).scaleb(-2, _WIRE)


def to_cents(units: object, decimals: int = 2) -> int:
    """Currency units as cents, exactly.

    Args:
        units: a finite `Decimal` or an int; a float is refused, it may already have lost a cent.
        decimals: how many decimals the currency has, at most 2 of them count here.

    Raises:
        MoneyError: not exact in that currency, not finite, a float, or more than 15 digits.
    """
    if isinstance(units, bool) or not isinstance(units, int | Decimal):
        raise MoneyError(f"an amount in currency units is an exact decimal, not {type(units).__name__}")
    value = Decimal(units) if isinstance(units, int) else units
    if not value.is_finite() or abs(value.adjusted()) >= DIGITS_MAX:
        raise MoneyError("an amount is finite and has at most 15 digits")
    try:
        # The bounded context refuses what it would have to round, and the size before any arithmetic.
        coarse = _WIRE.to_integral_exact(_WIRE.scaleb(_WIRE.plus(value), min(decimals, 2)))
        return cents(int(_WIRE.scaleb(coarse, 2 - min(decimals, 2))))
    except DecimalException as finer:
        raise MoneyError(f"the currency has {decimals} decimals, the amount {units} has more") from finer


def text(amount: int) -> str:
    """Cents as a person reads them in the gateway's own messages: 4000 is `40.00`."""
    return f"{to_units(amount):.2f}"
