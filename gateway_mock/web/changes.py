"""Changes of an order: version 1 (deprecated, yet the one that the announcement names) and version 2."""

from http import HTTPStatus
from typing import TypeVar

from flask import Blueprint, Response, request

from gateway_mock.core.refusals import Refused
from gateway_mock.records_orders import ChangeSettings, ChangeVersion
from gateway_mock.service import changes
from gateway_mock.web.http import accepted, account, body, empty, reply, sandbox
from gateway_mock.web.orders import DOCUMENTS, ORDERS
from gateway_mock.web.wire import change_document as document
from gateway_mock.web.wire import change_summary
from gateway_mock.web.wire.changes import ChangeBody, ReasonBody, RegisterBody, SettingsBody, problem
from gateway_mock.web.wire.orders import receipt

blueprint = Blueprint("changes", __name__)

T = TypeVar("T")

CHANGES = "/api/order-system/orders/<order_id>/changes"
SETTINGS = "/api/order-system/orders/changes/settings"

DEPRECATION = "@1767139200"
"""Support of version 1 ended on 2025-12-31 (documented)."""
SUNSET = "Sun, 01 Mar 2026 00:00:00 GMT"
"""VTEX switched it off that day (documented); here it stays, for the stories that need it."""


def _taken(result: T | Refused, version: ChangeVersion = ChangeVersion.TWO) -> T:
    if isinstance(result, Refused):
        raise problem(result, version)
    return result


# --- Version 1 ----------------------------------------------------------------------------------------------


@blueprint.post(f"{ORDERS}/<order_id>/changes")
def register(order_id: str) -> Response:
    """Change the order by the caller's own amounts."""
    wanted = body(RegisterBody)
    result = changes.register(sandbox(), account(), order_id, wanted.request_id, wanted.asked())
    return reply(receipt(_taken(result, ChangeVersion.ONE)))


@blueprint.after_request
def _deprecate(response: Response) -> Response:
    if request.endpoint == f"{blueprint.name}.{register.__name__}":
        response.headers["Deprecation"] = DEPRECATION
        response.headers["Sunset"] = SUNSET
    return response


# --- Version 2 ----------------------------------------------------------------------------------------------


@blueprint.patch(CHANGES)
def create(order_id: str) -> Response:
    """Take a change; what becomes of it is to be asked for."""
    wanted = body(ChangeBody)
    made = _taken(changes.create(sandbox(), account(), order_id, wanted.asked(), wanted.over))
    return reply(document.change(made, account()), HTTPStatus.ACCEPTED)


@blueprint.post(f"{CHANGES}/preview")
def preview(order_id: str) -> Response:
    """What a change would come to."""
    wanted = body(ChangeBody)
    result = changes.preview(sandbox(), account(), order_id, wanted.asked(), wanted.over)
    return reply(document.preview(_taken(result), account()))


@blueprint.get(CHANGES)
def history(order_id: str) -> Response:
    """The changes that were done."""
    return reply(document.listed(_taken(changes.history(sandbox(), account(), order_id)), account()))


@blueprint.get(f"{CHANGES}/<change_id>")
def details(order_id: str, change_id: str) -> Response:
    """One change."""
    return reply(document.change(_taken(changes.detail(sandbox(), account(), order_id, change_id)), account()))


@blueprint.post(f"{CHANGES}/<change_id>/retry")
def retry(order_id: str, change_id: str) -> Response:
    """Run a change once more; the documented body repeats the change and is not needed."""
    _taken(changes.retry(sandbox(), account(), order_id, change_id))
    return empty(HTTPStatus.NO_CONTENT)


@blueprint.post(f"{CHANGES}/<change_id>/cancel")
def cancel(order_id: str, change_id: str) -> Response:
    """Drop a change."""
    why = body(ReasonBody).reason
    _taken(changes.cancel(sandbox(), account(), order_id, change_id, why))
    return empty()


# --- Settings and summary -----------------------------------------------------------------------------------


@blueprint.get(SETTINGS)
def show_settings() -> Response:
    """The account's settings for changes."""
    return reply(document.settings(changes.settings(sandbox(), account())))


@blueprint.put(SETTINGS)
def put_settings() -> Response:
    """Replace the account's settings for changes."""
    wanted = body(SettingsBody).over(ChangeSettings(custom=True))
    return reply(document.settings(accepted(changes.configure(sandbox(), account(), wanted))))


@blueprint.get(f"{DOCUMENTS}/<order_id>/change-summary")
def summary(order_id: str) -> Response:
    """What all changes of the order come to."""
    return reply(change_summary.summary(_taken(changes.history(sandbox(), account(), order_id))))
