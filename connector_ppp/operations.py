"""The nine operations of the protocol as one table: where each goes, what it takes, what success is."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Generic, Literal, TypeVar

from connector_ppp import messages
from connector_ppp.messages import Request, Response

Answer_co = TypeVar("Answer_co", bound=Response, covariant=True)

STATUS_MANUAL: Final = 501
"""The HTTP status that hands a cancel or a refund to a human."""

Carrier = Literal["json", "query", "nothing"]


@dataclass(frozen=True, slots=True)
class Operation(Generic[Answer_co]):
    """One row of the table.

    Attributes:
        name: the operation's name in this project.
        method: the HTTP method.
        path: the path below the connector's base URL; `{paymentId}` and `{action}` are filled in per call.
        request_type: the struct of the request.
        response_type: the struct of the answer.
        travels: how the request's fields travel: in a `json` body, in the `query`, or `nothing` travels.
        answers: what a success carries: `json`, or `nothing`.
        success_statuses: HTTP statuses that mean the operation was answered.
        failure_statuses: HTTP statuses that the protocol defines for a failure.
        idempotency_field: the request field that makes a repeat harmless; None where repeats change nothing.
        done_field: the response field that is filled when it is done; None where other fields say it.
        status_field: the response field whose word says what became of it; None for all but a creation.
        manual_code: the code that hands the operation to a human; None where the protocol has no such code.
        authenticated: whether the credentials travel.
    """

    name: str
    method: str
    path: str
    request_type: type[Request[Answer_co]]
    response_type: type[Answer_co]
    travels: Carrier = "json"
    answers: Carrier = "json"
    success_statuses: frozenset[int] = frozenset({200})
    failure_statuses: frozenset[int] = frozenset()
    idempotency_field: str | None = None
    done_field: str | None = None
    status_field: str | None = None
    manual_code: str | None = None
    authenticated: bool = True


AnyOperation = Operation[Response]

MANIFEST: Final = Operation(
    "manifest",
    "GET",
    "/manifest",
    messages.ManifestRequest,
    messages.ManifestResponse,
    travels="nothing",
    authenticated=False,
)
AUTHORIZE: Final = Operation(
    "authorize",
    "POST",
    "/payments",
    messages.AuthorizeRequest,
    messages.AuthorizeResponse,
    failure_statuses=frozenset({400, 500}),
    idempotency_field="payment_id",
    status_field="status",
)
SETTLE: Final = Operation(
    "settle",
    "POST",
    "/payments/{paymentId}/settlements",
    messages.SettleRequest,
    messages.SettleResponse,
    failure_statuses=frozenset({500}),
    idempotency_field="request_id",
    done_field="settle_id",
)
CANCEL: Final = Operation(
    "cancel",
    "POST",
    "/payments/{paymentId}/cancellations",
    messages.CancelRequest,
    messages.CancelResponse,
    failure_statuses=frozenset({500, 501}),
    idempotency_field="request_id",
    done_field="cancellation_id",
    manual_code="cancel-manually",
)
REFUND: Final = Operation(
    "refund",
    "POST",
    "/payments/{paymentId}/refunds",
    messages.RefundRequest,
    messages.RefundResponse,
    failure_statuses=frozenset({500, 501}),
    idempotency_field="request_id",
    done_field="refund_id",
    manual_code="refund-manually",
)
# OpenAPI spells the path /inbound/, VTEX's guides /inbound-request/ (C4); the client offers both.
INBOUND: Final = Operation(
    "inbound",
    "POST",
    "/payments/{paymentId}/inbound/{action}",
    messages.InboundRequest,
    messages.InboundResponse,
    idempotency_field="request_id",
    done_field="response_data",
)
AUTHORIZATION_TOKEN: Final = Operation(
    "authorization_token",
    "POST",
    "/authorization/token",
    messages.AuthorizationTokenRequest,
    messages.AuthorizationTokenResponse,
    done_field="token",
)
# The schema answers 200 without data, its prose demands a browser redirect: both are a success.
AUTHORIZATION_REDIRECT: Final = Operation(
    "authorization_redirect",
    "GET",
    "/authorization/redirect",
    messages.AuthorizationRedirectRequest,
    messages.AuthorizationRedirectResponse,
    travels="query",
    answers="nothing",
    success_statuses=frozenset({200, 302}),
)
CREDENTIALS: Final = Operation(
    "credentials",
    "GET",
    "/authorization/credentials",
    messages.CredentialsRequest,
    messages.CredentialsResponse,
    travels="query",
    done_field="app_key",
)

OPERATIONS: Final[Mapping[str, AnyOperation]] = MappingProxyType(
    {
        operation.name: operation
        for operation in (
            MANIFEST,
            AUTHORIZE,
            SETTLE,
            CANCEL,
            REFUND,
            INBOUND,
            AUTHORIZATION_TOKEN,
            AUTHORIZATION_REDIRECT,
            CREDENTIALS,
        )
    }
)
"""Every operation by its name."""

BY_REQUEST_TYPE: Final[Mapping[type, AnyOperation]] = MappingProxyType(
    {operation.request_type: operation for operation in OPERATIONS.values()}
)
"""Every operation by the type of its request."""
