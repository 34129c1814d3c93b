"""A stub of an anti-fraud: between the authorization and the approval of a transaction it says yes or no.

At VTEX a payment rule names its provider; here one stub judges every transaction of the account while it is
switched on, so many seconds after the authorization. It says what it is set to say at that moment.
"""

from msgspec.structs import replace

from gateway_mock.core.otherwise import plan
from gateway_mock.core.refusals import Refused
from gateway_mock.core.requests import Judge
from gateway_mock.core.statuses import TransactionStatus
from gateway_mock.records import SETTINGS_KEY, Antifraud, PaymentRecord, RiskVerdict, Settings, TransactionRecord
from gateway_mock.service.auto_settlement import at_risk_approval
from gateway_mock.service.booking import Booked, Desk, in_unit
from gateway_mock.service.sandbox import Sandbox, settings_of
from gateway_mock.service.schedule import HOUR, antifraud_job, auto_settle_job
from gateway_mock.times import SECOND


def antifraud(sandbox: Sandbox, account: str) -> Antifraud | None:
    """The account's anti-fraud; None when there is none."""
    with sandbox.store.read(account) as unit:
        return settings_of(unit, sandbox).antifraud


def put_antifraud(sandbox: Sandbox, account: str, wanted: Antifraud | None) -> Antifraud | Refused | None:
    """Switch the anti-fraud on, or off with None; a transaction keeps what was so at its authorization."""

    def put(desk: Desk) -> Antifraud | None:
        row = desk.unit.load(Settings, SETTINGS_KEY)
        desk.unit.save(SETTINGS_KEY, replace(desk.settings, antifraud=wanted), row.version if row else 0)
        return wanted

    return in_unit(sandbox, account, put)


def begin_analysis(desk: Desk, booked: Booked) -> Booked:
    """Every payment is authorized: have the transaction judged when its delay is over; without any, at once."""
    delay = desk.settings.antifraud.delay if desk.settings.antifraud else 0
    if delay:
        desk.unit.schedule(antifraud_job(desk.account, booked.record.id, desk.now + delay * SECOND))
        return booked
    judged = judge(desk, booked.record.id)
    return Booked(judged.record, booked.work + judged.work, judged.settings) if judged else booked


def judge(desk: Desk, transaction_id: str) -> Booked | None:
    """Say yes or no; None when there is nothing to judge any more, or not yet.

    A capture that is under way is waited for: nobody knows yet what a no would have to give back (ours).
    """
    row = desk.unit.load(TransactionRecord, transaction_id)
    desk.unit.unschedule(antifraud_job(desk.account, transaction_id, 0).key)
    if row is None or row.value.ledger.status is not TransactionStatus.ANALYZING_RISK:
        return None
    if row.value.ledger.total("settling"):
        desk.unit.schedule(antifraud_job(desk.account, transaction_id, desk.now + HOUR))
        return None
    stub = desk.settings.antifraud or Antifraud()
    verdict = Judge(stub.verdict is RiskVerdict.APPROVED, desk.captures(transaction_id))
    step = plan(row.value.ledger, verdict, desk.settings.policy)
    if isinstance(step, Refused):  # never: a verdict is taken in every status
        return None
    booked = desk.book(row, step)
    if verdict.approved:
        _schedule_settles(desk, booked.record)
    return booked


def _schedule_settles(desk: Desk, record: TransactionRecord) -> None:
    """From here on `delayToAutoSettleAfterAntifraud` counts; the earlier moment settles (documented)."""
    for _, row in desk.unit.find(PaymentRecord, owner=record.id):
        payment, books = row.value, record.ledger.payment(row.value.id)
        due = _settles_at(desk, payment)
        if due is not None and books is not None and books.open:
            desk.unit.save(payment.id, replace(payment, settles_at=due), row.version, owner=record.id)
            desk.unit.schedule(auto_settle_job(desk.account, payment.id, due))


def _settles_at(desk: Desk, payment: PaymentRecord) -> int | None:
    """The new moment; None when the one that counts already comes first."""
    connector = desk.settings.connector(payment.connector)
    delay = None if connector is None else at_risk_approval(connector, payment.settles_after_antifraud)
    if delay is None or (payment.settles_at is not None and payment.settles_at <= desk.now + delay):
        return None
    return desk.now + delay
