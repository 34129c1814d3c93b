"""What the tests of both suites share: a socket for an application of this process."""

from threading import Thread

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    """Says nothing of the requests that it handles."""

    def log(self, *_arguments):
        """Be silent."""


@pytest.fixture
def served():
    """Puts an application behind a socket: (application, port; a free one if there is none) -> its address."""
    servers = []

    def serve(app, port=0):
        server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()
