"""The auditor: questions about all exchanges of a run at once, asked after the last rule was played; pure.

A rule looks at its own payments. What is wrong between payments (an id used twice), and what no rule happened to
look at, is found here.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Final, NamedTuple, TypeVar

from msgspec import UNSET

from connector_ppp import problems
from connector_ppp.exchange import AnyExchange
from connector_ppp.messages import AuthorizeRequest, Card
from contracts.suite.amounts import units
from contracts.suite.answers import DONE, ID_FIELDS, Answer, answer_of, is_filled, read_object
from contracts.suite.books import Books, books_of
from contracts.suite.expectations import Difference

MOVES: Final = ("settle", "cancel", "refund")


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer to an audit's question, with the exchanges that show it."""

    difference: Difference
    exchanges: tuple[AnyExchange, ...]


class Seen(NamedTuple):
    """One payment: its id, its exchanges in order, and what they add up to."""

    payment_id: str
    exchanges: Sequence[AnyExchange]
    books: Books


@dataclass(frozen=True)
class Traffic:
    """What a run saw.

    Attributes:
        exchanges: all of them, those of one payment in order.
        called_back: the payments about which callbacks arrived, each with what they said.
    """

    exchanges: Sequence[AnyExchange]
    called_back: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def payments(self) -> tuple[Seen, ...]:
        """Each payment, added up once for all the questions."""
        groups = _grouped(self.exchanges, lambda each: each.payment_id)
        return tuple(Seen(name, group, books_of(group, groups)) for name, group in groups.items())


Audit = Callable[[Traffic], Iterator[Finding]]


def _moved_once(traffic: Traffic) -> Iterator[Finding]:
    """One requestId, one id of what was done; for each operation of each payment, which may share one (S8)."""
    for key, group in _grouped(traffic.exchanges, _operation_key).items():
        done = [(each, answer_of(each)) for each in group if each.operation in MOVES]
        ids = {_done_id(each, answer) for each, answer in done if answer.word == "done"}
        if len(ids) > 1:
            yield _finding(f"requestId {key[-1]}", "one id for all its repeats", sorted(ids), group)


def _operation_key(exchange: AnyExchange) -> tuple[str, ...] | None:
    if exchange.request_id is None:
        return None
    return exchange.payment_id or "", exchange.operation, exchange.request_id


def _captured_within_authorized(traffic: Traffic) -> Iterator[Finding]:
    """What was captured against what was asked for.

    A cancel after the capture may be a refund (C31), and an approval may come by callback: neither counts here.
    """
    for payment_id, group, books in traffic.payments:
        if books.captured > max(books.asked, Decimal(0)):
            actual = f"captured {units(books.captured)}"
            yield _finding(f"payment {payment_id}", f"at most {units(books.asked)}", [actual], group)


def _refunded_within_captured(traffic: Traffic) -> Iterator[Finding]:
    for payment_id, group, books in traffic.payments:
        if books.refunded > books.captured:
            limit = f"at most {units(books.captured)} refunded"
            yield _finding(f"payment {payment_id}", limit, [units(books.refunded)], group)


def _captured_after_approval(traffic: Traffic) -> Iterator[Finding]:
    """Nothing is captured of a payment that a later create still calls undefined or denied."""
    for payment_id, group, books in traffic.payments:
        settled = [index for index, each in enumerate(group) if _is_done(each, "settle")]
        later = [each for each in group[settled[0] :] if _is_create(each)] if settled else []
        words = {answer_of(each).word for each in later}
        if words & {"undefined", "denied"} and not books.voided:
            yield _finding(f"payment {payment_id}", "approved before anything is captured", sorted(words), group)


def _unique_ids(field: str, operation: str) -> Audit:
    """An audit of one kind of id: it names one thing in all the world."""

    def audit(traffic: Traffic) -> Iterator[Finding]:
        named: defaultdict[str, dict[str, AnyExchange]] = defaultdict(dict)
        for exchange in traffic.exchanges:
            value = answer_of(exchange).fields.get(field) if exchange.operation == operation else None
            if is_filled(value):
                named[str(value)].setdefault(_owner(exchange), exchange)
        for value, owners in named.items():
            if len(owners) > 1:
                shown = f"{value} for {len(owners)} {_OWNERS[operation]}"
                yield _finding(field, "another one each time", [shown], list(owners.values())[:2])

    return audit


_OWNERS: Final = {"authorize": "payments", "settle": "settles", "refund": "refunds", "cancel": "payments"}


def _owner(exchange: AnyExchange) -> str:
    """What an id belongs to: tid and cancellation to their payment, settlement and refund to their request.

    Already cancelled is a success with the original id (known issue 740084), so a payment may show one
    cancellationId for two requests.
    """
    owner = exchange.request_id if exchange.operation in {"settle", "refund"} else exchange.payment_id
    return owner or ""


def _never(rule: problems.Rule) -> Audit:
    """An audit of what is wrong with any single answer, whoever asked for it."""

    def audit(traffic: Traffic) -> Iterator[Finding]:
        for exchange in traffic.exchanges:
            for problem in exchange.problems:
                if problem.name == rule.name:
                    yield _finding(problem.field, problem.expected, [repr(problem.actual)], [exchange])

    return audit


def _no_value_above_asked(traffic: Traffic) -> Iterator[Finding]:
    """Of what is done; a refusal of an amount below zero says 0, and that is more, too."""
    done = [each for each in traffic.exchanges if answer_of(each).word == "done"]
    return _never(problems.VALUE_ABOVE)(Traffic(done))


def _strange_names(exchange: AnyExchange) -> Iterator[tuple[str, object, object]]:
    """The ids of a request that its answer gives otherwise: which, as asked, as answered."""
    asked, answer = read_object(exchange.request_body), answer_of(exchange)
    for name in ("paymentId", "requestId"):
        said = answer.fields.get(name)
        if answer.word == "done" and is_filled(said) and name in asked and said != asked[name]:
            yield name, asked[name], said


def _echoes(traffic: Traffic) -> Iterator[Finding]:
    """Whatever is done is said of what was asked; an answer for another payment of the run has an audit apart."""
    known = {payment.payment_id for payment in traffic.payments}
    for exchange in _moves(traffic):
        for name, asked, said in _strange_names(exchange):
            if said not in known:
                yield _finding(name, str(asked), [str(said)], [exchange])


def _answers_of_its_own(traffic: Traffic) -> Iterator[Finding]:
    known = {payment.payment_id for payment in traffic.payments}
    for exchange in _moves(traffic):
        for name, asked, said in _strange_names(exchange):
            if said in known:
                yield _finding(name, str(asked), [f"{said}, another payment"], [exchange])


def _nothing_undone_says_200(traffic: Traffic) -> Iterator[Finding]:
    for exchange in _moves(traffic):
        answer = answer_of(exchange)
        if answer.word == "refused" and exchange.status in DONE:
            yield _finding(f"{exchange.operation}, status", "HTTP 500 without an id", [str(answer)], [exchange])


def _moves(traffic: Traffic) -> Iterator[AnyExchange]:
    return (each for each in traffic.exchanges if each.operation in MOVES)


def _no_card_number(traffic: Traffic) -> Iterator[Finding]:
    """The number of a card that was sent stands in no answer."""
    cards = (getattr(each.request, "card", UNSET) for each in traffic.exchanges)
    numbers = {card.number for card in cards if isinstance(card, Card) and isinstance(card.number, str)}
    for exchange in traffic.exchanges:
        if any(number in (exchange.response_body or "") for number in numbers):
            yield _finding("body", "no card number", ["the number of the card"], [exchange])


def _declared_as_json(traffic: Traffic) -> Iterator[Finding]:
    """A body that is JSON says so in its Content-Type; where none came, nothing was declared wrongly."""
    for exchange in traffic.exchanges:
        headers = {name.lower(): text for name, text in exchange.response_headers.items()}
        declared = headers.get("content-type", "json")
        if read_object(exchange.response_body or "") and "json" not in declared:
            yield _finding("Content-Type", "application/json", [declared], [exchange])


def _stable_ids(traffic: Traffic) -> Iterator[Finding]:
    """The ids of a payment never change (C24, recommended)."""
    for payment_id, group, _ in traffic.payments:
        creates = [each for each in group if _is_create(each)]
        for name in ("tid", "authorizationId"):
            said = {str(answer_of(each).fields.get(name)) for each in creates if _says(each, name)}
            if len(said) > 1:
                yield _finding(f"payment {payment_id}, {name}", "one value", sorted(said), creates)


def _ids_of_operations_differ(traffic: Traffic) -> Iterator[Finding]:
    """A refund has not the id of a settle, unless both were asked for under one requestId."""
    settles = {_done_id(each, answer_of(each)): each for each in traffic.exchanges if _is_done(each, "settle")}
    for refund in (each for each in traffic.exchanges if _is_done(each, "refund")):
        told = _done_id(refund, answer_of(refund))
        settle = settles.get(told) if is_filled(told) else None
        if settle is not None and settle.request_id != refund.request_id:
            yield _finding("refundId", "an id of its own", [f"{told}, a settleId"], [settle, refund])


def _no_callback_of_what_is_final(traffic: Traffic) -> Iterator[Finding]:
    """Where every answer to a create was final, nothing is left to tell (known issue 740499)."""
    for payment_id, group, _ in traffic.payments:
        creates = [each for each in group if _is_create(each)]
        final = creates and all(answer_of(each).word in {"approved", "denied"} for each in creates)
        if final and payment_id in traffic.called_back:
            yield _finding(f"payment {payment_id}", "no callback: the answer was final", ["a callback"], creates)


def _callbacks_agree(traffic: Traffic) -> Iterator[Finding]:
    """What was told once is not told otherwise later."""
    for payment_id, words in traffic.called_back.items():
        if {"approved", "denied"} <= set(words):
            creates = [each for each in traffic.exchanges if each.payment_id == payment_id and _is_create(each)]
            yield _finding(f"payment {payment_id}", "one decision in all callbacks", words, creates)


AUDITS: Final[Mapping[str, Audit]] = {
    "moved-once": _moved_once,
    "captured-within-authorized": _captured_within_authorized,
    "refunded-within-captured": _refunded_within_captured,
    "captured-after-approval": _captured_after_approval,
    "tids-are-unique": _unique_ids("tid", "authorize"),
    "settle-ids-are-unique": _unique_ids("settleId", "settle"),
    "refund-ids-are-unique": _unique_ids("refundId", "refund"),
    "cancellation-ids-are-unique": _unique_ids("cancellationId", "cancel"),
    "ids-are-real": _never(problems.LITERAL_ID),
    "no-value-above-asked": _no_value_above_asked,
    "echoes": _echoes,
    "answers-of-its-own": _answers_of_its_own,
    "nothing-undone-says-200": _nothing_undone_says_200,
    "declared-as-json": _declared_as_json,
    "values-are-exact": _never(problems.VALUE_EXACT),
    "no-card-number": _no_card_number,
    "ids-are-stable": _stable_ids,
    "ids-of-operations-differ": _ids_of_operations_differ,
    "no-callback-of-what-is-final": _no_callback_of_what_is_final,
    "callbacks-agree": _callbacks_agree,
}
"""Every question by its name in the rules."""


def audit(name: str, traffic: Traffic) -> tuple[Finding, ...]:
    """Ask one question about a run.

    Args:
        name: a name of `AUDITS`.
        traffic: what the run saw.
    """
    return tuple(AUDITS[name](traffic))


# --- tools --------------------------------------------------------------------------------------------------


def _finding(where: str, expected: str, actual: Iterable[str], exchanges: Sequence[AnyExchange]) -> Finding:
    return Finding(Difference(where, expected, ", ".join(actual)), tuple(exchanges))


Key = TypeVar("Key", str, tuple[str, ...])


def _grouped(
    exchanges: Sequence[AnyExchange], key: Callable[[AnyExchange], Key | None]
) -> Mapping[Key, list[AnyExchange]]:
    groups: defaultdict[Key, list[AnyExchange]] = defaultdict(list)
    for exchange in exchanges:
        name = key(exchange)
        if name is not None:
            groups[name].append(exchange)
    return groups


def _done_id(exchange: AnyExchange, answer: Answer) -> str:
    return str(answer.fields.get(ID_FIELDS[exchange.operation]))


def _is_done(exchange: AnyExchange, operation: str) -> bool:
    return exchange.operation == operation and answer_of(exchange).word == "done"


def _is_create(exchange: AnyExchange) -> bool:
    return isinstance(exchange.request, AuthorizeRequest)


def _says(exchange: AnyExchange, field: str) -> bool:
    return is_filled(answer_of(exchange).fields.get(field))
