"""What a rule for gateways expects against what came, as differences; pure."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from contracts.suite.answers import is_filled
from contracts.suite.expectations import Difference
from contracts.suite.gateway.merchant import Answer, member
from contracts.suite.gateway.vocabulary import Expect, Word


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer, and what it may be compared with.

    Attributes:
        where: how the step is called in a report.
        answer: what came.
        words: what it may claim when the expectation does not say.
        marks: earlier answers, by the names of their steps.
    """

    where: str
    answer: Answer
    words: tuple[Word, ...]
    marks: Mapping[str, Answer]


def differences(expect: Expect, seen: Seen) -> tuple[Difference, ...]:
    """Everything in an answer that is not as expected."""
    return tuple(difference for judge in JUDGES for difference in judge(expect, seen))


Judge = Callable[[Expect, Seen], Iterator[Difference]]


def _words(expect: Expect, seen: Seen) -> Iterator[Difference]:
    words = expect.words or seen.words
    if words and seen.answer.word not in words:
        yield Difference(seen.where, " or ".join(words), str(seen.answer))


def _statuses(expect: Expect, seen: Seen) -> Iterator[Difference]:
    if expect.statuses and seen.answer.call.status not in expect.statuses:
        yield Difference(seen.where, f"HTTP {' or '.join(map(str, expect.statuses))}", str(seen.answer))


def _codes(expect: Expect, seen: Seen) -> Iterator[Difference]:
    if expect.codes and seen.answer.code not in expect.codes:
        yield Difference(f"{seen.where}, error.code", " or ".join(expect.codes), shown(seen.answer.code))


def _says(expect: Expect, seen: Seen) -> Iterator[Difference]:
    if expect.says and expect.says not in seen.answer.message:
        yield Difference(f"{seen.where}, error.message", f"… {expect.says} …", shown(seen.answer.message))


def _fields(expect: Expect, seen: Seen) -> Iterator[Difference]:
    for path, expected in expect.fields.items():
        actual = member(seen.answer.body, path)
        if not equal(expected, actual):
            yield Difference(f"{seen.where}, {path}", shown(expected), shown(actual))


def _filled(expect: Expect, seen: Seen) -> Iterator[Difference]:
    for path in expect.filled:
        actual = member(seen.answer.body, path)
        if not is_filled(actual):
            yield Difference(f"{seen.where}, {path}", "a value", shown(actual))


def _same(expect: Expect, seen: Seen) -> Iterator[Difference]:
    for path in expect.same.fields if expect.same else ():
        first = member(seen.marks[expect.same.step].body, path) if expect.same else None
        actual = member(seen.answer.body, path)
        if not equal(first, actual):
            yield Difference(f"{seen.where}, {path}", f"{shown(first)}, as before", shown(actual))


def _different(expect: Expect, seen: Seen) -> Iterator[Difference]:
    for path in expect.different.fields if expect.different else ():
        first = member(seen.marks[expect.different.step].body, path) if expect.different else None
        actual = member(seen.answer.body, path)
        if not is_filled(actual) or equal(first, actual):
            yield Difference(f"{seen.where}, {path}", f"another one than {shown(first)}", shown(actual))


JUDGES: Final[tuple[Judge, ...]] = (_words, _statuses, _codes, _says, _fields, _filled, _same, _different)
"""One for each word of `Expect`, in the order in which they speak."""


def equal(expected: object, actual: object) -> bool:
    """Whether two JSON values are the same; 40, 40.0 and 40.00 are."""
    numbers = (int, float, Decimal)
    if any(isinstance(each, bool) or not isinstance(each, numbers) for each in (expected, actual)):
        return type(expected) is type(actual) and expected == actual
    return Decimal(str(expected)) == Decimal(str(actual))


def shown(value: object) -> str:
    """A JSON value for a reader."""
    return "null or absent" if value is None else str(value) or "empty text"


# --- what was heard -----------------------------------------------------------------------------------------


class Hearing(NamedTuple):
    """A call to the connector in a few words: `settle B 40.00` is a settle of 40.00 of the second payment."""

    operation: str
    payment: str
    amount: Decimal

    def told(self, *, with_payment: bool) -> str:
        """As rules write it; the payment is left out where there is one only."""
        return " ".join(filter(None, (self.operation, self.payment if with_payment else "", f"{self.amount:.2f}")))


def read_hearing(text: str) -> Hearing:
    """What a rule writes; the schema has proven its form."""
    operation, *payment, amount = text.split()
    return Hearing(operation, payment[0] if payment else "A", Decimal(amount))


def heard_differences(
    where: str, expected: Sequence[Hearing], actual: Sequence[Hearing], *, any_order: bool
) -> Iterator[Difference]:
    """What the connector heard against what it had to hear; at most one difference."""
    same = Counter(expected) == Counter(actual) if any_order else list(expected) == list(actual)
    if not same:
        many = {each.payment for each in (*expected, *actual)} != {"A"}
        yield Difference(f"{where}, the connector hears", _list(expected, many), _list(actual, many))


def _list(hearings: Sequence[Hearing], many: bool) -> str:  # noqa: FBT001 - how they are told
    return ", ".join(each.told(with_payment=many) for each in hearings) or "nothing"
