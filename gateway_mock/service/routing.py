"""From affiliations and rules to `Settings.connectors`, which is all that the request path reads.

Whoever saves one of them rebuilds the settings in the same unit, so nobody sees half a change. Of two enabled
rules for one payment system the one saved last wins (ours: VTEX says nothing).

A sandbox starts with connectors that nobody configured. They show as affiliations and rules like all others, under
ids made of their names, and become stored ones with the first change of the configuration.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar
from uuid import NAMESPACE_URL, uuid5

from msgspec.structs import replace

from gateway_mock.core.payment_systems import payment_system
from gateway_mock.core.refusals import Refused
from gateway_mock.ports import Row, Unit
from gateway_mock.records import SETTINGS_KEY, ConnectorSettings, Settings
from gateway_mock.records_configuration import (
    AffiliationRecord,
    RuleConnector,
    RulePaymentSystem,
    RuleRecord,
    SalesChannel,
)
from gateway_mock.service.booking import Desk, in_unit
from gateway_mock.service.connector_entries import connector_of, entries_of, implementation_of
from gateway_mock.service.sandbox import Sandbox

Kept = TypeVar("Kept", AffiliationRecord, RuleRecord)
T = TypeVar("T")


class NotConfiguredError(LookupError):
    """The account has no affiliation or rule of that id."""


# --- Reading ------------------------------------------------------------------------------------------------


def contracts(unit: Unit, settings: Settings) -> tuple[AffiliationRecord, ...]:
    """All affiliations, those that the sandbox started with first."""
    return _together(_starting_affiliations(settings), kept(unit, AffiliationRecord))


def routes(unit: Unit, settings: Settings) -> tuple[RuleRecord, ...]:
    """All rules, the one saved last comes last."""
    return _together(_starting_rules(settings), kept(unit, RuleRecord))


def _together(starting: tuple[Kept, ...], stored_ones: tuple[Kept, ...]) -> tuple[Kept, ...]:
    """Both; somebody may have given an account anew what it started with, and that counts then."""
    started = {each.id for each in starting}
    return starting + tuple(each for each in stored_ones if each.id not in started)


def one_of(records: Iterable[Kept], key: str) -> Kept:
    """The record of that id.

    Raises:
        NotConfiguredError: there is none.
    """
    found = next((each for each in records if each.id == key), None)
    if found is None:
        raise NotConfiguredError(f"This account has no affiliation or rule {key}.")
    return found


def winners(rules: Iterable[RuleRecord]) -> Mapping[int, RuleRecord]:
    """The rule that counts for each payment system, of rules in the order of their sequence."""
    return {each.payment_system.id: each for each in rules if each.enabled and each.connector}


def kept(unit: Unit, kind: type[Kept]) -> tuple[Kept, ...]:
    """The stored records of a kind by their sequence."""
    found = (row.value for _, row in unit.find(kind))
    return tuple(sorted(found, key=lambda each: (each.sequence, each.id)))


# --- Writing ------------------------------------------------------------------------------------------------


def configure(sandbox: Sandbox, account: str, use: Callable[[Desk], T | Refused]) -> T | Refused:
    """Change the configuration in one unit, after the connectors it started with are stored too."""

    def change(desk: Desk) -> T | Refused:
        for affiliation in _starting_affiliations(desk.settings):
            write(desk.unit, affiliation)
        for rule in _starting_rules(desk.settings):
            write(desk.unit, rule)
        return use(desk)

    return in_unit(sandbox, account, change)


def write(unit: Unit, record: AffiliationRecord | RuleRecord) -> None:
    """Save a record over whatever is stored under its id."""
    row = unit.load(type(record), record.id)
    unit.save(record.id, record, row.version if row else 0)


def stored(unit: Unit, kind: type[Kept], key: str) -> Row[Kept]:
    """The stored record of a kind under its id.

    Raises:
        NotConfiguredError: there is none.
    """
    # A database may refuse a key with control characters; no id has any.
    found = unit.load(kind, key) if key.isprintable() else None
    if found is None:
        what = "affiliation" if kind is AffiliationRecord else "rule"
        raise NotConfiguredError(f"This account has no {what} {key}.")
    return found


def next_sequence(unit: Unit, kind: type[Kept]) -> int:
    """The sequence of the next record of a kind."""
    return max((each.sequence for each in kept(unit, kind)), default=0) + 1


def keep(desk: Desk, record: Kept, version: int) -> Kept:
    """Save a record and what follows from it for the settings."""
    desk.unit.save(record.id, record, version)
    rebuild(desk)
    return record


def rebuild(desk: Desk, first: str = "") -> Settings:
    """Save the settings that the affiliations and rules amount to, even when nothing differs.

    Saving them always makes every change of the configuration meet the others at one version.

    Args:
        desk: the unit.
        first: the connector that becomes the default, unless one was chosen like this before.

    Raises:
        ConnectorRefusedError: an affiliation configures what its connector cannot do.
    """
    row = desk.unit.load(Settings, SETTINGS_KEY)
    made = _connectors(kept(desk.unit, AffiliationRecord), kept(desk.unit, RuleRecord))
    before = desk.settings.default_connector
    started_with = {each.name for each in desk.sandbox.default_settings.connectors}
    chosen = before not in started_with and any(each.name == before for each in made)
    default = before if chosen or not first else first
    settings = replace(desk.settings, connectors=made, default_connector=default)
    desk.unit.save(SETTINGS_KEY, settings, row.version if row else 0)
    return settings


def _connectors(
    affiliations: Iterable[AffiliationRecord], rules: Iterable[RuleRecord]
) -> tuple[ConnectorSettings, ...]:
    claims: dict[str, list[int]] = {}
    for number, rule in sorted(winners(rules).items()):
        if rule.connector:
            claims.setdefault(rule.connector.affiliation_id, []).append(number)
    made = (connector_of(each, claims.get(each.id, ())) for each in affiliations)
    return tuple(each for each in made if each is not None)


# --- What a sandbox starts with -----------------------------------------------------------------------------


def plain_rule(number: int, affiliation: AffiliationRecord) -> RuleRecord:
    """A rule that brings an affiliation's connector a payment system, everywhere and always."""
    system = payment_system(number)
    return RuleRecord(
        name=f"{system.name} - {affiliation.connector}",
        sales_channels=(SalesChannel(id=":ALL:"),),
        payment_system=RulePaymentSystem(id=number, name=system.name),
        connector=RuleConnector(implementation=affiliation.implementation, affiliation_id=affiliation.id),
    )


def _starting(settings: Settings) -> Iterable[tuple[ConnectorSettings, AffiliationRecord]]:
    unclaimed = (each for each in settings.connectors if not each.affiliation_id)
    for sequence, connector in enumerate(unclaimed, start=1):
        affiliation = AffiliationRecord(
            id=_id_of(connector.name),
            sequence=sequence,
            connector=connector.name,
            implementation=implementation_of(connector.kind, connector.name),
            name=connector.name,
            configuration=entries_of(connector),
        )
        yield connector, affiliation


def _starting_affiliations(settings: Settings) -> tuple[AffiliationRecord, ...]:
    return tuple(affiliation for _, affiliation in _starting(settings))


def _starting_rules(settings: Settings) -> tuple[RuleRecord, ...]:
    # Settings ask the first connector that claims a system, and the last rule wins: so backwards.
    pairs = [(number, each) for connector, each in _starting(settings) for number in connector.payment_systems]
    return tuple(
        replace(plain_rule(number, each), id=_id_of(f"{each.connector}/{number}"), sequence=sequence)
        for sequence, (number, each) in enumerate(reversed(pairs), start=1)
    )


def _id_of(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"gateway-mock/{name}"))
