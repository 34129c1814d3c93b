"""What the store keeps of an account, one type a kind of record. Amounts are cents, moments are microseconds.

Records wrap the core's own types and add what the API shows beside them; nothing here decides.
"""

from enum import StrEnum

from msgspec import Struct, field

from gateway_mock.core.ledger import Call, Entry, Transaction
from gateway_mock.core.modes import Kind, Mode
from gateway_mock.core.orders import Order
from gateway_mock.core.policy import RECOMMENDED, Policy


class Record(Struct, frozen=True, array_like=True):
    """What a store keeps; it never changes, `msgspec.structs.replace` makes a copy with other values.

    Stores keep the values in their order, without names: append new fields, with a default, and never move one.
    """


# --- Accounts -----------------------------------------------------------------------------------------------


class Credentials(Record, frozen=True, kw_only=True):
    """One pair of an account. Key: the application key."""

    account: str
    app_key: str
    app_token: str


# --- Configuration ------------------------------------------------------------------------------------------


class HeaderStyle(StrEnum):
    """Which pair of credential headers a PPP connector gets (C18)."""

    VTEX = "vtex"
    PROVIDER = "provider"


class AutoSettlement(StrEnum):
    """When a payment settles by itself, as the merchant chose; a legacy connector knows its schedule alone."""

    RECOMMENDED = "recommended"
    """When the connector's delays run out."""
    AFTER_AUTHORIZATION = "after-authorization"
    """At once, anti-fraud or not."""
    AFTER_ANTIFRAUD = "after-antifraud"
    """As soon as the transaction is approved."""
    DISABLED = "disabled"
    """Never: only what invoices ask for."""


class ConnectorSettings(Record, frozen=True, kw_only=True):
    """How to reach a connector and what it can do."""

    name: str
    kind: Kind
    mode: Mode = Mode.TOTAL
    url: str = ""
    app_key: str = ""
    app_token: str = ""
    headers: HeaderStyle = HeaderStyle.VTEX
    payment_systems: tuple[int, ...] = ()
    refunds_in_part: bool = True
    """Legacy: whether it gives back a part of what it captured; PPP connectors always may be asked."""
    settles_after: int | None = None
    """The merchant's schedule: seconds from the approval to the automatic settle; it goes before all else."""
    affiliation_id: str = ""
    auto_settle: AutoSettlement = AutoSettlement.RECOMMENDED
    partner_key: str = ""
    """The credentials of the partner whose connector it is: its callbacks carry them. Empty: nobody looks."""
    partner_token: str = ""
    test_suite: bool = False
    """Whether it is called as VTEX's test suite calls: a header says so, and 5 seconds have to be enough."""
    contingency: bool = False
    """Whether its card payments are parked for a while when it keeps failing."""
    is_production: bool = True
    """Whether requests are meant; in test mode each one says `sandBoxMode` or `sandboxMode` (documented)."""


class FaultKind(StrEnum):
    """What can go wrong between the gateway and a connector."""

    DROP_REQUEST = "drop-request"
    """The connector never hears of it."""
    DROP_REPLY = "drop-reply"
    """The work is done, then the answer is lost."""
    TIMEOUT = "timeout"
    """The work is done, the answer comes too late."""
    RESET = "reset"
    """The connection breaks while the request is on its way."""
    STATUS = "status"
    """Something in between answers with a status of its own; the connector never hears of it."""
    MALFORMED = "malformed"
    """The work is done, the answer is garbage."""
    DUPLICATE = "duplicate"
    """The request arrives twice."""
    DELAY = "delay"
    """The request arrives late."""


class FaultRecord(Record, frozen=True, kw_only=True):
    """A fault that waits for a call of its operation (`*`: of any)."""

    operation: str
    kind: FaultKind
    times: int = 1
    after: int = 0
    """How many calls of the operation go well first."""
    status: int = 500
    seconds: float = 1.0


class Contingency(Record, frozen=True, kw_only=True):
    """Until when a connector's card payments are parked."""

    connector: str
    until: int


class ErrorsRecord(Record, frozen=True, kw_only=True):
    """What a connector's contingency depends on. Key: the id of its affiliation, or its name where it has none."""

    moments: tuple[int, ...] = ()
    """When it failed lately."""
    parked: int = 0
    """How many payments were parked since the contingency began."""


class RiskVerdict(StrEnum):
    """What an anti-fraud says of a transaction."""

    APPROVED = "approved"
    REJECTED = "rejected"


class Antifraud(Record, frozen=True, kw_only=True):
    """The stub that judges every transaction of an account."""

    verdict: RiskVerdict = RiskVerdict.APPROVED
    delay: int = 0
    """Seconds from the authorization to the verdict."""


class Settings(Record, frozen=True, kw_only=True):
    """The account's configuration as the request path needs it: one record, loaded once a request."""

    policy: Policy = RECOMMENDED
    connectors: tuple[ConnectorSettings, ...] = ()
    default_connector: str = ""
    quirks: tuple[str, ...] = ()
    """The names of the known-issue switches that are on."""
    faults: tuple[FaultRecord, ...] = ()
    """What goes wrong on the line to PPP connectors, in the order it was asked for."""
    antifraud: Antifraud | None = None
    """Who looks at transactions before they are approved; None: nobody."""
    contingencies: tuple[Contingency, ...] = ()
    """The latest contingency of each connector that had one."""

    def connector(self, name: str) -> ConnectorSettings | None:
        """The connector of that name, or None."""
        return next((each for each in self.connectors if each.name == name), None)

    def contingency(self, connector: str) -> Contingency | None:
        """The latest contingency of that connector, over or not; None when it never had one."""
        return next((each for each in self.contingencies if each.connector == connector), None)

    def route(self, payment_system: int) -> ConnectorSettings | None:
        """The connector of a payment system: the one that claims it, or the default one."""
        claimed = (each for each in self.connectors if payment_system in each.payment_systems)
        return next(claimed, self.connector(self.default_connector))


SETTINGS_KEY = "settings"


# --- Transactions -------------------------------------------------------------------------------------------


class Moments(Record, frozen=True, kw_only=True):
    """When a transaction reached what, and the token that each step was given."""

    started: int
    last_transition: int
    authorized: int | None = None
    authorization_token: str | None = None
    committed: int | None = None
    commitment_token: str | None = None
    refunded: int | None = None
    refunding_token: str | None = None
    cancelled: int | None = None
    cancellation_token: str | None = None


class TransactionRecord(Record, frozen=True, kw_only=True):
    """A transaction: its ledger, and what the API shows beside it. Key: the transaction id."""

    ledger: Transaction
    moments: Moments
    reference: str
    channel: str = ""
    sales_channel: str = ""
    urn: str | None = None
    owner: str = ""
    order_id: str | None = None
    soft_descriptor: str | None = None
    fields: tuple[tuple[str, str], ...] = ()
    """The additional data, by name; the values are escaped JSON documents."""

    @property
    def id(self) -> str:
        """The transaction id."""
        return self.ledger.id


class Card(Record, frozen=True, kw_only=True):
    """The shopper's card as it was sent; the number is shown to nobody but the connector."""

    sent: bool = False
    """Whether there was a card at all: one of nothing but nulls is told to the connector too (Redirect)."""
    holder: str | None = None
    number: str | None = None
    csc: str | None = None
    month: str | None = None
    year: str | None = None
    document: str | None = None
    account_id: str | None = None


class PaymentRecord(Record, frozen=True, kw_only=True):
    """A payment's conversation with its connector. Key: the payment id, owner: the transaction id."""

    id: str
    transaction_id: str
    sequence: int
    payment_system: int
    payment_system_name: str
    group: str
    connector: str
    currency: str = "BRL"
    value: int = 0
    reference_value: int = 0
    installments: int = 1
    installments_value: int = 0
    interest_rate: float = 0.0
    card: Card = field(default_factory=Card)
    merchant_name: str | None = None
    callback_signature: str = ""
    tid: str | None = None
    nsu: str | None = None
    authorization_id: str | None = None
    acquirer: str | None = None
    payment_url: str | None = None
    code: str | None = None
    message: str | None = None
    authorized: int | None = None
    settles_at: int | None = None
    """When the delay of the automatic settle runs out."""
    cancels_after: int | None = None
    """`delayToCancel` as the connector told it last, in seconds."""
    response: str | None = None
    """The connector's last answer to the authorization, as text."""
    settles_after_antifraud: int | None = None
    """`delayToAutoSettleAfterAntifraud` as the connector told it last, in seconds."""


class OperationRecord(Record, frozen=True, kw_only=True):
    """A call that has no final answer yet: the outbox. Key: the requestId, owner: the transaction id.

    The requestId of an authorization is the payment id: that is the key by which the protocol knows a repeat.
    """

    request_id: str
    transaction_id: str
    call: Call
    created: int
    attempt: int = 1
    """The latest try; stored before it begins, so that nobody takes a try that was cut off for none."""
    answered: int = 0
    """The latest try of which the end is known."""
    answered_at: int = 0
    """When that was, in microseconds since 1970."""

    @property
    def under_way(self) -> bool:
        """Whether nobody knows what has become of the latest try: it is on its way, or its process died."""
        return self.answered < self.attempt

    def retried_at(self, now: int) -> bool:
        """Whether a retry is on its way, or was answered at this very moment (microseconds since 1970)."""
        return self.attempt > 1 and (self.under_way or self.answered_at == now)


class CaptureRecord(Record, frozen=True, kw_only=True):
    """A confirmed settle with something left to give back. Key: sequence and settleId, owner: transaction id."""

    settle_id: str
    payment_id: str
    value: int
    refunded: int = 0


class History(Record, frozen=True, kw_only=True):
    """One entry of a transaction's history with its moment. Stream: `history(transaction_id)`."""

    date: int
    token: str
    entry: Entry
    request_id: str | None = None
    response: str | None = None
    """The connector's answer that the entry tells of, as text."""


class ExchangeRecord(Record, frozen=True, kw_only=True):
    """One call over the line to a connector, credentials masked. Stream: `exchanges(transaction_id)`."""

    operation: str
    payment_id: str
    request_id: str
    attempt: int
    request: str
    response: str | None
    status: int | None
    elapsed_ms: float
    error: str | None


def history(transaction_id: str) -> str:
    """The stream of a transaction's history."""
    return f"history/{transaction_id}"


def exchanges(transaction_id: str) -> str:
    """The stream of a transaction's calls to connectors; memory may evict it."""
    return f"exchanges/{transaction_id}"


# --- Orders -------------------------------------------------------------------------------------------------


class CancellationRequest(Record, frozen=True, kw_only=True):
    """A cancellation that waits for the seller, or was denied."""

    id: str
    reason: str
    by_user: bool
    date: int
    denied: bool = False
    deny_reason: str | None = None


class OrderRecord(Record, frozen=True, kw_only=True):
    """An order: what core decides on, and what the API shows beside it. Key: the order id."""

    order: Order
    sequence: int
    created: int
    last_change: int
    authorized: int | None = None
    invoiced: int | None = None
    cancelled: int | None = None
    cancel_reason: str | None = None
    cancelled_by_user: bool = False
    cancellation_requests: tuple[CancellationRequest, ...] = ()

    @property
    def id(self) -> str:
        """The order id."""
        return self.order.id


class Note(Record, frozen=True, kw_only=True):
    """Something a person should know of an order. Stream: `notes(order_id)`."""

    date: int
    message: str


def notes(order_id: str) -> str:
    """The stream of an order's notes."""
    return f"notes/{order_id}"
