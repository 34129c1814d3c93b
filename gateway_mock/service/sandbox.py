"""What every use case works with: the ports, put together once by the composition root."""

from dataclasses import dataclass, field

from gateway_mock.ports import Clock, Connector, Ids, Line, Store, Unit
from gateway_mock.records import SETTINGS_KEY, Credentials, Settings

ATTEMPTS_MAX = 20
"""How often a use case plans again after a lost race, before it tells the caller that the record is busy."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The ports behind the use cases."""

    store: Store
    clock: Clock
    ids: Ids
    connector: Connector
    default_settings: Settings = field(default_factory=Settings)
    """What a new account starts with, and an account goes back to when it is reset."""
    credentials: dict[str, Credentials] = field(default_factory=dict)
    """The pairs that were asked for already, by application key."""
    line: Line | None = None
    """What asks connectors for more than money; without it nobody is asked."""


def settings_of(unit: Unit, sandbox: Sandbox) -> Settings:
    """The account's configuration."""
    row = unit.load(Settings, SETTINGS_KEY)
    return sandbox.default_settings if row is None else row.value
