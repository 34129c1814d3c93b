"""Playing a story over HTTP, as a merchant's own system would."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

import msgspec
import requests

from gateway_mock.core.money import to_cents
from gateway_mock.demo.answers import (
    Account,
    Answer,
    ConnectorPayment,
    ErrorEnvelope,
    Exchanges,
    Ledger,
    MadeOrder,
    Movements,
    Order,
)
from gateway_mock.demo.line import Audience, Json, Line
from gateway_mock.demo.stage import Stage
from gateway_mock.demo.story import NOTHING, Course, Played, Story
from gateway_mock.demo.view import View, ended, observed

CONNECTOR: Final = "Acquirer"
"""The connector's name in every account of the demo."""

VISA: Final = 2
"""The payment system's id at VTEX."""

ISSUED: Final = "2026-01-02T10:00:00+00:00"

LISTS: Final[Mapping[str, str]] = MappingProxyType(
    {"settle": "settlements", "cancel": "cancellations", "refund": "refunds"}
)
"""Where the gateway lists what it was asked for, and what connectors did."""


# --- What the merchant's system posts below its order ---------------------------------------------------------


def _sale(cents: int, number: int) -> tuple[str, Json]:
    return "invoice", _invoice("Output", cents, number)


def _return(cents: int, number: int) -> tuple[str, Json]:
    return "invoice", _invoice("Input", cents, number)


def _invoice(kind: str, cents: int, number: int) -> Json:
    return {
        "type": kind,
        "issuanceDate": ISSUED,
        "invoiceNumber": f"{number}",
        "invoiceValue": f"{cents}",
        "items": [],
    }


def _change(cents: int, number: int) -> tuple[str, Json]:
    return "changes", {
        "requestId": f"change-{number}",
        "reason": "Out of stock",
        "discountValue": max(-cents, 0),
        "incrementValue": max(cents, 0),
    }


SENDS: Final[Mapping[str, Callable[[int, int], tuple[str, Json]]]] = MappingProxyType(
    {"invoice": _sale, "change": _change, "return": _return}
)
"""By the word of the story: cents and a number of its own become a path and a body."""


# --- The play -------------------------------------------------------------------------------------------------


def play(story: Story, stage: Stage, audience: Audience) -> Played:
    """Play one story in an account of its own.

    Raises:
        UnexpectedAnswerError: a server answered what no story has.
    """
    lines = _enter(story, stage, audience)
    first, *others = (step.sends for step in story.documented.steps)
    audience.act(f"{story.name}: {first}")
    desk = Desk(*lines, made=_order(lines[0], first), audience=audience)
    view = desk.look()
    steps = [observed(first, NOTHING, None, view)]
    for number, sends in enumerate(others, 1):
        audience.act(f"{story.name}: {sends}")
        refused = desk.send(sends, number)
        before, view = view, desk.look()
        steps.append(observed(sends, refused, before, view))
    return Played(story, Course(tuple(steps), ended(view)))


def _enter(story: Story, stage: Stage, audience: Audience) -> tuple[Line, Line | None]:
    """Make an account with its connector; the lines to the sandbox and, where there is one, to the connector."""
    account = Line(stage.sandbox, audience).ask(Account, "POST", "/_mock/accounts", {})
    sandbox = Line(stage.sandbox, audience, account)
    url = {"url": stage.connector} if story.is_ppp else {}
    sandbox.ask(Answer, "PUT", f"/_mock/connectors/{CONNECTOR}", {**story.connector, **url})
    return sandbox, Line(stage.connector, audience) if story.is_ppp else None


def _order(sandbox: Line, sends: str) -> MadeOrder:
    _, cents = _read(sends)
    payment = {"paymentSystem": VISA, "value": cents, "connector": CONNECTOR}
    return sandbox.ask(MadeOrder, "POST", "/_mock/orders", {"value": cents, "payments": [payment]})


def _read(sends: str) -> tuple[str, int]:
    """`invoice 40.00` as its word and its cents."""
    word, amount = sends.split()
    return word, to_cents(Decimal(amount))


class Desk:
    """Where the merchant's system sits: one order, what is sent for it, what can be read of it."""

    def __init__(self, sandbox: Line, connector: Line | None, *, made: MadeOrder, audience: Audience) -> None:
        self._sandbox = sandbox
        self._connector = connector
        self._made = made
        self._audience = audience
        self._told = 0

    def send(self, sends: str, number: int) -> str:
        """Send an invoice, a change or a return; how it was refused, if it was."""
        word, cents = _read(sends)
        path, body = SENDS[word](cents, number)
        response = self._sandbox.send("POST", f"/api/oms/pvt/orders/{self._made.order_id}/{path}", body)
        return NOTHING if response.ok else f"{response.status_code} {_code(response)}"

    def look(self) -> View:
        """Read everything that can be read; first the audience hears what the gateway called meanwhile."""
        self._tell()
        made, gateway = self._made, f"/api/pvt/transactions/{self._made.transaction_id}"
        return View(
            order=self._sandbox.ask(Order, "GET", f"/api/oms/pvt/orders/{made.order_id}"),
            movements={
                operation: self._sandbox.ask(Movements, "GET", f"{gateway}/{path}")
                for operation, path in LISTS.items()
            },
            ledger=self._sandbox.ask(Ledger, "GET", f"{self._mock}/ledger").payments[0],
            own=self._own_books(),
        )

    def _own_books(self) -> ConnectorPayment | None:
        if self._connector is None:
            return None
        return self._connector.ask(ConnectorPayment, "GET", f"/_reference/payments/{self._made.payments[0].id}")

    def _tell(self) -> None:
        exchanges = self._sandbox.ask(Exchanges, "GET", f"{self._mock}/exchanges").exchanges
        for each in exchanges[self._told :]:
            self._audience.called(each)
        self._told = len(exchanges)

    @property
    def _mock(self) -> str:
        return f"/_mock/transactions/{self._made.transaction_id}"


def _code(response: requests.Response) -> str:
    try:
        return msgspec.json.decode(response.content, type=ErrorEnvelope).error.code
    except msgspec.DecodeError:
        return "without a code"
