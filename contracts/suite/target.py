"""What is to be judged, and how it is reached."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from connector_ppp.amounts import DECIMALS_DEFAULT
from connector_ppp.client import TIMEOUT_SECONDS, Credentials, PPPClient
from connector_ppp.errors import CallerError
from connector_ppp.transports import HTTPTransport, Transport
from contracts.suite.amounts import decimals_of

CALLBACK_SECONDS = 15.0
"""What VTEX's own suite waits for a callback."""

CURRENCY = "BRL"
"""Of payments, when nobody says otherwise."""

WORKERS = 12
"""Rules that are played side by side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A connector and the settings of a run.

    Attributes:
        url: its base URL.
        new_id: mints an id that nobody used before; the gateway's have 32 hexadecimal digits.
        app_key: what it expects from its callers; empty when it expects nothing.
        app_token: the secret of the key.
        headers: which pair of headers carries them.
        payment_method: the method that pays where a rule names none; None: the suite chooses.
        currency: ISO 4217 code of all payments, one with two decimals.
        timeout_seconds: how long one answer may take before it counts as none.
        callback_seconds: how long a callback may take.
        workers: how many rules are played side by side.
        strict: whether a broken `should` fails.
        transport: how requests travel.
        callback_host: where the suite listens for callbacks.
        callback_port: the port there; 0 takes a free one.
        callback_base_url: how the connector reaches that server; None when it can use that address.
    """

    url: str
    new_id: Callable[[], str]
    app_key: str = ""
    app_token: str = field(default="", repr=False)
    headers: Literal["vtex", "provider"] = "vtex"
    payment_method: str | None = None
    currency: str = CURRENCY
    timeout_seconds: float = TIMEOUT_SECONDS
    callback_seconds: float = CALLBACK_SECONDS
    workers: int = WORKERS
    strict: bool = False
    transport: Transport = field(default_factory=HTTPTransport)
    callback_host: str = "127.0.0.1"
    callback_port: int = 0
    callback_base_url: str | None = None

    def client(self, transport: Transport | None = None, *, strange: bool = False) -> PPPClient:
        """A client of this connector.

        Args:
            transport: another way than the target's own.
            strange: whether it comes with credentials that nobody gave it.

        Raises:
            CallerError: the URL, the credentials or the currency cannot be used.
        """
        if decimals_of(self.currency) != DECIMALS_DEFAULT:
            raise CallerError(f"the amounts of the rules have two decimals, {self.currency} has not")
        token = self.new_id() if strange else self.app_token
        return PPPClient(
            self.url,
            transport or self.transport,
            credentials=Credentials(self.app_key, token, self.headers),
            timeout_seconds=self.timeout_seconds,
            test_suite=True,
        )
