"""Installments: what a value costs in parts, in currency units."""

from decimal import Decimal

import pytest

from gateway_mock.core.installments import InterestMethod, Terms, options
from gateway_mock.core.modes import Kind
from gateway_mock.records import ConnectorSettings
from gateway_mock.service.configuration import put_connector

URL = "/api/pvt/installments"
DETAILS = "request.paymentDetails[0]"


# --- The arithmetic -----------------------------------------------------------------------------------------

# Value, quantity, interest per cent, tax per cent, method, one installment.
# The first rows are documented (250); 197.99 was seen in a shop; the others are worked by hand from the formulas.
PRICED = """
250    | 1  | 0  | 0  | COMPOUND        | 250.00
250    | 2  | 0  | 0  | COMPOUND        | 125.00
250    | 3  | 0  | 0  | COMPOUND        | 83.33
250    | 4  | 0  | 0  | COMPOUND        | 62.50
250    | 3  | 0  | 0  | SIMPLE_WITH_TAX | 83.33
250    | 3  | 0  | 0  | SINGLE          | 83.33
197.99 | 2  | 1  | 0  | COMPOUND        | 100.48
100    | 2  | 10 | 0  | COMPOUND        | 57.62
100    | 2  | 10 | 0  | SIMPLE_WITH_TAX | 60.00
100    | 2  | 10 | 10 | SIMPLE_WITH_TAX | 66.00
100    | 2  | 10 | 0  | SINGLE          | 55.00
100    | 1  | 10 | 0  | COMPOUND        | 110.00
0.05   | 10 | 0  | 0  | COMPOUND        | 0.01
0.04   | 10 | 0  | 0  | COMPOUND        | 0.00
"""


@pytest.mark.parametrize("row", PRICED.strip().splitlines())
def test_an_installment_costs(row):
    """Each way to charge interest has its formula; half a cent is rounded up."""
    value, quantity, rate, tax, method, expected = (cell.strip() for cell in row.split("|"))
    terms = Terms(int(quantity), Decimal(rate), Decimal(tax))
    (option,) = options(Decimal(value), [terms], InterestMethod[method])
    assert option.value == Decimal(expected)


def test_an_installment_below_the_minimum_is_not_offered():
    """100 in four is 25: with a minimum of 30, three installments of 33.33 are the most."""
    terms = [Terms(quantity) for quantity in (1, 2, 3, 4)]
    found = options(Decimal(100), terms, minimum=Decimal(30))
    assert [each.value for each in found] == [Decimal("100.00"), Decimal("50.00"), Decimal("33.33")]


@pytest.mark.parametrize("rate", ["1E-323", "0.0000000001"])
def test_a_rate_too_small_to_be_seen_costs_nothing(rate):
    """The annuity formula divides by almost nothing there; the answer stays exact."""
    (option,) = options(Decimal(100), [Terms(2, Decimal(rate))])
    assert option.value == Decimal("50.00")


def test_the_largest_value_is_computed_to_the_cent():
    """A third of 999,999,999,999,999; and at a thousand per cent for 120 months, each pays the interest alone."""
    (third,) = options(Decimal(999_999_999_999_999), [Terms(3)])
    assert third.value == Decimal("333333333333333.00")
    (dear,) = options(Decimal(100), [Terms(120, Decimal(1000))])
    assert dear.value == Decimal("1000.00")


# --- Over HTTP ----------------------------------------------------------------------------------------------


@pytest.fixture
def legacy(sandbox):
    """A connector that takes Visa, Maestro and Pix."""
    wanted = ConnectorSettings(name="", kind=Kind.LEGACY, payment_systems=(2, 39, 125))
    return put_connector(sandbox, "shop", "old", wanted)


@pytest.mark.usefixtures("legacy")
def test_a_card_is_offered_one_to_twelve_without_interest(client):
    """The documented figures: 250, 125, 83.33, 62.5; numbers, not texts."""
    answer = client.get(f"{URL}?request.value=250&{DETAILS}.id=2&{DETAILS}.value=250&{DETAILS}.bin=444433")
    assert answer.status_code == 200
    (visa,) = answer.json["installments"]
    assert answer.json["value"] == 250
    assert visa["payment"] == {
        "id": 2,
        "name": "Visa",
        "bin": "444433",
        "value": 250,
        "isDefault": False,
        "self": {"href": "/api/pvt/payment-systems/2"},
    }
    assert [(each["quantity"], each["value"]) for each in visa["options"]] == [
        (1, 250),
        (2, 125),
        (3, 83.33),
        (4, 62.5),
        (5, 50),
        (6, 41.67),
        (7, 35.71),
        (8, 31.25),
        (9, 27.78),
        (10, 25),
        (11, 22.73),
        (12, 20.83),
    ]
    assert {each["interestRate"] for each in visa["options"]} == {0}
    assert b'"value":83.33,' in answer.data


@pytest.mark.usefixtures("legacy")
def test_what_is_not_paid_in_installments_is_paid_at_once(client):
    """Documented: a debit card allows no installments."""
    (maestro,) = client.get(f"{URL}?request.value=250&{DETAILS}.id=39").json["installments"]
    assert [(each["quantity"], each["value"]) for each in maestro["options"]] == [(1, 250)]


def test_every_usable_system_answers_when_none_is_named(client, provider, rule_for):
    """The account's payment systems, by number."""
    made = client.post("/api/pvt/affiliations", json=provider("acme")).json
    for system in (125, 2):
        client.post("/api/pvt/rules", json=rule_for(made, system))
    found = client.get(f"{URL}?request.value=100").json["installments"]
    assert [each["payment"]["id"] for each in found] == [2, 125]


@pytest.mark.usefixtures("legacy")
def test_a_rule_says_what_is_offered(client):
    """Its installments, its interest, its minimum and its id; 100 in 2 at 10 per cent is 57.62 each."""
    rule = client.get("/api/pvt/rules").json[0]
    terms = [{"quantity": quantity, "interestRate": rate} for quantity, rate in ((1, 0), (2, 10), (6, 10))]
    offered = {"interestRateMethod": 0, "minimumInstallmentValue": 30, "installments": terms}
    sent = {**rule, "isDefault": True, "installmentOptions": offered}
    assert client.put(f"/api/pvt/rules/{rule['id']}", json=sent).status_code == 200
    (visa,) = client.get(f"{URL}?request.value=100&{DETAILS}.id=2").json["installments"]
    assert visa["payment"]["isDefault"] is True
    assert [(each["quantity"], each["value"], each["interestRate"]) for each in visa["options"]] == [
        (1, 100, 0),
        (2, 57.62, 10),
    ]
    assert {each["ruleId"] for each in visa["options"]} == {rule["id"]}


@pytest.mark.usefixtures("legacy")
@pytest.mark.parametrize(
    ("method", "tax", "value"),
    [(None, 0, 57.62), (0, 0, 57.62), (1, 0, 60), (1, 10, 66), (1, None, 60), (2, 0, 55)],
)
def test_a_rule_says_how_interest_is_charged(client, method, tax, value):
    """100 in two at 10 per cent: compound (also null), simple with tax, single."""
    rule = client.get("/api/pvt/rules").json[0]
    terms = [{"quantity": 2, "interestRate": 10, "interestTax": tax}]
    sent = {**rule, "installmentOptions": {"interestRateMethod": method, "installments": terms}}
    client.put(f"/api/pvt/rules/{rule['id']}", json=sent)
    (visa,) = client.get(f"{URL}?request.value=100&{DETAILS}.id=2").json["installments"]
    assert [each["value"] for each in visa["options"]] == [value]


@pytest.mark.parametrize("value", ["0", "-1", "-250"])
def test_a_value_must_be_greater_than_zero(client, value):
    """The documented answer, to the letter."""
    answer = client.get(f"{URL}?request.value={value}")
    assert answer.status_code == 400
    assert answer.json == {"error": {"code": "1", "message": "Value must be greater than Zero", "exception": None}}


BAD = [
    "",
    "request.value=",
    "request.value=ten",
    "request.value=10.5",
    "request.value=1e3",
    "request.value=NaN",
    "request.value=%D9%A3",
    "request.value=1_000",
    f"request.value={'9' * 16}",
    f"request.value={'9' * 5000}",
    f"request.value=10&{DETAILS}.id=0",
    f"request.value=10&{DETAILS}.id=-2",
    f"request.value=10&{DETAILS}.id=2147483648",
    f"request.value=10&{DETAILS}.id=visa",
    f"request.value=10&{DETAILS}.value=11",
    f"request.value=10&{DETAILS}.bin=12345",
    f"request.value=10&{DETAILS}.bin=1234567",
    f"request.value=10&{DETAILS}.bin=12345a",
    "request.value=10&request.salesChannel=one",
]


@pytest.mark.parametrize("query", BAD)
def test_a_query_that_makes_no_sense_is_refused(client, query):
    """400 in the error envelope, whatever is wrong."""
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 400
    assert answer.json["error"]["code"] == "Mock.MalformedRequest"
    assert answer.json["error"]["exception"] is None
