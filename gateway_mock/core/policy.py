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

    # What production is known to get wrong: `core.otherwise`, unless another place is named.

    settle_unrecorded: bool = False
    """`settle.ledger-divergence`: a settle is captured, and no request for it is recorded."""
    failed_settle_is_left: bool = False
    """`settle.total-exhausted`: in Total a settle that fails is neither tried again nor given up."""
    early_settle_waits_for_nobody: bool = False
    """`settle.delay-min-without-antifraud` (`core.delays`): both delays count from the authorization."""
    missing_delay_is_default: bool = False
    """`settle.delay-missing-default` (`core.delays`): without delayToAutoSettle the other delay does not count."""
    cancel_of_settling_sticks: bool = False
    """`cancel.during-settling`: a cancel while a settle is pending leaves the transaction in Cancelling."""
    cancel_of_settled_sticks: bool = False
    """`cancel.payments-finished`: a cancel of captured money leaves the transaction in Cancelling."""
    failed_cancel_goes_on: bool = False
    """`cancel.null-id`: a cancel that fails is never given up."""
    denial_spares_siblings: bool = False
    """`cancel.after-denied-card`: a denied payment leaves the others authorized, and all in Cancelling."""
    known_by_value: bool = False
    """`refund.dedupe-by-value`: a refund or cancel worth as much as all before it is taken for a repeat."""
    refund_lost_behind_another: bool = False
    """`refund.lost-when-concurrent`: a refund that comes while another is on its way is dropped."""
    refund_by_hand_is_sent_again: bool = False
    """`refund.null-plus-manual-doubles`: a refund that is handed to a person goes out once more."""
    failed_refund_counts: bool = False
    """`refund.email-not-retried`: a failed refund is not tried again, and told both as online and as e-mail."""
    approval_sticks: bool = False
    """`auth.stuck-pending`: an approval moves the payment, and not the transaction."""
    shortest_delay_cancels: bool = False
    """`auth.delay-plans-compete` (`core.delays`): of several values of delayToCancel the shortest one holds."""
    callback_inside_sticks: bool = False
    """`callback.inside-authorization`: an approval by callback while the create is open stops half-way."""
    callback_lost_to_retry: bool = False
    """`callback.swallowed-by-retry` (`service.callbacks`): a callback at the moment of a retry is not heard."""
    callback_leaves_no_event: bool = False
    """`callback.late-cancel-ignored` (`service.callbacks`): news after the final status leaves no trace."""
    callback_asks_again: bool = False
    """`callback.after-approval-reauth`: a callback after the approval has every payment authorized again."""
    cancelled_can_be_approved: bool = False
    """`race.cancelled-then-authorized`: a late approval reopens what was cancelled."""
    rejected_after_settle_sticks: bool = False
    """`race.risk-reject-after-settle`: a rejection of captured money leaves the transaction in Cancelling."""
    settled_falls_back: bool = False
    """`race.reverted-to-started`: a captured transaction falls back to Started, and is cancelled."""

    # The same, of orders: `core.orders` and `core.changes`.

    return_repeats_the_first: bool = False
    """`refund.stale-invoice-data`: a second return asks for the first one's refund again, and gets none."""
    double_lines_block_refund: bool = False
    """`oms.duplicate-sku-blocks-refund`: a return that names one article twice is taken, and refunds nothing."""
    interest_is_not_returned: bool = False
    """`amount.interest-refund-blocked`: a return above the order's value is refused, interest or not."""
    invoice_sticks_in_cancel: bool = False
    """`race.cancel-vs-invoice`: an order that is invoiced while its cancel is asked for never moves again."""
    invoice_during_change: bool = False
    """`race.change-vs-invoice`: an invoice is taken while a change runs, at the value before the change."""
    change_not_mirrored: bool = False
    """`oms.change-not-mirrored`: a change lowers the order, and the gateway never hears of it."""
    total_settle_freezes_order: bool = False
    """`settle.total-only-shared-transaction`: what is captured whole takes no lower value any more."""


RECOMMENDED = Policy()
