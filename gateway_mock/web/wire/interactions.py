"""The events of a transaction, worded as the messages that were seen in public texts where there is one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gateway_mock.core.ledger import Entry, Happening
from gateway_mock.core.modes import Operation
from gateway_mock.core.money import text
from gateway_mock.core.statuses import PaymentStatus, TransactionStatus
from gateway_mock.records import History, PaymentRecord, TransactionRecord
from gateway_mock.times import SECOND, ticks, ticks_text
from gateway_mock.web.wire.fields import Json

GATEWAY, TRANSACTIONS, PAYMENTS = (
    "PaymentGateway",
    "TransactionWorkFlowChangeStatus",
    "PaymentWorkFlowChangeStatus",
)
AUTHORIZES, SETTLES, SETTLES_EARLY = (
    "PaymentAuthorizationWorker",
    "PaymentAutoSettlementWorker",
    "EarlySettlementWorker",
)

Said = tuple[str, str]
"""Who tells, and what."""


def interactions(
    entries: Sequence[History], record: TransactionRecord, payments: Sequence[PaymentRecord]
) -> list[Json]:
    """The events, newest first; each keeps the status that its transaction or payment had then.

    Args:
        entries: the history, oldest first.
        record: the transaction.
        payments: its payments.
    """
    teller = _Teller(record, {each.id: each for each in payments}, _mailing(entries))
    return list(teller.tell(entries))[::-1]


_MAILS = frozenset({Happening.TOLD_PERSON, Happening.HANDED_TO_PERSON})
_MAIL = "The e-mail with subject gateway-manual-reversal-requested has been successfully sent to user@store.com"


def _mailing(entries: Sequence[History]) -> frozenset[int]:
    """The positions of the entries that send a person an e-mail: the first one of each call, never a second."""
    backwards = reversed([*enumerate(entries)])
    return frozenset({each.request_id: at for at, each in backwards if each.entry.happening in _MAILS}.values())


@dataclass(slots=True)
class _Teller:
    """Goes through a history and remembers what later events depend on."""

    record: TransactionRecord
    payments: Mapping[str, PaymentRecord]
    mailing: frozenset[int]
    status: str = TransactionStatus.STARTED
    labels: dict[str, str] = field(default_factory=dict)
    """The status of each payment as events show it: it lags (seen in public examples)."""
    settling: int = 0
    """How many settles have no end yet."""
    judged: int | None = None
    """When the anti-fraud approved."""
    told: int = 0
    """How many events there were."""

    def tell(self, entries: Sequence[History]) -> Iterator[Json]:
        """The events, oldest first."""
        for at, each in enumerate(entries):
            self._see_transaction(each)
            token = each.token
            for source, message in ((GATEWAY, _MAIL),) if at in self.mailing else self._said(each):
                yield self._event(each, token or f"{self.record.id[:24]}{self.told:08X}", source, message)
                self.told, token = self.told + 1, ""
            self._see_payment(each.entry)

    def _see_transaction(self, each: History) -> None:
        entry = each.entry
        if entry.operation is Operation.SETTLE:
            self.settling += _SETTLING.get(entry.happening, 0)
        if entry.happening is Happening.TRANSACTION_STATUS:
            self.status = entry.after or self.status
            self.judged = each.date if entry.after == TransactionStatus.RISK_APPROVED else self.judged

    def _see_payment(self, entry: Entry) -> None:
        if entry.happening is Happening.PAYMENT_STATUS and entry.payment_id and entry.after not in _STARTED:
            self.labels[entry.payment_id] = entry.after or ""

    def _event(self, each: History, id_: str, source: str, message: str) -> Json:
        payment_id = each.entry.payment_id
        of_payment = payment_id is not None and source != GATEWAY
        label = f"Payment {self.labels.get(payment_id or '', 'Started')}"
        return {
            "Id": id_,
            "PaymentId": payment_id,
            "TransactionId": self.record.id,
            "Source": source,
            "Status": label if of_payment else f"Transaction {self.status}",
            "Date": ticks_text(each.date)[:-1],
            "Message": message,
            "Ticks": ticks(each.date),
        }

    # --- What is said -------------------------------------------------------------------------------------

    def _said(self, each: History) -> Iterator[Said]:
        """Source and message of what an entry tells of."""
        entry = each.entry
        match entry.happening:
            case Happening.TRANSACTION_STATUS:
                yield from self._moved(entry)
            case Happening.PAYMENT_STATUS:
                yield PAYMENTS, f"Status change: from {entry.before} to {entry.after}."
            case Happening.REQUESTED if entry.operation is Operation.CANCEL:
                yield GATEWAY, self._called_to_cancel(each)
            case Happening.REQUESTED:
                yield GATEWAY, f"Transaction {_NOUNS[entry.operation]} started\r\nAuthor: {self.record.owner}."
            case Happening.RECEIVED:
                yield GATEWAY, f"Payment of {text(entry.value or 0)} received."
            case Happening.RETRIED:
                yield AUTHORIZES, f"Started authorization retry for payment {entry.payment_id}."
            case Happening.FAILED if entry.auto and entry.operation is Operation.AUTHORIZE:
                yield AUTHORIZES, f"Could not authorize payment {entry.payment_id}. Finished retries."
            case _ if entry.operation is Operation.SETTLE:
                yield from self._settled(entry)
            case _:
                yield self._of_connector(entry)

    def _moved(self, entry: Entry) -> Iterator[Said]:
        source = "AntiFraud" if entry.after in _RISK else TRANSACTIONS
        yield source, f"Status change: from {entry.before} to {entry.after}."
        if entry.after == TransactionStatus.APPROVED:
            yield GATEWAY, f"Transaction authorization finished\r\nAuthor: {self.record.owner}."
        if entry.after == TransactionStatus.CANCELLED:
            yield GATEWAY, f"Transaction cancelation has finished for Id {self.record.id}"

    def _called_to_cancel(self, each: History) -> str:
        about = f"Id = {self.record.id} with Value {text(each.entry.value or 0)} RequestId = {each.token}"
        how = f"Priority: default. Author: {self.record.owner}"
        return f"An external application called to cancel this transaction {about}. {how}."

    def _settled(self, entry: Entry) -> Iterator[Said]:
        """What has become of a settle: the worker tells of one that no request asked for."""
        worker = SETTLES_EARLY if self._is_early(entry.payment_id or "") else SETTLES
        match entry.happening:
            case Happening.CONFIRMED if entry.auto:
                yield worker, f"Auto settlement worker processed payment {entry.payment_id} without errors."
            case Happening.PUT_OFF | Happening.FAILED if entry.auto:
                yield worker, f"Unknown Error on AutoSettle of payment {entry.payment_id}{_because(entry.note)}"
            case _:
                yield self._of_connector(entry)
        if entry.happening is Happening.CONFIRMED:
            yield GATEWAY, "Payment settlement finished"
            if not self.settling and not entry.auto:
                yield GATEWAY, f"Transaction settlement finished\r\nAuthor: {self.record.owner}."

    def _is_early(self, payment_id: str) -> bool:
        """Whether the payment settles at the moment that the anti-fraud's approval has brought."""
        payment = self.payments.get(payment_id)
        if payment is None or self.judged is None or payment.settles_at is None:
            return False
        return payment.settles_at - self.judged in {0, (payment.settles_after_antifraud or 0) * SECOND}

    def _of_connector(self, entry: Entry) -> Said:
        known = self.record.ledger.payment(entry.payment_id or "")
        verb = f"{_NOUNS[entry.operation]} of {text(entry.value or 0)} {entry.happening}"
        return known.connector if known else GATEWAY, f"Payment {verb}{_because(entry.note)}"


_SETTLING: Mapping[Happening, int] = {
    Happening.CALLED: 1,
    Happening.CONFIRMED: -1,
    Happening.FAILED: -1,
    Happening.HANDED_TO_PERSON: -1,
}
_STARTED = frozenset({PaymentStatus.RECEIVED, PaymentStatus.AUTHORIZING})
_RISK = frozenset({TransactionStatus.RISK_APPROVED, TransactionStatus.RISK_REJECTED})

_NOUNS: Mapping[Operation | None, str] = {
    Operation.AUTHORIZE: "authorization",
    Operation.SETTLE: "settlement",
    Operation.CANCEL: "cancelation",
    Operation.REFUND: "refund",
    None: "operation",
}


def _because(note: str | None) -> str:
    return f": {note}" if note else "."
