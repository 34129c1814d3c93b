"""What a shopper can pay with: the payment systems, their installments, and the cards that were used."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from gateway_mock.core.installments import AT_ONCE, WITHOUT_INTEREST, InterestMethod, Option, Terms, options
from gateway_mock.core.payment_systems import PAYMENT_SYSTEMS, PaymentSystem, payment_system
from gateway_mock.ports import Unit
from gateway_mock.records import PaymentRecord, Settings
from gateway_mock.records_configuration import AffiliationRecord, InstallmentOptions, RuleInstallment, RuleRecord
from gateway_mock.service.routing import contracts, routes, winners
from gateway_mock.service.sandbox import Sandbox, settings_of

PAGE = 500
"""How many payments are looked at together when a card is searched."""


class CardNotFoundError(LookupError):
    """No payment of the account used that card."""


class CardWithoutDetailsError(LookupError):
    """Payments used that card, but none brought its number."""


# --- Payment systems ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Usable:
    """A payment system that some connector of the account takes."""

    system: PaymentSystem
    affiliation: AffiliationRecord
    """Of the connector that gets its payments."""


def usable_systems(sandbox: Sandbox, account: str) -> tuple[Usable, ...]:
    """Every payment system that is routed to a connector, by number."""
    with sandbox.store.read(account) as unit:
        settings = settings_of(unit, sandbox)
        affiliations = {each.connector: each for each in contracts(unit, settings)}
        systems = _systems(settings, routes(unit, settings))
    routed = ((system, settings.route(system.id)) for system in systems)
    return tuple(Usable(system, affiliations[connector.name]) for system, connector in routed if connector)


def _systems(settings: Settings, rules: Iterable[RuleRecord]) -> Iterator[PaymentSystem]:
    """The well-known systems and those that a connector claims; a rule names the store's own ones."""
    claimed = {number for each in settings.connectors for number in each.payment_systems}
    names = {number: rule.payment_system.name for number, rule in winners(rules).items()}
    for number in sorted(claimed | PAYMENT_SYSTEMS.keys()):
        system = payment_system(number)
        yield system if number in PAYMENT_SYSTEMS else replace(system, name=names.get(number, system.name))


# --- Installments -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody wants to pay in installments. The value is in currency units, above zero."""

    value: int
    payment_system: int | None = None
    """None asks for every system that the account can use."""
    bin: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The installments of one payment system."""

    system: PaymentSystem
    rule_id: str | None
    is_default: bool
    options: tuple[Option, ...]


def offers(sandbox: Sandbox, account: str, question: Question) -> tuple[Offer, ...]:
    """The installments of the system that was asked for, or of every usable one."""
    with sandbox.store.read(account) as unit:
        rules = winners(routes(unit, settings_of(unit, sandbox)))
    wanted = question.payment_system
    systems = (
        [each.system for each in usable_systems(sandbox, account)] if wanted is None else [payment_system(wanted)]
    )
    return tuple(_offer(system, rules.get(system.id), Decimal(question.value)) for system in systems)


def _offer(system: PaymentSystem, rule: RuleRecord | None, value: Decimal) -> Offer:
    offered = rule.installment_options if rule else None
    return Offer(
        system=system,
        rule_id=rule.id if rule else None,
        is_default=bool(rule and rule.is_default),
        options=_options(system, value) if offered is None else _options_of(offered, value),
    )


def _options(system: PaymentSystem, value: Decimal) -> tuple[Option, ...]:
    return options(value, WITHOUT_INTEREST if system.traits.installments else AT_ONCE)


def _options_of(offered: InstallmentOptions, value: Decimal) -> tuple[Option, ...]:
    return options(
        value,
        map(_terms, offered.installments),
        InterestMethod(offered.interest_rate_method or InterestMethod.COMPOUND),
        Decimal(str(offered.minimum_installment_value)),
    )


def _terms(installment: RuleInstallment) -> Terms:
    # The shortest text of a float is the number that was sent.
    return Terms(
        installment.quantity,
        Decimal(str(installment.interest_rate)),
        Decimal(str(installment.interest_tax or 0)),
    )


# --- Cards --------------------------------------------------------------------------------------------------

_NUMBER_DIGITS_MIN = 12


def used_card(sandbox: Sandbox, account: str, card_id: str) -> PaymentRecord:
    """A payment that used the card of that id and brought its number.

    Raises:
        CardNotFoundError: no payment used it.
        CardWithoutDetailsError: none of those that did brought the number.
    """
    with sandbox.store.read(account) as unit:
        used = [each for each in _payments(unit) if each.card.account_id == card_id]
    if not used:
        raise CardNotFoundError(card_id)
    detailed = next((each for each in used if len(digits(each.card.number)) >= _NUMBER_DIGITS_MIN), None)
    if detailed is None:
        raise CardWithoutDetailsError(card_id)
    return detailed


def digits(number: str | None) -> str:
    """The digits of a card number, however it was written."""
    return "".join(each for each in number or "" if each in "0123456789")


def _payments(unit: Unit) -> Iterator[PaymentRecord]:
    after = ""
    while page := unit.find(PaymentRecord, after=after, limit=PAGE):
        yield from (row.value for _, row in page)
        after = page[-1][0]
