"""Connectors as the control plane speaks of them: a name, how to reach it, what it gets."""

from collections.abc import Collection

from msgspec.structs import replace

from gateway_mock.core.modes import Kind
from gateway_mock.core.refusals import Refused
from gateway_mock.records import ConnectorSettings
from gateway_mock.records_configuration import AffiliationRecord, RuleRecord
from gateway_mock.service.affiliations import new_affiliation
from gateway_mock.service.booking import Desk
from gateway_mock.service.connector_entries import (
    ConnectorRefusedError,
    connector_of,
    entries_of,
    implementation_of,
    kind_of,
)
from gateway_mock.service.manifests import put_manifest, read_manifest
from gateway_mock.service.routing import configure, kept, plain_rule, rebuild, write
from gateway_mock.service.rules import checked
from gateway_mock.service.sandbox import Sandbox, settings_of

NAME_LENGTH_MAX = 64


def connectors(sandbox: Sandbox, account: str) -> tuple[ConnectorSettings, ...]:
    """The account's connectors, secrets in clear: it is for the sandbox itself."""
    with sandbox.store.read(account) as unit:
        return settings_of(unit, sandbox).connectors


def put_connector(
    sandbox: Sandbox, account: str, name: str, wanted: ConnectorSettings
) -> ConnectorSettings | Refused:
    """Save a connector with its affiliation, and the rules that bring it exactly `wanted.payment_systems`.

    The first one that claims no payment systems becomes the account's default, in place of what the sandbox
    started with. The name and affiliation inside `wanted` do not count. A PPP connector is asked for its manifest.

    Raises:
        ConnectorRefusedError: it cannot be configured so: a legacy one with Hold or Partial, above all, or a
            schedule that the manifest does not allow.
        UnknownPaymentSystemError: a payment system is no positive number.
    """

    def put(desk: Desk) -> ConnectorSettings:
        saved = _put_affiliation(desk, name, wanted)
        _put_rules(desk, saved, wanted.payment_systems)
        only_its_own = wanted.payment_systems and desk.settings.default_connector
        settings = rebuild(desk, first="" if only_its_own else name)
        put_manifest(desk, saved.id, manifest)
        return next(each for each in settings.connectors if each.name == name)

    if not (name.isprintable() and 0 < len(name) <= NAME_LENGTH_MAX):
        raise ConnectorRefusedError(f"The name of a connector has 1 to {NAME_LENGTH_MAX} printable characters.")
    if wanted.kind is Kind.PPP and not wanted.url:
        raise ConnectorRefusedError("A connector of the Payment Provider Protocol needs a url.")
    manifest = read_manifest(sandbox, connector_of(_draft(name, wanted), wanted.payment_systems))
    return configure(sandbox, account, put)


def _put_affiliation(desk: Desk, name: str, wanted: ConnectorSettings) -> AffiliationRecord:
    draft = _draft(name, wanted)
    before = next((each for each in kept(desk.unit, AffiliationRecord) if each.connector == name), None)
    made = _redrafted(before, draft) if before else new_affiliation(desk, draft, connector=name)
    if kind_of(made.implementation) is not wanted.kind:
        raise ConnectorRefusedError(f"A {wanted.kind.value} connector cannot be called {name}.")
    write(desk.unit, made)
    return made


def _draft(name: str, wanted: ConnectorSettings) -> AffiliationRecord:
    return AffiliationRecord(
        implementation=implementation_of(wanted.kind, name), name=name, configuration=entries_of(wanted)
    )


def _redrafted(before: AffiliationRecord, draft: AffiliationRecord) -> AffiliationRecord:
    """The affiliation with the new entries beside its others; its class changes only when its kind does."""
    ours = {entry.name for entry in draft.configuration}
    others = tuple(entry for entry in before.configuration if entry.name not in ours)
    same_kind = kind_of(before.implementation) is kind_of(draft.implementation)
    return replace(
        before,
        implementation=before.implementation if same_kind else draft.implementation,
        configuration=draft.configuration + others,
    )


def _put_rules(desk: Desk, affiliation: AffiliationRecord, systems: Collection[int]) -> None:
    """Enable one rule for each system, disable the connector's other ones."""
    theirs = _rules_of(desk, affiliation)
    for number, each in theirs.items():
        if number not in systems:
            write(desk.unit, replace(each, enabled=False))
    for number in dict.fromkeys(systems):
        plain = plain_rule(number, affiliation)
        wanted = replace(theirs.get(number, plain), connector=plain.connector, enabled=True)
        write(desk.unit, checked(desk, wanted, wanted.id or desk.sandbox.ids.uuid()))


def _rules_of(desk: Desk, affiliation: AffiliationRecord) -> dict[int, RuleRecord]:
    return {
        each.payment_system.id: each
        for each in kept(desk.unit, RuleRecord)
        if each.connector and each.connector.affiliation_id == affiliation.id
    }
