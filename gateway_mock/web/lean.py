"""Flask without the questions whose answers never differ here: together they are a fifth of a request's time."""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import IO, TYPE_CHECKING, TypeVar

from flask import Flask, Request, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.routing import MapAdapter, Rule
from werkzeug.utils import cached_property

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

T = TypeVar("T")


class LeanRequest(Request):
    """A request whose body is read at once when its length is told and allowed."""

    @cached_property
    def stream(self) -> IO[bytes]:
        """See `werkzeug.Request.stream`, which reads and refuses everything else."""
        environ, most = self.environ, self.max_content_length
        told = environ.get("CONTENT_LENGTH") or ""
        if not told.isdecimal() or "HTTP_TRANSFER_ENCODING" in environ or most is None or int(told) > most:
            return super().stream
        return BytesIO(environ["wsgi.input"].read(int(told)))


class WholeResponse(Response):
    """An answer whose body and headers are complete: nothing to add, to correct or to close when it is sent."""

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """See `werkzeug.Response`, which answers HEAD."""
        if environ["REQUEST_METHOD"] == "HEAD":
            return super().__call__(environ, start_response)
        start_response(self.status, self.headers.to_wsgi_list())
        return self.response  # type: ignore[return-value]  # bytes, as it was made of


class LeanRule(Rule):
    """A rule that learns to make addresses when it is first asked for one; a hundred of them take a while."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # noqa: FBT001, FBT002
        """See `werkzeug.routing.Rule`, which binds what this returns as a method."""
        compiled: list[Callable[..., tuple[str, str]]] = []

        def build(rule: Rule, **values: object) -> tuple[str, str]:
            if not compiled:
                compiled.append(super(LeanRule, self)._compile_builder(append_unknown))
            return compiled[0](rule, **values)

        return build


class LeanFlask(Flask):
    """Flask that takes every host for its own and no view for a coroutine, and tears nothing down."""

    request_class = LeanRequest
    url_rule_class = LeanRule

    def ensure_sync(self, func: Callable[..., T]) -> Callable[..., T]:
        """See `Flask.ensure_sync`."""
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """See `Flask.create_url_adapter`."""
        if request is None:
            return super().create_url_adapter(None)
        environ = request.environ
        return MapAdapter(
            self.url_map,
            server_name=environ.get("HTTP_HOST") or environ["SERVER_NAME"],
            script_name=environ.get("SCRIPT_NAME") or "/",
            subdomain="",
            url_scheme=request.scheme,
            path_info=request.path,
            default_method=request.method,
            query_args=request.query_string.decode("latin-1"),
        )

    def preprocess_request(self) -> ResponseReturnValue | None:
        """See `Flask.preprocess_request`; no blueprint lies in another, or looks at addresses."""
        for name in (None, request.blueprint):
            for ask in self.before_request_funcs.get(name, ()):
                if (answer := ask()) is not None:
                    return answer  # type: ignore[return-value]  # it is no coroutine
        return None

    def process_response(self, response: Response) -> Response:
        """See `Flask.process_response`; nobody has a session."""
        for name in (request.blueprint, None):
            for change in reversed(self.after_request_funcs.get(name, ())):
                response = change(response)
        return response

    def do_teardown_request(self, exc: BaseException | None = None) -> None:
        """See `Flask.do_teardown_request`."""

    def do_teardown_appcontext(self, exc: BaseException | None = None) -> None:
        """See `Flask.do_teardown_appcontext`."""
