"""What a value costs in installments. Values are currency units, exact; an installment is rounded to two decimals.

Documented: 250 in three installments without interest is 83.33 each, and there are three ways to charge
interest. How each computes is inferred: a shop's public answer shows 197.99 in two installments at one per cent as
100.48 each, which is the annuity formula, so that is what *compound* means here.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from enum import IntEnum
from types import MappingProxyType

_CONTEXT = Context(prec=50, rounding=ROUND_HALF_UP)
_CENT = Decimal("0.01")


class InterestMethod(IntEnum):
    """How interest is charged (documented: `null` is compound too)."""

    COMPOUND = 0
    SIMPLE_WITH_TAX = 1
    SINGLE = 2


@dataclass(frozen=True, slots=True)
class Terms:
    """One way to pay that a store offers. Rates are per cent: 1.86 a month, as the documented rules show them.

    The field's own description counts otherwise (0.1 means 10 per cent); two examples against one sentence.
    """

    quantity: int
    interest_rate: Decimal = Decimal(0)
    interest_tax: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Option:
    """What one installment of those terms costs."""

    terms: Terms
    value: Decimal


WITHOUT_INTEREST = tuple(Terms(quantity) for quantity in range(1, 13))
"""What the sandbox offers when no rule says anything (ours)."""

AT_ONCE = WITHOUT_INTEREST[:1]


def options(
    value: Decimal,
    terms: Iterable[Terms],
    method: InterestMethod = InterestMethod.COMPOUND,
    minimum: Decimal = Decimal(0),
) -> tuple[Option, ...]:
    """The terms with their installments, without those whose installment is below the minimum.

    Args:
        value: what is to be paid, in currency units, above zero.
        terms: what the store offers; quantities are 1 or more, rates are not negative.
        method: how interest is charged.
        minimum: the smallest installment that the store takes, in currency units.
    """
    with localcontext(_CONTEXT):
        priced = [Option(each, _METHODS[method](value, each).quantize(_CENT)) for each in terms]
    return tuple(option for option in priced if option.value >= minimum)


def _compound(value: Decimal, terms: Terms) -> Decimal:
    rate = terms.interest_rate / 100
    growth = (1 + rate) ** terms.quantity
    if growth == 1:  # no rate, or one too small to be seen
        return value / terms.quantity
    return value * rate * growth / (growth - 1)


def _simple_with_tax(value: Decimal, terms: Terms) -> Decimal:
    interest = 1 + terms.interest_rate / 100 * terms.quantity
    return value * interest * (1 + terms.interest_tax / 100) / terms.quantity


def _single(value: Decimal, terms: Terms) -> Decimal:
    return value * (1 + terms.interest_rate / 100) / terms.quantity


_METHODS: Mapping[InterestMethod, Callable[[Decimal, Terms], Decimal]] = MappingProxyType(
    {
        InterestMethod.COMPOUND: _compound,
        InterestMethod.SIMPLE_WITH_TAX: _simple_with_tax,
        InterestMethod.SINGLE: _single,
    }
)
