"""The messages: spelling, exact numbers, strict requests, relaxed answers."""

import json
import typing
from decimal import Decimal

import msgspec
import pytest

from connector_ppp import messages, parts
from connector_ppp.errors import MessageError
from connector_ppp.messages import (
    AuthorizeRequest,
    AuthorizeResponse,
    CancelRequest,
    Card,
    Expiration,
    Item,
    ManifestResponse,
    Recipient,
    Request,
    RequestData,
    Setting,
    SettleRecipient,
    SettleRequest,
    SettleResponse,
    decode,
    encode,
)
from connector_ppp.operations import OPERATIONS
from connector_ppp.wire import Priced, spelling

SHARE = {"id": "mystore", "name": "ABC", "document_type": "CNPJ", "document": "24830098000172", "role": "seller"}

# Typed from the field tables of the protocol: what each request carries when nothing optional is set.
REQUIRED_FIELDS = {
    "manifest": "",
    "authorize": "reference orderId shopperInteraction transactionId paymentId paymentMethod "
    "paymentMethodCustomCode merchantName value currency installments deviceFingerprint miniCart url "
    "callbackUrl returnUrl",
    "settle": "transactionId requestId paymentId value authorizationId tid",
    "cancel": "paymentId requestId authorizationId",
    "refund": "requestId settleId paymentId tid value transactionId",
    "inbound": "requestId transactionId paymentId authorizationId nsu tid requestData",
    "authorization_token": "applicationId returnUrl",
    "authorization_redirect": "applicationId token",
    "credentials": "applicationId authorizationCode",
}

OPTIONAL_FIELDS = {
    "authorize": "verificationOnly referenceValue installmentsInterestRate installmentsValue totalCartValue "
    "ipAddress secureProxyUrl secureProxyTokensURL card recipients merchantSettings inboundRequestUrl "
    "inboundRequestsUrl sandBoxMode connectorMetadata",
    "settle": "nsu recipients sandboxMode merchantSettings connectorMetadata",
    "cancel": "tid transactionId value nsu sandboxMode merchantSettings connectorMetadata",
    "refund": "authorizationId nsu recipients sandboxMode merchantSettings connectorMetadata",
    "inbound": "merchantSettings connectorMetadata",
}


def names_on_the_wire(kind):
    """How a struct's fields are spelt."""
    return {field.encode_name for field in msgspec.structs.fields(kind)}


@pytest.mark.parametrize("operation", list(REQUIRED_FIELDS))
def test_a_request_carries_its_required_fields_and_no_unset_one(operation, asked):
    """What is not set is left out, it is not sent as null."""
    assert set(json.loads(encode(asked(operation)))) == set(REQUIRED_FIELDS[operation].split())


@pytest.mark.parametrize("operation", list(REQUIRED_FIELDS))
def test_a_request_knows_its_optional_fields(operation):
    """Every field of the protocol's tables is there, in the protocol's spelling, and no other."""
    documented = f"{REQUIRED_FIELDS[operation]} {OPTIONAL_FIELDS.get(operation, '')}".split()
    assert names_on_the_wire(OPERATIONS[operation].request_type) == set(documented)


@pytest.mark.parametrize(
    ("operation", "spelt"),
    [
        ("authorize", "sandBoxMode"),
        ("settle", "sandboxMode"),
        ("cancel", "sandboxMode"),
        ("refund", "sandboxMode"),
    ],
)
def test_the_sandbox_flag_is_spelt_per_operation(operation, spelt, asked):
    """A creation says sandBoxMode, everything later sandboxMode (C21)."""
    assert json.loads(encode(asked(operation, sandbox_mode=True)))[spelt] is True


@pytest.mark.parametrize(
    ("kind", "spelt"), [(Recipient, "comissionAmount"), (SettleRecipient, "commissionAmount")]
)
def test_the_commission_is_spelt_per_operation(kind, spelt):
    """Creation and refund write one m, settlement two (C21)."""
    share = kind(**SHARE, amount=Decimal("13.80"), commission_amount=Decimal("3.00"))
    assert json.loads(encode(share), parse_float=Decimal)[spelt] == Decimal("3.00")


def test_recipients_travel_with_the_right_spelling():
    """The three operations that split take the recipient type of their own spelling."""
    kinds = {
        name: typing.get_type_hints(OPERATIONS[name].request_type)["recipients"] for name in ("settle", "refund")
    }
    assert SettleRecipient in typing.get_args(typing.get_args(kinds["settle"])[0])
    assert Recipient in typing.get_args(typing.get_args(kinds["refund"])[0])


def test_both_inbound_addresses_can_be_sent(asked):
    """The schema says inboundRequestUrl, every example inboundRequestsUrl: both fields exist (C21)."""
    url = "https://mystore.example.com/inbound/:action"
    sent = json.loads(encode(asked("authorize", inbound_request_url=url, inbound_requests_url=url)))
    assert (sent["inboundRequestUrl"], sent["inboundRequestsUrl"]) == (url, url)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("40.00"), "40.00"),
        (Decimal("40.0"), "40.0"),
        (Decimal("0.1"), "0.1"),
        (Decimal(40), "40"),
        (40, "40"),
        (Decimal("9999999999999.99"), "9999999999999.99"),
    ],
)
def test_an_amount_is_an_exact_json_number(value, text, asked):
    """No quotes, no rounding: the digits are written as they are."""
    assert f'"value":{text},' in encode(asked("settle", value=value)).decode()


@pytest.mark.parametrize("value", [Decimal("20.00"), 2000])
def test_the_unit_of_a_cancel_is_the_callers(value, asked):
    """A Decimal in units or an int in cents travels as given, because sources disagree (C1)."""
    sent = json.loads(encode(asked("cancel", value=value)), parse_float=Decimal)
    assert sent["value"] == value


@pytest.mark.parametrize("value", [40.1, True, "40.00", None])
def test_an_amount_of_the_wrong_type_is_refused(value, asked):
    """A float never gets into a request."""
    with pytest.raises(TypeError):
        asked("settle", value=value)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e400000", "1e-999999999", "0.12345678901234567"])
@pytest.mark.parametrize("operation", ["authorize", "settle", "cancel", "refund"])
def test_an_amount_that_is_not_exact_is_refused(operation, text, asked):
    """What JSON cannot carry exactly never gets into a request."""
    with pytest.raises(ValueError, match="amount"):
        asked(operation, value=Decimal(text))


def test_amounts_inside_the_cart_are_guarded_too():
    """A float price is refused like a float total."""
    with pytest.raises(TypeError):
        Item(id="8", name="Shoes", price=30.9, quantity=1, discount=0)


def priced_structs():
    """Every struct of a request that is guarded, with the names of its number fields."""
    for module in (messages, parts):
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and not kind.__name__.startswith("_"):
                hints = typing.get_type_hints(kind)
                numbers = {name for name in kind.__struct_fields__ if Decimal in typing.get_args(hints[name])}
                yield kind, numbers


def test_every_amount_of_a_request_is_guarded():
    """A number field that the guard does not know would let a float through."""
    answers = (messages.Response, messages.ResponseData)
    guarded = {kind: numbers for kind, numbers in priced_structs() if not issubclass(kind, answers)}
    unguarded = {kind.__name__ for kind, numbers in guarded.items() if numbers != set(kind.amounts)}
    assert unguarded == set()
    assert sum(map(len, guarded.values())) >= 15
    assert all(issubclass(kind, Priced) for kind, numbers in guarded.items() if numbers)


def test_a_card_without_data_is_sent_as_nulls():
    """A method without a card may send the object with nulls."""
    assert json.loads(encode(Card(expiration=Expiration()))) == {
        "holder": None,
        "number": None,
        "csc": None,
        "expiration": {"month": None, "year": None},
    }


def test_a_full_creation_survives_the_wire(asked):
    """Card, recipients, settings and metadata come back as they were written."""
    request = asked(
        "authorize",
        verification_only=False,
        reference_value=Decimal("40.00"),
        installments_value=Decimal("40.00"),
        installments_interest_rate=0,
        total_cart_value=Decimal("40.00"),
        card=Card(
            holder="Ana Lima",
            number="4444333322221111",
            csc="123",
            expiration=Expiration(month="12", year="2031"),
            bin="444433",
            number_length=16,
            csc_length=3,
        ),
        recipients=(Recipient(**SHARE, amount=Decimal("40.00"), commission_amount=Decimal("3.00")),),
        merchant_settings=(Setting(name="Public key", value="1"),),
        connector_metadata=(Setting(name="color", value="blue"),),
        sandbox_mode=True,
    )
    assert decode(encode(request), AuthorizeRequest) == request


def test_requests_are_read_strictly():
    """A request that lacks a required field is none."""
    with pytest.raises(MessageError, match="requestId"):
        decode(b'{"transactionId":"T","paymentId":"P","value":1}', SettleRequest)


@pytest.mark.parametrize("body", [b'{"paymentId":"P","requestId":"R"}'])
def test_a_cancel_without_authorization_id_is_read(body):
    """VTEX's guides leave authorizationId out of a cancel."""
    assert decode(body, CancelRequest).authorization_id is None


def test_an_answer_may_hold_null_or_nothing():
    """Answers are relaxed: null is None, absent is falsy, neither is an error of reading."""
    answer = decode(b'{"settleId":null,"code":null,"message":null}', SettleResponse)
    assert (answer.settle_id, answer.code, answer.message) == (None, None, None)
    assert not answer.payment_id
    assert not answer.value


def test_unknown_fields_of_an_answer_are_kept_out():
    """A connector may say more than the protocol knows."""
    answer = decode(b'{"settleId":"S","value":1.5,"extra":{"deep":[1e3]}}', SettleResponse)
    assert answer == SettleResponse(settle_id="S", value=Decimal("1.5"))


@pytest.mark.parametrize(
    ("text", "value"), [("57", 57), ("45.0", Decimal("45.0")), ("0", 0), ("0.10", Decimal("0.10")), ("4E1", 40)]
)
def test_a_number_is_read_exactly(text, value):
    """An integer is an int, anything with a fraction or an exponent a Decimal with the digits that came."""
    answer = decode(f'{{"value":{text}}}', SettleResponse)
    assert answer.value == value
    assert type(answer.value) is not float


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"57",
        b'"text"',
        b"<html>",
        b"{",
        b'{"value":"40.00"}',
        b'{"value":NaN}',
        b'{"value":Infinity}',
        b'{"value":true}',
        b'{"value":1e400000}',
        b'{"value":1e-999999999}',
        b'{"value":1e99999999999999999999999}',
        b'{"value":' + b"9" * 5000 + b"}",
        b'{"extra":1e400000}',
        b'{"settleId":57}',
        b'{"settleId":"\xff"}',
        b'{"settleId":"a"}}',
        b"[" * 100_000,
        b'{"connectorMetadata":{}}',
    ],
    ids=lambda body: body[:32].decode(errors="replace"),
)
def test_what_is_no_message_is_refused(body):
    """Text for numbers, absurd exponents, broken JSON: one error, whatever is wrong."""
    with pytest.raises(MessageError, match="SettleResponse"):
        decode(body, SettleResponse)


def test_documented_answers_are_read():
    """The Pix answer of the documentation lacks acquirer and appName and has a null authorizationId."""
    answer = decode(
        b'{"paymentId":"P","status":"undefined","tid":"T","authorizationId":null,"nsu":"N","code":null,'
        b'"delayToAutoSettle":1,"delayToAutoSettleAfterAntifraud":1,"delayToCancel":300,'
        b'"paymentAppData":{"payload":"{}"},"maxValue":16.6}',
        AuthorizeResponse,
    )
    assert answer.authorization_id is None
    assert answer.delay_to_cancel == 300
    assert answer.payment_app_data.payload == "{}"
    assert answer.max_value == Decimal("16.6")
    assert answer.acquirer is msgspec.UNSET


def test_a_manifest_is_read():
    """Hours are texts, methods name their split, custom fields their options."""
    manifest = decode(
        b'{"paymentMethods":[{"name":"Visa","allowsSplit":"onCapture"}],'
        b'"customFields":[{"name":"Flow","type":"select","options":[{"text":"A","value":"a"}]}],'
        b'"autoSettleDelay":{"minimum":"0","maximum":"720"},"metadataFields":["color"],"version":"2.0.0",'
        b'"cardToken":{"canAcceptCardToken":true,"cardTokenAcceptedTypes":["TOKEN_FILE"]}}',
        ManifestResponse,
    )
    assert manifest.payment_methods[0].allows_split == "onCapture"
    assert manifest.custom_fields[0].options[0].value == "a"
    assert manifest.auto_settle_delay.maximum == "720"
    assert manifest.card_token.card_token_accepted_types == ("TOKEN_FILE",)


def test_messages_cannot_be_changed(asked):
    """A message that was sent stays what it was."""
    with pytest.raises(AttributeError):
        asked("settle").value = 1


def test_spelling_is_the_wires():
    """The name of a field in a report is the name that a connector's author sees."""
    assert spelling(AuthorizeRequest, "sandbox_mode") == "sandBoxMode"
    assert spelling(AuthorizeResponse, "delay_to_auto_settle") == "delayToAutoSettle"


def test_the_public_names_exist():
    """What the module says that it offers is there."""
    assert all(hasattr(messages, name) for name in messages.__all__)
    assert issubclass(AuthorizeRequest, Request)
    assert RequestData(body="x").body == "x"
