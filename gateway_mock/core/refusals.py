"""Every refusal of the core: its code, HTTP status and words, in order of precedence.

When two apply, the one that stands first in `Refusal` is the answer; that order is part of the contract.
Codes that start with `Mock.` are ours, because the public texts have none; the others were seen in them.
HTTP statuses of the Orders codes are recommended: VTEX documents only the successful ones.
"""

from dataclasses import dataclass, field
from enum import Enum


@dataclass(frozen=True, slots=True)
class Words:
    """What a refusal says: code, HTTP status, message template, and where the wording comes from."""

    code: str
    http_status: int
    message: str
    source: str


class Refusal(Enum):
    """The refusals, strongest first."""

    # What is asked for is not there.
    TRANSACTION_NOT_FOUND = Words(
        "Mock.TransactionNotFound", 404, "There is no transaction {id} in this account.", "S29 (recommended)"
    )
    PAYMENT_NOT_FOUND = Words(
        "Mock.PaymentNotFound", 404, "There is no payment {id} in this account.", "S29 (recommended)"
    )
    ORDER_NOT_FOUND = Words("CHK0201", 404, "Order {id} not found.", "documented message")
    CHANGE_NOT_FOUND = Words("CHK0289", 404, "Change order request {id} not found.", "documented message")
    INVOICE_NOT_FOUND = Words("Mock.InvoiceNotFound", 404, "Invoice Not Found", "known issue 631970")
    CANCELLATION_REQUEST_NOT_FOUND = Words(
        "Mock.CancellationRequestNotFound",
        400,
        "There is no open cancellation request {id}.",
        "documented: 400 for an unknown request",
    )

    # Making a transaction.
    TRANSACTION_INVALID = Words(
        "1402",
        400,
        "The transaction creation request and its paramaters must be different from null or whitespace. "
        "Also, make sure the transaction value is greater than zero.",
        "recorded in 2015, the typing error included",
    )
    PAYMENTS_TOO_LATE = Words(
        "1414",
        400,
        "Error when receiving payments for transaction = {id}. Please, see the logs for details.",
        "recorded in 2015",
    )
    PAYMENT_INVALID = Words(
        "Mock.PaymentInvalid", 400, "The payment cannot be taken: {why}.", "ours: VTEX documents no error"
    )
    PAYMENT_CANCELLED = Words(
        "Mock.PaymentCancelled", 400, "The payment {id} is cancelled and cannot be paid any more.", "ours (S28)"
    )
    NO_PAYMENTS = Words("1419", 400, "The transaction does not have any payments.", "recorded in 2015")
    PAYMENTS_SUM = Words(
        "Mock.PaymentsSum",
        400,
        "Transaction value ({value}) is not equal to payments sum ({sum})",
        "known issue 1154246 (S32, recommended)",
    )

    # Moving money.
    TOO_FINE = Words(
        "Mock.AmountTooFine",
        400,
        "The currency of the transaction with Id = {id} has no amount of {value}.",
        "ours: no public text speaks of currencies without decimals (S20)",
    )
    NOT_APPROVED = Words(
        "Mock.TransactionNotApproved",
        400,
        "The transaction with Id = {id} cannot {operation} in status {status}.",
        "documented: settle and refund need an approved transaction; words ours",
    )
    SETTLE_EXCEEDS = Words(
        "1402",
        400,
        "Settlement requested value ({value}) should be less than or equal to remaining amount to pay "
        "({remaining}), which must be different from 0.",
        "known issue 1201336",
    )
    CANCEL_VALUE_DIFFERS = Words(
        "1402",
        400,
        "The transaction value passed ({value}) is different from persisted transaction value ({persisted}).",
        "recorded in 2015",
    )
    CANCEL_EXCEEDS = Words(
        "1402",
        400,
        "Cancellation requested value ({value}) should be less than or equal to remaining amount to cancel "
        "({remaining}), which must be different from 0.",
        "S6 (recommended), worded after the settlement's",
    )
    CANCEL_AFTER_CAPTURE = Words(
        "Mock.CancelAfterCapture",
        400,
        "The transaction with Id = {id} could not be cancelled. A transaction must have all its payments "
        "cancelled to be cancelled.",
        "known issue 1363196 (C31, recommended)",
    )
    REFUND_EXCEEDS = Words(
        "Mock.RefundExceeds",
        400,
        "Refund requested value ({value}) should be less than or equal to the settled amount not yet refunded "
        "({remaining}), which must be different from 0.",
        "S11, S12 (recommended), words ours",
    )

    # Orders: the state of the order.
    NOT_READY_FOR_HANDLING = Words(
        "OMS003", 409, "Order status should be ready-for-handling to perform this action", "documented"
    )
    INVOICE_STATUS = Words(
        "Mock.InvoiceStatus",
        409,
        "Order {id} cannot receive an invoice of type {type} in status {status}.",
        "ours: VTEX documents no error",
    )
    CANCEL_PARTIALLY_INVOICED = Words(
        "CHK0202",
        400,
        "Order {id} cannot be cancelled in status {status}",
        "documented: 400 once invoiced in part",
    )
    CANCEL_SETTLING = Words(
        "CHK0202",
        400,
        "Order {id} cannot be cancelled in status {status}: a settlement was requested and is not captured yet",
        "documented message, the reason is ours",
    )
    CANCEL_STATUS = Words(
        "CHK0202", 400, "Order {id} cannot be cancelled in status {status}", "documented message"
    )
    CHANGE_CANCELLED_ORDER = Words(
        "SalesOrderSystem008", 400, "Cannot Change Cancelled Order.", "documented message"
    )
    CHANGE_STATUS = Words(
        "CHK0124",
        400,
        "It is only allowed to register an order modification when the order is in handling: status = "
        "handling, waiting for fulfillment or ready for invoicing",
        "documented message",
    )
    CHANGE_IN_PROGRESS = Words("SalesOrderSystem014", 409, "Change In Progress.", "documented message")
    CHANGE_V1_APPLIED = Words(
        "SalesOrderSystem015",
        409,
        "A Change V1 has already been applied to this order.",
        "documented message; v1 and v2 do not mix on one order",
    )
    CHANGE_V2_APPLIED = Words(
        "Mock.ChangeV2Applied",
        409,
        "A Change V2 has already been applied to this order.",
        "documented rule, words ours",
    )
    CHANGE_V1_OFF = Words(
        "Mock.ChangeV1Off",
        410,
        "Changes of version 1 are switched off; send them as version 2.",
        "documented: switched off on 2026-03-01; words ours",
    )
    CHANGES_EXCEEDED = Words("CHK0051", 400, "Max allowed changes for order exceeded: {count}", "documented")
    CANNOT_RETRY = Words("SalesOrderSystem016", 409, "Cannot Retry Change.", "documented message")
    CANNOT_CANCEL_CHANGE = Words(
        "Mock.CannotCancelChange",
        409,
        "The change {id} is {status} and can only be undone by another change.",
        "documented rule, words ours",
    )

    # Orders: the document itself.
    INVOICE_INVALID = Words("Mock.InvoiceInvalid", 400, "The invoice cannot be taken: {why}.", "ours")
    INVOICE_NUMBER_USED = Words(
        "Mock.InvoiceNumberUsed",
        400,
        "The invoice number {number} is already used by an invoice of type {type}.",
        "documented rule, words ours",
    )
    INVOICE_EXCEEDS = Words(
        "Mock.InvoiceExceeds",
        400,
        "Invoice value ({value}) should be less than or equal to what is left to invoice ({remaining}).",
        "C5 of Orders (recommended), words ours",
    )
    RETURN_EXCEEDS = Words(
        "Mock.ReturnExceeds",
        400,
        "Return value ({value}) should be less than or equal to what was invoiced and not returned ({remaining}).",
        "known issue 376077: 400; words ours",
    )
    CHANGE_NEGATIVE = Words(
        "CHK0098", 400, "The modification value needs to be greater or equal than zero", "documented message"
    )
    CHANGE_EMPTY = Words("CHK0124", 400, "Invalid modification for order", "documented message")
    CHANGE_REASON = Words("Mock.ChangeReason", 400, "Field reason not set", "documented message, no code given")
    CHANGE_ITEM_ID = Words("CHK0022", 400, "Invalid id for item", "documented message")
    CHANGE_ITEM_QUANTITY = Words("CHK0023", 400, "Invalid quantity for item.", "documented message")
    CHANGE_ITEM_MISSING = Words("CHK0035", 404, "Removed item does not exist in order: {id}", "documented message")
    CHANGE_ITEM_UNMATCHED = Words(
        "SalesOrderSystem026", 400, "Unable to match an item of article {id} by its uniqueId.", "documented code"
    )
    CHANGE_ITEM_TOO_MANY = Words(
        "SalesOrderSystem011", 400, "Invalid quantity to remove from item {id}", "documented message"
    )
    CHANGE_ITEM_INVOICED = Words(
        "SalesOrderSystem046",
        400,
        "The order change is not allowed after the item invoice has been issued.",
        "documented message",
    )
    CHANGE_EXCEEDS = Words(
        "CHK0034", 400, "The value of the modification exceeds the order's price", "documented message"
    )
    CHANGE_INCREASE_METHOD = Words(
        "CHK00342",
        400,
        "Change order cannot increase the value for this payment method.",
        "documented message",
    )
    CHANGE_NOT_REFUNDABLE = Words(
        "CHK0096",
        400,
        "Modification cannot be done. Possible reason: settlement directly done by API",
        "documented message: the payment cannot be reduced",
    )
    INCREASE_DENIED = Words(
        "Mock.IncreaseDenied",
        400,
        "The additional amount ({value}) was not authorized.",
        "E3 (recommended), words ours",
    )
    BUSY = Words("Mock.Busy", 409, "Somebody else is changing the same record; send the request again.", "ours")

    @property
    def words(self) -> Words:
        """Code, HTTP status, message template and source."""
        return self.value


PRECEDENCE: dict[Refusal, int] = {refusal: rank for rank, refusal in enumerate(Refusal)}


@dataclass(frozen=True, slots=True)
class Refused:
    """The answer no: nothing was recorded and nothing was called."""

    refusal: Refusal
    params: dict[str, str] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The words with the request's own figures (amounts as decimals, as the gateway prints them)."""
        return self.refusal.words.message.format_map(self.params)


def refuse(refusal: Refusal, **params: object) -> Refused:
    """A refusal with its figures, each already as a person reads it."""
    return Refused(refusal, {name: str(value) for name, value in params.items()})
