"""The Payments Gateway API: the transaction process and the transaction flow."""

from flask import Blueprint, Response

from gateway_mock.core.modes import Operation
from gateway_mock.core.payment_systems import payment_system
from gateway_mock.core.refusals import Refusal, Refused, refuse
from gateway_mock.records import PaymentRecord, TransactionRecord
from gateway_mock.service import queries, transactions
from gateway_mock.service.transactions import Done, Start
from gateway_mock.web.http import accepted, account, body, empty, owner, reply, require_same, sandbox
from gateway_mock.web.problem import Refusing
from gateway_mock.web.wire import history as wire_history
from gateway_mock.web.wire import interactions as wire_interactions
from gateway_mock.web.wire import payments as wire_payments
from gateway_mock.web.wire import transactions as wire_transactions
from gateway_mock.web.wire.fields import Json
from gateway_mock.web.wire.transaction_bodies import (
    AuthorizeBody,
    DataBody,
    PaymentBody,
    RefundBody,
    StartBody,
    ValueBody,
)

blueprint = Blueprint("transactions", __name__)
public = Blueprint("public", __name__)
"""The one operation that is documented without credentials; `an` in its query says the account."""


@blueprint.post("/transactions")
def start() -> Response:
    """Start a transaction."""
    wanted = body(StartBody)
    start = Start(
        value=wanted.value or 0,
        reference=wanted.reference_id or "",
        channel=wanted.channel or "",
        sales_channel=wanted.sales_channel or "",
        urn=wanted.urn,
        owner=owner(),
    )
    return _shown(accepted(transactions.start(sandbox(), account(), start)))


@blueprint.get("/transactions/<transaction_id>")
def details(transaction_id: str) -> Response:
    """The transaction."""
    return _shown(accepted(queries.transaction(sandbox(), account(), transaction_id)))


def _shown(record: TransactionRecord) -> Response:
    return reply(wire_transactions.transaction(record, account()))


@blueprint.post("/transactions/<transaction_id>/payments")
@public.post("/transactions/<transaction_id>/payments")
def send_payments(transaction_id: str) -> Response:
    """Receive the shopper's payments."""
    payments = [_payment_record(each) for each in body(list[PaymentBody])]
    accepted(transactions.send_payments(sandbox(), account(), transaction_id, payments))
    return empty(201)


def _payment_record(wanted: PaymentBody) -> PaymentRecord:
    system = payment_system(wanted.payment_system)
    return PaymentRecord(
        id="",
        transaction_id="",
        sequence=0,
        payment_system=system.id,
        payment_system_name=system.name,
        group=system.group,
        connector="",
        currency=wanted.currency_code,
        value=wanted.value,
        reference_value=wanted.reference_value,
        installments=wanted.installments,
        installments_value=wanted.installments_value,
        interest_rate=wanted.installments_interest_rate,
        card=wanted.card(),
        merchant_name=wanted.transaction.merchant_name if wanted.transaction else None,
    )


@blueprint.route("/transactions/<transaction_id>/additional-data", methods=["POST", "PATCH"])
def additional_data(transaction_id: str) -> Response:
    """Keep additional data."""
    data = [(each.name, each.value) for each in body(list[DataBody])]
    accepted(transactions.add_data(sandbox(), account(), transaction_id, data))
    return empty()


@blueprint.post("/transactions/<transaction_id>/authorization-request")
def authorize(transaction_id: str) -> Response:
    """Authorize every payment."""
    wanted = body(AuthorizeBody)
    if wanted.transaction_id and wanted.transaction_id != transaction_id:
        accepted(queries.transaction(sandbox(), account(), transaction_id))  # an unknown one is told first
        require_same(transaction_id, wanted.transaction_id)
    return _result(transactions.authorize(sandbox(), account(), transaction_id, wanted.soft_descriptor))


@blueprint.post("/transactions/<transaction_id>/settlement-request")
def settle(transaction_id: str) -> Response:
    """Settle an amount."""
    return _result(transactions.settle(sandbox(), account(), transaction_id, body(ValueBody).value))


@blueprint.post("/transactions/<transaction_id>/refunding-request")
def refund(transaction_id: str) -> Response:
    """Give an amount back."""
    done = accepted(transactions.refund(sandbox(), account(), transaction_id, body(RefundBody).value))
    return reply(wire_transactions.result(done, refunded=done.value))


@blueprint.post("/transactions/<transaction_id>/cancellation-request")
def cancel(transaction_id: str) -> Response:
    """Cancel an amount."""
    done = accepted(transactions.cancel(sandbox(), account(), transaction_id, body(ValueBody).value))
    return reply(wire_transactions.result(done, cancelled=done.value))


def _result(done: Done | Refused) -> Response:
    return reply(wire_transactions.result(accepted(done)))


@blueprint.get("/transactions/<transaction_id>/payments")
def payments(transaction_id: str) -> Response:
    """Every payment of the transaction."""
    return reply([_payment(payment_id, told) for payment_id, told in _payments_of(transaction_id)])


@blueprint.get("/transactions/<transaction_id>/payments/<payment_id>")
def payment(transaction_id: str, payment_id: str) -> Response:
    """One payment."""
    found = dict(_payments_of(transaction_id))
    if payment_id not in found:
        raise Refusing(refuse(Refusal.PAYMENT_NOT_FOUND, id=payment_id))
    return reply(_payment(payment_id, found[payment_id]))


def _payments_of(transaction_id: str) -> list[tuple[str, queries.Told]]:
    told = accepted(queries.told(sandbox(), account(), transaction_id))
    return [(each.id, told) for each in told.payments]


def _payment(payment_id: str, told: queries.Told) -> Json:
    record = next(each for each in told.payments if each.id == payment_id)
    ledger = next(each for each in told.record.ledger.payments if each.id == payment_id)
    own = [each for each in told.entries if each.entry.payment_id == payment_id]
    return wire_payments.payment(record, ledger, own, account())


@blueprint.get("/transactions/<transaction_id>/settlements")
def settlements(transaction_id: str) -> Response:
    """What was asked to be settled, and what connectors settled."""
    return _movements(transaction_id, Operation.SETTLE)


@blueprint.get("/transactions/<transaction_id>/refunds")
def refunds(transaction_id: str) -> Response:
    """What was asked to be refunded, and what connectors refunded or left to a person."""
    return _movements(transaction_id, Operation.REFUND)


@blueprint.get("/transactions/<transaction_id>/cancellations")
def cancellations(transaction_id: str) -> Response:
    """What was asked to be cancelled, and what connectors cancelled."""
    return _movements(transaction_id, Operation.CANCEL)


def _movements(transaction_id: str, operation: Operation) -> Response:
    told = accepted(queries.told(sandbox(), account(), transaction_id))
    return reply(wire_history.movements(told.entries, operation, transaction_id))


@blueprint.get("/transactions/<transaction_id>/capabilities")
def capabilities(transaction_id: str) -> Response:
    """Whether the value can still change."""
    record = accepted(queries.transaction(sandbox(), account(), transaction_id))
    return reply(wire_history.capabilities(record))


@blueprint.get("/transactions/<transaction_id>/interactions")
def interactions(transaction_id: str) -> Response:
    """The transaction's events, newest first."""
    told = accepted(queries.told(sandbox(), account(), transaction_id))
    return reply(wire_interactions.interactions(told.entries, told.record, told.payments))
