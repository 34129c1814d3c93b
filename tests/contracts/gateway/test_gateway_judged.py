"""The sandbox under its judge: no finding, however it is set up, and nothing is judged that cannot be seen."""

from connector_ppp.transports import HTTPTransport
from contracts.suite.gateway.load import all_gateway_rules

CREDENTIALS = {"app_key": "vtexappkey-sandbox-LOCAL", "app_token": "sandbox"}
"""Of a fresh sandbox."""


def test_the_sandbox_holds_every_rule(judge_gateway):
    """With its control plane and a manual clock nothing is left out, and all three modes are there."""
    judgement = judge_gateway()
    assert {rule_id: told for rule_id, told in judgement.outcomes.items() if told != "pass"} == {}
    assert len(judgement.outcomes) == len(all_gateway_rules())
    assert judgement.modes == {"total": "yes", "hold": "yes", "partial": "yes"}
    assert judgement.finished.exit_code == 0


def test_a_real_clock_leaves_out_what_needs_another(make_sandbox, judge_gateway):
    """Everything else holds; what was left out says what it needs."""
    judgement = judge_gateway(make_sandbox(clock="real"))
    left_out = {rule_id for rule_id, told in judgement.outcomes.items() if told != "pass"}
    assert left_out == {rule.id for rule in all_gateway_rules() if "clock" in rule.needs}
    case = judgement["outages/settle-reply-lost"]
    assert (case.outcome.value, case.reason) == (
        "not applicable",
        "needs a clock that can be moved (POST /_mock/clock)",
    )
    assert judgement.finished.exit_code == 0


def test_affiliations_and_rules_set_it_up_too(make_sandbox, judge_gateway):
    """The gateway's own API, one account for all rules: what needs no control plane holds."""
    judgement = judge_gateway(make_sandbox(), setup="affiliations", **CREDENTIALS)
    left_out = {rule_id for rule_id, told in judgement.outcomes.items() if told != "pass"}
    absent = {"orders", "antifraud", "split", "clock", "other"}
    assert left_out == {rule.id for rule in all_gateway_rules() if absent & set(rule.needs)}
    assert judgement.modes == {"total": "yes", "hold": "yes", "partial": "yes"}
    assert judgement.finished.exit_code == 0


def test_a_control_plane_that_asks_for_a_token_gets_it(make_sandbox, judge_gateway):
    """Without the token there is none to be seen; the token is not shown."""
    app, only = make_sandbox(control_token="open"), ("orders/story-hold",)
    case = judge_gateway(app, only, control_token="open")["orders/story-hold"]
    assert case.outcome.value == "pass"
    assert "open" not in {text for call in case.exchanges for text in call.request_headers.values()}
    assert judge_gateway(app, only, setup="affiliations", **CREDENTIALS).outcomes == {
        "orders/story-hold": "not applicable"
    }


def test_what_somebody_has_set_up_is_taken(make_sandbox, judge_gateway, free_port):
    """One mode by hand, at an address that was agreed on: the others are not applicable."""
    app = make_sandbox(connector=f"http://127.0.0.1:{free_port}", mode="hold")
    judgement = judge_gateway(app, setup="by-hand", systems={"hold": 4}, listen_port=free_port, **CREDENTIALS)
    assert judgement["modes/hold-settles-in-two"].outcome.value == "pass"
    assert judgement["modes/partial-settles-in-two"].outcome.value == "not applicable"
    assert judgement.findings == {}
    assert judgement.modes == {"total": "not proven", "hold": "yes", "partial": "not proven"}


def test_a_second_account_opens_the_rules_about_others(make_sandbox, judge_gateway):
    """Its key and token are options where no control plane makes one."""
    app = make_sandbox()
    other = app.test_client().post("/_mock/accounts").json
    pair = (other["appKey"], other["appToken"])
    judgement = judge_gateway(app, ("access/*",), setup="affiliations", other=pair, **CREDENTIALS)
    assert judgement["access/transactions-of-others"].outcome.value == "pass"


def test_a_gateway_that_never_calls_is_no_wall_of_failures(make_sandbox, judge_gateway):
    """A payment of 1.00 does not arrive, so whatever needs one is not applicable, and says why."""
    app = make_sandbox(connector="http://127.0.0.1:9")
    judgement = judge_gateway(app, setup="by-hand", systems={"total": 2}, **CREDENTIALS)
    case = judgement["modes/total-settles-in-two"]
    assert case.outcome.value == "not applicable"
    assert "and a payment of 1.00 did not: its call never came" in case.reason
    assert judgement.findings == {}


def test_a_gateway_that_cannot_be_set_up_is_not_green(make_sandbox, judge_gateway):
    """Wrong credentials: nothing was judged, which is 2, with the request that was refused."""
    finished = judge_gateway(make_sandbox(), setup="affiliations", app_key="nobody", app_token="x").finished
    assert (finished.cases, finished.exit_code) == ((), 2)
    assert "POST http://127.0.0.1:5005/api/pvt/affiliations: Acesso não autorizado" in finished.problem


def test_where_nobody_answers_nothing_is_judged(judge_gateway):
    """A closed port."""
    transport = HTTPTransport()
    finished = judge_gateway(url="http://127.0.0.1:9", transport=transport).finished
    transport.close()
    assert finished.exit_code == 2
    assert finished.problem.startswith("nobody answers at http://127.0.0.1:9/: no connection")


def test_audits_alone_are_asked_about_all_rules(judge_gateway):
    """Otherwise there would be nothing to ask about; the others are played and not reported."""
    judgement = judge_gateway(only=("wire/amounts-*", "wire/captured-*"))
    assert judgement.outcomes == {"wire/captured-within-authorized": "pass", "wire/amounts-are-exact": "pass"}


def test_a_run_over_sockets_is_the_same(served_gateway, judge_gateway):
    """The gateway behind a real server: callbacks and all."""
    transport = HTTPTransport()
    only = ("modes/total-settles-in-two", "notices/approved", "legacy/*", "orders/story-partial")
    judgement = judge_gateway(url=served_gateway, transport=transport, only=only)
    transport.close()
    assert set(judgement.outcomes.values()) == {"pass"}
