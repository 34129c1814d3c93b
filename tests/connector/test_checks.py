"""Every check fires at what it is for, and is silent at what is right."""

import json

import pytest

from connector_ppp import problems
from connector_ppp.checks import check
from connector_ppp.messages import Setting, decode
from connector_ppp.operations import OPERATIONS
from connector_ppp.problems import RULES, Severity, breach, shown

ABSENT = "(absent)"
ERROR_BODY = {"status": "error", "code": "E1", "message": "no"}
FAILED_SETTLE = {"settleId": None, "value": 0, "code": "E1", "message": "no"}
FAILED_CANCEL = {"cancellationId": None, "code": "E1", "message": "no"}
FAILED_REFUND = {"refundId": None, "value": 0, "code": "E1", "message": "no"}
MANUAL_CANCEL = {"cancellationId": None, "code": "cancel-manually"}
MANUAL_REFUND = {"refundId": None, "value": 0, "code": "refund-manually"}
DENIED = {"status": "denied", "authorizationId": None}
UNDEFINED = {"status": "undefined", "authorizationId": None}


@pytest.fixture
def judged(asked, answered, absent):
    """The names of the rules that an answer breaks."""

    def judge(operation, status=200, changes=(), request=(), decimals=2):
        fields = {name: absent if value == ABSENT else value for name, value in dict(changes).items()}
        body = json.dumps(answered(operation, **fields))
        response = decode(body, OPERATIONS[operation].response_type)
        return check(asked(operation, **dict(request)), status, response, decimals=decimals)

    return judge


SILENT = [
    ("manifest", 200, {}),
    ("manifest", 200, {"autoSettleDelay": {"minimum": "0", "maximum": "720"}, "metadataFields": ["a", "b", "c"]}),
    ("manifest", 200, {"autoSettleDelay": {"minimum": "24", "maximum": "24"}, "metadataFields": ["n" * 20]}),
    ("manifest", 200, {"customFields": [{"name": "Flow", "type": "select", "options": []}]}),
    ("authorize", 200, {}),
    ("authorize", 200, DENIED),
    ("authorize", 200, {**UNDEFINED, "paymentUrl": "https://pay.example.com"}),
    ("authorize", 200, {**UNDEFINED, "authorizationId": ABSENT}),
    ("authorize", 200, {"nsu": None, "acquirer": None, "code": None, "message": None, "extra": 1}),
    ("authorize", 200, {"delayToCancel": 600, "delayToAutoSettle": 604800}),
    ("authorize", 200, {"delayToCancel": 2592000, "delayToAutoSettle": 0}),
    ("authorize", 200, {"delayToAutoSettleAfterAntifraud": 9999999}),
    ("authorize", 200, {"delayToCancel": 3600.0, "maxValue": 16.6}),
    ("authorize", 200, {"connectorMetadata": [{"name": "n" * 20, "value": "v" * 200}] * 3}),
    ("authorize", 400, ERROR_BODY),
    ("authorize", 500, {**ERROR_BODY, "paymentId": ABSENT, "tid": ABSENT, "delayToCancel": ABSENT}),
    ("authorize", 500, ERROR_BODY),
    ("settle", 200, {}),
    ("settle", 200, {"value": 40.00}),
    ("settle", 200, {"value": 0.01}),
    ("settle", 500, FAILED_SETTLE),
    ("cancel", 200, {}),
    ("cancel", 200, {"status": "cancelled"}),
    ("cancel", 500, FAILED_CANCEL),
    ("cancel", 501, MANUAL_CANCEL),
    ("refund", 200, {}),
    ("refund", 200, {"value": 39.99}),
    ("refund", 500, FAILED_REFUND),
    ("refund", 501, MANUAL_REFUND),
    ("inbound", 200, {}),
    ("authorization_token", 200, {}),
    ("authorization_redirect", 200, {}),
    ("authorization_redirect", 302, {}),
    ("credentials", 200, {}),
]


@pytest.mark.parametrize(("operation", "status", "changes"), SILENT)
def test_a_right_answer_has_no_problems(operation, status, changes, judged):
    """What the protocol allows is not reported."""
    assert judged(operation, status, changes) == ()


# operation, HTTP status, what is changed in the good answer, the rules broken: all of them, and no other.
FIRING = [
    # HTTP statuses
    ("settle", 501, {**FAILED_SETTLE, "code": "x"}, "status"),
    ("settle", 404, FAILED_SETTLE, "status"),
    ("authorize", 201, ERROR_BODY, "status"),
    ("manifest", 500, {}, "status"),
    ("authorization_redirect", 307, {}, "status"),
    # ids that are repeated
    ("authorize", 200, {"paymentId": "other"}, "echo"),
    ("authorize", 200, {"paymentId": None}, "echo"),
    ("authorize", 200, {"paymentId": ABSENT}, "echo"),
    ("settle", 200, {"paymentId": "other"}, "echo"),
    ("settle", 200, {"requestId": "other"}, "echo"),
    ("settle", 200, {"requestId": ABSENT}, "echo"),
    ("settle", 500, {**FAILED_SETTLE, "requestId": "other"}, "echo"),
    ("cancel", 200, {"requestId": None}, "echo"),
    ("refund", 200, {"paymentId": ABSENT, "requestId": ABSENT}, "echo echo"),
    ("refund", 500, {**FAILED_REFUND, "paymentId": None}, "echo-of-failure"),
    ("refund", 500, {**FAILED_REFUND, "requestId": ABSENT}, "echo-of-failure"),
    ("inbound", 200, {"requestId": "other"}, "echo"),
    ("authorization_token", 200, {"applicationId": "other"}, "echo"),
    ("credentials", 200, {"applicationId": None}, "echo"),
    # ids that are minted
    ("settle", 200, {"settleId": None, "value": 0}, "done-id"),
    ("settle", 200, {"settleId": ABSENT, "value": 0}, "required done-id"),
    ("cancel", 200, {"cancellationId": None}, "done-id"),
    ("refund", 200, {"refundId": None, "value": 0}, "done-id"),
    ("authorization_token", 200, {"token": ""}, "done-id"),
    ("credentials", 200, {"appKey": ABSENT}, "done-id"),
    ("settle", 500, {"code": "E1", "value": 0}, "id-of-failure"),
    ("cancel", 501, {"code": "cancel-manually"}, "id-of-failure"),
    ("settle", 200, {"settleId": "null", "value": 0}, "literal-id done-id"),
    ("cancel", 200, {"cancellationId": "undefined"}, "literal-id done-id"),
    ("refund", 200, {"refundId": "", "value": 0}, "literal-id done-id"),
    ("refund", 500, {**FAILED_REFUND, "refundId": "None"}, "literal-id"),
    ("authorize", 200, {"tid": "null"}, "literal-id"),
    ("authorize", 200, {"nsu": "", "authorizationId": "undefined"}, "literal-id literal-id"),
    ("cancel", 501, {"cancellationId": None, "code": "other"}, "manual-code"),
    ("refund", 501, {**MANUAL_REFUND, "code": "cancel-manually"}, "manual-code"),
    # amounts
    ("settle", 200, {"value": 40.01}, "value-above"),
    ("refund", 200, {"value": 57}, "value-above"),
    ("settle", 200, {"value": -1}, "value-negative"),
    ("refund", 500, {**FAILED_REFUND, "value": -40}, "value-negative"),
    ("settle", 200, {"value": 0}, "value-zero"),
    ("settle", 500, {**FAILED_SETTLE, "value": 40}, "value-of-failure"),
    ("refund", 200, {"refundId": None}, "done-id value-of-failure"),
    ("settle", 200, {"value": 0.001}, "value-exact"),
    ("settle", 200, {"value": 1e300}, "value-exact"),
    ("authorize", 200, {"maxValue": 16.666}, "value-exact"),
    ("authorize", 200, {"maxValue": -1}, "value-negative"),
    # presence
    ("settle", 200, {"value": ABSENT}, "required"),
    ("settle", 200, {"value": None}, "required"),
    ("refund", 200, {"value": ABSENT}, "required"),
    ("settle", 200, {"code": ABSENT}, "required"),
    ("settle", 200, {"message": ABSENT}, "required"),
    ("settle", 200, {"message": None}, "null"),
    ("cancel", 200, {"message": None}, "null"),
    ("refund", 200, {"message": None}, "null"),
    ("settle", 500, {**FAILED_SETTLE, "code": None}, "null"),
    ("cancel", 500, {**FAILED_CANCEL, "code": ABSENT}, "required"),
    ("cancel", 500, {**FAILED_CANCEL, "cancellationId": ABSENT}, "required"),
    ("refund", 500, {**FAILED_REFUND, "message": None, "value": None}, "required null"),
    ("authorize", 400, {**ERROR_BODY, "code": ABSENT}, "required"),
    ("authorize", 500, {**ERROR_BODY, "message": None}, "null"),
    ("authorize", 500, {**ERROR_BODY, "status": ABSENT}, "required"),
    ("authorize", 200, {"nsu": ABSENT, "acquirer": ABSENT}, "expected expected"),
    ("authorize", 200, {**DENIED, "tid": None}, "null"),
    ("authorize", 200, {**DENIED, "tid": ABSENT}, "expected"),
    ("authorize", 200, {"delayToCancel": ABSENT}, "expected"),
    ("authorize", 200, {"delayToAutoSettle": None}, "expected"),
    ("authorize", 200, {"delayToAutoSettleAfterAntifraud": ABSENT}, "expected"),
    # a creation
    ("authorize", 200, {"status": ABSENT}, "required"),
    ("authorize", 200, {"status": "Approved"}, "status-word"),
    ("authorize", 200, {"status": "error"}, "status-word"),
    ("authorize", 200, {"status": "authorized"}, "status-authorized"),
    ("authorize", 500, {**ERROR_BODY, "status": "denied"}, "status-of-failure"),
    ("authorize", 500, {**ERROR_BODY, "status": "approved", "authorizationId": None}, "status-of-failure"),
    ("authorize", 200, {"authorizationId": None}, "authorization-id"),
    ("authorize", 200, {"authorizationId": ABSENT}, "authorization-id"),
    ("authorize", 200, {"tid": None}, "null tid"),
    ("authorize", 200, {"redirectUrl": "https://pay.example.com"}, "deprecated-url"),
    ("authorize", 200, {"bankIssueInvoiceId": "https://pay.example.com"}, "deprecated-url"),
    ("authorize", 200, {"bankIssueInvoiceUrl": "https://pay.example.com"}, "deprecated-url"),
    ("authorize", 200, {"delayToCancel": 300}, "delay-short"),
    ("authorize", 200, {"delayToCancel": 599}, "delay-short"),
    ("authorize", 200, {"delayToCancel": 299}, "delay-too-short"),
    ("authorize", 200, {"delayToCancel": 0}, "delay-too-short"),
    ("authorize", 200, {"delayToCancel": 2592001}, "delay-long"),
    ("authorize", 200, {"delayToAutoSettle": 604801}, "delay-long"),
    ("authorize", 200, {"delayToAutoSettle": -1}, "delay-whole"),
    ("authorize", 200, {"delayToAutoSettleAfterAntifraud": 0.5}, "delay-whole"),
    ("authorize", 200, {"delayToCancel": 1e300}, "delay-whole"),
    ("authorize", 200, {"connectorMetadata": [{"name": "n", "value": "v"}] * 4}, "metadata"),
    ("authorize", 200, {"connectorMetadata": [{"name": "n" * 21, "value": "v"}]}, "metadata"),
    ("settle", 200, {"connectorMetadata": [{"name": "n", "value": "v" * 201}]}, "metadata"),
    # a manifest
    ("manifest", 200, {"paymentMethods": ABSENT}, "required"),
    ("manifest", 200, {"paymentMethods": None}, "required"),
    ("manifest", 200, {"paymentMethods": []}, "methods"),
    ("manifest", 200, {"paymentMethods": [{"name": "My card", "allowsSplit": "disabled"}]}, "method-name"),
    ("manifest", 200, {"paymentMethods": [{"allowsSplit": "disabled"}]}, "method-name"),
    ("manifest", 200, {"paymentMethods": [{"name": "Visa", "allowsSplit": "never"}]}, "split-word"),
    ("manifest", 200, {"paymentMethods": [{"name": "Visa"}]}, "split-word"),
    ("manifest", 200, {"customFields": [{"name": "Flow", "type": "number"}]}, "field-type"),
    ("manifest", 200, {"autoSettleDelay": {"minimum": "720", "maximum": "0"}}, "hours"),
    ("manifest", 200, {"autoSettleDelay": {"minimum": 0, "maximum": 720}}, "hours"),
    ("manifest", 200, {"autoSettleDelay": {"minimum": "0", "maximum": "1.5"}}, "hours"),
    ("manifest", 200, {"autoSettleDelay": {"minimum": "0"}}, "hours"),
    ("manifest", 200, {"metadataFields": ["a", "b", "c", "d"]}, "metadata"),
    ("manifest", 200, {"metadataFields": ["n" * 21]}, "metadata"),
    # an inbound message
    ("inbound", 200, {"responseData": None}, "done-id"),
    ("inbound", 200, {"responseData": {"contentType": "a/b", "content": ""}}, "http-status"),
    ("inbound", 200, {"responseData": {"statusCode": 99, "contentType": "a/b", "content": ""}}, "http-status"),
    ("inbound", 200, {"responseData": {"statusCode": 200.5, "contentType": "a", "content": ""}}, "http-status"),
    ("inbound", 200, {"responseData": {"statusCode": 200, "content": "x"}}, "required"),
    ("inbound", 200, {"responseData": {"statusCode": 200, "contentType": "a/b", "content": None}}, "required"),
]


@pytest.mark.parametrize(("operation", "status", "changes", "broken"), FIRING)
def test_a_wrong_answer_breaks_exactly_these_rules(operation, status, changes, broken, judged):
    """Each breach is found, once, and nothing else is made of it."""
    assert [problem.name for problem in judged(operation, status, changes)] == broken.split()


def test_every_rule_has_a_breach_in_the_table():
    """A rule that nothing breaks here would be a rule that nobody proved; the body is judged by the client."""
    broken = {name for *_, names in FIRING for name in names.split()} | {"delay-pix"}
    assert {rule.name for rule in RULES} - broken == {"body"}


@pytest.mark.parametrize(
    ("seconds", "broken"), [(899, "delay-pix"), (300, "delay-pix"), (3601, "delay-pix"), (900, ""), (3600, "")]
)
def test_pix_has_bounds_of_its_own(seconds, broken, judged):
    """The delay of a Pix payment lies from 900 to 3600 seconds (C6)."""
    found = judged("authorize", 200, {"delayToCancel": seconds}, {"payment_method": "Pix"})
    assert [problem.name for problem in found] == broken.split()


@pytest.mark.parametrize(
    ("value", "decimals", "broken"), [(39.5, 0, "value-exact"), (39.125, 3, ""), (39.125, 2, "value-exact")]
)
def test_an_amount_fits_its_currency(value, decimals, broken, judged):
    """The currency says how many decimals an amount may have."""
    found = judged("settle", 200, {"value": value}, decimals=decimals)
    assert [problem.name for problem in found] == broken.split()


def test_a_smaller_value_is_no_problem_and_a_larger_one_is(judged):
    """A connector may settle less than asked, never more (S14, S15)."""
    assert judged("settle", 200, {"value": 39.99}) == ()
    (problem,) = judged("settle", 200, {"value": 40.01})
    assert problem.severity is Severity.ERROR
    assert (problem.field, problem.expected, problem.actual) == ("value", "at most 40.00", "40.01")
    assert "S15" in problem.rule


def test_a_problem_names_the_field_as_the_wire_does(judged):
    """The author of a connector sees the field as it is spelt in JSON."""
    (problem,) = judged("settle", 200, {"settleId": None, "value": 0})
    assert (problem.field, problem.expected, problem.actual) == ("settleId", "an id", "null")


def test_an_unreadable_answer_is_judged_by_its_status_alone(asked):
    """Without a message only the HTTP status can be wrong."""
    assert check(asked("settle"), 500, None) == ()
    assert [problem.name for problem in check(asked("settle"), 404, None)] == ["status"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        ("", "empty text"),
        ("x" * 81, "x" * 77 + "..."),
        ("x" * 80, "x" * 80),
        (40, "40"),
        (Setting(name="a", value="b"), "Setting(name='a', value='b')"),
    ],
)
def test_values_are_shown_shortly(value, text):
    """A hostile peer cannot flood a report."""
    assert shown(value) == text


def test_rules_are_named_once_and_say_where_they_come_from():
    """Names are unique; every text ends with its source or the number of what it settles."""
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert [
        rule.name
        for rule in RULES
        if not rule.text.endswith(("documented)", "inferred)", "recommended)", "(S39)", "(C15)"))
    ] == []
    listed = {value for value in vars(problems).values() if isinstance(value, problems.Rule)}
    assert listed == set(RULES)


def test_a_breach_carries_its_rule():
    """A problem repeats what a report needs of its rule."""
    problem = breach(problems.TID, "tid", "an id", None)
    assert (problem.name, problem.severity, problem.rule) == ("tid", Severity.ERROR, problems.TID.text)
    assert str(problem) == f"tid is null, expected an id: {problems.TID.text}"
