"""What ISO 4217 says of currencies, as the package `iso4217` keeps it."""

from functools import cache

_CENTS = 2  # gateway amounts are in hundredths, whatever the currency


def known(code: str) -> bool:
    """Whether ISO 4217 lists the code (upper case) and gives it a minor unit; gold and test codes have none."""
    return code in _exponents()


def decimals(code: str) -> int:
    """How many decimals of the currency an amount in cents can carry: BRL 2, CLP 0, and 2 of KWD's 3.

    Raises:
        ValueError: the currency is not a known one.
    """
    if not known(code):
        raise ValueError(f"{code!r} is no currency of ISO 4217")
    return min(_CENTS, _exponents()[code])


@cache
def _exponents() -> dict[str, int]:
    # The package reads its table when it is imported, 0.05 seconds: nobody pays before somebody asks.
    from iso4217 import Currency  # noqa: PLC0415

    return {currency.code: currency.exponent for currency in Currency if currency.exponent is not None}
