"""The ceiling: a bare Flask application that takes the same requests and answers all of them with a constant.

It reads the body, because a server that does not is no server, and does nothing else. It is served exactly as the
sandbox is. What the sandbox takes longer is what the sandbox itself costs.
"""

import sys
from functools import partial

from flask import Flask, Response, request

from connector_ppp.reference.server import serve

ANSWER = b'{"id":"0123456789ABCDEF0123456789ABCDEF","status":"ok"}'


def make_app() -> Flask:
    """The application."""
    app = Flask("ceiling")

    @app.get("/health")
    def health() -> Response:
        return Response(ANSWER, content_type="application/json")

    @app.post("/<path:_path>")
    def constant(_path: str) -> Response:
        request.get_data(cache=False)
        return Response(ANSWER, content_type="application/json")

    return app


def main(port: int) -> None:
    """Serve it."""
    serve(make_app, host="127.0.0.1", port=port, probe_path="/health", on_ready=partial(print, flush=True))


if __name__ == "__main__":
    main(int(sys.argv[1]))
