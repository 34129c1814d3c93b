"""The table of operations against the protocol's own, typed by hand."""

import pytest

from connector_ppp import messages
from connector_ppp.operations import BY_REQUEST_TYPE, OPERATIONS

TABLE = """
manifest               GET  /manifest                              200      -        -           -                -
authorize              POST /payments                              200      400,500  payment_id  -                -
settle                 POST /payments/{paymentId}/settlements      200      500      request_id  settle_id        -
cancel                 POST /payments/{paymentId}/cancellations    200      500,501  request_id  cancellation_id  cancel-manually
refund                 POST /payments/{paymentId}/refunds          200      500,501  request_id  refund_id        refund-manually
inbound                POST /payments/{paymentId}/inbound/{action} 200      -        request_id  response_data    -
authorization_token    POST /authorization/token                   200      -        -           token            -
authorization_redirect GET  /authorization/redirect                200,302  -        -           -                -
credentials            GET  /authorization/credentials             200      -        -           app_key          -
"""  # noqa: E501 - a table is read in columns

ROWS = [line.split() for line in TABLE.strip().splitlines()]


def statuses(text):
    """The numbers of a cell."""
    return frozenset() if text == "-" else frozenset(map(int, text.split(",")))


def cell(text):
    """The text of a cell, or None."""
    return None if text == "-" else text


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_an_operation_is_what_the_protocol_says(row):
    """Method, path, statuses, idempotency key, success id and manual code of each operation."""
    name, method, path, success, failure, key, done, manual = row
    operation = OPERATIONS[name]
    assert (operation.name, operation.method, operation.path) == (name, method, path)
    assert operation.success_statuses == statuses(success)
    assert operation.failure_statuses == statuses(failure)
    assert (operation.idempotency_field, operation.done_field) == (cell(key), cell(done))
    assert operation.manual_code == cell(manual)


def test_there_are_nine_operations():
    """The table has the nine operations of the protocol and no other."""
    assert list(OPERATIONS) == [row[0] for row in ROWS]


def test_only_the_manifest_needs_no_credentials():
    """Everybody may ask what a connector can do."""
    assert [name for name, operation in OPERATIONS.items() if not operation.authenticated] == ["manifest"]


def test_only_a_creation_has_a_status_word():
    """Approved, denied and undefined are words of a creation alone."""
    assert {name: row.status_field for name, row in OPERATIONS.items() if row.status_field} == {
        "authorize": "status"
    }


def test_what_travels_fits_the_method():
    """A POST carries JSON, a GET a query or nothing; only the redirect answers without data."""
    travels = {name: operation.travels for name, operation in OPERATIONS.items() if operation.method == "GET"}
    assert travels == {"manifest": "nothing", "authorization_redirect": "query", "credentials": "query"}
    assert {operation.travels for operation in OPERATIONS.values() if operation.method == "POST"} == {"json"}
    assert [name for name, row in OPERATIONS.items() if row.answers == "nothing"] == ["authorization_redirect"]


def test_every_request_has_its_operation():
    """No request type is without a row, none has two."""
    kinds = {
        kind
        for kind in vars(messages).values()
        if isinstance(kind, type) and issubclass(kind, messages.Request) and kind is not messages.Request
    }
    assert set(BY_REQUEST_TYPE) == kinds
    assert len(BY_REQUEST_TYPE) == len(OPERATIONS)


def test_named_fields_exist():
    """The fields that the table names are fields of its types."""
    for operation in OPERATIONS.values():
        asked, answered = operation.request_type.__struct_fields__, operation.response_type.__struct_fields__
        assert operation.idempotency_field is None or operation.idempotency_field in asked
        assert {operation.done_field, operation.status_field} - {None} <= set(answered)
