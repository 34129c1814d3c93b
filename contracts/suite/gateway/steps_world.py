"""Steps beside the merchant's APIs: the connector's side, the clock, and what was moved in all."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Final

from msgspec import UNSET

from connector_ppp.amounts import currency_units
from connector_ppp.messages import AuthorizeResponse, encode
from contracts.suite.answers import amount_of, is_filled
from contracts.suite.expectations import Difference
from contracts.suite.gateway import steps_gateway, steps_orders
from contracts.suite.gateway.expectations import shown
from contracts.suite.gateway.happened import Happened, Performer
from contracts.suite.gateway.heard import Books, Heard
from contracts.suite.gateway.merchant import Answer, member
from contracts.suite.gateway.recorder import Arranged
from contracts.suite.gateway.replies import minted
from contracts.suite.gateway.scene import Scene
from contracts.suite.gateway.vocabulary import (
    Advance,
    Antifraud,
    Arrange,
    Base,
    Cancel,
    Invoice,
    Movements,
    Notify,
    Refund,
    Settle,
    Split,
    Together,
    Told,
    Totals,
)

_AT_ONCE: Final[dict[type[Base], Performer]] = {
    Settle: steps_gateway.settle,
    Cancel: steps_gateway.cancel,
    Refund: steps_gateway.refund,
    Invoice: steps_orders.invoice,
}


def notify(scene: Scene, step: Notify) -> Happened:
    """Call the gateway back about the first payment."""
    heard = next((each for each in scene.heard() if each.operation == "authorize"), None)
    url = None if heard is None else heard.fields.get("callbackUrl")
    if heard is None or not is_filled(url):
        return Happened(blocked="the connector was given no callbackUrl")
    body = encode(_news(heard.payment_id, step.status)) if step.status else b""
    address = f"{url}0" if step.forged else str(url)
    return Happened(scene.kept(scene.stage.merchant, "callback", "POST", address, body))


def _news(payment_id: str, status: str) -> AuthorizeResponse:
    """The body of a callback: that of a create answer (documented)."""
    approved = status == "approved"
    return AuthorizeResponse(
        payment_id=payment_id,
        status=status,
        authorization_id=minted("authorization", payment_id) if approved else UNSET,
        tid=minted("tid", payment_id),
        nsu=minted("nsu", payment_id),
        acquirer="suite",
        code=None,
        message=None,
    )


def arrange(scene: Scene, step: Arrange) -> Happened:
    """Have the connector do something else for once."""
    scene.recorder.arrange(scene.transaction, Arranged(step.operation, step.conduct, step.value), step.times)
    return Happened()


def advance(scene: Scene, step: Advance) -> Happened:
    """Move the clock of the rule's account."""
    return Happened(scene.ask("advance", "POST", "/_mock/clock", {"advance": step.seconds}))


def antifraud(scene: Scene, step: Antifraud) -> Happened:
    """Have the payments of the rule's account looked at."""
    body = {"verdict": step.verdict, "delay": step.delay}
    return Happened(scene.ask("antifraud", "PUT", "/_mock/antifraud", body))


def split(scene: Scene, _step: Split) -> Happened:
    """Have the captures of the rule's account paid out to several recipients."""
    return Happened(scene.ask("split", "PUT", "/_mock/quirks", {"payout-split": True}))


def told(scene: Scene, step: Told) -> Happened:
    """What the newest call of an operation says."""
    heard = next((each for each in reversed(scene.heard()) if each.operation == step.of), None)
    if heard is None:
        return Happened(blocked=f"the connector heard of no {step.of}")
    found = [
        *(_other(step.of, name, value, heard.fields.get(name)) for name, value in step.fields.items()),
        *(_other(step.of, name, None, heard.fields.get(name)) for name in step.absent),
        _unshared(heard) if step.shares else None,
    ]
    return Happened(differences=tuple(each for each in found if each is not None))


def _other(operation: str, name: str, expected: object, actual: object) -> Difference | None:
    if actual == expected:
        return None
    return Difference(f"{operation}, {name}", "nothing" if expected is None else str(expected), shown(actual))


def _unshared(heard: Heard) -> Difference | None:
    """What is wrong with who gets what of a call (known issues 698005 and 489481)."""
    listed = heard.fields.get("recipients")
    rows = [row for row in listed if isinstance(row, Mapping)] if isinstance(listed, list) else []
    amounts = [amount_of(row.get("amount")) for row in rows if is_filled(row.get("id"))]
    named = bool(rows) and len(amounts) == len(rows) and None not in amounts
    if named and sum(filter(None, amounts), Decimal(0)) == heard.amount:
        return None
    actual = " + ".join(shown(row.get("amount")) for row in rows) or "nobody"
    return Difference(f"{heard.operation}, recipients", f"shares that add up to {heard.amount:.2f}", actual)


def totals(scene: Scene, step: Totals) -> Happened:
    """What the connector moved in all, by its own books."""
    scene.news(0)
    books = list(scene.recorder.books(scene.transaction).values())
    expected = Books(Decimal(0), step.captured, step.voided, step.refunded)
    return Happened(differences=tuple(_wrong(books, expected)))


def _wrong(books: Sequence[Books], expected: Books) -> Iterator[Difference]:
    for name in ("captured", "voided", "refunded"):
        actual = sum((getattr(each, name) for each in books), Decimal(0))
        if actual != getattr(expected, name):
            yield Difference(f"in the end, {name}", f"{getattr(expected, name):.2f}", f"{actual:.2f}")


def movements(scene: Scene, step: Movements) -> Happened:
    """What the gateway shows of its requests and its actions, in cents."""
    answer = scene.ask(f"read {step.of}", "GET", f"{steps_gateway.TRANSACTIONS}/{scene.transaction}/{step.of}")
    if answer.word != "done":
        return Happened(answer)
    rows = (("requests", step.requested), ("actions", step.moved))
    found = (
        _unlike(step.of, name, expected, _values(answer, name)) for name, expected in rows if expected is not None
    )
    return Happened(answer, tuple(each for each in found if each is not None))


def _values(answer: Answer, name: str) -> tuple[Decimal, ...]:
    listed = member(answer.body, name)
    values = [member(row, "value") for row in listed] if isinstance(listed, list) else []
    return tuple(currency_units(value) for value in values if isinstance(value, int))


def _unlike(view: str, name: str, expected: Sequence[Decimal], actual: Sequence[Decimal]) -> Difference | None:
    if sorted(expected) == sorted(actual):
        return None
    shown = (", ".join(f"{each:.2f}" for each in sorted(values)) or "none" for values in (expected, actual))
    return Difference(f"{view}, {name}", *shown)


def together(scene: Scene, step: Together) -> Happened:
    """Ask several things at once, and count what was done."""
    ready = Barrier(len(step.steps))

    def ask(single: Settle | Cancel | Refund | Invoice) -> Answer | None:
        ready.wait()
        return _AT_ONCE[type(single)](scene, single).answer

    with ThreadPoolExecutor(len(step.steps)) as threads:
        answers = [answer for answer in threads.map(ask, step.steps) if answer is not None]
    done = [answer for answer in answers if answer.word == "done"]
    if step.done in {None, len(done)}:
        return Happened()
    expected = f"{step.done} of {len(step.steps)} done"
    return Happened(differences=(Difference("at once", expected, "; ".join(map(str, answers))),))
