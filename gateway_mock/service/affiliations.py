"""Affiliations: the contracts of a store with its providers, each of which configures a connector."""

from collections.abc import Collection
from itertools import count

from msgspec.structs import replace

from gateway_mock.core.refusals import Refused
from gateway_mock.records_configuration import AffiliationRecord
from gateway_mock.service.booking import Desk
from gateway_mock.service.connector_entries import connector_of, masked, short_name, unmasked
from gateway_mock.service.manifests import put_manifest, read_manifest
from gateway_mock.service.routing import configure, contracts, keep, kept, next_sequence, one_of, stored
from gateway_mock.service.sandbox import Sandbox, settings_of


def affiliations(sandbox: Sandbox, account: str) -> tuple[AffiliationRecord, ...]:
    """All affiliations in the order they were made, secrets masked."""
    with sandbox.store.read(account) as unit:
        return tuple(masked(each) for each in contracts(unit, settings_of(unit, sandbox)))


def affiliation(sandbox: Sandbox, account: str, affiliation_id: str) -> AffiliationRecord:
    """One affiliation, secrets masked.

    Raises:
        NotConfiguredError: there is none of that id.
    """
    return one_of(affiliations(sandbox, account), affiliation_id)


def add_affiliation(sandbox: Sandbox, account: str, wanted: AffiliationRecord) -> AffiliationRecord | Refused:
    """Save a new affiliation; it comes back with its id, secrets masked. Its connector is asked for its manifest.

    Raises:
        ConnectorRefusedError: its connector cannot be configured so.
    """

    def add(desk: Desk) -> AffiliationRecord:
        made = keep(desk, new_affiliation(desk, wanted), 0)
        put_manifest(desk, made.id, manifest)
        return masked(made)

    manifest = read_manifest(sandbox, connector_of(wanted))
    return configure(sandbox, account, add)


def change_affiliation(
    sandbox: Sandbox, account: str, affiliation_id: str, wanted: AffiliationRecord
) -> AffiliationRecord | Refused:
    """Put another affiliation in the place of one; a masked secret keeps the stored value.

    Raises:
        NotConfiguredError: there is none of that id.
        ConnectorRefusedError: its connector cannot be configured so.
    """

    def change(desk: Desk) -> AffiliationRecord:
        row = stored(desk.unit, AffiliationRecord, affiliation_id)
        changed = replace(
            wanted,
            id=row.value.id,
            sequence=row.value.sequence,
            connector=row.value.connector,
            configuration=unmasked(wanted.configuration, row.value.configuration),
        )
        put_manifest(desk, changed.id, manifest)
        return masked(keep(desk, changed, row.version))

    manifest = read_manifest(sandbox, connector_of(wanted))
    return configure(sandbox, account, change)


def new_affiliation(desk: Desk, wanted: AffiliationRecord, connector: str = "") -> AffiliationRecord:
    """An affiliation with its id and the name of its connector, not yet saved."""
    taken = {each.connector for each in kept(desk.unit, AffiliationRecord)}
    return replace(
        wanted,
        id=desk.sandbox.ids.uuid(),
        sequence=next_sequence(desk.unit, AffiliationRecord),
        connector=connector or _free_name(short_name(wanted), taken),
    )


def _free_name(wanted: str, taken: Collection[str]) -> str:
    numbered = (f"{wanted}-{number}" for number in count(2))
    return wanted if wanted not in taken else next(name for name in numbered if name not in taken)
