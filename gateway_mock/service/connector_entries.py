"""An affiliation read as a connector, and a connector written as an affiliation.

Documented: the class name says whether a connector speaks the Payment Provider Protocol
(`PaymentProviderConnector`, `PaymentProviderConnector_<name>`) or is legacy (all else under `Connectors.`). Real
affiliations have the entries `appKey`, `appToken`, `autoSettle`, `autoSettleDelay` and `isProduction`. The others
that are read here are ours: at VTEX they lie with the partner or with support. Of `autoSettle` only the value 4 is
documented (scheduled, known issue 1121837); the words for the other choices are ours.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlsplit

from msgspec.structs import replace

from gateway_mock.core.modes import Kind, Mode, allowed
from gateway_mock.records import AutoSettlement, ConnectorSettings, HeaderStyle
from gateway_mock.records_configuration import AffiliationRecord, ConfigurationEntry

CLASSES = "Vtex.PaymentGateway.Connectors."
PROVIDER_CLASS = f"{CLASSES}PaymentProvider.PaymentProviderConnector"

MASK = "**********"
"""What a secret looks like from outside (documented); sent back, it means: keep what you have."""

SETTLES_AFTER_MAX = 365 * 24 * 60 * 60
"""Seconds; beyond a year nobody waits for a settle (ours)."""

_SECRET_ENDINGS = ("key", "token", "secret", "password")
_NO_SECRETS = frozenset({"appkey", "publickey", "partnerkey"})
_SCHEDULED = "4"

Choice = TypeVar("Choice", bound=StrEnum)


class ConnectorRefusedError(ValueError):
    """A connector, or a rule about one, that cannot be configured so; the message says why."""


# --- Names --------------------------------------------------------------------------------------------------


def kind_of(implementation: str) -> Kind | None:
    """What a class speaks; None when it is no connector (an anti-fraud provider, say)."""
    if implementation == PROVIDER_CLASS or implementation.startswith(f"{PROVIDER_CLASS}_"):
        return Kind.PPP
    return Kind.LEGACY if implementation.removeprefix(CLASSES) not in {implementation, ""} else None


def implementation_of(kind: Kind, name: str) -> str:
    """The class of a connector of that short name."""
    return f"{PROVIDER_CLASS}_{name}" if kind is Kind.PPP else f"{CLASSES}{name}"


def short_name(affiliation: AffiliationRecord) -> str:
    """The name by which payments know the connector: that of its class, or of the affiliation when it has none."""
    if affiliation.implementation.startswith(f"{PROVIDER_CLASS}_"):
        return affiliation.implementation.removeprefix(f"{PROVIDER_CLASS}_") or affiliation.name
    if affiliation.implementation == PROVIDER_CLASS:
        return affiliation.name
    return affiliation.implementation.rpartition(".")[2] or affiliation.name


# --- Secrets ------------------------------------------------------------------------------------------------


def is_secret(name: str) -> bool:
    """Whether the entry of that name is shown as a mask."""
    lower = name.lower()
    return lower.endswith(_SECRET_ENDINGS) and lower not in _NO_SECRETS


def masked(affiliation: AffiliationRecord) -> AffiliationRecord:
    """The affiliation as it may be shown."""
    shown = (
        replace(entry, value=MASK) if entry.value and is_secret(entry.name) else entry
        for entry in affiliation.configuration
    )
    configured = affiliation.is_configured and _is_reachable(affiliation)
    return replace(affiliation, configuration=tuple(shown), is_configured=configured)


def _is_reachable(affiliation: AffiliationRecord) -> bool:
    """A connector of the protocol without an address is not configured, whatever its owner says."""
    has_address = any(entry.name == "serviceUrl" and entry.value for entry in affiliation.configuration)
    return has_address or kind_of(affiliation.implementation) is not Kind.PPP


def unmasked(
    wanted: Iterable[ConfigurationEntry], stored: Iterable[ConfigurationEntry]
) -> tuple[ConfigurationEntry, ...]:
    """The entries with every mask replaced by the stored secret that it stands for.

    A mask that stands for nothing is kept as it is: the documented example creates an affiliation with one.
    """
    secrets = {entry.name: entry.value for entry in stored if is_secret(entry.name)}
    return tuple(
        replace(entry, value=secrets[entry.name]) if entry.value == MASK and entry.name in secrets else entry
        for entry in wanted
    )


# --- From an affiliation to a connector ---------------------------------------------------------------------


def connector_of(affiliation: AffiliationRecord, payment_systems: Iterable[int] = ()) -> ConnectorSettings | None:
    """The connector that an affiliation configures; None when its class is no connector.

    Raises:
        ConnectorRefusedError: an entry appears twice or says nothing that it could, or the connector is legacy and
            would hold or settle in part (documented: that takes a PPP connector).
    """
    kind = kind_of(affiliation.implementation)
    if kind is None:
        return None
    values = _values(affiliation.configuration)
    settings = ConnectorSettings(
        name=affiliation.connector,
        kind=kind,
        mode=_choice(Mode, "mode", values.get("mode", "")),
        url=_url(values.get("serviceUrl", "")),
        app_key=values.get("appKey", ""),
        app_token=values.get("appToken", ""),
        headers=_choice(HeaderStyle, "headers", values.get("headers", "")),
        payment_systems=tuple(payment_systems),
        refunds_in_part=_flag("refundsInPart", values.get("refundsInPart") or "true"),
        settles_after=_settles_after(values),
        affiliation_id=affiliation.id,
        auto_settle=_auto_settle(values.get("autoSettle", "")),
        partner_key=values.get("partnerKey", ""),
        partner_token=values.get("partnerToken", ""),
        test_suite=_flag("testSuite", values.get("testSuite") or "false"),
        contingency=_flag("contingency", values.get("contingency") or "false"),
        is_production=_flag("isProduction", values.get("isProduction") or "true"),
    )
    if bool(settings.partner_key) is not bool(settings.partner_token):
        raise ConnectorRefusedError("partnerKey and partnerToken go together.")
    if not allowed(settings.kind, settings.mode):
        raise ConnectorRefusedError(
            f"{affiliation.implementation} is a legacy connector and cannot run in mode {settings.mode.value}: "
            "it settles the total only. Hold and Partial take a Payment Provider Protocol connector."
        )
    return settings


def _values(entries: Iterable[ConfigurationEntry]) -> dict[str, str]:
    values: dict[str, str] = {}
    for entry in entries:
        if entry.name in values:
            raise ConnectorRefusedError(f"The configuration has {entry.name} twice.")
        values[entry.name] = entry.value
    return values


def _choice(choices: type[Choice], name: str, value: str) -> Choice:
    """The choice that is written; nothing written means the first, which is the documented default."""
    if not value:
        return next(iter(choices))
    try:
        return choices(value.strip().lower())
    except ValueError:
        known = ", ".join(each.value for each in choices)
        raise ConnectorRefusedError(f"{name} is one of {known}, not {value[:40]!r}.") from None


def _flag(name: str, value: str) -> bool:
    if value.lower() not in {"true", "false"}:
        raise ConnectorRefusedError(f"{name} is true or false, not {value[:40]!r}.")
    return value.lower() == "true"


def _auto_settle(value: str) -> AutoSettlement:
    """The merchant's choice; a schedule is read from the delay beside it, and other numbers mean nothing to us."""
    return _choice(AutoSettlement, "autoSettle", "" if value.isdigit() else value)


def _url(value: str) -> str:
    """The service's address. VTEX asks for a domain name and HTTPS; a sandbox calls what runs beside it."""
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ConnectorRefusedError(f"serviceUrl is an http or https address, not {value[:80]!r}.")
    return value


def _settles_after(values: Mapping[str, str]) -> int | None:
    """Seconds until it settles by itself: ours, or the documented schedule in whole hours (`autoSettle` 4)."""
    if values.get("settlesAfter"):
        return _seconds("settlesAfter", values["settlesAfter"], 1)
    if values.get("autoSettle") == _SCHEDULED and values.get("autoSettleDelay"):
        return _seconds("autoSettleDelay", values["autoSettleDelay"], 60 * 60)
    return None


def _seconds(name: str, value: str, unit: int) -> int:
    digits_max = len(str(SETTLES_AFTER_MAX))
    if not (value.isascii() and value.isdigit() and len(value) <= digits_max):
        raise ConnectorRefusedError(f"{name} is a whole number, not {value[:40]!r}.")
    if int(value) * unit > SETTLES_AFTER_MAX:
        raise ConnectorRefusedError(f"{name} is at most a year.")
    return int(value) * unit


# --- From a connector to an affiliation ---------------------------------------------------------------------


def entries_of(settings: ConnectorSettings) -> tuple[ConfigurationEntry, ...]:
    """The entries that `connector_of` reads back as these settings."""
    values = {
        "serviceUrl": settings.url,
        "appKey": settings.app_key,
        "appToken": settings.app_token,
        "mode": settings.mode.value,
        "headers": settings.headers.value,
        "refundsInPart": str(settings.refunds_in_part).lower(),
        "settlesAfter": "" if settings.settles_after is None else str(settings.settles_after),
        "autoSettle": settings.auto_settle.value,
        "partnerKey": settings.partner_key,
        "partnerToken": settings.partner_token,
        "testSuite": str(settings.test_suite).lower(),
        "contingency": str(settings.contingency).lower(),
        "isProduction": str(settings.is_production).lower(),
    }
    return tuple(ConfigurationEntry(name=name, value=value) for name, value in values.items())
