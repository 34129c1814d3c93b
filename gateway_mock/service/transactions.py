"""The use cases of the Payments Gateway API: start, pay, authorize, settle, cancel, refund.

Each request of money goes: load, plan, save the intent with its outbox, call the connectors, confirm, save.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from msgspec import structs

from gateway_mock import currencies
from gateway_mock.core.ledger import Payment, Transaction
from gateway_mock.core.money import CENTS_DECIMALS, text
from gateway_mock.core.otherwise import plan
from gateway_mock.core.plan import BEFORE_AUTHORIZATION
from gateway_mock.core.policy import AfterCapture
from gateway_mock.core.refusals import Refusal, Refused, refuse
from gateway_mock.core.requests import Authorize, AutoSettle, Cancel, Receive, Refund, Request, Settle
from gateway_mock.ports import Job
from gateway_mock.records import Moments, PaymentRecord, TransactionRecord
from gateway_mock.service import antifraud
from gateway_mock.service.booking import Booked, Desk, in_unit
from gateway_mock.service.dispatch import answer_inside, dispatch
from gateway_mock.service.sandbox import Sandbox
from gateway_mock.service.schedule import HOUR, auto_settle_job


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A transaction to be. `value` is cents."""

    value: int
    reference: str
    channel: str
    sales_channel: str
    urn: str | None = None
    owner: str = ""
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """A request that was taken: the transaction after everything that could be done at once."""

    record: TransactionRecord
    value: int = 0
    """What was asked for, in cents."""


def start(sandbox: Sandbox, account: str, wanted: Start) -> TransactionRecord | Refused:
    """Make a transaction."""
    texts = (wanted.reference, wanted.channel, wanted.sales_channel)
    if wanted.value <= 0 or not all(each.strip() for each in texts):
        return refuse(Refusal.TRANSACTION_INVALID)
    now = sandbox.clock.now(account)
    record = TransactionRecord(
        ledger=Transaction(id=sandbox.ids.hex32(), value=wanted.value),
        moments=Moments(started=now, last_transition=now),
        reference=wanted.reference,
        channel=wanted.channel,
        sales_channel=wanted.sales_channel,
        urn=wanted.urn,
        owner=wanted.owner,
        order_id=wanted.order_id,
    )
    with sandbox.store.write(account) as unit:
        unit.save(record.id, record, 0)
    return record


def send_payments(
    sandbox: Sandbox, account: str, transaction_id: str, payments: Sequence[PaymentRecord]
) -> Done | Refused:
    """The shopper's payments arrive; each goes to the connector that its payment system is routed to.

    Args:
        payments: the records without id, sequence and transaction; an empty `connector` means: by the rules.
    """

    def receive(desk: Desk, record: TransactionRecord) -> Receive | Refused:
        if len(currencies := sorted({each.currency for each in payments})) > 1:
            why = f"a transaction has one currency, not {' and '.join(currencies)}"
            return refuse(Refusal.PAYMENT_INVALID, why=why)
        ledger: list[Payment] = []
        for sequence, wanted in enumerate(payments, start=len(record.ledger.payments)):
            joined = join(desk, record, wanted, sequence)
            if isinstance(joined, Refused):
                return joined
            ledger.append(joined)
        return Receive(tuple(ledger))

    return ask(sandbox, account, transaction_id, receive)


def join(
    desk: Desk, record: TransactionRecord, wanted: PaymentRecord, sequence: int, *, increase: bool = False
) -> Payment | Refused:
    """Write a payment's record, and what the ledger needs of it."""
    why = _unpayable(wanted)
    if why is not None:
        return refuse(Refusal.PAYMENT_INVALID, why=why)
    settings = desk.settings
    connector = settings.connector(wanted.connector) if wanted.connector else settings.route(wanted.payment_system)
    if connector is None:
        unrouted = f"no connector is configured for payment system {wanted.payment_system}"
        why = f"there is no connector {wanted.connector}" if wanted.connector else unrouted
        return refuse(Refusal.PAYMENT_INVALID, why=why)
    kept = structs.replace(
        wanted,
        id=desk.sandbox.ids.hex32(),
        transaction_id=record.id,
        sequence=sequence,
        connector=connector.name,
        callback_signature=desk.sandbox.ids.hex32(),
    )
    desk.unit.save(kept.id, kept, 0, owner=record.id)
    return Payment(
        id=kept.id,
        value=kept.value,
        connector=connector.name,
        kind=connector.kind,
        mode=connector.mode,
        group=kept.group,
        grain=_grain(kept.currency),
        increase=increase,
    )


def _grain(currency: str) -> int:
    """The smallest amount of a currency, in cents."""
    return int(10 ** (CENTS_DECIMALS - currencies.decimals(currency)))


def _unpayable(wanted: PaymentRecord) -> str | None:
    """Why nobody could pay that, or None: the currency must exist and must have that many decimals."""
    if wanted.value <= 0:
        return f"the value {wanted.value} is not greater than zero"
    if not currencies.known(wanted.currency):
        return f"{wanted.currency} is no currency of ISO 4217"
    if wanted.value % _grain(wanted.currency):
        return f"{wanted.currency} has no amount of {text(wanted.value)}"
    return None


def authorize(sandbox: Sandbox, account: str, transaction_id: str, soft_descriptor: str | None) -> Done | Refused:
    """Ask every connector; one denial cancels every payment (documented). Asking again changes nothing (S33)."""

    def authorizing(desk: Desk, _record: TransactionRecord) -> Authorize:
        return Authorize(antifraud=desk.settings.antifraud is not None)

    done = ask(sandbox, account, transaction_id, authorizing)
    if isinstance(done, Done) and soft_descriptor and soft_descriptor != done.record.soft_descriptor:

        def described(record: TransactionRecord) -> TransactionRecord:
            return structs.replace(record, soft_descriptor=soft_descriptor)

        return change(sandbox, account, transaction_id, described)
    return done


def settle(sandbox: Sandbox, account: str, transaction_id: str, value: int) -> Done | Refused:
    """Settle that many cents."""
    return ask(sandbox, account, transaction_id, Settle(value))


def cancel(sandbox: Sandbox, account: str, transaction_id: str, value: int) -> Done | Refused:
    """Cancel that many cents."""
    return ask(sandbox, account, transaction_id, Cancel(value))


def refund(sandbox: Sandbox, account: str, transaction_id: str, value: int) -> Done | Refused:
    """Give that many cents back."""
    return ask(sandbox, account, transaction_id, Refund(value))


def auto_settle(sandbox: Sandbox, job: Job) -> None:
    """The delay of a payment ran out. The job goes with what it leads to, so that no crash comes in between."""

    def put(desk: Desk) -> Booked | Refused | None:
        desk.unit.unschedule(job.key)
        payment = desk.unit.load(PaymentRecord, job.subject)
        row = desk.unit.load(TransactionRecord, payment.value.transaction_id) if payment else None
        if row is None:
            return None
        if row.value.ledger.status in BEFORE_AUTHORIZATION:  # a sibling is still pending
            desk.unit.schedule(auto_settle_job(desk.account, job.subject, desk.now + HOUR))
            return None
        return put_request(desk, row.value.id, AutoSettle(job.subject))

    booked = in_unit(sandbox, job.account, put)
    if isinstance(booked, Booked):
        dispatch(sandbox, booked)


def judge(sandbox: Sandbox, job: Job) -> None:
    """The anti-fraud has made up its mind."""
    booked = in_unit(sandbox, job.account, lambda desk: antifraud.judge(desk, job.subject))
    if isinstance(booked, Booked):
        dispatch(sandbox, booked)


Builder = Callable[[Desk, TransactionRecord], Request | Refused]


def ask(sandbox: Sandbox, account: str, transaction_id: str, request: Request | Builder) -> Done | Refused:
    """Put a request to a transaction. The intent is saved before any connector is called."""

    def put(desk: Desk) -> Booked | Refused:
        return put_request(desk, transaction_id, request)

    booked = in_unit(sandbox, account, put)
    if isinstance(booked, Refused):
        return booked
    return Done(dispatch(sandbox, booked), getattr(request, "value", 0))


def put_request(desk: Desk, transaction_id: str, request: Request | Builder) -> Booked | Refused:
    """Plan a request inside a unit and save what it means; the calls that are left leave the gateway."""
    row = desk.unit.load(TransactionRecord, transaction_id)
    if row is None:
        return refuse(Refusal.TRANSACTION_NOT_FOUND, id=transaction_id)
    wanted = request(desk, row.value) if callable(request) else request
    if isinstance(wanted, Refused):
        return wanted
    if isinstance(wanted, Refund | Cancel):
        wanted = _with_captures(desk, row.value, wanted)
    verdict = plan(row.value.ledger, wanted, desk.settings.policy)
    return verdict if isinstance(verdict, Refused) else answer_inside(desk, desk.book(row, verdict))


def _with_captures(desk: Desk, record: TransactionRecord, request: Refund | Cancel) -> Refund | Cancel:
    into_refund = desk.settings.policy.cancel_after_capture is AfterCapture.REFUND
    if isinstance(request, Cancel) and not into_refund:
        return request
    return replace(request, captures=desk.captures(record.id))


def change(
    sandbox: Sandbox, account: str, transaction_id: str, changed: Callable[[TransactionRecord], TransactionRecord]
) -> Done | Refused:
    """Change what the API shows of a transaction; its ledger stays as it is."""

    def save(desk: Desk) -> Done | Refused:
        row = desk.unit.load(TransactionRecord, transaction_id)
        if row is None:
            return refuse(Refusal.TRANSACTION_NOT_FOUND, id=transaction_id)
        record = changed(row.value)
        desk.unit.save(record.id, record, row.version)
        return Done(record)

    return in_unit(sandbox, account, save)


def add_data(
    sandbox: Sandbox, account: str, transaction_id: str, data: Sequence[tuple[str, str]]
) -> Done | Refused:
    """Keep additional data; a name that comes again replaces its value."""
    return change(
        sandbox,
        account,
        transaction_id,
        lambda record: structs.replace(record, fields=tuple((dict(record.fields) | dict(data)).items())),
    )
