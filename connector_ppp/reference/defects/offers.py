"""Defects of what a connector says of itself: the manifest, inbound messages, the configuration flow."""

from typing import Final

from flask import Response
from msgspec.json import decode, encode

from connector_ppp.reference.defects.defect import OK, Defect, Writes, written

MANIFEST: Final = "protocol.manifest"
REDIRECT: Final = "configuration.to_merchant"
CREDENTIALS: Final = "configuration.credentials_"

FOUND: Final = 302
UNAUTHORIZED: Final = 401


def _methods(**changes: object) -> Writes:
    """Every payment method of the manifest carries these members."""

    def write(endpoint: str, response: Response) -> None:
        if endpoint == MANIFEST:
            fields = decode(response.data)
            fields["paymentMethods"] = [method | changes for method in fields["paymentMethods"]]
            response.data = encode(fields)

    return write


def _one_more_method(endpoint: str, response: Response) -> None:
    if endpoint == MANIFEST:
        fields = decode(response.data)
        fields["paymentMethods"].append({"name": "My Own Card", "allowsSplit": "disabled"})
        response.data = encode(fields)


def _behind_the_door(endpoint: str, response: Response) -> None:
    if endpoint == MANIFEST:
        response.status_code = UNAUTHORIZED
        response.data = b'{"status":"error","code":"unauthorized","message":"credentials are missing"}'


def _adds_a_parameter(endpoint: str, response: Response) -> None:
    """The code is sent as a parameter, which the address already ends with."""
    if endpoint == REDIRECT and response.status_code == FOUND:
        address = response.headers["Location"]
        response.headers["Location"] = f"{address[:-32]}?code={address[-32:]}"


def _any_code(endpoint: str, response: Response) -> None:
    """Whoever asks gets a key."""
    if endpoint == CREDENTIALS and response.status_code != OK:
        response.status_code = OK
        response.data = b'{"applicationId":"vtex","appKey":"key","appToken":"token"}'


ROWS: Final = (
    Defect(
        "secret-manifest",
        "the manifest asks for credentials",
        "the manifest is public (documented)",
        "the merchant, who cannot choose the connector",
        writes=_behind_the_door,
    ),
    Defect(
        "offers-nothing",
        "the manifest names no payment method",
        "a manifest offers at least one payment method (inferred)",
        "the merchant, who cannot choose the connector",
        writes=written(MANIFEST, paymentMethods=[]),
    ),
    Defect(
        "odd-split",
        "allowsSplit of every method is sometimes",
        "allowsSplit is onAuthorize, onCapture or disabled (documented)",
        "the sellers, who are not paid",
        writes=_methods(allowsSplit="sometimes"),
    ),
    Defect(
        "odd-method",
        "a method has a name of the shop's own",
        "a payment method has one of the documented names (documented)",
        "the merchant: nobody can choose it",
        writes=_one_more_method,
    ),
    Defect(
        "odd-field",
        "a custom field is of the type number",
        "a custom field is a text, a password or a select (documented)",
        "the merchant, who cannot fill it in",
        writes=written(MANIFEST, customFields=[{"name": "Age", "type": "number"}]),
    ),
    Defect(
        "hours-as-numbers",
        "autoSettleDelay holds numbers",
        "autoSettleDelay holds whole hours as texts (documented)",
        "the merchant, who cannot schedule the settlement",
        writes=written(MANIFEST, autoSettleDelay={"minimum": 0, "maximum": 720}),
    ),
    Defect(
        "four-metadata-fields",
        "the manifest names four metadata fields",
        "three names of 20 characters (S39)",
        "the merchant: the fourth gets lost",
        writes=written(MANIFEST, metadataFields=["a", "b", "c", "d"]),
    ),
    Defect(
        "inbound-of-another",
        "the answer to an inbound message has another requestId",
        "an answer repeats the ids that it was asked with (documented; S17)",
        "the third party, who is told nothing",
        writes=written("protocol.inbound", requestId="another"),
    ),
    Defect(
        "inbound-without-status",
        "the answer to an inbound message has the HTTP status 0",
        "statusCode is an HTTP status (documented)",
        "the third party, who is told nothing",
        writes=written("protocol.inbound", responseData={"statusCode": 0, "contentType": "", "content": ""}),
    ),
    Defect(
        "token-of-another-application",
        "the token is given to another applicationId",
        "an answer repeats the applicationId (documented)",
        "the merchant, who cannot configure the connector",
        writes=written("configuration.token", applicationId="another"),
    ),
    Defect(
        "code-as-parameter",
        "the merchant is sent back with ?code= before the code",
        "the code is appended to the returnUrl as it is (documented)",
        "the merchant, who ends on a page that reads no code",
        writes=_adds_a_parameter,
    ),
    Defect(
        "credentials-for-any-code",
        "credentials are given for a code that was never given out",
        "a code is worth something only to whom it was given (documented)",
        "the merchant, whose account is open to everybody",
        writes=_any_code,
    ),
    Defect(
        "credentials-without-token",
        "the credentials have no appToken",
        "credentials are a key and a token (documented)",
        "the merchant, who cannot configure the connector",
        writes=written(CREDENTIALS, appToken=None),
    ),
)
