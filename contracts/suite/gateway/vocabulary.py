"""The words that rules for gateways are written in: what the merchant asks, and what has to come of it.

Amounts are currency units; the performers turn them into what an API takes. `rules/gateway/schema.json` says the
same to editors.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, TypeAlias

from msgspec import field

from contracts.suite.rule import AnyRule
from contracts.suite.vocabulary import CardName, Likeness, Wording

Word = Literal["done", "refused", "broken", "unanswered"]
"""What an answer claims: 2xx, 4xx, any other status, or none at all."""

Route = Literal["total", "hold", "partial", "pix", "legacy"]
"""Where a payment goes: the suite's connector in one of its modes, in Partial mode by Pix, or a legacy one."""

Operation = Literal["authorize", "settle", "cancel", "refund"]

Conduct = Literal["drops", "fails", "says-no", "hands-over", "denies", "waits", "confirms"]
"""What the suite's connector does for once.

The work without an answer, a failure, a null id with HTTP 200, HTTP 501, a denial, no decision yet, or less.
"""

Identity = Literal["own", "none", "wrong", "other"]
"""Whose credentials a request carries: the account's, nobody's, a wrong token, another account's."""

View = Literal["settlements", "refunds", "cancellations"]

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class Expect(Wording, frozen=True, kw_only=True):
    """What is true of an answer.

    Attributes:
        words: what it may claim; each step has a default.
        statuses: the HTTP statuses that it may have.
        codes: the `error.code` that it may have.
        says: a text that stands in `error.message`.
        fields: members and what they equal; a dot goes deeper, a number counts in a list.
        filled: members that say something.
        same: members that equal those of an earlier answer.
        different: members that do not.
    """

    words: tuple[Word, ...] = ()
    statuses: tuple[int, ...] = ()
    codes: tuple[str, ...] = ()
    says: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)
    filled: tuple[str, ...] = ()
    same: Likeness | None = None
    different: Likeness | None = None


class OrderSeen(Wording, frozen=True, kw_only=True):
    """What reading the order shows after a step; its value is in currency units."""

    status: tuple[str, ...] = ()
    value: Decimal | None = None


class Base(Wording, frozen=True, kw_only=True, tag_field="do"):
    """What every step has.

    Attributes:
        name: how later steps of the rule call its answer.
        expect: what is true of its answer.
        hears: the calls that reach the suite's connector because of it, such as `settle 40.00`, or
            `settle B 40.00` where the transaction has several payments; without it nobody looks.
        any_order: whether those calls may come in any order.
        order: what reading the order shows afterwards.
        transaction: the status of the transaction afterwards.
    """

    name: str = ""
    expect: Expect = Expect()
    hears: tuple[str, ...] | None = None
    any_order: bool = False
    order: OrderSeen | None = None
    transaction: tuple[str, ...] = ()


class Asking(Base, frozen=True, kw_only=True):
    """Base of the steps that ask the gateway one thing.

    Attributes:
        patch: what is changed in the body before it is sent, as a JSON merge patch; `absent` takes a member out.
        credentials: whose it carries.
    """

    patch: Mapping[str, object] = field(default_factory=dict)
    credentials: Identity = "own"


class Paying(Wording, frozen=True, kw_only=True):
    """One payment of a transaction; the first of a transaction is called A, the next B."""

    route: Route
    value: Decimal
    card: CardName = "approved"
    installments: int = 1
    currency: str = "BRL"


class Line(Wording, frozen=True, kw_only=True):
    """One line of an order; the price of a unit in currency units."""

    id: str
    price: Decimal
    quantity: int


class Start(Asking, frozen=True, kw_only=True, tag="start"):
    """Start a transaction."""

    value: Decimal


class SendPayments(Asking, frozen=True, kw_only=True, tag="send-payments"):
    """Tell the gateway how it is paid."""

    payments: tuple[Paying, ...]


class Authorize(Asking, frozen=True, kw_only=True, tag="authorize"):
    """Ask for the authorization of all payments."""


class Pay(Base, frozen=True, kw_only=True, tag="pay"):
    """Start, send payments, send additional data, authorize: the official steps, as far as they go."""

    payments: tuple[Paying, ...]


class Settle(Asking, frozen=True, kw_only=True, tag="settle"):
    """Ask the gateway to settle a value."""

    value: Decimal


class Cancel(Asking, frozen=True, kw_only=True, tag="cancel"):
    """Ask the gateway to cancel a value."""

    value: Decimal


class Refund(Asking, frozen=True, kw_only=True, tag="refund"):
    """Ask the gateway to give a value back."""

    value: Decimal


class PlaceOrder(Asking, frozen=True, kw_only=True, tag="order"):
    """Have an order made and paid, up to where it is handled; needs the control plane."""

    value: Decimal
    payments: tuple[Paying, ...]
    shipping: Decimal | None = None
    items: tuple[Line, ...] = ()


class Invoice(Asking, frozen=True, kw_only=True, tag="invoice"):
    """Invoice a part of the order: a sale, or a return.

    Attributes:
        number: the invoice number.
        value: currency units.
        kind: `Output` or `Input`, as the API has it.
    """

    number: str
    value: Decimal
    kind: Literal["Output", "Input"] = "Output"


class Change(Asking, frozen=True, kw_only=True, tag="change"):
    """Change the order's value by version 1: what comes off, and what comes on top.

    Attributes:
        request: the key of repeats.
        discount: currency units.
        increment: currency units.
    """

    request: str
    discount: Decimal = Decimal(0)
    increment: Decimal = Decimal(0)


class Modify(Asking, frozen=True, kw_only=True, tag="modify"):
    """Change the order by version 2, and wait until it is done or canceled.

    Attributes:
        discount: currency units, by hand.
        increment: currency units, by hand.
        remove: units of articles that are taken out; the freight stays.
        ends: how the change ends; `open`: it has not ended when it is asked for once.
    """

    discount: Decimal | None = None
    increment: Decimal | None = None
    remove: Mapping[str, int] = field(default_factory=dict)
    ends: Literal["done", "canceled", "open"] = "done"


class CancelOrder(Asking, frozen=True, kw_only=True, tag="cancel-order"):
    """Cancel the order."""


class Send(Asking, frozen=True, kw_only=True, tag="send"):
    """Send any request.

    Attributes:
        method: the HTTP method.
        path: below the gateway's address; `{transaction}`, `{order}`, `{payment}`, `{change}` (the last one of
            version 2) and `{nobody}` are filled in.
        body: the JSON body.
        text: the body as it is, where it is no JSON.
    """

    method: Method = "GET"
    path: str
    body: object = None
    text: str | None = None


class Notify(Base, frozen=True, kw_only=True, tag="notify"):
    """Call the gateway back about the first payment, at the address that the connector was given.

    Attributes:
        status: what the payment has become; empty: a callback without a body.
        forged: whether the signature is another one.
    """

    status: str = ""
    forged: bool = False


class Arrange(Base, frozen=True, kw_only=True, tag="arrange"):
    """Have the suite's connector do something else for the next calls of an operation.

    Attributes:
        operation: of which it is.
        conduct: what it does.
        times: how often.
        value: what it confirms, currency units.
    """

    operation: Operation
    conduct: Conduct
    times: int = 1
    value: Decimal | None = None


class Advance(Base, frozen=True, kw_only=True, tag="advance"):
    """Move the gateway's clock; needs one that can be moved."""

    seconds: int


class Antifraud(Base, frozen=True, kw_only=True, tag="antifraud"):
    """Have payments looked at before they are approved; needs the control plane.

    Attributes:
        verdict: what is said of each.
        delay: seconds until it is said.
    """

    verdict: Literal["approved", "rejected"]
    delay: int = 0


class Split(Base, frozen=True, kw_only=True, tag="split"):
    """Have captures paid out to several recipients; needs the control plane."""


class Told(Base, frozen=True, kw_only=True, tag="told"):
    """What the newest call of an operation says.

    Attributes:
        of: the operation.
        fields: members and what they equal.
        absent: members that are not there, or null.
        shares: whether it names recipients, each with an amount, that add up to its value.
    """

    of: Operation
    fields: Mapping[str, object] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    shares: bool = False


class Totals(Base, frozen=True, kw_only=True, tag="totals"):
    """What the connector was asked to move in all, and did; currency units."""

    captured: Decimal
    voided: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)


class Movements(Base, frozen=True, kw_only=True, tag="movements"):
    """What the gateway shows of its requests and of what came of them; currency units, in any order."""

    of: View
    requested: tuple[Decimal, ...] | None = None
    moved: tuple[Decimal, ...] | None = None


class Together(Base, frozen=True, kw_only=True, tag="together"):
    """Ask several things at once.

    Attributes:
        steps: what is asked.
        done: how many of the answers say that it is done; None where that is open.
    """

    steps: "tuple[Settle | Cancel | Refund | Invoice, ...]"
    done: int | None = None


Step: TypeAlias = (
    Start
    | SendPayments
    | Authorize
    | Pay
    | Settle
    | Cancel
    | Refund
    | PlaceOrder
    | Invoice
    | Change
    | Modify
    | CancelOrder
    | Send
    | Notify
    | Arrange
    | Advance
    | Antifraud
    | Split
    | Told
    | Totals
    | Movements
    | Together
)
"""Any step."""


class GatewayRule(AnyRule, frozen=True, kw_only=True):
    """A rule for gateways.

    Attributes:
        given: steps that lead there; when one does not work, the rule is blocked.
        steps: what is judged.
    """

    given: tuple[Step, ...] = ()
    steps: tuple[Step, ...] = ()
