"""The Payments Gateway API: configuration, installments, card data."""

from http import HTTPStatus

from flask import Blueprint, Response, request

from gateway_mock.service import affiliations, payment_systems, rules
from gateway_mock.service.connector_entries import ConnectorRefusedError
from gateway_mock.service.payment_systems import CardNotFoundError, CardWithoutDetailsError
from gateway_mock.service.routing import NotConfiguredError
from gateway_mock.web.errors import error_reply
from gateway_mock.web.http import accepted, account, body, empty, reply, require_same, sandbox
from gateway_mock.web.wire import configuration as wire
from gateway_mock.web.wire import payment_systems as wire_systems

blueprint = Blueprint("configuration", __name__)


# --- Affiliations -------------------------------------------------------------------------------------------


@blueprint.get("/api/pvt/affiliations")
def all_affiliations() -> Response:
    """The affiliations."""
    return reply([wire.affiliation(each) for each in affiliations.affiliations(sandbox(), account())])


@blueprint.post("/api/pvt/affiliations")
def add_affiliation() -> Response:
    """Save a new affiliation."""
    wanted = wire.affiliation_record(body(wire.Affiliation))
    return reply(wire.affiliation(accepted(affiliations.add_affiliation(sandbox(), account(), wanted))))


@blueprint.get("/api/pvt/affiliations/<affiliation_id>")
def one_affiliation(affiliation_id: str) -> Response:
    """An affiliation."""
    return reply(wire.affiliation(affiliations.affiliation(sandbox(), account(), affiliation_id)))


@blueprint.put("/api/pvt/affiliations/<affiliation_id>")
def change_affiliation(affiliation_id: str) -> Response:
    """Put another affiliation in the place of one."""
    sent = body(wire.Affiliation)
    require_same(affiliation_id, sent.id)
    wanted = wire.affiliation_record(sent)
    changed = affiliations.change_affiliation(sandbox(), account(), affiliation_id, wanted)
    return reply(wire.affiliation(accepted(changed)))


# --- Rules --------------------------------------------------------------------------------------------------


@blueprint.get("/api/pvt/rules")
def all_rules() -> Response:
    """The payment rules."""
    return reply([wire.rule(each) for each in rules.rules(sandbox(), account())])


@blueprint.post("/api/pvt/rules")
def add_rule() -> Response:
    """Save a new rule."""
    wanted = wire.rule_record(body(wire.Rule))
    return reply(wire.rule(accepted(rules.add_rule(sandbox(), account(), wanted))))


@blueprint.get("/api/pvt/rules/<rule_id>")
def one_rule(rule_id: str) -> Response:
    """A payment rule."""
    return reply(wire.rule(rules.rule(sandbox(), account(), rule_id)))


@blueprint.put("/api/pvt/rules/<rule_id>")
def change_rule(rule_id: str) -> Response:
    """Put another rule in the place of one."""
    sent = body(wire.Rule)
    require_same(rule_id, sent.id)
    changed = rules.change_rule(sandbox(), account(), rule_id, wire.rule_record(sent))
    return reply(wire.rule(accepted(changed)))


@blueprint.delete("/api/pvt/rules/<rule_id>")
def remove_rule(rule_id: str) -> Response:
    """Forget a rule."""
    accepted(rules.remove_rule(sandbox(), account(), rule_id))
    return empty()


# --- What a shopper can pay with ----------------------------------------------------------------------------


@blueprint.get("/api/pvt/merchants/payment-systems")
def usable_systems() -> Response:
    """The payment systems that a connector takes."""
    now = sandbox().clock.now(account())
    usable = payment_systems.usable_systems(sandbox(), account())
    return reply([wire_systems.payment_system(each, now) for each in usable])


@blueprint.get("/api/pvt/installments")
def installments() -> Response:
    """What a value costs in installments."""
    question = wire_systems.question(request.args)
    offers = payment_systems.offers(sandbox(), account(), question)
    return reply(wire_systems.installments(question, offers))


@blueprint.get("/api/payments/pvt/account/<card_id>")
def card(card_id: str) -> Response:
    """What may be known of a card that paid in this account."""
    return reply(wire_systems.card_data(payment_systems.used_card(sandbox(), account(), card_id)))


# --- Errors of these operations -----------------------------------------------------------------------------


@blueprint.errorhandler(ConnectorRefusedError)
def _refused(error: ConnectorRefusedError) -> Response:
    return error_reply(HTTPStatus.BAD_REQUEST, "Mock.ConnectorRefused", str(error))


@blueprint.errorhandler(NotConfiguredError)
def _not_configured(error: NotConfiguredError) -> Response:
    return error_reply(HTTPStatus.NOT_FOUND, "Mock.NotConfigured", str(error))


@blueprint.errorhandler(CardNotFoundError)
def _no_card(error: CardNotFoundError) -> Response:
    return reply(wire_systems.card_error(HTTPStatus.NOT_FOUND, str(error)), HTTPStatus.NOT_FOUND)


@blueprint.errorhandler(CardWithoutDetailsError)
def _no_details(error: CardWithoutDetailsError) -> Response:
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return reply(wire_systems.card_error(status, str(error)), status)
