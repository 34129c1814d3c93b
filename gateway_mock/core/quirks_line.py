"""The known issues of the line between the gateway and a PPP connector: lost, doubled, odd or misread messages.

Nothing here reaches the rules: what each switch does to a call stands in `adapters.quirks`, by the same names.
"""

from collections.abc import Mapping
from types import MappingProxyType

from gateway_mock.core.quirk import Quirk

LINE: Mapping[str, Quirk] = MappingProxyType(
    {
        "settle.ack-lost": Quirk(
            does="the connector captures, its answer is lost, and the same settle goes out again an hour later",
            issues=(760458, 490428),
            defence="answer a known requestId from the store: same settleId, same value, no second capture",
        ),
        "settle.async-capture-as-done": Quirk(
            does="any 2xx answer to a settle counts as captured, even one that only acknowledges it",
            issues=(976005,),
            defence="answer 500 with a null settleId until the capture is final",
        ),
        "cancel.no-provider-reference": Quirk(
            does="cancels carry no tid, authorizationId or nsu",
            issues=(486752, 758411, 506914),
            defence="find the payment by its paymentId; where nothing is held, a cancel succeeds",
        ),
        "cancel.already-done": Quirk(
            does="the answer to the first cancel is lost, and each repeat is a new cancel with a new requestId",
            issues=(740084,),
            defence="already cancelled is a success, with the original cancellationId",
        ),
        "cancel.payment-left-authorized": Quirk(
            does="cancels never reach the connector: the transaction ends, the shopper's money stays held",
            issues=(1309418, 420019),
            defence="let authorizations expire by yourself, and refuse late payments of an expired one",
        ),
        "callback.forbidden": Quirk(
            does="the callbackUrl names the account that owns the connector, which is disabled: always 403",
            issues=(775235,),
            defence="keep the result, and answer the gateway's next create with it",
        ),
        "auth.early-duplicate": Quirk(
            does="the first create arrives twice at once, and the second answer counts",
            issues=(1165831, 884154, 541687),
            defence="one authorization a paymentId; a duplicate shows where it stands and is never denied",
        ),
        "auth.interim-as-denied": Quirk(
            does="a 2xx answer to a create without a status of the protocol counts as denied",
            issues=(367284, 384009),
            defence="say undefined for whatever is waiting, unknown or empty; denied for a final refusal alone",
        ),
        "auth.reference-changes": Quirk(
            does="settles, cancels and refunds carry the transaction's id in place of the connector's tid",
            issues=(308214,),
            defence="find the payment by its paymentId, treat the tid as a hint",
        ),
        "auth.polling-budget": Quirk(
            does="delayToCancel is not heeded: a pending payment is cancelled after 7 days, bank days or not",
            issues=(374288,),
            defence="give back what is paid after the cancel; tell a delayToCancel past the due date",
        ),
        "payout-split": Quirk(
            does="settles and refunds name two recipients, a store and a seller, whose shares add up",
            issues=(),
            defence="check the sum, pay each his share",
        ),
        "amount.recipients-do-not-add-up": Quirk(
            does="settles and refunds name recipients whose shares miss the value by its smallest unit",
            issues=(698005, 1001005, 1072285, 1196767),
            defence="refuse shares that do not add up: a null id and a message",
        ),
        "amount.recipients-after-partial-cancel": Quirk(
            does="settles name recipients whose shares add up to what it was before a partial cancel",
            issues=(489481, 1295769),
            defence="refuse shares that do not add up: a null id and a message",
        ),
        "giftcard.ambiguous-outcome": Quirk(
            does="a gift card's provider does what it is asked, its answer gets lost, and the gateway asks again",
            issues=(491195, 760896),
            defence="answer a known requestId, or paymentId, from the store: the balance moves once",
        ),
        "giftcard.three-payments-negative": Quirk(
            does="a refund over three payments subtracts the gift card twice, the last part may fall below zero",
            issues=(464837,),
            defence="refuse a refund of zero or less with a null refundId",
        ),
    }
)
"""The switches of the line, by name."""
