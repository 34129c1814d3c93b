"""Which gateway is judged, and how it is reached and set up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from connector_ppp.client import TIMEOUT_SECONDS
from connector_ppp.transports import HTTPTransport, Transport

Setup = Literal["auto", "control", "affiliations", "by-hand"]
"""How the gateway learns of the suite's connector; `auto` looks for a control plane, then takes what is left."""

SYSTEMS: Final[Mapping[str, int]] = {"total": 2, "hold": 4, "partial": 1, "pix": 125, "legacy": 9}
"""The payment systems that the suite pays with: Visa, Mastercard, American Express, Pix, Elo."""

WORKERS: Final = 6
"""Rules that are played side by side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayTarget:
    """A gateway and the settings of a run.

    Attributes:
        url: its base URL.
        new_id: mints an id that nobody used before.
        app_key: the account's key; not needed where the control plane makes an account for each rule.
        app_token: the secret of the key.
        other: key and token of a second account.
        setup: how it learns of the suite's connector.
        systems: the payment system of each route that somebody has set up by hand.
        control_token: opens the control plane where it asks for a token.
        transport: how requests travel.
        timeout_seconds: how long one answer may take.
        patience_seconds: how long a call to the connector, or a change, may come after the answer.
        workers: how many rules are played side by side.
        strict: whether a broken `should` fails.
        listen_host: where the suite's connector listens.
        listen_port: the port there; 0 takes a free one.
        connector_url: how the gateway reaches it; None when it can use that address.
    """

    url: str
    new_id: Callable[[], str]
    app_key: str = ""
    app_token: str = field(default="", repr=False)
    other: tuple[str, str] | None = field(default=None, repr=False)
    setup: Setup = "auto"
    systems: Mapping[str, int] = field(default_factory=dict)
    control_token: str = field(default="", repr=False)
    transport: Transport = field(default_factory=HTTPTransport)
    timeout_seconds: float = TIMEOUT_SECONDS
    patience_seconds: float = 2.0
    workers: int = WORKERS
    strict: bool = False
    listen_host: str = "127.0.0.1"
    listen_port: int = 0
    connector_url: str | None = None

    @property
    def credentials(self) -> tuple[str, str] | None:
        """Key and token, None when there are none."""
        return (self.app_key, self.app_token) if self.app_key or self.app_token else None
