"""Steps of the optional configuration flow: a token, the merchant's browser, the credentials (VTEX docs)."""

from typing import Final

from connector_ppp.messages import AuthorizationRedirectRequest, AuthorizationTokenRequest, CredentialsRequest
from contracts.suite import vocabulary as words
from contracts.suite.answers import Answer
from contracts.suite.expectations import Difference
from contracts.suite.happened import Happened, sent
from contracts.suite.scene import Scene

APPLICATION: Final = "vtex"
SITE: Final = "https://suite.example"
RETURN_URL: Final = f"{SITE}/configured?authorizationCode="
"""Where the browser is sent back to: the code is appended as it is, nothing between it and the address."""

NEEDS_A_PERSON: Final = "its login needs a person"


def token(scene: Scene, step: words.Token) -> Happened:
    """Ask for a token."""
    asked = AuthorizationTokenRequest(application_id=APPLICATION, return_url=RETURN_URL)
    happened = sent(scene, step, asked)
    scene.code = str(happened.answers[0].fields.get("token", ""))
    return happened


def redirect(scene: Scene, step: words.Redirect) -> Happened:
    """Follow the browser, unless it ends before a login."""
    asked = AuthorizationRedirectRequest(application_id=APPLICATION, token=scene.code)
    happened = sent(scene, step, asked)
    address = str(happened.answers[0].fields.get("location", ""))
    if not address.startswith(SITE):
        return Happened(happened.answers, happened.exchanges, lacking=_login(happened.answers[0]))
    scene.code = address.removeprefix(RETURN_URL)
    return Happened(happened.answers, happened.exchanges, differences=_not_appended(step, address, scene.code))


def _login(answer: Answer) -> str | None:
    """Why nobody comes back by himself: the answer is the provider's own page, or leads to it."""
    return NEEDS_A_PERSON if answer.word == "done" or answer.status == 200 else None  # noqa: PLR2004 - HTTP


def _not_appended(step: words.Redirect, address: str, code: str) -> tuple[Difference, ...]:
    if address.startswith(RETURN_URL) and code[:1].isalnum():
        return ()
    return (Difference(step.name or "redirect, Location", f"{RETURN_URL} and the code behind it", address),)


def credentials(scene: Scene, step: words.Credentials) -> Happened:
    """Trade the code."""
    code = step.code or scene.code
    return sent(scene, step, CredentialsRequest(application_id=APPLICATION, authorization_code=code))
