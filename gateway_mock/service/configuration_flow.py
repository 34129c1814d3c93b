"""The optional configuration flow: the provider gives the merchant an app key and token, by way of a browser.

Documented: the gateway asks for a token, sends the merchant's browser to the provider's login, and trades the
authorization code that it comes back with for the credentials.
"""

from typing import NamedTuple, TypeVar

from msgspec.structs import replace

from connector_ppp import CallerError, Exchange, Verdict
from connector_ppp.messages import (
    AuthorizationRedirectRequest,
    AuthorizationTokenRequest,
    CredentialsRequest,
    Request,
    Response,
)
from gateway_mock.core.modes import Kind
from gateway_mock.core.refusals import Refused
from gateway_mock.records import ConnectorSettings
from gateway_mock.service.configuration import connectors, put_connector
from gateway_mock.service.routing import NotConfiguredError
from gateway_mock.service.sandbox import Sandbox

APPLICATION = "vtex"
"""What the gateway calls itself (documented)."""

Told = TypeVar("Told", bound=Response)


class FlowFailedError(Exception):
    """The connector does not play along; the message says how."""


class Begun(NamedTuple):
    """Where the merchant's browser goes: the connector's address, and where that sends it on to, if it tells."""

    token: str
    redirect_url: str
    location: str | None


def begin(sandbox: Sandbox, account: str, name: str, return_url: str) -> Begun:
    """Ask a connector for a token, and where its login is.

    Args:
        sandbox: the ports.
        account: whose connector it is.
        name: the connector.
        return_url: where the browser comes back to; the code is appended as it is.

    Raises:
        NotConfiguredError: there is no PPP connector of that name.
        FlowFailedError: it has no such flow, or does not answer.
    """
    connector = _connector(sandbox, account, name)
    asked = AuthorizationTokenRequest(application_id=APPLICATION, return_url=return_url)
    token = _done(sandbox, connector, asked).response
    if token is None or not isinstance(token.token, str):
        raise FlowFailedError("the connector gave no token")
    login = AuthorizationRedirectRequest(application_id=APPLICATION, token=token.token)
    redirected = _done(sandbox, connector, login)
    return Begun(token.token, redirected.url, redirected.response_headers.get("Location"))


def end(sandbox: Sandbox, account: str, name: str, code: str) -> ConnectorSettings | Refused:
    """Trade the authorization code for the app key and token, and configure the connector with them.

    Raises:
        NotConfiguredError: there is no PPP connector of that name.
        FlowFailedError: the code is none, or the connector does not answer.
    """
    connector = _connector(sandbox, account, name)
    asked = CredentialsRequest(application_id=APPLICATION, authorization_code=code)
    told = _done(sandbox, connector, asked).response
    if told is None or not (isinstance(told.app_key, str) and isinstance(told.app_token, str)):
        raise FlowFailedError("the connector gave no credentials")
    return put_connector(
        sandbox, account, name, replace(connector, app_key=told.app_key, app_token=told.app_token)
    )


def _connector(sandbox: Sandbox, account: str, name: str) -> ConnectorSettings:
    known = (each for each in connectors(sandbox, account) if each.name == name and each.kind is Kind.PPP)
    connector = next(known, None)
    if connector is None:
        raise NotConfiguredError(f"This account has no connector {name} of the Payment Provider Protocol.")
    return connector


def _done(sandbox: Sandbox, connector: ConnectorSettings, request: Request[Told]) -> Exchange[Told]:
    if sandbox.line is None:
        raise FlowFailedError("this sandbox has no line to connectors")
    try:
        exchange = sandbox.line.ask(connector, request)
    except CallerError as why:
        raise FlowFailedError(str(why)) from None
    if exchange.verdict is not Verdict.DONE:
        raise FlowFailedError(exchange.summary())
    return exchange
