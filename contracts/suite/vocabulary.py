"""The words that rules are written in: a closed set of steps, and what may be expected of their answers.

A step says what the gateway does; its struct is its whole grammar. `rules/schema.json` says the same to editors.
"""

from typing import ClassVar, Literal, TypeAlias

from msgspec import Struct

from contracts.suite.amounts import Amount

Word = Literal["approved", "denied", "undefined", "done", "refused", "manual", "unanswered"]
"""What an answer claims: the status of a creation, or what became of an operation."""

CardName = Literal["approved", "denied", "async-approved", "async-denied", "none"]
"""The test cards of VTEX's suite by what they lead to; `none` is a card without a number."""

MethodName = Literal["", "bank-invoice", "redirect", "pix"]
"""Which method pays: the one chosen for the run, or the first that the manifest offers of a family."""

Loss = Literal["", "reply", "connection", "half", "slow"]
"""What the network does: nothing, the reply never arrives, the caller hangs up at once, or after half of it; or
the second half comes a moment after the first, and nothing is lost."""

Field = str
"""A field of an answer, in the protocol's spelling."""


class Wording(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """Base of everything that stands in a rule; a word that is not known is a mistake."""


class Likeness(Wording, frozen=True, kw_only=True):
    """Fields that are compared with those of an earlier answer, named by its step."""

    step: str
    fields: tuple[Field, ...]


class Consequence(Wording, frozen=True, kw_only=True):
    """What an answer may claim when an earlier step, named here, was answered with a certain word."""

    step: str
    said: Word = "done"
    words: tuple[Word, ...]


class Expect(Wording, frozen=True, kw_only=True):
    """What is true of an answer; of each answer, where there are several.

    Attributes:
        words: what it may claim.
        when: what it may claim, depending on what an earlier step was answered with.
        statuses: the HTTP statuses that it may have.
        checks: checks of `connector_ppp.problems` (and of callbacks) that find nothing.
        filled: fields that say something.
        any_filled: fields of which at least one does.
        empty: fields that are null or absent.
        same: fields that equal those of an earlier answer, where both are filled.
        different: fields that do not.
        confirms_at_most: what the answers confirm together, currency units.
        confirms_at_least: what each confirms; of amounts so small that less (S14) is no limit, but a loss.
        single: fields that are the same in all answers in which they are filled.
        equal: fields of one answer that have the same value.
        at_least: fields that are no smaller number than this, where they are numbers.
        never: texts that a field does not have.
        within_seconds: how long each answer takes at most.
        bytes_at_most: how long each answer is at most.
    """

    words: tuple[Word, ...] = ()
    when: Consequence | None = None
    statuses: tuple[int, ...] = ()
    checks: tuple[str, ...] = ()
    filled: tuple[Field, ...] = ()
    any_filled: tuple[Field, ...] = ()
    empty: tuple[Field, ...] = ()
    same: Likeness | None = None
    different: Likeness | None = None
    confirms_at_most: Amount | None = None
    confirms_at_least: Amount | None = None
    single: tuple[Field, ...] = ()
    equal: tuple[Field, ...] = ()
    at_least: dict[Field, int] = {}
    never: dict[Field, tuple[str, ...]] = {}
    within_seconds: float | None = None
    bytes_at_most: int | None = None


class Base(Wording, frozen=True, kw_only=True, tag_field="do"):
    """What every step has.

    Attributes:
        name: how later steps of the rule call its answer.
        payment: which of the rule's payments it is about.
        expect: what is true of its answer; each step has a default for its words.
        lacks_when: words of an answer by which a connector says, within its rights, that it cannot do this.
        lacks_below: fields that say the same where they are smaller numbers than these.
    """

    words: ClassVar[tuple[Word, ...]] = ("done",)

    name: str = ""
    payment: str = "payment"
    expect: Expect = Expect()
    lacks_when: tuple[Word, ...] = ()
    lacks_below: dict[Field, int] = {}


class Sending(Base, frozen=True, kw_only=True):
    """Base of the steps that send one request.

    Attributes:
        patch: what is changed in the body before it is sent, as a JSON merge patch; the text
            `absent` takes a member out.
        lost: what the network does to it.
        strange: whether it carries wrong credentials.
        patient: whether a refund that fails is asked for again under its requestId, as the gateway does for a day.
        request: the name of its requestId; steps of one name have one id, and a step without a name its own.
        second: the name of the second in which it is sent; its requestId then is of VTEX's own shape, made of that
            second and the cents (S8).
        suffix: what the sandbox writes behind such a requestId, so that equal amounts of one second differ.
    """

    patch: dict[str, object] = {}
    lost: Loss = ""
    strange: bool = False
    patient: bool = False
    request: str = ""
    second: str = ""
    suffix: str = ""


class Manifest(Sending, frozen=True, kw_only=True, tag="manifest"):
    """Read the manifest."""


class Authorize(Sending, frozen=True, kw_only=True, tag="authorize"):
    """Create a payment.

    Attributes:
        value: what is to be authorized, currency units.
        card: the card, where the method takes one.
        method: which method pays.
        items: how many lines the cart has.
        currency: ISO 4217 code, when not that of the run.
        callback_status: the HTTP status with which the suite answers its callback.
        final: whether an `undefined` payment is waited for, by callback and repeated creates.
        beside: an earlier payment of the rule, whose transaction and order this one shares.
    """

    words = ("approved",)

    value: Amount
    card: CardName = "approved"
    method: MethodName = ""
    items: int = 1
    currency: str = ""
    callback_status: int = 200
    final: bool = True
    beside: str = ""


class Settle(Sending, frozen=True, kw_only=True, tag="settle"):
    """Capture a value."""

    value: Amount


class Cancel(Sending, frozen=True, kw_only=True, tag="cancel"):
    """Void a value, in the unit that the connector understands (C1), or everything when there is none."""

    value: Amount | None = None


class Refund(Sending, frozen=True, kw_only=True, tag="refund"):
    """Give back a value of one capture: the one whose step is named, or the newest."""

    value: Amount
    of: str = ""


class Repeat(Sending, frozen=True, kw_only=True, tag="repeat"):
    """Send an earlier request again under its own id, byte by byte unless a value is given.

    Attributes:
        of: the name of the earlier step.
        value: another value than before.
    """

    words = ()

    of: str
    value: Amount | None = None


class Inbound(Sending, frozen=True, kw_only=True, tag="inbound"):
    """Hand a third party's message over."""

    action: str = "notify"


class Token(Sending, frozen=True, kw_only=True, tag="token"):
    """Ask for the token that begins the configuration flow."""


class Redirect(Sending, frozen=True, kw_only=True, tag="redirect"):
    """Send the merchant's browser to the connector with a token."""


class Credentials(Sending, frozen=True, kw_only=True, tag="credentials"):
    """Trade the code of the redirect for the credentials.

    Attributes:
        code: another code than that of the redirect; empty: that one.
    """

    code: str = ""


class AwaitCallback(Base, frozen=True, kw_only=True, tag="await-callback"):
    """Wait until the connector calls back about the payment, for at most `seconds`."""

    words = ("approved",)

    seconds: float = 15.0


class Outlast(Base, frozen=True, kw_only=True, tag="outlast"):
    """Wait until what an earlier step waited for would have happened here, too, and a little longer."""

    words = ()

    of: str


class SettleRest(Base, frozen=True, kw_only=True, tag="settle-rest"):
    """Capture what is open, in as many settles as it takes while the connector captures less than asked."""

    words = ()


class RefundRest(Base, frozen=True, kw_only=True, tag="refund-rest"):
    """Give back what is captured, one refund for each capture."""

    words = ()


class CancelPart(Base, frozen=True, kw_only=True, tag="cancel-part"):
    """Cancel 40.00 of 100.00 in decimal units, then in cents, until exactly 60.00 can be settled (C1)."""


class SpareRest(Base, frozen=True, kw_only=True, tag="spare-rest"):
    """Cancel 40.00 of 100.00, and see whether any of the rest can still be settled (C1: the value is optional)."""


class Together(Base, frozen=True, kw_only=True, tag="together"):
    """Send several requests at once; what is expected is expected of all their answers."""

    words = ()

    steps: "tuple[Single, ...]"


Single: TypeAlias = (
    Manifest | Authorize | Settle | Cancel | Refund | Repeat | Inbound | Token | Redirect | Credentials
)
"""A step that sends one request."""

Step: TypeAlias = Single | AwaitCallback | Outlast | SettleRest | RefundRest | CancelPart | SpareRest | Together
"""Any step."""
