"""News of a pending payment from outside: callbacks of its connector, notifications of the merchant."""

from hmac import compare_digest

from connector_ppp.messages import AuthorizeResponse
from gateway_mock.answers import end_of, of_authorization
from gateway_mock.core.ledger import Entry, Happening
from gateway_mock.core.modes import Operation
from gateway_mock.core.refusals import Refused
from gateway_mock.ports import Answer, Ended
from gateway_mock.records import History, PaymentRecord, history
from gateway_mock.service import queries
from gateway_mock.service.dispatch import book_answer, dispatch, send, waiting_work
from gateway_mock.service.sandbox import Sandbox

WORDS = frozenset({"approved", "authorized", "denied", "undefined"})
"""What a callback may say of a payment; `authorized` is an old word for approved (C15)."""


def signed(payment: PaymentRecord, signature: str) -> bool:
    """Whether the callback carries the signature of its `callbackUrl`; compared in constant time (C17)."""
    return compare_digest(payment.callback_signature.encode(), signature.encode())


def notify(sandbox: Sandbox, account: str, payment: PaymentRecord, told: AuthorizeResponse, text: str) -> None:
    """A callback with the body of a create answer: its values replace the original ones (documented).

    After a final status it changes nothing (S28): the operation is not waiting any more.
    """
    answer = of_authorization(told, end_of(told.status), payment.value, None, text)
    _answered(sandbox, account, payment, answer)


def retry(sandbox: Sandbox, account: str, payment: PaymentRecord) -> None:
    """A callback without body: the gateway asks the connector again (documented)."""
    send(sandbox, account, payment.id)


def confirm_pending(sandbox: Sandbox, account: str, payment_id: str) -> PaymentRecord | Refused:
    """A payment notification: the money came in, whatever the connector knows (boleto, notes payable)."""
    payment = queries.payment(sandbox, account, payment_id)
    if isinstance(payment, PaymentRecord):
        paid = Answer(ended=Ended.DONE, value=payment.value, message="Payment notification")
        _answered(sandbox, account, payment, paid)
    return payment


def _answered(sandbox: Sandbox, account: str, payment: PaymentRecord, answer: Answer) -> None:
    work = waiting_work(sandbox, account, payment.id)  # the key of an authorization is the payment's own id
    booked = book_answer(sandbox, work, answer) if work else None
    if booked is None:
        _too_late(sandbox, account, payment, answer)
    else:
        dispatch(sandbox, booked)


def _too_late(sandbox: Sandbox, account: str, payment: PaymentRecord, answer: Answer) -> None:
    """S28: news after the final status is ignored, and the events say so."""
    entry = Entry(
        happening=Happening.IGNORED,
        operation=Operation.AUTHORIZE,
        payment_id=payment.id,
        value=payment.value,
        note=f"{answer.ended} after the final status",
    )
    with sandbox.store.write(account) as unit:
        late = History(
            date=sandbox.clock.now(account),
            token=sandbox.ids.hex32(),
            entry=entry,
            response=answer.response,
        )
        unit.append(history(payment.transaction_id), [late])
