"""How things are judged: expectations, outcomes, modes, exit codes; all of it pure."""

from decimal import Decimal

import pytest

from connector_ppp import Problem, Severity
from contracts.suite.amounts import read_amount
from contracts.suite.answers import Answer
from contracts.suite.events import CaseFinished, exit_code
from contracts.suite.expectations import Difference, Seen, differences
from contracts.suite.load import all_rules
from contracts.suite.modes import mode_verdicts
from contracts.suite.outcomes import Facts, Outcome, decide
from contracts.suite.rule import Kind, Mode
from contracts.suite.vocabulary import Consequence, Expect, Likeness

FIRST = Answer("settle", "done", {"settleId": "S1", "value": 40.0, "code": None}, status=200, value=Decimal(40))
PROBLEM = Problem(Severity.ERROR, "value", "a number", "text", "amounts are numbers (documented)", "body")
LIKE = Likeness(step="first", fields=("settleId", "value"))


def told(expect, *answers, words=(), limit=0):
    """The differences as texts."""
    seen = Seen("step 1", answers, words, {"first": FIRST}, Decimal(limit))
    return [str(each) for each in differences(expect, seen)]


def settled(word="done", status=200, **changes):
    """An answer to a settle."""
    return FIRST._replace(word=word, status=status, **changes)


EXPECTED = [
    (Expect(words=("done",)), settled(), None),
    (Expect(words=("done",)), settled("refused", 500), "step 1: expected done, got refused (HTTP 500)"),
    (Expect(statuses=(500,)), settled(status=500), None),
    (Expect(statuses=(500, 501)), settled(), "step 1: expected HTTP 500 or 501, got done (HTTP 200)"),
    (Expect(checks=("echo",)), settled(problems=(PROBLEM,)), None),
    (
        Expect(checks=("body",)),
        settled(problems=(PROBLEM,)),
        "step 1, value: expected a number: amounts are numbers (documented), got text",
    ),
    (Expect(filled=("settleId",)), settled(), None),
    (Expect(filled=("code",)), settled(), "step 1, code: expected a value, got null"),
    (Expect(filled=("tid",)), settled(), "step 1, tid: expected a value, got absent"),
    (Expect(any_filled=("tid", "settleId")), settled(), None),
    (Expect(any_filled=("tid", "nsu")), settled(), "step 1, tid or nsu: expected a value, got none"),
    (Expect(empty=("code", "tid")), settled(), None),
    (Expect(empty=("settleId",)), settled(), "step 1, settleId: expected null, got S1"),
    (Expect(same=LIKE), settled(fields={"settleId": "S1", "value": 40}), None),
    (Expect(same=LIKE), settled(fields={"settleId": None}), None),
    (Expect(same=LIKE), settled("refused", fields={"settleId": "S2"}), None),
    (
        Expect(same=LIKE),
        settled(fields={"settleId": "S2", "value": 40}),
        "step 1, settleId: expected S1, as in step first, got S2",
    ),
    (
        Expect(same=LIKE),
        settled(fields={"settleId": "S1", "value": 30}),
        "step 1, value: expected 40.0, as in step first, got 30",
    ),
    (Expect(different=LIKE), settled(fields={"settleId": "S2", "value": 30}), None),
    (
        Expect(different=Likeness(step="first", fields=("settleId",))),
        settled(),
        "step 1, settleId: expected another one than in step first, got S1",
    ),
    (
        Expect(confirms_at_most=read_amount(40)),
        settled(),
        "step 1, value: expected at most 0.00 confirmed, got 40.00 confirmed",
    ),
    (Expect(within_seconds=5), settled(elapsed_ms=5000.0), None),
    (Expect(within_seconds=5), settled(elapsed_ms=5100.0), "step 1: expected an answer within 5 s, got 5.1 s"),
    (Expect(bytes_at_most=10), settled(length=10), None),
    (Expect(bytes_at_most=10), settled(length=11), "step 1, body: expected at most 10 bytes, got 11"),
    (Expect(equal=("a", "b")), settled(fields={"a": 1, "b": 1}), None),
    (Expect(equal=("a", "b")), settled(fields={"a": 1}), None),
    (
        Expect(equal=("a", "b")),
        settled(fields={"a": 1, "b": 2}),
        "step 1, a and b: expected one value, got 1 and 2",
    ),
    (Expect(when=Consequence(step="first", words=("approved",))), settled("approved"), None),
    (
        Expect(when=Consequence(step="first", words=("approved",))),
        settled("undefined"),
        "step 1: expected approved, for step first was done, got undefined (HTTP 200)",
    ),
]


@pytest.mark.parametrize(("expect", "answer", "difference"), EXPECTED)
def test_an_expectation_tells_what_is_not_so(expect, answer, difference):
    """Expected and actual in words, nothing when all is well."""
    assert told(expect, answer) == ([] if difference is None else [difference])


def test_every_difference_is_told():
    """None hides another."""
    expect = Expect(words=("refused",), filled=("tid",), empty=("settleId",))
    assert len(told(expect, settled())) == 3


def test_a_step_has_words_of_its_own():
    """Those of the expectation win."""
    assert told(Expect(), settled(), words=("refused",)) == ["step 1: expected refused, got done (HTTP 200)"]
    assert told(Expect(words=("done",)), settled(), words=("refused",)) == []


def test_what_several_answers_confirm_is_added():
    """40 and 40 are more than 60."""
    expect = Expect(confirms_at_most=read_amount("all"))
    assert told(expect, settled(), settled(), limit=80) == []
    assert told(expect, settled(), settled(), limit=60) == [
        "step 1, value: expected at most 60.00 confirmed, got 80.00 confirmed"
    ]


def test_several_answers_agree_on_an_id():
    """Those that have none do not count."""
    expect = Expect(single=("settleId",))
    refused = settled("refused", fields={"settleId": None})
    assert told(expect, settled(), settled(), refused) == []
    assert told(expect, settled(), settled(fields={"settleId": "S2"})) == [
        "step 1, settleId: expected one value in all answers, got S1, S2"
    ]


def test_a_long_value_is_cut():
    """Eighty characters are enough for a line."""
    (difference,) = told(Expect(empty=("settleId",)), settled(fields={"settleId": "x" * 200}))
    assert difference.endswith("x" * 77 + "...")


# --- outcomes -----------------------------------------------------------------------------------------------

FOUND = (Difference("step 1", "done", "refused"),)

DECIDED = [
    (Kind.MUST, Facts(), "pass"),
    (Kind.MUST, Facts(differences=FOUND), "fail"),
    (Kind.SHOULD, Facts(differences=FOUND), "advice"),
    (Kind.ADVICE, Facts(differences=FOUND), "advice"),
    (Kind.MUST, Facts(lacking="no refunds"), "not supported"),
    (Kind.MUST, Facts(inapplicable="no card"), "not applicable"),
    (Kind.MUST, Facts(blocked="not approved"), "blocked"),
    (Kind.MUST, Facts(unreached="no connection"), "could not judge"),
    (Kind.MUST, Facts(error="a bug"), "could not judge"),
    # What was seen counts, whatever came after it.
    (Kind.MUST, Facts(differences=FOUND, lacking="no refunds"), "fail"),
    (Kind.MUST, Facts(differences=FOUND, blocked="no id"), "fail"),
    (Kind.MUST, Facts(differences=FOUND, unreached="no connection"), "fail"),
    # A fault of the suite says nothing about anybody else.
    (Kind.MUST, Facts(differences=FOUND, error="a bug"), "could not judge"),
]


@pytest.mark.parametrize(("kind", "facts", "outcome"), DECIDED)
def test_facts_decide_the_outcome(kind, facts, outcome):
    """The first that applies wins."""
    assert decide(kind, facts)[0] == outcome


def test_a_strict_run_fails_what_should_be():
    """And leaves advice alone."""
    assert decide(Kind.SHOULD, Facts(differences=FOUND), strict=True)[0] is Outcome.FAIL
    assert decide(Kind.ADVICE, Facts(differences=FOUND), strict=True)[0] is Outcome.ADVICE


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        (("pass",), 0),
        (("pass", "advice", "not supported", "not applicable", "blocked"), 0),
        (("pass", "fail"), 1),
        (("fail", "could not judge"), 1),
        (("pass", "could not judge"), 2),
        (("not supported", "not applicable", "blocked"), 2),
        ((), 2),
    ],
)
def test_a_run_in_which_nothing_was_judged_is_not_green(outcomes, code):
    """0 clean, 1 findings, 2 could not judge."""
    rule = all_rules()[0]
    assert exit_code(tuple(CaseFinished(rule=rule, outcome=Outcome(each)) for each in outcomes)) == code


# --- modes --------------------------------------------------------------------------------------------------

BY_ID = {rule.id: rule for rule in all_rules()}
ALL_PASS = dict.fromkeys(BY_ID, Outcome.PASS)


def runs(**changes):
    """Total, Hold, Partial, when all rules pass but these; double underscores stand for the slash."""
    outcomes = ALL_PASS | {
        name.replace("__", "/").replace("_", "-"): Outcome(each) for name, each in changes.items()
    }
    verdicts = mode_verdicts((BY_ID[rule_id], outcome) for rule_id, outcome in outcomes.items())
    return tuple(verdict.runs.value for verdict in verdicts)


def test_a_connector_without_fault_runs_all_modes():
    """Total, Hold and Partial."""
    assert runs() == ("yes", "yes", "yes")


def test_a_lack_limits_the_modes_that_need_it():
    """As the modes work: Partial passes everything on, Hold captures once, Total captures at the first settle."""
    assert runs(settle__several_parts="not supported") == ("yes", "yes", "no")
    assert runs(settle__part="not supported") == ("with limits", "with limits", "no")
    assert runs(cancel__part="not supported") == ("yes", "yes", "with limits")
    assert runs(cancel__full="not supported") == ("with limits", "with limits", "with limits")
    assert runs(refund__full="not supported") == ("with limits", "with limits", "with limits")


def test_a_broken_rule_ends_the_modes_that_it_breaks():
    """Parts of cancels matter in Partial mode alone; advice ends none."""
    assert runs(cancel__repeat="fail") == ("yes", "yes", "no")
    assert runs(settle__repeat="fail") == ("no", "no", "no")
    assert runs(settle__zero="advice") == ("yes", "yes", "yes")


def test_what_was_not_proven_is_not_promised():
    """A blocked proof is none."""
    assert runs(settle__full="blocked") == ("not proven", "not proven", "not proven")
    assert mode_verdicts(())[0].runs == "not proven"


def test_a_mode_of_which_not_all_was_played_is_not_promised():
    """A fault counts however little was played; what was not played says nothing."""
    played = {name: Outcome.PASS for name in BY_ID if name not in {"cancel/repeat", "settle/zero"}}
    verdicts = mode_verdicts(((BY_ID[name], outcome) for name, outcome in played.items()), all_rules())
    assert [verdict.runs.value for verdict in verdicts] == ["yes", "yes", "not proven"]
    assert verdicts[2].reasons == ("not proven: 1 rule about it was not played",)
    assert mode_verdicts([(BY_ID["settle/part"], Outcome.FAIL)], all_rules())[2].runs == "no"


def test_reasons_name_three_rules_and_count_the_rest():
    """A verdict is a sentence, not a list."""
    broken = ("settle/full", "settle/repeat", "settle/lost-answer", "settle/echoes", "settle/negative")
    outcomes = ALL_PASS | dict.fromkeys(broken, Outcome.FAIL)
    total = mode_verdicts((BY_ID[rule_id], outcomes[rule_id]) for rule_id in broken)[0]
    assert total.mode is Mode.TOTAL
    assert total.reasons == ("broken: settle/full, settle/repeat, settle/lost-answer and 2 more rules",)
