"""Payment rules: which connector gets the payments of which payment system."""

from msgspec.structs import replace

from gateway_mock.core.payment_systems import payment_system
from gateway_mock.core.refusals import Refused
from gateway_mock.ports import Unit
from gateway_mock.records_configuration import AffiliationRecord, RuleConnector, RuleRecord
from gateway_mock.service.booking import Desk
from gateway_mock.service.connector_entries import ConnectorRefusedError, kind_of
from gateway_mock.service.routing import (
    NotConfiguredError,
    configure,
    keep,
    next_sequence,
    one_of,
    rebuild,
    routes,
    stored,
)
from gateway_mock.service.sandbox import Sandbox, settings_of


def rules(sandbox: Sandbox, account: str) -> tuple[RuleRecord, ...]:
    """All rules, the one saved last comes last."""
    with sandbox.store.read(account) as unit:
        return routes(unit, settings_of(unit, sandbox))


def rule(sandbox: Sandbox, account: str, rule_id: str) -> RuleRecord:
    """One rule.

    Raises:
        NotConfiguredError: there is none of that id.
    """
    return one_of(rules(sandbox, account), rule_id)


def add_rule(sandbox: Sandbox, account: str, wanted: RuleRecord) -> RuleRecord | Refused:
    """Save a new rule; it comes back with its id.

    Raises:
        ConnectorRefusedError: it names an affiliation that is not there, is of another class, or no connector.
    """

    def add(desk: Desk) -> RuleRecord:
        return keep(desk, checked(desk, wanted, desk.sandbox.ids.uuid()), 0)

    return configure(sandbox, account, add)


def change_rule(sandbox: Sandbox, account: str, rule_id: str, wanted: RuleRecord) -> RuleRecord | Refused:
    """Put another rule in the place of one.

    Raises:
        NotConfiguredError: there is none of that id.
        ConnectorRefusedError: it names an affiliation that is not there, is of another class, or no connector.
    """

    def change(desk: Desk) -> RuleRecord:
        version = stored(desk.unit, RuleRecord, rule_id).version
        return keep(desk, checked(desk, wanted, rule_id), version)

    return configure(sandbox, account, change)


def remove_rule(sandbox: Sandbox, account: str, rule_id: str) -> Refused | None:
    """Forget a rule.

    Raises:
        NotConfiguredError: there is none of that id.
    """

    def remove(desk: Desk) -> None:
        stored(desk.unit, RuleRecord, rule_id)
        desk.unit.delete(RuleRecord, rule_id)
        rebuild(desk)

    return configure(sandbox, account, remove)


def checked(desk: Desk, wanted: RuleRecord, rule_id: str) -> RuleRecord:
    """A rule under its id and as the last one saved, not yet saved itself.

    Raises:
        ConnectorRefusedError: it names an affiliation that is not there, is of another class, or no connector.
    """
    system = wanted.payment_system
    named = replace(system, name=system.name or payment_system(system.id).name)
    _require_connector(desk.unit, wanted.connector)
    return replace(wanted, id=rule_id, sequence=next_sequence(desk.unit, RuleRecord), payment_system=named)


def _require_connector(unit: Unit, connector: RuleConnector | None) -> None:
    if connector is None:
        return
    try:
        implementation = stored(unit, AffiliationRecord, connector.affiliation_id).value.implementation
    except NotConfiguredError as missing:
        raise ConnectorRefusedError(str(missing)) from None
    if implementation != connector.implementation:
        raise ConnectorRefusedError(
            f"The affiliation {connector.affiliation_id} is a {implementation}, not a {connector.implementation}."
        )
    if kind_of(implementation) is None:
        raise ConnectorRefusedError(f"{implementation} is no connector.")
