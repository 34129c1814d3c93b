"""News of a pending payment from outside: callbacks of its connector, notifications of the merchant."""

from hmac import compare_digest

from connector_ppp.messages import AuthorizeResponse
from gateway_mock.answers import end_of, of_authorization
from gateway_mock.core.ledger import Entry, Happening
from gateway_mock.core.modes import Operation
from gateway_mock.core.money import text
from gateway_mock.core.otherwise import call_back_after_approval
from gateway_mock.core.policy import Policy
from gateway_mock.core.refusals import Refusal, Refused, refuse
from gateway_mock.core.statuses import PaymentStatus
from gateway_mock.ports import Answer, Ended
from gateway_mock.records import History, OperationRecord, PaymentRecord, TransactionRecord, history
from gateway_mock.service.booking import Booked, Desk, in_unit
from gateway_mock.service.dispatch import NotBooked, book_answer, dispatch, send, waiting_work
from gateway_mock.service.sandbox import Sandbox, settings_of

WORDS = frozenset({"approved", "authorized", "denied", "undefined"})
"""What a callback may say of a payment; `authorized` is an old word for approved (C15)."""


def signed(payment: PaymentRecord, signature: str) -> bool:
    """Whether the callback carries the signature of its `callbackUrl`; compared in constant time (C17)."""
    return compare_digest(payment.callback_signature.encode(), signature.encode())


def trusted(sandbox: Sandbox, account: str, payment: PaymentRecord, key: str, token: str) -> bool:
    """Whether the callback carries the credentials of the partner whose connector it is; in constant time.

    Documented: a callback comes with the AppKey and AppToken of the partner's own account, not of the merchant's.
    VTEX's test suite looks at them as little as we do for a connector without any.
    """
    with sandbox.store.read(account) as unit:
        connector = settings_of(unit, sandbox).connector(payment.connector)
    if connector is None or not connector.partner_key:
        return True
    same_key = compare_digest(connector.partner_key.encode(), key.encode())
    same_token = compare_digest(connector.partner_token.encode(), token.encode())
    return same_key and same_token


def notify(
    sandbox: Sandbox, account: str, payment: PaymentRecord, told: AuthorizeResponse, text: str
) -> PaymentRecord | Refused:
    """A callback with the body of a create answer: its values replace the original ones (documented).

    After a final status it changes nothing (S28): the operation is not waiting any more.
    """
    policy = _policy(sandbox, account)
    if policy.callback_asks_again:
        _ask_again(sandbox, account, payment)
    answer = of_authorization(told, end_of(told.status), payment.value, None, text)
    if policy.callback_lost_to_retry and _meets_a_retry(sandbox, account, payment):
        _note(sandbox, account, payment, f"{answer.ended} at the moment of a retry", answer.response)
        return payment
    return _answered(sandbox, account, payment, answer)


def retry(sandbox: Sandbox, account: str, payment: PaymentRecord) -> None:
    """A callback without body: the gateway asks the connector again (documented)."""
    if _policy(sandbox, account).callback_asks_again:
        _ask_again(sandbox, account, payment)
    send(sandbox, account, payment.id)


def _ask_again(sandbox: Sandbox, account: str, payment: PaymentRecord) -> None:
    """Known issue 740499: a callback after the approval authorizes once more."""

    def again(desk: Desk) -> Booked | Refused:
        row = desk.unit.load(TransactionRecord, payment.transaction_id)
        if row is None:
            return refuse(Refusal.TRANSACTION_NOT_FOUND, id=payment.transaction_id)
        return desk.book(row, call_back_after_approval(row.value.ledger, desk.settings.policy))

    booked = in_unit(sandbox, account, again)
    if isinstance(booked, Booked):
        dispatch(sandbox, booked)


def _meets_a_retry(sandbox: Sandbox, account: str, payment: PaymentRecord) -> bool:
    """Known issue 1129281: whether the gateway asks again at this very moment."""
    with sandbox.store.read(account) as unit:
        row = unit.load(OperationRecord, payment.id)
    return row is not None and row.value.retried_at(sandbox.clock.now(account))


def _policy(sandbox: Sandbox, account: str) -> Policy:
    with sandbox.store.read(account) as unit:
        return settings_of(unit, sandbox).policy


def confirm_pending(
    sandbox: Sandbox, account: str, payment_id: str, paid: int | None = None
) -> PaymentRecord | Refused:
    """A payment notification: the money came in, whatever the connector knows (boleto, notes payable).

    Args:
        paid: how many cents came in; None for all of them. A part approves nothing, and the events say so.
    """
    payment = _payable(sandbox, account, payment_id)
    if isinstance(payment, Refused):
        return payment
    if paid is not None and paid < payment.value:
        _note(sandbox, account, payment, f"{text(paid)} of {text(payment.value)} were paid")
        return payment
    answer = Answer(ended=Ended.DONE, value=payment.value, message="Payment notification")
    answered = _answered(sandbox, account, payment, answer)
    # The connector's own news may have come first meanwhile: then nobody's money has come in.
    return answered if isinstance(answered, Refused) else _payable(sandbox, account, payment_id)


def _payable(sandbox: Sandbox, account: str, payment_id: str) -> PaymentRecord | Refused:
    """The payment, unless it is over without money."""
    with sandbox.store.read(account) as unit:
        row = unit.load(PaymentRecord, payment_id)
        transaction = unit.load(TransactionRecord, row.value.transaction_id) if row else None
    if row is None or transaction is None:
        return refuse(Refusal.PAYMENT_NOT_FOUND, id=payment_id)
    ledger = transaction.value.ledger.payment(payment_id)
    if ledger is not None and ledger.status is PaymentStatus.CANCELLED:
        return refuse(Refusal.PAYMENT_CANCELLED, id=payment_id)
    return row.value


def _answered(sandbox: Sandbox, account: str, payment: PaymentRecord, answer: Answer) -> PaymentRecord | Refused:
    work = waiting_work(sandbox, account, payment.id)  # the key of an authorization is the payment's own id
    booked = book_answer(sandbox, work, answer) if work else NotBooked.NOT_WAITING
    match booked:
        case NotBooked.BUSY:
            return refuse(Refusal.BUSY)  # nothing of it is kept, so whoever brought the news has to come again
        case NotBooked.NOT_WAITING:
            _too_late(sandbox, account, payment, answer)
        case Booked():
            dispatch(sandbox, booked)
    return payment


def _too_late(sandbox: Sandbox, account: str, payment: PaymentRecord, answer: Answer) -> None:
    """S28: news after the final status is ignored, and the events say so; not so in known issue 360653."""
    if not _policy(sandbox, account).callback_leaves_no_event:
        _note(sandbox, account, payment, f"{answer.ended} after the final status", answer.response)


def _note(sandbox: Sandbox, account: str, payment: PaymentRecord, note: str, response: str | None = None) -> None:
    """Leave an event and nothing else."""
    entry = Entry(
        happening=Happening.IGNORED,
        operation=Operation.AUTHORIZE,
        payment_id=payment.id,
        value=payment.value,
        note=note,
    )
    with sandbox.store.write(account) as unit:
        late = History(date=sandbox.clock.now(account), token=sandbox.ids.hex32(), entry=entry, response=response)
        unit.append(history(payment.transaction_id), [late])
