"""What can be seen of a story from outside between two steps, put in the words of the documented table."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from gateway_mock.core.money import text, to_cents
from gateway_mock.demo.answers import ConnectorCall, ConnectorPayment, LedgerPayment, Movements, Order
from gateway_mock.demo.story import NOTHING, End, Step

BY_HAND: Final = "email-notification"
"""The type of a refund that a person has to make (known issue 1099618)."""

_TOTALS: Final = ("authorized", "captured", "voided", "refunded")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything that was read: cents, but for the connector's own books."""

    order: Order
    movements: Mapping[str, Movements]
    """By operation: settle, cancel, refund."""
    ledger: LedgerPayment
    own: ConnectorPayment | None
    """The connector's own books, which count before the gateway's; a legacy connector has none."""

    def total(self, name: str) -> int:
        """One of authorized, captured, voided, refunded, in cents."""
        amount: int = getattr(self.ledger, name) if self.own is None else to_cents(getattr(self.own, name))
        return amount

    @property
    def paid(self) -> int:
        """What the connector took from the shopper and did not give back."""
        return self.total("captured") - self.total("refunded")

    @property
    def reserved(self) -> int:
        """What the connector still holds on the card."""
        return self.total("authorized") - self.total("captured") - self.total("voided")

    @property
    def by_hand(self) -> int:
        """What a person has to give back."""
        return sum(each.value for each in self.movements["refund"].actions if each.type == BY_HAND)

    @property
    def asked(self) -> tuple[str, ...]:
        """What the gateway was asked for."""
        return tuple(
            f"{operation} {text(each.value)}"
            for operation, told in self.movements.items()
            for each in told.requests
        )

    @property
    def did(self) -> tuple[str, ...]:
        """What the connector did: by its own books, or as the gateway noted it of a legacy one."""
        if self.own is not None:
            return tuple(map(_called, self.own.calls))
        noted = tuple(
            f"{'by hand' if each.type == BY_HAND else operation} {text(each.value)}"
            for operation, told in self.movements.items()
            for each in told.actions
        )
        return (f"authorize {text(self.ledger.authorized)}", *noted)

    @property
    def books(self) -> str:
        """Whether the gateway's ledger and the connector's own say the same."""
        if self.own is None:
            return NOTHING
        other = [name for name in _TOTALS if getattr(self.ledger, name) != self.total(name)]
        return f"{', '.join(other)} differ" if other else "agree"


def _called(call: ConnectorCall) -> str:
    value = NOTHING if call.value is None else text(to_cents(call.value))
    return f"{call.operation} {value}" if call.status == HTTPStatus.OK else f"{call.operation} {call.status}"


def observed(sends: str, refused: str, before: View | None, after: View) -> Step:
    """One step: how things stand, and what came since the last look."""
    return Step(
        sends=sends,
        refused=refused,
        order=after.order.status,
        invoiced=f"{text(after.order.invoiced)}/{text(after.order.value)}",
        asked=_news(before.asked if before else (), after.asked),
        did=_news(before.did if before else (), after.did),
        paid=text(after.paid),
    )


def _news(before: tuple[str, ...], after: tuple[str, ...]) -> str:
    """What was not there before; the same line may have come again."""
    return ", ".join((Counter(after) - Counter(before)).elements()) or NOTHING


def ended(view: View) -> End:
    """What is left when the story is over."""
    return End(
        paid=text(view.paid),
        by_hand=text(view.by_hand),
        net=text(view.paid - view.by_hand),
        reserved=text(view.reserved),
        books=view.books,
    )
