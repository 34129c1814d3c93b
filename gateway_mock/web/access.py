"""Who may ask: the credentials of an account, and who may use the control plane."""

from hmac import compare_digest
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address

from flask import Request, current_app, g, request

from gateway_mock.records import Credentials
from gateway_mock.service.accounts import DEFAULT_ACCOUNT, credentials
from gateway_mock.web.hosts import may_be_anybodys, require_at_home
from gateway_mock.web.http import sandbox
from gateway_mock.web.problem import Problem, malformed

CONTROL = "/_mock/"
CONTROL_TOKEN = "X-Mock-Control-Token"  # noqa: S105 - the header's name

_FOREIGN = frozenset({"cross-site", "same-site"})
"""A page of another site in a developer's browser: it is on loopback too, and has no business here."""

ACCOUNT = "gateway_mock.account"
"""In the WSGI environment: whose account a call without credentials is for, where the application is embedded."""

CALLED_FROM_OUTSIDE = frozenset({"payments.callback", "payments.inbound_request"})
"""Connectors and third parties, who have no credentials of this account."""

COMES_BACK = "control.end_configuration"
"""A browser that a provider's login sends back: from another site, as is its nature."""

PAGE = "dashboard.page"
"""What a browser opens before it can send a token: text without any data, which asks for the token."""

PUBLIC = frozenset({"public", "public_alias"})


def check() -> None:
    """Find the caller's account before any view runs.

    Raises:
        Problem: 400 for an address with NUL, 401 for missing or wrong credentials, 403 for control from elsewhere.
    """
    # Looked up once: each look through Flask's proxy costs half a microsecond.
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    path = asked.path
    if "\0" in path or b"%00" in asked.query_string:
        raise malformed("an address has no NUL")  # no store could keep such a key
    if path.startswith(CONTROL):
        _check_control()
    key, token = asked.headers.get("X-VTEX-API-AppKey"), asked.headers.get("X-VTEX-API-AppToken")
    if asked.routing_exception is not None:
        return  # there is nothing to enter: 404 or 405 follows
    if asked.endpoint in CALLED_FROM_OUTSIDE:
        return  # signed; the credentials it may carry are the partner's own, of an account elsewhere (documented)
    if key is not None or token is not None or not _is_open(asked):
        pair = _pair(key, token)
        require_at_home(asked, pair.account)
        g.account, g.app_key = pair.account, pair.app_key
    else:
        named = asked.args.get("an") if asked.blueprint in PUBLIC else None
        g.account, g.app_key = named or asked.environ.get(ACCOUNT, DEFAULT_ACCOUNT), "public"


def _is_open(asked: Request) -> bool:
    """`Send payments` is documented without credentials, and whoever may control may do it without."""
    return asked.blueprint in PUBLIC or asked.path.startswith(CONTROL)


def _pair(key: str | None, token: str | None) -> Credentials:
    known = credentials(sandbox(), key) if key else None
    if known is None or not compare_digest(known.app_token.encode(), (token or "").encode()):
        raise Problem(HTTPStatus.UNAUTHORIZED, "1", "Acesso não autorizado")
    return known


def _check_control() -> None:
    token: str | None = current_app.config["CONTROL_TOKEN"]
    if token is not None:
        sent = compare_digest(token.encode(), request.headers.get(CONTROL_TOKEN, "").encode())
        allowed = sent or request.endpoint == PAGE
    else:
        allowed = (request.remote_addr is None or _is_loopback(request.remote_addr)) and _is_same_site()
    foreign = request.headers.get("Sec-Fetch-Site") in _FOREIGN and request.endpoint != COMES_BACK
    if not allowed or foreign:
        raise Problem(
            HTTPStatus.FORBIDDEN, "Mock.ControlPlane", "The control plane answers on loopback, or with its token."
        )


def _is_same_site() -> bool:
    """Whether no page of another site asks, by the headers that each browser sends and no page may set.

    Without a token nothing else tells such a page from the developer: she is on loopback too, and a site may have
    its own name point there ("DNS rebinding"), after which the browser takes the sandbox for a part of that site.
    """
    host, origin = request.headers.get("Host", ""), request.headers.get("Origin")
    return not may_be_anybodys(host) and (origin is None or origin.partition("://")[2] == host)


def _is_loopback(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False  # a UNIX socket, say: nobody knows who is behind it
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return (mapped or parsed).is_loopback
