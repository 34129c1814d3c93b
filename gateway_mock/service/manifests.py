"""What a PPP connector says that it can do: read when it is configured, shown with it.

A connector that does not answer is configured all the same; what was wrong is shown in place of its manifest.
"""

from collections.abc import Iterable, Iterator

from connector_ppp import CallerError, Exchange, Verdict
from connector_ppp.messages import ManifestRequest, ManifestResponse
from gateway_mock.core.modes import Kind
from gateway_mock.core.payment_systems import payment_system
from gateway_mock.records import ConnectorSettings
from gateway_mock.records_configuration import ManifestRecord
from gateway_mock.service.booking import Desk
from gateway_mock.service.connector_entries import ConnectorRefusedError
from gateway_mock.service.sandbox import Sandbox

READ_SECONDS = 2.0
"""How long a manifest is waited for (ours): whoever configures a connector that is away shall not wait long."""

HOUR_SECONDS = 3600


def manifests(sandbox: Sandbox, account: str) -> dict[str, ManifestRecord]:
    """The manifests that were read, by the id of their connector's affiliation."""
    with sandbox.store.read(account) as unit:
        return {key: row.value for key, row in unit.find(ManifestRecord)}


def read_manifest(sandbox: Sandbox, settings: ConnectorSettings | None) -> ManifestRecord | None:
    """Ask a connector for its manifest; None for a legacy one, and for what is no connector at all.

    Raises:
        ConnectorRefusedError: the merchant's schedule lies outside of what the manifest allows (documented).
    """
    if settings is None or settings.kind is not Kind.PPP or sandbox.line is None:
        return None
    try:
        exchange = sandbox.line.ask(settings, ManifestRequest(), seconds=READ_SECONDS)
    except CallerError as why:
        return ManifestRecord(error=str(why))
    manifest = exchange.response if exchange.verdict is Verdict.DONE else None
    if manifest is None:
        return ManifestRecord(error=_error(exchange) or f"status {exchange.status}")
    _require_within(settings.settles_after, manifest)
    wrong = (_error(exchange), *_not_offered(settings.payment_systems, manifest))
    return ManifestRecord(body=exchange.response_body, error="; ".join(filter(None, wrong)) or None)


def put_manifest(desk: Desk, affiliation_id: str, manifest: ManifestRecord | None) -> None:
    """Keep what was read for the connector of that affiliation; None forgets what was."""
    row = desk.unit.load(ManifestRecord, affiliation_id)
    if manifest is not None:
        desk.unit.save(affiliation_id, manifest, row.version if row else 0)
    elif row is not None:
        desk.unit.delete(ManifestRecord, affiliation_id)


def _error(exchange: Exchange[ManifestResponse]) -> str | None:
    return exchange.error or "; ".join(map(str, exchange.problems)) or None


def _not_offered(systems: Iterable[int], manifest: ManifestResponse) -> Iterator[str]:
    """Methods that the merchant wants of it and the manifest lacks; at VTEX nobody could choose them."""
    offered = {method.name for method in manifest.payment_methods or ()}
    wanted = dict.fromkeys(payment_system(number).method for number in systems)
    return (f"{method} is not among its paymentMethods" for method in wanted if method not in offered)


def _require_within(settles_after: int | None, manifest: ManifestResponse) -> None:
    bounds = manifest.auto_settle_delay
    if settles_after is None or not bounds:
        return
    least, most = _hours(bounds.minimum), _hours(bounds.maximum)
    if (
        not (least or 0) * HOUR_SECONDS
        <= settles_after
        <= (settles_after if most is None else most * HOUR_SECONDS)
    ):
        raise ConnectorRefusedError(f"The connector's manifest allows a schedule of {least} to {most} hours.")


def _hours(told: object) -> int | None:
    """Whole hours as a text (documented), or as a number; None when it is none."""
    text = str(told)
    return int(text) if text.isascii() and text.isdigit() and len(text) < len("1000000") else None
