"""The documents' examples over HTTP: what the merchant asks, what the connector hears, what both may read.

T1-T4, H1-H5, P1-P4 and X1 are VTEX's own (order of 100); the others carry the id of the silence (S) or
contradiction (C) whose recommended reading they show. In S25 and S26 a payment settles by itself after four days,
because its connector tells no delay.
"""

import json
import re
from decimal import Decimal

import pytest

EXAMPLES = """
id          | given                   | merchant      | connectors hear          | answer                    | S X R     | c v r     | balanced
T1          | A 100 total             | settle 20     | settle A 100             | 11 Settling               | 20 0 0    | 100 0 0   | yes
            |                         | settle 80     | -                        | 13 Finished               | 100 0 0   | 100 0 0   | yes
T2          | A 100 total             | cancel 20     | -                        | 8 Approved cancelled 20   | 0 20 0    | 0 0 0     | yes
            |                         | cancel 80     | cancel A 100             | 10 Cancelled cancelled 80 | 0 100 0   | 0 100 0   | yes
T3          | A 100 total             | settle 100    | settle A 100             | 13 Finished               | 100 0 0   | 100 0 0   | yes
            |                         | refund 20     | refund A 20              | 13 Finished refunded 20   | 100 0 20  | 100 0 20  | yes
            |                         | refund 80     | refund A 80              | 13 Finished refunded 80   | 100 0 100 | 100 0 100 | yes
T4          | A 100 total             | settle 50     | settle A 100             | 11 Settling               | 50 0 0    | 100 0 0   | yes
H1          | A 100 hold              | settle 20     | -                        | 11 Settling               | 20 0 0    | 0 0 0     | yes
            |                         | settle 80     | settle A 100             | 13 Finished               | 100 0 0   | 100 0 0   | yes
H2          | A 100 hold              | cancel 20     | -                        | 8 Approved cancelled 20   | 0 20 0    | 0 0 0     | yes
            |                         | cancel 80     | cancel A 100             | 10 Cancelled cancelled 80 | 0 100 0   | 0 100 0   | yes
H3          | A 100 hold              | cancel 20     | -                        | 8 Approved cancelled 20   | 0 20 0    | 0 0 0     | yes
            |                         | settle 80     | settle A 80              | 13 Finished               | 80 20 0   | 80 0 0    | yes
H4          | A 100 hold              | settle 100    | settle A 100             | 13 Finished               | 100 0 0   | 100 0 0   | yes
            |                         | refund 20     | refund A 20              | 13 Finished refunded 20   | 100 0 20  | 100 0 20  | yes
            |                         | refund 80     | refund A 80              | 13 Finished refunded 80   | 100 0 100 | 100 0 100 | yes
H5          | A 100 hold              | settle 70     | -                        | 11 Settling               | 70 0 0    | 0 0 0     | yes
            |                         | settle 30     | settle A 100             | 13 Finished               | 100 0 0   | 100 0 0   | yes
P1          | A 100 partial           | settle 20     | settle A 20              | 11 Settling               | 20 0 0    | 20 0 0    | yes
            |                         | settle 80     | settle A 80              | 13 Finished               | 100 0 0   | 100 0 0   | yes
P2          | A 100 partial           | cancel 20     | cancel A 20              | 8 Approved cancelled 20   | 0 20 0    | 0 20 0    | yes
            |                         | cancel 80     | cancel A 80              | 10 Cancelled cancelled 80 | 0 100 0   | 0 100 0   | yes
P3          | A 100 partial           | settle 100    | settle A 100             | 13 Finished               | 100 0 0   | 100 0 0   | yes
            |                         | refund 20     | refund A 20              | 13 Finished refunded 20   | 100 0 20  | 100 0 20  | yes
            |                         | refund 80     | refund A 80              | 13 Finished refunded 80   | 100 0 100 | 100 0 100 | yes
P4          | A 100 partial           | settle 60     | settle A 60              | 11 Settling               | 60 0 0    | 60 0 0    | yes
            |                         | settle 15     | settle A 15              | 11 Settling               | 75 0 0    | 75 0 0    | yes
            |                         | settle 25.01  | -                        | 400 1402                  | 75 0 0    | 75 0 0    | yes
            |                         | settle 25     | settle A 25              | 13 Finished               | 100 0 0   | 100 0 0   | yes
X1          | A 40 hold, B 60 partial | settle 20     | settle A 40, settle B 60 | 11 Settling               | 20 0 0    | 100 0 0   | yes
            |                         | settle 80     | -                        | 13 Finished               | 100 0 0   | 100 0 0   | yes
X1-cancel   | A 40 hold, B 60 partial | cancel 20     | -                        | 8 Approved cancelled 20   | 0 20 0    | 0 0 0     | yes
            |                         | cancel 80     | cancel A 40, cancel B 60 | 10 Cancelled cancelled 80 | 0 100 0   | 0 100 0   | yes
X1-legacy   | A 40 total legacy, B 60 partial | settle 20 | settle B 60          | 11 Settling               | 20 0 0    | 100 0 0   | yes
lowest      | A 60 partial, B 40 partial | settle 50  | settle B 40, settle A 10 | 11 Settling               | 50 0 0    | 50 0 0    | yes
            |                         | cancel 20     | cancel A 20              | 11 Settling cancelled 20  | 50 20 0   | 50 20 0   | yes
S3          | A 100 total             | cancel 20     | -                        | 8 Approved cancelled 20   | 0 20 0    | 0 0 0     | yes
            |                         | settle 50     | settle A 80              | 11 Settling               | 50 20 0   | 80 0 0    | yes
            |                         | settle 30     | -                        | 13 Finished               | 80 20 0   | 80 0 0    | yes
S4          | A 100 hold              | settle 70     | -                        | 11 Settling               | 70 0 0    | 0 0 0     | yes
            |                         | cancel 30     | settle A 70              | 13 Finished cancelled 30  | 70 30 0   | 70 0 0    | yes
S5-total    | A 40 total, B 60 total  | settle 10     | settle A 40, settle B 60 | 11 Settling               | 10 0 0    | 100 0 0   | yes
S5-lowest   | A 60 total, B 40 total  | cancel 20     | -                        | 8 Approved cancelled 20   | 0 20 0    | 0 0 0     | yes
            |                         | settle 80     | settle B 20, settle A 60 | 13 Finished               | 80 20 0   | 80 0 0    | yes
S5-freed    | A 40 total, B 60 total  | cancel 50     | -                        | 8 Approved cancelled 50   | 0 50 0    | 0 0 0     | yes
            |                         | settle 50     | settle B 50, cancel A 40 | 13 Finished               | 50 50 0   | 50 40 0   | yes
S5-hold     | A 40 hold, B 60 hold    | cancel 50     | -                        | 8 Approved cancelled 50   | 0 50 0    | 0 0 0     | yes
            |                         | settle 50     | settle B 50, cancel A 40 | 13 Finished               | 50 50 0   | 50 40 0   | yes
S9-partial  | A 100 partial           | settle 60     | settle A 60              | 11 Settling               | 60 0 0    | 60 0 0    | yes
            |                         | cancel 40     | cancel A 40              | 13 Finished cancelled 40  | 60 40 0   | 60 40 0   | yes
S9-total    | A 100 total             | settle 60     | settle A 100             | 11 Settling               | 60 0 0    | 100 0 0   | yes
            |                         | cancel 40     | -                        | 400 Mock.CancelAfterCapture | 60 0 0  | 100 0 0   | yes
S9-hold     | A 100 hold              | settle 60     | -                        | 11 Settling               | 60 0 0    | 0 0 0     | yes
            |                         | cancel 40     | settle A 60              | 13 Finished cancelled 40  | 60 40 0   | 60 0 0    | yes
S10         | A 100 partial           | settle 60     | settle A 60              | 11 Settling               | 60 0 0    | 60 0 0    | yes
            |                         | settle 40     | settle A 40              | 13 Finished               | 100 0 0   | 100 0 0   | yes
            |                         | refund 80     | refund A 60, refund A 20 | 13 Finished refunded 80   | 100 0 80  | 100 0 80  | yes
            |                         | refund 20     | refund A 20              | 13 Finished refunded 20   | 100 0 100 | 100 0 100 | yes
S14-settle  | A 100 partial           | settle 40 (A confirms 25) | settle A 40  | 11 Settling               | 25 0 0    | 25 0 0    | no
            |                         | settle 75     | settle A 75              | 13 Finished               | 100 0 0   | 100 0 0   | yes
S14-total   | A 100 total             | settle 20 (A confirms 70) | settle A 100 | 11 Settling               | 20 0 0    | 70 0 0    | yes
            |                         | settle 80     | settle A 30              | 13 Finished               | 100 0 0   | 100 0 0   | yes
S14-hold    | A 100 hold              | settle 60     | -                        | 11 Settling               | 60 0 0    | 0 0 0     | yes
            |                         | settle 40 (A confirms 70) | settle A 100 | 11 Settling               | 70 0 0    | 70 0 0    | no
            |                         | settle 30     | settle A 30              | 13 Finished               | 100 0 0   | 100 0 0   | yes
S14-refund  | A 100 partial           | settle 100    | settle A 100             | 13 Finished               | 100 0 0   | 100 0 0   | yes
            |                         | refund 40 (A confirms 15) | refund A 40  | 13 Finished refunded 40   | 100 0 15  | 100 0 15  | yes
            |                         | refund 85     | refund A 85              | 13 Finished refunded 85   | 100 0 100 | 100 0 100 | yes
S15         | A 100 partial           | settle 40 (A confirms 70) | settle A 40  | 11 Settling               | 40 0 0    | 40 0 0    | no
            |                         | settle 10 (A confirms -5) | settle A 10  | 11 Settling               | 50 0 0    | 50 0 0    | no
S25-total   | A 100 total             | cancel 20     | -                        | 8 Approved cancelled 20   | 0 20 0    | 0 0 0     | yes
            |                         | advance 345600 | settle A 80             | auto-settle               | 0 20 0    | 80 0 0    | yes
S25-hold    | A 100 hold              | settle 30     | -                        | 11 Settling               | 30 0 0    | 0 0 0     | yes
            |                         | advance 345600 | settle A 100            | auto-settle               | 30 0 0    | 100 0 0   | yes
            |                         | settle 70     | -                        | 13 Finished               | 100 0 0   | 100 0 0   | yes
S25-partial | A 100 partial           | settle 30     | settle A 30              | 11 Settling               | 30 0 0    | 30 0 0    | yes
            |                         | cancel 10     | cancel A 10              | 11 Settling cancelled 10  | 30 10 0   | 30 10 0   | yes
            |                         | advance 345600 | settle A 60             | auto-settle               | 30 10 0   | 90 10 0   | yes
            |                         | settle 60     | -                        | 13 Finished               | 90 10 0   | 90 10 0   | yes
S26-total   | A 100 total             | advance 345600 | settle A 100            | auto-settle               | 0 0 0     | 100 0 0   | yes
            |                         | settle 50     | -                        | 11 Settling               | 50 0 0    | 100 0 0   | yes
            |                         | settle 50     | -                        | 13 Finished               | 100 0 0   | 100 0 0   | yes
S26-partial | A 100 partial           | advance 345600 | settle A 100            | auto-settle               | 0 0 0     | 100 0 0   | yes
            |                         | settle 50     | -                        | 11 Settling               | 50 0 0    | 100 0 0   | yes
            |                         | settle 50     | -                        | 13 Finished               | 100 0 0   | 100 0 0   | yes
C31         | A 100 partial           | advance 345600 | settle A 100            | auto-settle               | 0 0 0     | 100 0 0   | yes
            |                         | cancel 100    | -                        | 400 Mock.CancelAfterCapture | 0 0 0   | 100 0 0   | yes
            |                         | cancel 0.01   | -                        | 400 Mock.CancelAfterCapture | 0 0 0   | 100 0 0   | yes
by-hand     | A 100 partial           | settle 100    | settle A 100             | 13 Finished               | 100 0 0   | 100 0 0   | yes
            |                         | refund 30 (A manually) | refund A 30     | 13 Finished refunded 30   | 100 0 30  | 100 0 0   | no
            |                         | refund 70     | refund A 70              | 13 Finished refunded 70   | 100 0 100 | 100 0 70  | no
            |                         | refund 0.01   | -                        | 400 Mock.RefundExceeds    | 100 0 100 | 100 0 70  | no
failing     | A 100 partial           | settle 40 (A fails) | settle A 40        | 11 Settling               | 40 0 0    | 0 0 0     | no
            |                         | advance 3600  | settle A 40              | send                      | 40 0 0    | 40 0 0    | yes
KI-1118560  | A 100 partial           | settle 100    | settle A 100             | 13 Finished               | 100 0 0   | 100 0 0   | yes
            |                         | refund 10     | refund A 10              | 13 Finished refunded 10   | 100 0 10  | 100 0 10  | yes
            |                         | refund 10     | refund A 10              | 13 Finished refunded 10   | 100 0 20  | 100 0 20  | yes
KI-464837   | A 66.99 total, B 67 total, C 30.99 total | settle 164.98 | settle C 30.99, settle A 66.99, settle B 67 | 13 Finished | 164.98 0 0 | 164.98 0 0 | yes
            |                         | refund 104.99 | refund C 30.99, refund A 66.99, refund B 7.01 | 13 Finished refunded 104.99 | 164.98 0 104.99 | 164.98 0 104.99 | yes
"""  # noqa: E501

MOVEMENTS = """
example     | settlements                                    | refunds                           | cancellations                  | payments
T1          | 20, 80 -> A 100 upon-request                   | ->                                | ->                             | A Finished
T2          | ->                                             | ->                                | 20, 80 -> A 100 upon-request   | A Cancelled
T3          | 100 -> A 100 upon-request                      | 20, 80 -> A 20 online, A 80 online | ->                            | A Finished
H1          | 20, 80 -> A 100 upon-request                   | ->                                | ->                             | A Finished
H3          | 80 -> A 80 upon-request                        | ->                                | 20 ->                          | A Finished
P1          | 20, 80 -> A 20 upon-request, A 80 upon-request | ->                                | ->                             | A Finished
X1          | 20, 80 -> A 40 upon-request, B 60 upon-request | ->                                | ->                             | A Finished, B Finished
S4          | 70 -> A 70 upon-request                        | ->                                | 30 ->                          | A Finished
S5-freed    | 50 -> B 50 upon-request                        | ->                                | 50 -> A 40 upon-request        | A Cancelled, B Finished
S9-partial  | 60 -> A 60 upon-request                        | ->                                | 40 -> A 40 upon-request        | A Finished
S9-total    | 60 -> A 100 upon-request                       | ->                                | ->                             | A Finished
S10         | 60, 40 -> A 60 upon-request, A 40 upon-request | 80, 20 -> A 60 online, A 20 online, A 20 online | ->               | A Finished
S14-settle  | 40, 75 -> A 25 upon-request, A 75 upon-request | ->                                | ->                             | A Finished
S25-hold    | 30, 70 -> A 100 auto-settlement                | ->                                | ->                             | A Finished
S25-partial | 30, 60 -> A 30 upon-request, A 60 auto-settlement | ->                             | 10 -> A 10 upon-request        | A Finished
S26-total   | 50, 50 -> A 100 auto-settlement                | ->                                | ->                             | A Finished
C31         | -> A 100 auto-settlement                       | ->                                | ->                             | A Finished
by-hand     | 100 -> A 100 upon-request                      | 30, 70 -> A 30 email-notification, A 70 online | ->                | A Finished
KI-464837   | 164.98 -> C 30.99 upon-request, A 66.99 upon-request, B 67 upon-request | 104.99 -> C 30.99 online, A 66.99 online, B 7.01 online | -> | A Finished, B Finished, C Finished
"""  # noqa: E501


def test_the_documents_hold_over_http(example, world):
    """Every row leads to its calls, its answer, its requested and its confirmed totals."""
    example.play(world)


def rows(table):
    """The rows of a table below its head, as cells."""
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()[1:]]


def movements(transaction, end):
    """A view as the table writes it: requests -> actions."""
    view = transaction.show(end)
    asked = ", ".join(money(each["value"]) for each in view["requests"])
    done = ", ".join(
        f"{transaction.names[each['paymentId']]} {money(each['value'])} {each['type']}" for each in view["actions"]
    )
    return f"{asked} -> {done}".strip()


def money(cents):
    """8000 as `80`, 6699 as `66.99`."""
    return f"{Decimal(cents) / 100:f}".removesuffix(".00")


@pytest.mark.parametrize("row", rows(MOVEMENTS), ids=lambda row: row[0])
def test_what_was_asked_stands_beside_what_was_done(row, example_named, world):
    """The views of settlements, refunds and cancellations have every request and every action with its type."""
    name, *expected = row
    transaction = example_named(name).play(world)
    found = [movements(transaction, end) for end in ("/settlements", "/refunds", "/cancellations")]
    statuses = (f"{transaction.names[each['id']]} {each['status']}" for each in transaction.show("/payments"))
    assert [*found, ", ".join(statuses)] == expected


@pytest.mark.parametrize(
    ("value", "asked", "literal"),
    [
        (10000, 4000, "40.00"),
        (10000, 1, "0.01"),
        (100000, 99999, "999.99"),
        (999999999999999, 999999999999999, "9999999999999.99"),
        (30, 10, "0.10"),
    ],
)
def test_an_amount_is_a_json_number_with_two_decimals(value, asked, literal, world):
    """Cents leave as exact decimal units: no text, no float noise, no lost cent (C1: the cancel's value too)."""
    transaction = world.given(f"A {Decimal(value) / 100} partial")
    transaction.ask("settle", asked)
    transaction.ask("refund", asked)
    for heard in world.heard:
        assert re.findall(r'"value": ?([^,}]*)', heard.text) == [literal], heard.text
    assert [heard.operation for heard in world.heard] == ["settle", "refund"]


def test_every_amount_of_the_authorization_is_decimal(world):
    """42.50 goes out as 42.50 in `value`, `referenceValue`, `installmentsValue`, and as the price of the item."""
    transaction = world.open("A 42.50 total")
    transaction.authorize()
    (heard,) = world.heard
    for name in ("value", "referenceValue", "installmentsValue"):
        assert re.findall(rf'"{name}": ?([^,}}]*)', heard.text) == ["42.50"]
    assert [item["price"] for item in heard.body["miniCart"]["items"]] == [Decimal("42.50")]
    assert heard.body["currency"] == "BRL"


def test_the_authorization_carries_the_shopper_and_the_addresses(world):
    """Card, method by its protocol name, transaction and payment ids, and a signed callback address."""
    transaction = world.open("A 42.50 total")
    transaction.authorize()
    (heard,) = world.heard
    (payment,) = transaction.names
    assert (heard.body["transactionId"], heard.body["paymentId"]) == (transaction.id, payment)
    assert (heard.body["paymentMethod"], heard.body["merchantName"]) == ("Visa", "store")
    assert heard.body["card"]["number"] == "4444333322221111"
    assert heard.body["card"]["expiration"] == {"month": "12", "year": "2031"}
    base = (
        f"http://127.0.0.1:5005/api/pvt/payment-provider/transactions/{transaction.id}/payments/{payment}/callback"
    )
    assert heard.body["callbackUrl"].startswith(f"{base}?accountName=sandbox&X-VTEX-signature=")
    assert len(heard.body["callbackUrl"].rpartition("=")[2]) == 32


def test_a_request_id_is_the_second_and_the_cents(world):
    """`<ISO time to the second>-<amount in cents>`, and a suffix that tells two of one second apart (S8)."""
    transaction = world.given("A 100 partial")
    for operation in ("settle", "settle", "refund", "refund"):
        transaction.ask(operation, 2000)
    transaction.ask("cancel", 3050)
    ids = [heard.body["requestId"] for heard in world.heard]
    forms = ["2000", "2000", "2000", "2000", "3050"]
    for request_id, cents in zip(ids, forms, strict=True):
        assert re.fullmatch(rf"2026-01-01T00:00:00-{cents}(-\w+)?", request_id), request_id
    assert len(set(ids)) == 5


def test_a_real_clock_dates_the_request_id(open_world):
    """Without a manual clock the requestId still has that form."""
    world = open_world(clock="real")
    world.given("A 100 partial").ask("settle", 4000)
    assert re.match(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d-4000", world.heard[0].body["requestId"])


def test_what_the_connector_minted_comes_back_to_it(world):
    """tid, authorizationId and nsu go with every later call, a refund names the settleId that it takes from."""
    transaction = world.given("A 100 partial")
    for operation, value in (("settle", 6000), ("settle", 1000), ("cancel", 3000), ("refund", 6500)):
        transaction.ask(operation, value)
    minted = {"tid": "tid-A", "authorizationId": "auth-A", "nsu": "nsu-A", "transactionId": transaction.id}
    for heard in world.heard:
        assert {name: heard.body[name] for name in minted} == minted
        assert [heard.body["paymentId"]] == list(transaction.names)
    first, second, _cancel, refund, rest = world.heard
    assert refund.body["settleId"] == f"id-{first.body['requestId']}"
    assert rest.body["settleId"] == f"id-{second.body['requestId']}"
    assert (refund.body["value"], rest.body["value"]) == (60, 5)


def test_an_operation_result_has_every_field(world):
    """`connectorRefundedValue` tells what connectors confirmed of the refunds, the rest is as documented."""
    transaction = world.given("A 100 partial")
    transaction.ask("settle", 9000)
    world.connectors["A"].script = ["confirms 15", "manually"]
    results = [transaction.ask("refund", value).json for value in (2000, 500)]
    assert [set(each) for each in results] == [RESULT_FIELDS, RESULT_FIELDS]
    assert [each["refundedValue"] for each in results] == [2000, 500]
    assert [each["connectorRefundedValue"] for each in results] == [1500, 1500]
    assert all(re.fullmatch(r"[0-9A-F]{32}", each["token"]) for each in results)
    assert all(each["processingDate"] == "2026-01-01T00:00:00.0000000Z" for each in results)


RESULT_FIELDS = {
    "id",
    "token",
    "status",
    "statusDetail",
    "processingDate",
    "refundedValue",
    "refundedToken",
    "message",
    "code",
    "connectorRefundedValue",
    "cancelledValue",
}


def test_one_denied_payment_cancels_all(world):
    """Documented: the authorized payment is cancelled at its connector, the transaction ends Cancelled at once."""
    transaction = world.open("A 40 total, B 60 total")
    answer = world.perform(transaction, "authorize (B denies)")
    assert [str(heard) for heard in world.heard] == ["authorize A 40", "authorize B 60", "cancel A 40"]
    assert (answer.json["status"], answer.json["statusDetail"]) == (10, "Cancelled")
    assert [each["status"] for each in transaction.show("/payments")] == ["Cancelled", "Cancelled"]


def test_a_connector_never_hears_of_a_payment_that_was_not_sent(world):
    """When the first payment is denied, the second is not authorized any more, so there is nothing to cancel."""
    transaction = world.open("A 40 total, B 60 total")
    answer = world.perform(transaction, "authorize (A denies)")
    assert [str(heard) for heard in world.heard] == ["authorize A 40"]
    assert (answer.json["status"], answer.json["statusDetail"]) == (10, "Cancelled")
    assert [each["status"] for each in transaction.show("/payments")] == ["Cancelled", "Cancelled"]


def test_a_first_denial_ends_the_transaction_at_the_reference_connector(open_world, reference):
    """Documented: one denied payment cancels all; the reference connector never heard of the second one."""
    world = open_world(connector="http://reference.test", transport=lambda _url: reference)
    transaction = world.merchant.start(10000)
    denied = {"paymentSystem": 2, "value": 4000, "fields": {"cardNumber": "4444333322221112"}}
    transaction.pay(denied, {"paymentSystem": 4, "value": 6000})
    assert transaction.authorize().json["statusDetail"] == "Cancelled"


def test_the_reference_connector_agrees_with_the_ledger(open_world, reference):
    """Behind WSGI, the reference connector's own books show what the sandbox's ledger says."""
    world = open_world(connector="http://reference.test", mode="partial", transport=lambda _url: reference)
    transaction = world.merchant.start(10000)
    transaction.pay({"value": 10000})
    assert transaction.authorize().json["statusDetail"] == "Approved"
    for operation, value in (("settle", 6000), ("cancel", 1000), ("settle", 3000), ("refund", 8000)):
        assert transaction.ask(operation, value).status_code == 200
    (payment,) = json.loads(reference.send("GET", "/_reference/payments", {}, b"", 1).body)["payments"]
    (ours,) = transaction.ledger()["payments"]
    names = ("authorized", "captured", "voided", "refunded")
    assert {name: payment[name] * 100 for name in names} == {name: ours[name] for name in names}
    assert [ours[name] for name in names] == [10000, 9000, 1000, 8000]
    assert transaction.ledger()["balanced"]
    assert transaction.ledger()["differences"] == []


@pytest.mark.parametrize(
    ("given", "lines", "expected"),
    [
        ("A 100 partial", ["settle 40 (A fails)"], "has not confirmed settlements of 40.00"),
        ("A 100 partial", ["settle 40", "refund 15 (A fails)"], "has not confirmed refunds of 15.00"),
        ("A 100 total", ["cancel 100 (A fails)"], "has not confirmed cancellations of 100.00"),
        ("A 100 partial", ["settle 40", "refund 15 (A manually)"], "a person has to refund 15.00 outside VTEX"),
    ],
)
def test_the_ledger_says_where_the_clocks_differ(given, lines, expected, world):
    """A call without an answer and a refund by hand are differences, in words with the amount."""
    transaction = world.given(given)
    for line in lines:
        assert world.perform(transaction, line).status_code == 200
    ledger = transaction.ledger()
    assert not ledger["balanced"]
    assert any(expected in difference for difference in ledger["differences"]), ledger["differences"]


def test_the_ledger_shows_each_payment(world):
    """Value, mode, connector and every figure of a payment, in cents."""
    transaction = world.given("A 60 partial, B 40 partial")
    for operation, value in (("settle", 5000), ("cancel", 2000), ("refund", 500)):
        transaction.ask(operation, value)
    ledger = transaction.ledger()
    a, b = ledger["payments"]
    assert ledger["value"] == 10000
    assert ledger["requested"] == {"settled": 5000, "cancelled": 2000, "refunded": 500}
    assert (a["connector"], a["mode"], b["connector"], b["mode"]) == ("A", "partial", "B", "partial")
    figures = ("authorized", "captured", "voided", "refunded", "open")
    assert [a[name] for name in figures] == [6000, 1000, 2000, 500, 3000]
    assert [b[name] for name in figures] == [4000, 4000, 0, 0, 0]
    assert ledger["order"] is None
