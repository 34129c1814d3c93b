"""Amounts as the rules write them: `40.00`, `all`, `rest`, `rest + 0.01`."""

import re
from decimal import Decimal
from functools import cache
from typing import Final, Literal

from iso4217 import Currency

from connector_ppp.amounts import DECIMALS_DEFAULT

Base = Literal["fixed", "all", "rest"]

_RELATIVE: Final = re.compile(r"(?P<base>all|rest)(?: (?P<sign>[+-]) (?P<offset>\d+(?:\.\d+)?))?")


class Amount:
    """An amount in currency units, fixed or relative to the books of a payment.

    No dataclass, because msgspec would then look for an object where the rules have a number or a text.

    Attributes:
        base: `fixed`; `all`: everything authorized (of a refund: captured); `rest`: what of it is still open.
        offset: the amount itself, or what is added to the base.
    """

    __slots__ = ("base", "offset")

    def __init__(self, base: Base, offset: Decimal) -> None:
        self.base: Final = base
        self.offset: Final = offset

    def within(self, whole: Decimal, rest: Decimal) -> Decimal:
        """The amount in currency units, where `all` and `rest` mean these two."""
        bases: dict[Base, Decimal] = {"fixed": Decimal(0), "all": whole, "rest": rest}
        return bases[self.base] + self.offset

    def __str__(self) -> str:
        if self.base == "fixed":
            return str(self.offset)
        return f"{self.base} {'-' if self.offset < 0 else '+'} {abs(self.offset)}" if self.offset else self.base


def units(amount: Decimal) -> str:
    """An amount for a reader, with two decimals or more: a connector's 40.0 and 40 read as 40.00."""
    exponent = amount.as_tuple().exponent
    return f"{amount:.2f}" if isinstance(exponent, int) and exponent > -DECIMALS_DEFAULT else str(amount)


def read_amount(written: object) -> Amount:
    """Read what a rule says.

    Args:
        written: a number, or a text such as `rest + 0.01`.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(written, int | Decimal) and not isinstance(written, bool):
        return Amount("fixed", Decimal(written))
    match = _RELATIVE.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        raise ValueError(f"{written!r} is no amount; write 40.00, all, rest or rest + 0.01")
    offset = Decimal(match["offset"] or 0)
    return Amount("all" if match["base"] == "all" else "rest", -offset if match["sign"] == "-" else offset)


@cache
def decimals_of(currency: str) -> int:
    """How many decimals a currency has: BRL 2, CLP 0, KWD 3; 2 for a code that is none (S20, recommended)."""
    try:
        exponent = Currency(currency).exponent
    except ValueError:
        return DECIMALS_DEFAULT
    return DECIMALS_DEFAULT if exponent is None else int(exponent)
