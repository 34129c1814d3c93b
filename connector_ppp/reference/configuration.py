"""The optional configuration flow: a token, the merchant's browser, the credentials.

The gateway asks for a token, sends the merchant's browser here with it, and trades the code that comes back for an
app key and token (VTEX docs). There is no login to pass: the reference connector lets everybody in.
"""

from threading import Lock

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from connector_ppp.errors import MessageError
from connector_ppp.messages import AuthorizationTokenResponse, CredentialsResponse
from connector_ppp.reference.payment import identifier
from connector_ppp.reference.reading import TokenBody
from connector_ppp.reference.replies import Reply, failure
from connector_ppp.reference.web import read, render


def configuration_of(credentials: tuple[str, str]) -> Blueprint:
    """The three endpoints; `credentials` are the app key and token that the merchant gets."""
    blueprint = Blueprint("configuration", __name__, url_prefix="/authorization")
    return_urls: dict[str, str] = {}
    lock = Lock()

    @blueprint.post("/token")
    def token() -> Response:
        asked = read(TokenBody)
        if not asked.return_url.startswith(("https://", "http://")):
            raise MessageError("TokenBody: returnUrl is no web address")
        with lock:
            minted = identifier("token", asked.application_id, str(len(return_urls)))
            return_urls[minted] = asked.return_url
        return render(Reply(200, AuthorizationTokenResponse(application_id=asked.application_id, token=minted)))

    @blueprint.get("/redirect")
    def to_merchant() -> BaseResponse:
        return_url = return_urls.get(request.args.get("token", ""))
        if return_url is None:
            return render(failure(400, "unknown-token", "this token was never given out"))
        # VTEX docs: the code is appended as it is, nothing between it and the address.
        return redirect(return_url + _code(request.args["token"]))

    @blueprint.get("/credentials")
    def credentials_() -> Response:
        code = request.args.get("authorizationCode", "")
        if code not in {_code(each) for each in tuple(return_urls)}:
            return render(failure(400, "unknown-code", "this authorizationCode was never given out"))
        app_key, app_token = credentials
        application_id = request.args.get("applicationId", "vtex")
        return render(
            Reply(200, CredentialsResponse(application_id=application_id, app_key=app_key, app_token=app_token))
        )

    return blueprint


def _code(token: str) -> str:
    return identifier("authorization-code", token)
