"""What the demo reads of the servers' answers: only the fields that it shows, and strictly typed."""

from decimal import Decimal

import msgspec


class Answer(msgspec.Struct, rename="camel", kw_only=True):
    """A JSON object; fields that are not named here are left alone."""


class Account(Answer):
    """`POST /_mock/accounts`."""

    account: str
    app_key: str
    app_token: str


class MadePayment(Answer):
    """A payment of a new order."""

    id: str


class MadeOrder(Answer):
    """`POST /_mock/orders`."""

    order_id: str
    transaction_id: str
    payments: tuple[MadePayment, ...]


class Package(Answer):
    """One invoice; cents."""

    type: str
    invoice_value: int


class Packages(Answer):
    """The invoices of an order."""

    packages: tuple[Package, ...] = ()


class Order(Answer):
    """`GET /api/oms/pvt/orders/ID`; cents."""

    status: str
    value: int
    package_attachment: Packages

    @property
    def invoiced(self) -> int:
        """What the sales add up to."""
        return sum(each.invoice_value for each in self.package_attachment.packages if each.type == "Output")


class Movement(Answer):
    """A request, or what a connector did about it; cents."""

    value: int
    type: str = ""


class Movements(Answer):
    """`GET …/settlements`, `/cancellations`, `/refunds`."""

    requests: tuple[Movement, ...] = ()
    actions: tuple[Movement, ...] = ()


class LedgerPayment(Answer):
    """A payment in the gateway's ledger; cents."""

    authorized: int
    captured: int
    voided: int
    refunded: int


class Ledger(Answer):
    """`GET /_mock/transactions/ID/ledger`."""

    payments: tuple[LedgerPayment, ...]


class Exchange(Answer):
    """A call of the gateway to a connector."""

    operation: str
    attempt: int
    request: msgspec.Raw
    response: msgspec.Raw
    status: int | None
    error: str | None


class Exchanges(Answer):
    """`GET /_mock/transactions/ID/exchanges`."""

    exchanges: tuple[Exchange, ...]


class ConnectorCall(Answer):
    """A call as it arrived at the reference connector; currency units."""

    operation: str
    value: Decimal | None
    status: int


class ConnectorPayment(Answer):
    """`GET /_reference/payments/ID`: the reference connector's own books; currency units."""

    authorized: Decimal
    captured: Decimal
    voided: Decimal
    refunded: Decimal
    calls: tuple[ConnectorCall, ...]


class Refusal(Answer):
    """The inside of the error envelope."""

    code: str


class ErrorEnvelope(Answer):
    """`{"error": {…}}`."""

    error: Refusal
