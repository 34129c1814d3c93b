"""One switch for each contradiction or silence of the public texts that the core honours.

The defaults are the recommended readings; each alternative was seen in a document or a known issue, and says so.
"""

from dataclasses import dataclass
from enum import StrEnum


class RefundPriority(StrEnum):
    """Which payment a refund starts with (documented: help page on refunds)."""

    LOWEST_CAPTURED = "lowest-captured"
    CARD_FIRST = "card-first"


class AfterCapture(StrEnum):
    """What a cancel of captured money becomes (C31)."""

    REJECT = "reject"
    REFUND = "refund"


class Interest(StrEnum):
    """What an invoice settles when the transaction is larger than its order (E6)."""

    IN_PROPORTION = "in-proportion"
    NOT_SETTLED = "not-settled"


class InvoiceReplay(StrEnum):
    """What the same invoice number does again (C3 of Orders)."""

    RECEIPT = "receipt"
    REJECT = "reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The account's readings of the texts. Everything off or at its default is the recommended behaviour."""

    settle_zero_finishes: bool = False
    """`settle.zero` (known issue 1349027): a settle of 0 finishes a half-settled transaction."""
    total_ignores_partial_cancel: bool = False
    """S3: Total captures the order total even after a partial cancel, as the page says literally."""
    single_settle_id: bool = False
    """S10: a refund across captures is one call that names the latest settleId."""
    cancel_after_capture: AfterCapture = AfterCapture.REJECT
    """C31: a cancel of captured money is refused, or becomes a refund."""
    refund_priority: RefundPriority = RefundPriority.LOWEST_CAPTURED
    """Lowest captured amount first, or card first (by support ticket)."""
    interest: Interest = Interest.IN_PROPORTION
    """`amount.interest-not-settled` (known issue 1130035): invoices settle the order value without interest."""
    invoice_replay: InvoiceReplay = InvoiceReplay.RECEIPT
    """The same invoice number again: a new receipt and nothing else, or a refusal."""
    changes_v1_off: bool = False
    """Changes of version 1 are switched off, as announced for 2026-03-01; by default they still work."""
    cancel_in_two_steps: bool = False
    """S5 of Orders: a cancel from handling waits for a second call, as in the Admin."""


RECOMMENDED = Policy()
