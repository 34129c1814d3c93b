"""The reference connector as one Flask application: the composition root."""

from collections.abc import Iterable
from typing import Final, Literal

from flask import Flask, Response, request

from connector_ppp.reference.book import Book
from connector_ppp.reference.callbacks import Callbacks
from connector_ppp.reference.configuration import configuration_of
from connector_ppp.reference.control import control_of
from connector_ppp.reference.defects import chosen, handlers_with, leaves_out, rewrite, rules_with, sender_with
from connector_ppp.reference.protocol import protocol_of
from connector_ppp.reference.replies import failure
from connector_ppp.reference.web import BODY_BYTES_MAX, authorized, refuse_in_shape, render

SANDBOX_CREDENTIALS: Final = ("vtexappkey-sandbox-LOCAL", "sandbox")
"""App key and token of a fresh sandbox, for callbacks when no others are set."""

CALLBACK_DELAY_SECONDS: Final = 0.1

# The manifest is public by the protocol; the redirect is opened by a browser, which carries no headers.
_PUBLIC: Final = frozenset({"protocol.manifest", "configuration.to_merchant"})


def create_app(
    *,
    app_key: str | None = None,
    app_token: str | None = None,
    defects: Iterable[str] = (),
    callbacks: Literal["auto", "manual"] = "auto",
    callback_delay_seconds: float = CALLBACK_DELAY_SECONDS,
) -> Flask:
    """Build a connector with an empty memory of its own.

    Args:
        app_key: what callers have to send, with `app_token`, in either header pair; None: everybody may call.
        app_token: goes with `app_key`.
        defects: names from `defects.DEFECTS` to switch on.
        callbacks: `auto` ends undefined payments by itself, a moment after the answer; `manual` waits for
            `POST /_reference/payments/ID/resolve`.
        callback_delay_seconds: how long that moment is.

    Returns:
        The application. Its wire amounts are decimal currency units; inside it counts minor units.

    Raises:
        ValueError: no such defect, or one half of the credentials without the other.
    """
    rows = chosen(tuple(defects))
    credentials = _pair(app_key, app_token)
    known_as = credentials or SANDBOX_CREDENTIALS
    book = Book(rules_with(rows))
    caller = Callbacks(book, known_as, callback_delay_seconds, sender_with(rows))

    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES_MAX
    app.url_map.strict_slashes = False
    refuse_in_shape(app)
    app.register_blueprint(protocol_of(book, handlers_with(rows), caller if callbacks == "auto" else None))
    app.register_blueprint(configuration_of(known_as))
    app.register_blueprint(control_of(book, caller, tuple(row.name for row in rows)))
    if credentials is not None and not leaves_out(rows, "door"):
        _guard(app, credentials)
    rewrite(app, rows)
    return app


def _pair(app_key: str | None, app_token: str | None) -> tuple[str, str] | None:
    if app_key is None and app_token is None:
        return None
    if app_key is None or app_token is None:
        raise ValueError("app_key and app_token go together")
    return app_key, app_token


def _guard(app: Flask, credentials: tuple[str, str]) -> None:
    @app.before_request
    def refuse_strangers() -> Response | None:
        endpoint = request.endpoint or ""
        if endpoint in _PUBLIC or endpoint.startswith("control.") or authorized(credentials):
            return None
        return render(failure(401, "unauthorized", "the app key or token is missing or wrong"))
