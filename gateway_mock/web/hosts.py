"""VTEX's own hosts, where the application is reached under one: each is an account's, and serves certain APIs."""

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Request

from gateway_mock.web.problem import Problem

PAYMENTS = "vtexpayments.com.br"
HOSTS = (PAYMENTS, "vtexcommercestable.com.br", "myvtex.com")
"""Below these, every account's Payments Gateway and Orders answer (VTEX docs); `{account}.` stands before them."""

_NOBODYS = frozenset({"localhost", "test", "example", "invalid", "local", "internal", "home.arpa"})
"""Top-level names that nobody can buy (RFC 2606, RFC 6762, ICANN)."""

_ORDERS = ("/api/oms/", "/api/order-system/")


def may_be_anybodys(host: str) -> bool:
    """Whether a `Host` is a name that its owner may point anywhere: no address, no local name, none of VTEX's."""
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return True
    is_address = ":" in name or name.replace(".", "").isdecimal()
    is_local = "." not in name or name.endswith(tuple(f".{last}" for last in _NOBODYS))
    return not (is_address or is_local or name.endswith(tuple(f".{each}" for each in HOSTS)))


def require_at_home(asked: Request, account: str) -> None:
    """Hold a call to the host that it came to; any other host, such as 127.0.0.1, serves everything to everybody.

    Raises:
        Problem: 401 for credentials of another account than the host's, 404 for Orders on the host of payments.
    """
    name, _, host = asked.environ.get("HTTP_HOST", "").lower().partition(":")[0].partition(".")
    if host not in HOSTS:
        return
    if name != account.lower():
        raise Problem(HTTPStatus.UNAUTHORIZED, "1", "Acesso não autorizado")
    if host == PAYMENTS and asked.path.startswith(_ORDERS):
        raise Problem(HTTPStatus.NOT_FOUND, "404", f"Orders answer at {name}.vtexcommercestable.com.br, not here.")
