"""The OpenAPI documents of what this sandbox serves and calls: data of the `contracts` package, read as text."""

from http import HTTPStatus
from importlib.resources import files

from flask import Blueprint, Response, abort

blueprint = Blueprint("documents", __name__, url_prefix="/_mock/openapi")

NAMES = frozenset({"ppp", "gateway", "orders", "control"})


@blueprint.get("/<name>.yaml")
def document(name: str) -> Response:
    """One document."""
    if name not in NAMES:
        abort(HTTPStatus.NOT_FOUND)
    return Response((files("contracts") / "openapi" / f"{name}.yaml").read_bytes(), mimetype="application/yaml")
