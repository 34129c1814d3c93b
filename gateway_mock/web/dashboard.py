"""The dashboard: a page that reads the control plane and the APIs as anybody may, and keeps nothing of its own.

What protects the control plane from pages of other sites is in `access`: a browser says itself where a request
comes from (`Sec-Fetch-Site`, `Origin`, `Host`), and with a control token every request carries a header that no
other site may set. The page holds no data and no credentials, so it is served before anybody told the token, which
it then asks for. What connectors say reaches the document as text alone; the policy below would let no script run
that came with it, nothing be loaded from another host or sent there, and no frame stand around the page.
"""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from importlib.resources import files
from typing import Final

from flask import Blueprint, Response, request, url_for
from werkzeug.exceptions import HTTPException

from gateway_mock.web.errors import http_reply

blueprint = Blueprint("dashboard", __name__)

HEADERS: Final = {
    "Cache-Control": "no-cache",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

SCRIPTS: Final = tuple(
    f"{name}.js" for name in ("elements", "asking", "bars", "transactions", "timeline", "switches", "looking")
)
"""The parts of its one script, in the order in which they follow each other."""


@blueprint.get("/_mock/dashboard")
def page() -> Response:
    """The page, for a browser."""
    text, policy = _page()
    return Response(text, mimetype="text/html", headers=HEADERS | {"Content-Security-Policy": policy})


@blueprint.app_errorhandler(HTTPStatus.NOT_FOUND)
def front_door(error: HTTPException) -> Response:
    """Nothing is served at `/`: a browser that asks there is led to the page, anybody else is told so."""
    if request.path == "/" and request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
        return Response(status=HTTPStatus.FOUND, headers={"Location": url_for("dashboard.page")})
    return http_reply(error)


@cache
def _page() -> tuple[str, str]:
    """The page in one file, and its policy, which knows style and script by their hashes."""
    style, text, script = _read("page.css"), _read("page.html"), "\n".join(map(_read, SCRIPTS))
    allowed = {
        "default-src": "'none'",
        "style-src": _source(style),
        "script-src": _source(script),
        "connect-src": "'self'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    policy = "; ".join(f"{directive} {source}" for directive, source in allowed.items())
    return text.replace("{{ style }}", style).replace("{{ script }}", script), policy


def _read(name: str) -> str:
    return (files("gateway_mock.web") / "pages" / name).read_text(encoding="utf-8")


def _source(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
