"""What is expected against what came, as a list of differences; pure.

Each word of `Expect` is one small function in the table at the end.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from connector_ppp.problems import SHOWN_MAX, Problem
from contracts.suite.amounts import units
from contracts.suite.answers import Answer, amount_of, is_filled
from contracts.suite.vocabulary import Expect, Field, Word

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as expected.

    Attributes:
        where: the step, and the field where there is one.
        expected: what is true of a correct connector.
        actual: what came.
    """

    where: str
    expected: str
    actual: str

    def __str__(self) -> str:
        return f"{self.where}: expected {self.expected}, got {self.actual}"


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that an expectation may look at.

    Attributes:
        where: how the step is called in a report.
        answers: what came, one or several.
        words: what an answer may claim when the expectation does not say.
        marks: earlier answers, by the names of their steps.
        limit: what `confirms_at_most` comes to, currency units.
    """

    where: str
    answers: Sequence[Answer]
    words: tuple[Word, ...] = ()
    marks: Mapping[str, Answer] | None = None
    limit: Decimal = ZERO


def differences(expect: Expect, seen: Seen) -> tuple[Difference, ...]:
    """Everything that is not as expected; empty when all is."""
    return tuple(difference for judge in JUDGES for difference in judge(expect, seen))


Judge = Callable[[Expect, Seen], Iterator[Difference]]


def _words(expect: Expect, seen: Seen) -> Iterator[Difference]:
    words = expect.words or seen.words
    for answer in seen.answers:
        if words and answer.word not in words:
            yield Difference(seen.where, " or ".join(words), str(answer))


def _when(expect: Expect, seen: Seen) -> Iterator[Difference]:
    when = expect.when
    if when is None or seen.marks is None or seen.marks[when.step].word != when.said:
        return
    for answer in seen.answers:
        if answer.word not in when.words:
            expected = f"{' or '.join(when.words)}, for step {when.step} was {when.said}"
            yield Difference(seen.where, expected, str(answer))


def _statuses(expect: Expect, seen: Seen) -> Iterator[Difference]:
    for answer in seen.answers:
        if expect.statuses and answer.status not in expect.statuses:
            yield Difference(seen.where, f"HTTP {' or '.join(map(str, expect.statuses))}", str(answer))


def _checks(expect: Expect, seen: Seen) -> Iterator[Difference]:
    for answer in seen.answers:
        for problem in answer.problems:
            if problem.name in expect.checks:
                yield _difference(seen.where, problem)


def _difference(where: str, problem: Problem) -> Difference:
    return Difference(f"{where}, {problem.field}", f"{problem.expected}: {problem.rule}", problem.actual)


def _filled(expect: Expect, seen: Seen) -> Iterator[Difference]:
    for answer in seen.answers:
        for field in expect.filled:
            if not is_filled(answer.fields.get(field)):
                yield Difference(f"{seen.where}, {field}", "a value", shown(answer, field))


def _any_filled(expect: Expect, seen: Seen) -> Iterator[Difference]:
    for answer in seen.answers:
        if expect.any_filled and not any(is_filled(answer.fields.get(field)) for field in expect.any_filled):
            yield Difference(f"{seen.where}, {' or '.join(expect.any_filled)}", "a value", "none")


def _empty(expect: Expect, seen: Seen) -> Iterator[Difference]:
    for answer in seen.answers:
        for field in expect.empty:
            if answer.fields.get(field) is not None:
                yield Difference(f"{seen.where}, {field}", "null", shown(answer, field))


def _same(expect: Expect, seen: Seen) -> Iterator[Difference]:
    if expect.same is None or seen.marks is None:
        return
    first = seen.marks[expect.same.step]
    for answer in (answer for answer in seen.answers if answer.word != "refused"):
        for field in expect.same.fields:
            if _tell_apart(first, answer, field):
                expected = f"{shown(first, field)}, as in step {expect.same.step}"
                yield Difference(f"{seen.where}, {field}", expected, shown(answer, field))


def _different(expect: Expect, seen: Seen) -> Iterator[Difference]:
    if expect.different is None or seen.marks is None:
        return
    first = seen.marks[expect.different.step]
    for answer in seen.answers:
        for field in expect.different.fields:
            both = is_filled(first.fields.get(field)) and is_filled(answer.fields.get(field))
            if both and not _tell_apart(first, answer, field):
                expected = f"another one than in step {expect.different.step}"
                yield Difference(f"{seen.where}, {field}", expected, shown(answer, field))


def _tell_apart(first: Answer, second: Answer, field: Field) -> bool:
    """Whether both say something, and not the same; 40, 40.0 and 40.00 are the same."""
    one, other = first.fields.get(field), second.fields.get(field)
    if not is_filled(one) or not is_filled(other):
        return False
    amounts = amount_of(one), amount_of(other)
    if isinstance(one, str) or isinstance(other, str) or None in amounts:
        return one != other
    return amounts[0] != amounts[1]


def _confirms_at_most(expect: Expect, seen: Seen) -> Iterator[Difference]:
    if expect.confirms_at_most is None:
        return
    confirmed = sum((answer.value for answer in seen.answers), ZERO)
    if confirmed > seen.limit:
        limit = f"at most {units(seen.limit)} confirmed"
        yield Difference(f"{seen.where}, value", limit, f"{units(confirmed)} confirmed")


def _confirms_at_least(expect: Expect, seen: Seen) -> Iterator[Difference]:
    if expect.confirms_at_least is None:
        return
    least = expect.confirms_at_least.within(ZERO, ZERO)
    for answer in seen.answers:
        if answer.word == "done" and answer.value < least:
            yield Difference(f"{seen.where}, value", units(least), shown(answer, "value"))


def _single(expect: Expect, seen: Seen) -> Iterator[Difference]:
    for field in expect.single:
        said = {str(answer.fields[field]) for answer in seen.answers if is_filled(answer.fields.get(field))}
        if len(said) > 1:
            yield Difference(f"{seen.where}, {field}", "one value in all answers", ", ".join(sorted(said)))


def _equal(expect: Expect, seen: Seen) -> Iterator[Difference]:
    for answer in seen.answers:
        said = {str(answer.fields[field]) for field in expect.equal if is_filled(answer.fields.get(field))}
        if len(said) > 1:
            yield Difference(
                f"{seen.where}, {' and '.join(expect.equal)}", "one value", " and ".join(sorted(said))
            )


def _at_least(expect: Expect, seen: Seen) -> Iterator[Difference]:
    for answer in seen.answers:
        for field, least in expect.at_least.items():
            if is_below(answer, field, least):
                yield Difference(f"{seen.where}, {field}", f"{least} or more", shown(answer, field))


def is_below(answer: Answer, field: Field, least: int) -> bool:
    """Whether a field is a number, and a smaller one."""
    amount = amount_of(answer.fields.get(field))
    return amount is not None and amount < least


def _never(expect: Expect, seen: Seen) -> Iterator[Difference]:
    for answer in seen.answers:
        for field, texts in expect.never.items():
            if answer.fields.get(field) in texts:
                yield Difference(f"{seen.where}, {field}", f"not {' or '.join(texts)}", shown(answer, field))


def _within_seconds(expect: Expect, seen: Seen) -> Iterator[Difference]:
    for answer in seen.answers:
        seconds = answer.elapsed_ms / 1000
        if expect.within_seconds is not None and seconds > expect.within_seconds:
            yield Difference(seen.where, f"an answer within {expect.within_seconds:g} s", f"{seconds:.1f} s")


def _bytes_at_most(expect: Expect, seen: Seen) -> Iterator[Difference]:
    for answer in seen.answers:
        if expect.bytes_at_most is not None and answer.length > expect.bytes_at_most:
            yield Difference(f"{seen.where}, body", f"at most {expect.bytes_at_most} bytes", f"{answer.length}")


def shown(answer: Answer, field: Field) -> str:
    """A field for a reader, at most 80 characters of it."""
    if field not in answer.fields:
        return "absent"
    value = answer.fields[field]
    text = "null" if value is None else str(value) or "empty text"
    return text if len(text) <= SHOWN_MAX else f"{text[: SHOWN_MAX - 3]}..."


JUDGES: Final[tuple[Judge, ...]] = (
    _words,
    _when,
    _statuses,
    _checks,
    _filled,
    _any_filled,
    _empty,
    _same,
    _different,
    _confirms_at_most,
    _confirms_at_least,
    _single,
    _equal,
    _at_least,
    _never,
    _within_seconds,
    _bytes_at_most,
)
"""One for each word of `Expect`, in the order in which they speak."""
