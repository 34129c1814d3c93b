"""Defects of reading: honest requests that are refused, and odd ones that are taken."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from msgspec import MsgspecError, Struct, structs
from msgspec.json import decode, encode

from connector_ppp.amounts import minor_units
from connector_ppp.messages import AuthorizeRequest, CancelRequest, RefundRequest, SettleRequest
from connector_ppp.reference.defects.defect import SERVER_ERROR, Defect, refused
from connector_ppp.reference.handling import Around, Creation, Handler, Hears, Move
from connector_ppp.reference.replies import Reply, failure

Fields = dict[str, object]

LETTERS_MAX: Final = 40
ITEMS_MAX: Final = 100


def _fields(raw: bytes) -> Fields:
    """A body as a JSON object; empty when it is none."""
    try:
        return decode(raw, type=dict)
    except MsgspecError:
        return {}


def _refuses(code: str, odd: Callable[[Fields], bool], status: int = 400) -> Around[Creation]:
    """A create whose body is such is refused."""
    return lambda handle, call: failure(status, code, code) if odd(_fields(call.raw)) else handle(call)


def _breaks_off(code: str, odd: Callable[[Fields], bool]) -> Around[Move]:
    """A settle, cancel or refund whose body is such fails."""
    return lambda handle, call: refused(call, SERVER_ERROR, code) if odd(_fields(call.raw)) else handle(call)


def _part(fields: Fields, *path: str) -> Mapping[str, object]:
    """An object inside a body; empty when there is none."""
    for name in path:
        inner = fields.get(name)
        fields = inner if isinstance(inner, dict) else {}
    return fields


def _texts(value: object) -> Iterator[str]:
    """Every text of a body."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _has_strange_letters(fields: Fields) -> bool:
    return not all(map(str.isascii, _texts(fields.get("miniCart"))))


def _has_a_long_address(fields: Fields) -> bool:
    address = _part(fields, "miniCart", "shippingAddress")
    return any(len(text) > LETTERS_MAX for text in _texts(address))


def _has_many_items(fields: Fields) -> bool:
    items = _part(fields, "miniCart").get("items")
    return isinstance(items, list) and len(items) > ITEMS_MAX


def _has_no_document(fields: Fields) -> bool:
    return _part(fields, "miniCart", "buyer").get("documentType") is None


def _has_no_security_code(fields: Fields) -> bool:
    card = _part(fields, "card")
    return card.get("number") is not None and card.get("csc") is None


def _not_of(kind: type[Struct]) -> Callable[[Fields], bool]:
    """Whether a body has a member that this message has not."""
    known = {field.encode_name for field in structs.fields(kind)}
    return lambda fields: not fields.keys() <= known


def _breaks_below_one(handle: Handler[Creation], call: Creation) -> Reply:
    below_one = call.request.currency != "" and 0 < call.request.value < minor_units(1)
    return failure(500, "amount-too-small", "division by zero") if below_one else handle(call)


def _hears_as(change: Callable[[str, Fields], Fields]) -> Hears:
    """A body is changed before anybody reads it."""

    def hear(payment_id: str, body: bytes) -> bytes:
        fields = _fields(body)
        return encode(change(payment_id, fields)) if fields else body

    return hear


def _believes_the_path(payment_id: str, fields: Fields) -> Fields:
    return fields | ({"paymentId": payment_id} if payment_id else {})


def _fills_in_a_value(payment_id: str, fields: Fields) -> Fields:
    """What is missing is made up: a hundred, by Visa."""
    return fields if payment_id else {"value": 100, "paymentMethod": "Visa"} | fields


def _without(name: str) -> Callable[[Fields], bool]:
    return lambda fields: not fields.get(name)


ROWS: Final = (
    Defect(
        "needs-a-document",
        "a create whose buyer has no document type is refused",
        "incomplete buyers are no reason to refuse (known issues 697107 and 1252301)",
        "companies and guests, who cannot pay",
        create=_refuses("document-missing", _has_no_document),
    ),
    Defect(
        "needs-a-security-code",
        "a create whose card has no security code is refused",
        "some cards come without one (known issue 442772)",
        "the shopper with a debit card or a stored one",
        create=_refuses("csc-missing", _has_no_security_code),
    ),
    Defect(
        "needs-a-reference-value",
        "a create without the optional referenceValue is refused",
        "what is required is enough (documented)",
        "the shopper, who cannot pay",
        create=_refuses("reference-value-missing", _without("referenceValue")),
    ),
    Defect(
        "refuses-new-fields",
        "a create with a field that is not in the schema is refused",
        "requests grow; what is not known is ignored (inferred)",
        "everybody, on the day the gateway adds a field",
        create=_refuses("unknown-field", _not_of(AuthorizeRequest)),
    ),
    Defect(
        "refuses-new-fields-of-moves",
        "a settle, cancel or refund with a field that is not in the schema fails",
        "requests grow; what is not known is ignored (inferred)",
        "everybody, on the day the gateway adds a field",
        settle=_breaks_off("unknown-field", _not_of(SettleRequest)),
        cancel=_breaks_off("unknown-field", _not_of(CancelRequest)),
        refund=_breaks_off("unknown-field", _not_of(RefundRequest)),
    ),
    Defect(
        "reads-ascii-only",
        "a name with letters beyond ASCII breaks a create",
        "JSON is UTF-8 (inferred)",
        "whoever is called Zoë",
        create=_refuses("encoding", _has_strange_letters, SERVER_ERROR),
    ),
    Defect(
        "short-addresses-only",
        "an address with a part above 40 characters breaks a create",
        "addresses are as long as they are (known issue 902539)",
        "the shopper in a street with a long name",
        create=_refuses("address-too-long", _has_a_long_address, SERVER_ERROR),
    ),
    Defect(
        "a-hundred-items-only",
        "a cart with more than a hundred lines breaks a create",
        "carts are long (known issue 317389)",
        "the shopper with a long cart",
        create=_refuses("too-many-items", _has_many_items, SERVER_ERROR),
    ),
    Defect(
        "breaks-below-one",
        "an amount below one breaks a create",
        "0.01 is an amount (known issue 825122)",
        "the shopper with a voucher",
        create=_breaks_below_one,
    ),
    Defect(
        "takes-any-value",
        "a create without a value is approved",
        "a value is required (documented)",
        "the merchant: nobody knows what was approved",
        hears=_hears_as(_fills_in_a_value),
    ),
    Defect(
        "believes-the-path",
        "the paymentId of the body is not read",
        "path and body name one payment, or nothing moves (inferred)",
        "somebody else, whose money moves",
        hears=_hears_as(_believes_the_path),
    ),
    Defect(
        "settle-needs-tid",
        "a settle without a tid fails",
        "the tid of a settle is optional (documented)",
        "the merchant, whose orders are never captured",
        settle=_breaks_off("tid-missing", _without("tid")),
    ),
    Defect(
        "cancel-needs-tid",
        "a cancel without a tid fails",
        "a cancel works with paymentId and requestId alone (known issues 486752 and 758411)",
        "the shopper, whose money stays reserved",
        cancel=_breaks_off("tid-missing", _without("tid")),
    ),
    Defect(
        "refund-needs-tid",
        "a refund without a tid fails",
        "VTEX's own guide sends none (documented)",
        "the shopper, who waits for the money",
        refund=_breaks_off("tid-missing", _without("tid")),
    ),
    Defect(
        "refund-needs-nsu",
        "a refund without an nsu fails",
        "the nsu of a refund is optional, and null where there is none (documented)",
        "the shopper, who waits for the money",
        refund=_breaks_off("nsu-missing", _without("nsu")),
    ),
)
