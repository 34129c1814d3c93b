"""The outbox at work: call the connector outside any database transaction, then book or put off its answer.

The first try runs inside the merchant's request. A call whose answer never came goes out again with the same
requestId: after a crash at once, else when its job is due. That a try begins is stored before it does.

Where no call leaves the gateway there is nothing that a crash could lose or double: legacy connectors answer in
the unit of the request itself.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from enum import Enum

from msgspec import structs

from gateway_mock.core.confirm import Outcome, Result
from gateway_mock.core.delays import delay_to_cancel
from gateway_mock.core.ledger import Happening, entry_of
from gateway_mock.core.modes import Kind, Operation
from gateway_mock.core.otherwise import confirm, tries_again
from gateway_mock.core.refusals import Refused
from gateway_mock.core.statuses import PaymentStatus, TransactionStatus
from gateway_mock.ports import Answer, Ended, LostRaceError, Row, Unit, Work
from gateway_mock.records import (
    History,
    OperationRecord,
    PaymentRecord,
    Settings,
    TransactionRecord,
    exchanges,
    history,
)
from gateway_mock.service.antifraud import begin_analysis
from gateway_mock.service.auto_settlement import at_authorization
from gateway_mock.service.booking import Booked, Desk, desk_of, in_unit, payment_of
from gateway_mock.service.contingency import PARKED, answer_instead, count
from gateway_mock.service.faults import take_fault
from gateway_mock.service.sandbox import ATTEMPTS_MAX, Sandbox
from gateway_mock.service.schedule import (
    AUTO_SETTLE_AFTER_CALLBACK,
    AUTO_SETTLE_DEFAULT,
    ONCE,
    Window,
    auto_settle_job,
    send_job,
    window_of,
)

_NOT_SENT = Answer(ended=Ended.DENIED, message="not sent: the transaction was cancelled first")
_ELSEWHERE = Answer(ended=Ended.PENDING, message="not sent: somebody else asks, or has asked, for this payment")
_NOTHING_TO_CANCEL = Answer(ended=Ended.DONE, message="the connector was never asked for this payment")
_NO_CONNECTOR = Answer(ended=Ended.DENIED, message="the payment's connector is not configured any more")

NO_TRY, FIRST_TRY = 0, 1
"""The numbers of news that nobody asked for, and of the try that whoever wrote the operation makes."""

_RESULTS = {Ended.DONE: Result.DONE, Ended.DENIED: Result.DENIED, Ended.BY_HAND: Result.BY_HAND}


class NotBooked(Enum):
    """Why an answer was not booked."""

    NOT_WAITING = "the operation has its final answer already"
    BUSY = "the transaction was too busy to be saved: the outbox keeps the call, and its job sends it again"


def dispatch(sandbox: Sandbox, booked: Booked) -> TransactionRecord:
    """Make the calls of a step, and those that their answers lead to; the transaction as it is then."""
    return _made(
        booked,
        ask=lambda work, settings: _ask(sandbox, work, settings),
        book=lambda work, answer: book_answer(sandbox, work, answer),
    )


def answer_inside(desk: Desk, booked: Booked) -> Booked:
    """Make the calls of a step in its own unit when none leaves the gateway; otherwise they are left to do."""
    if not (booked.work and _stays_inside(booked)):
        return booked
    record = _made(
        booked,
        ask=lambda work, settings: _ask_inside(desk, work, settings),
        book=lambda work, answer: _record(desk, work, answer) or NotBooked.NOT_WAITING,
    )
    return Booked(record, (), desk.settings)


def _made(
    booked: Booked, ask: Callable[[Work, Settings], Answer], book: Callable[[Work, Answer], Booked | NotBooked]
) -> TransactionRecord:
    record = booked.record
    queue = deque((work, booked.settings) for work in booked.work)
    unsent: set[str] = set()
    while queue:
        work, settings = queue.popleft()
        answer = _NOTHING_TO_CANCEL if work.payment.id in unsent else ask(work, settings)
        if answer is _ELSEWHERE:
            continue
        if answer is _NOT_SENT:
            unsent.add(work.payment.id)  # its connector has never heard of it, so there is nothing to cancel
        followed = book(work, answer)
        if isinstance(followed, Booked):
            record = followed.record
            queue.extend((each, followed.settings) for each in followed.work)
    return record


def send(sandbox: Sandbox, account: str, request_id: str) -> None:
    """Try an operation of the outbox again, when it is still there."""
    begun = in_unit(sandbox, account, lambda desk: _begin(desk, request_id))
    if begun is None or isinstance(begun, Refused):
        return  # it is done, or too busy: then its job comes again
    followed = book_answer(sandbox, begun.work[0], _ask(sandbox, begun.work[0], begun.settings))
    if isinstance(followed, Booked):
        dispatch(sandbox, followed)


def _begin(desk: Desk, request_id: str) -> Booked | None:
    """Store that another try begins."""
    row = desk.unit.load(OperationRecord, request_id)
    if row is None:
        return None
    operation = structs.replace(row.value, attempt=row.value.attempt + 1)
    desk.unit.save(request_id, operation, row.version, owner=operation.transaction_id)
    if operation.call.operation is Operation.AUTHORIZE and operation.attempt > FIRST_TRY:
        retried = History(date=desk.now, token="", entry=entry_of(operation.call, Happening.RETRIED))
        desk.unit.append(history(operation.transaction_id), [retried])
    work = _work(desk.unit, desk.account, operation, operation.attempt)
    return None if work is None else Booked(work.transaction, (work,), desk.settings)


def _work(unit: Unit, account: str, operation: OperationRecord, attempt: int) -> Work | None:
    transaction = unit.load(TransactionRecord, operation.transaction_id)
    if transaction is None:
        return None
    return Work(
        call=operation.call,
        request_id=operation.request_id,
        attempt=attempt,
        transaction=transaction.value,
        payment=payment_of(unit, operation.call.payment_id),
        account=account,
    )


def book_answer(sandbox: Sandbox, work: Work, answer: Answer) -> Booked | NotBooked:
    """Book an answer, however it came: in reply to the call, by a callback, by a payment notification."""
    for _ in range(ATTEMPTS_MAX):
        try:
            with sandbox.store.write(work.account) as unit:
                return _record(desk_of(sandbox, unit, work.account), work, answer) or NotBooked.NOT_WAITING
        except LostRaceError:
            continue
    return NotBooked.BUSY


def waiting_work(sandbox: Sandbox, account: str, request_id: str) -> Work | None:
    """An operation of the outbox, for news that came without a try; None when it has its final answer."""
    with sandbox.store.read(account) as unit:
        row = unit.load(OperationRecord, request_id)
        return None if row is None else _work(unit, account, row.value, NO_TRY)


def _ask(sandbox: Sandbox, work: Work, settings: Settings) -> Answer:
    """One try of one call."""
    connector = settings.connector(work.payment.connector)
    if connector is None:
        return _NO_CONNECTOR
    if _may_be_overtaken(work):
        with sandbox.store.read(work.account) as unit:
            overtaken = _overtaken(unit, work)
        if overtaken:
            return overtaken
    if settings.contingencies and (instead := answer_instead(sandbox, work, settings)):
        return instead
    if connector.kind is Kind.PPP and (settings.faults or settings.quirks):
        fault = take_fault(sandbox, work.account, work.call.operation) if settings.faults else None
        work = replace(work, fault=fault, quirks=settings.quirks)
    return sandbox.connector.perform(connector, work)


def _stays_inside(booked: Booked) -> bool:
    """Whether no call of the transaction can leave the gateway, whatever the answers lead to."""
    connectors = (booked.settings.connector(each.connector) for each in booked.record.ledger.payments)
    inside = all(each is not None and each.kind is Kind.LEGACY for each in connectors)
    return inside and not booked.settings.contingencies


def _ask_inside(desk: Desk, work: Work, settings: Settings) -> Answer:
    """The same for a legacy connector, which needs no line and never fails."""
    connector = settings.connector(work.payment.connector)
    if connector is None:
        return _NO_CONNECTOR
    overtaken = _overtaken(desk.unit, work) if _may_be_overtaken(work) else None
    return overtaken or desk.sandbox.connector.perform(connector, work)


def _may_be_overtaken(work: Work) -> bool:
    """Whether it is the first call of a payment, and waited for those of its siblings."""
    siblings = len(work.transaction.ledger.payments) > 1
    return siblings and work.attempt == FIRST_TRY and work.call.operation is Operation.AUTHORIZE


def _overtaken(unit: Unit, work: Work) -> Answer | None:
    """What has become of a payment while its first call waited for those of its siblings; None: nothing.

    Somebody may have asked for it meanwhile, by a callback for one. Or it was let go of: then its connector never
    hears of it, while a later try may find it approved, and lets go of that.
    """
    operation = unit.load(OperationRecord, work.request_id)
    row = unit.load(TransactionRecord, work.transaction.id)
    if row is None or operation is None or operation.value.attempt > FIRST_TRY:
        return _ELSEWHERE
    payment = row.value.ledger.payment(work.payment.id)
    over = row.value.ledger.status in {TransactionStatus.CANCELLING, TransactionStatus.CANCELLED}
    return _NOT_SENT if over or (payment and payment.status is PaymentStatus.CANCELLED) else None


def _record(desk: Desk, work: Work, answer: Answer) -> Booked | None:
    """Journal the exchange, then book a final answer or put the call off."""
    operation = desk.unit.load(OperationRecord, work.request_id)
    row = desk.unit.load(TransactionRecord, work.transaction.id)
    if answer.exchange is not None:
        desk.unit.journal(exchanges(work.transaction.id), [answer.exchange])
    if operation is None or row is None:
        return None
    payment = _told(desk, work, answer) if work.call.operation is Operation.AUTHORIZE else work.payment
    window = _window(work, payment) if tries_again(row.value.ledger, work.call, desk.settings.policy) else ONCE
    outcome = _outcome(operation.value, answer, window, desk.now, news=work.attempt == NO_TRY)
    if outcome is None:
        _put_off(desk, operation, work, answer, window)
        if answer.ended is Ended.FAILED or answer is PARKED:
            desk.tell_failure(row.value, operation.value, answer)
        return Booked(row.value, (), desk.settings)
    booked = _end(desk, operation.value, row, outcome, answer)
    if work.call.operation is Operation.CANCEL:
        return _drop_authorization(desk, booked, work)
    return begin_analysis(desk, booked) if _enters_analysis(row.value, booked.record) else booked


def _enters_analysis(before: TransactionRecord, after: TransactionRecord) -> bool:
    analyzing = TransactionStatus.ANALYZING_RISK
    return after.ledger.status is analyzing and before.ledger.status is not analyzing


def _end(
    desk: Desk,
    operation: OperationRecord,
    row: Row[TransactionRecord],
    outcome: Outcome,
    answer: Answer | None = None,
) -> Booked:
    """The operation leaves the outbox, and its end goes into the ledger."""
    desk.unit.delete(OperationRecord, operation.request_id)
    desk.unit.unschedule(send_job(desk.account, operation.request_id, 0).key)
    step = confirm(row.value.ledger, operation.call, outcome, desk.settings.policy)
    return desk.book(row, step, operation, answer)


def _drop_authorization(desk: Desk, booked: Booked, work: Work) -> Booked:
    """A payment that was cancelled while it was pending is not asked for again."""
    waiting = desk.unit.load(OperationRecord, work.payment.id)  # the key of an authorization is the payment's id
    row = desk.unit.load(TransactionRecord, work.transaction.id)
    forgets = desk.settings.policy.cancelled_can_be_approved
    if waiting is None or row is None or waiting.value.under_way or forgets:
        return booked
    dropped = _end(desk, waiting.value, row, Outcome(Result.DENIED, note="cancelled while it was pending"))
    return replace(dropped, work=booked.work + dropped.work)


def _window(work: Work, payment: PaymentRecord) -> Window:
    often = payment.group == "instantPayment"
    return window_of(work.call.operation, payment.cancels_after, often=often)


def _outcome(
    operation: OperationRecord, answer: Answer, window: Window, now: int, *, news: bool
) -> Outcome | None:
    """The end of the call, or None while it will be tried again."""
    if answer.ended in _RESULTS:
        inside = news and operation.under_way and not operation.answered
        return Outcome(_RESULTS[answer.ended], answer.value, answer.message, answer.settle_id, inside)
    if now >= operation.created + window.length:
        return Outcome(Result.GIVEN_UP, note=answer.message)
    return None


def _put_off(desk: Desk, row: Row[OperationRecord], work: Work, answer: Answer, window: Window) -> None:
    """The next try. What was parked in place of the first one was no try: its connector never heard of it."""
    first_is_parked = answer is PARKED and work.attempt == FIRST_TRY
    operation = structs.replace(
        row.value,
        attempt=NO_TRY if first_is_parked else row.value.attempt,
        answered=NO_TRY if first_is_parked else max(row.value.answered, work.attempt),
        answered_at=desk.now,
    )
    contingency = desk.settings.contingency(work.payment.connector) if answer is PARKED else None
    next_try = contingency.until if contingency else desk.now + window.every
    due = min(next_try, operation.created + window.length)
    desk.unit.save(operation.request_id, operation, row.version, owner=operation.transaction_id)
    desk.unit.schedule(send_job(desk.account, operation.request_id, due))


def _told(desk: Desk, work: Work, answer: Answer) -> PaymentRecord:
    """What an answer to a creation leaves behind, whatever becomes of the payment."""
    connector = desk.settings.connector(work.payment.connector)
    if connector is not None:
        count(desk, connector, answer)
    return _remember(desk, work, answer)


def _remember(desk: Desk, work: Work, answer: Answer) -> PaymentRecord:
    """What later calls of this payment need from the authorization's answer, and when it settles by itself."""
    row = desk.unit.load(PaymentRecord, work.payment.id)
    if row is None:
        return work.payment
    told = structs.replace(
        row.value,
        tid=answer.tid or row.value.tid,
        nsu=answer.nsu or row.value.nsu,
        authorization_id=answer.authorization_id or row.value.authorization_id,
        acquirer=answer.acquirer or row.value.acquirer,
        payment_url=answer.payment_url or row.value.payment_url,
        code=answer.code,
        message=answer.message,
        response=answer.response,
        cancels_after=delay_to_cancel(row.value.cancels_after, answer.cancels_after, desk.settings.policy),
    )
    if answer.ended is Ended.DONE:
        told = structs.replace(
            told,
            authorized=desk.now,
            settles_at=_settles_at(desk, work, answer),
            settles_after_antifraud=answer.settles_after_antifraud,
        )
        if told.settles_at is not None:
            desk.unit.schedule(auto_settle_job(desk.account, told.id, told.settles_at))
    desk.unit.save(told.id, told, row.version, owner=told.transaction_id)
    return told


def _settles_at(desk: Desk, work: Work, answer: Answer) -> int | None:
    """The moment of the automatic settle; what counts without any delay depends on how the approval came (C11)."""
    settings = desk.settings
    connector = settings.connector(work.payment.connector)
    if connector is None:
        return None
    default = AUTO_SETTLE_AFTER_CALLBACK if work.attempt == NO_TRY else AUTO_SETTLE_DEFAULT
    books = work.transaction.ledger.payment(work.payment.id)
    judged = books is not None and books.increase  # only what is approved is increased
    antifraud = work.transaction.ledger.antifraud and not judged
    delay = at_authorization(connector, answer, default, settings.policy, antifraud=antifraud)
    return None if delay is None else desk.now + delay
