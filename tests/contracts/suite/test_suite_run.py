"""The run: what it tells in which order, over HTTP within seconds, and how it ends when nothing can be judged."""

import pytest

from connector_ppp import CallerError, TransportError
from connector_ppp.reference.app import create_app
from connector_ppp.transports import WSGITransport
from contracts.suite import play as playing
from contracts.suite.events import CaseFinished, CaseStarted, RunFinished, RunStarted
from contracts.suite.load import all_rules, chosen_rules
from contracts.suite.methods import choose, family_of, pick
from contracts.suite.run import rerun, run
from contracts.suite.target import Target


class Gone:
    """A transport to nobody."""

    def send(self, *_arguments):
        """Fail."""
        raise TransportError("no connection", sent=False)


class Leaving:
    """A transport to somebody who leaves after the manifest."""

    def __init__(self, transport):
        self.transport, self.calls = transport, 0

    def send(self, *arguments):
        """Answer once."""
        self.calls += 1
        if self.calls > 1:
            raise TransportError("no connection", sent=False)
        return self.transport.send(*arguments)


def target(transport, **settings):
    """A target of this transport."""
    return Target(url="http://connector.test", new_id=lambda: "ID", transport=transport, **settings)


def test_the_whole_suite_over_http_takes_less_than_ten_seconds(judge_over_http):
    """Against the correct connector, every rule that needs no credentials passes."""
    judgement = judge_over_http()
    others = {rule_id: outcome for rule_id, outcome in judgement.outcomes.items() if outcome != "pass"}
    assert others == {"resilience/strangers": "not applicable"}
    assert judgement.finished.seconds < 10


def test_events_come_in_order():
    """Started, each rule started and finished, finished."""
    rules = chosen_rules(("settle/repeat", "audit/moved-once"))
    app = create_app()
    ids = iter(range(1000))
    aim = Target(url="http://c.test", new_id=lambda: f"{next(ids)}", transport=WSGITransport(app))
    events = list(run(aim, rules))
    told = [(type(event), getattr(getattr(event, "rule", None), "id", None)) for event in events]
    assert told == [
        (RunStarted, None),
        (CaseStarted, "settle/repeat"),
        (CaseFinished, "settle/repeat"),
        (CaseFinished, "audit/moved-once"),
        (RunFinished, None),
    ]


def test_a_rule_that_only_proves_is_played_but_not_told(judge):
    """It was not asked for, and still says that Partial works."""
    judgement = judge(only=("settle/repeat",))
    assert judgement.outcomes == {"settle/repeat": "pass"}
    assert judge(create_app(defects=["partial-settle-unsupported"]), ("settle/repeat",)).outcomes == {
        "settle/repeat": "not supported"
    }


def test_an_audit_alone_is_asked_about_all_rules(judge):
    """The command that plays a finding's rule again finds it again; what was not asked for is not told."""
    app = create_app(defects=["constant-settle-id"])
    assert judge(app, ("audit/settle-ids-are-unique",)).outcomes == {"audit/settle-ids-are-unique": "fail"}


def test_nobody_there_is_could_not_judge():
    """Nothing was played, and the reason is told."""
    end = list(run(target(Gone()), all_rules()))[-1]
    assert (end.exit_code, end.cases) == (2, ())
    assert end.problem == "nobody answers at http://connector.test/manifest: no connection"


def test_a_connector_that_leaves_is_could_not_judge():
    """No rule blames it for what it was never asked."""
    end = list(run(target(Leaving(WSGITransport(create_app())), workers=1), chosen_rules(("settle/full",))))[-1]
    assert [case.outcome.value for case in end.cases] == ["could not judge"]
    assert end.exit_code == 2


def test_a_fault_of_the_suite_blames_nobody(judge, monkeypatch):
    """It could not judge, and says where it failed."""

    def broken(*_arguments):
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr(playing, "play_step", broken)
    case = judge(only=("settle/full",))["settle/full"]
    assert case.outcome == "could not judge"
    assert case.reason.startswith("the suite failed: RuntimeError('a bug of ours') (")


def test_a_finding_shows_all_that_was_sent(judge):
    """In order, with the answer of each."""
    case = judge(create_app(defects=["double-settle-on-repeat"]), ("settle/repeat",))["settle/repeat"]
    assert [exchange.operation for exchange in case.exchanges][:4] == ["authorize", "settle", "settle", "settle"]
    assert case.exchanges[1].request_body == case.exchanges[2].request_body
    assert case.rerun == "ppp-contracts check connector http://connector.test --only settle/repeat"


def test_how_to_run_it_again_keeps_what_matters():
    """The token is never told."""
    aim = target(Gone(), app_key="key of mine", app_token="secret", payment_method="Pix")
    assert rerun(aim, chosen_rules(("settle/full",))[0]) == (
        "ppp-contracts check connector http://connector.test --only settle/full "
        "--app-key 'key of mine' --app-token TOKEN --payment-method Pix"
    )


def test_a_wrong_address_is_the_callers_fault():
    """Nothing is played."""
    with pytest.raises(CallerError):
        list(run(Target(url="ftp://connector.test", new_id=lambda: "ID"), all_rules()))


@pytest.mark.parametrize("currency", ["CLP", "JPY", "KWD"])
def test_a_currency_without_two_decimals_is_the_callers_fault(judge, currency):
    """33.33 is no amount of yen; rules of their own look at such currencies."""
    with pytest.raises(CallerError, match=f"two decimals, {currency} has not"):
        judge(currency=currency)


def test_every_request_says_that_a_suite_sends_it(judge):
    """As VTEX's own does."""
    case = judge(only=("official/authorize",))["official/authorize"]
    assert {exchange.request_headers["X-VTEX-API-Is-TestSuite"] for exchange in case.exchanges} == {"true"}


def test_the_chosen_method_pays(judge):
    """Or the first card of the manifest."""
    chosen = judge(only=("settle/full",), payment_method="BankInvoice")["settle/full"]
    first = judge(only=("settle/full",))["settle/full"]
    assert chosen.exchanges[0].request.payment_method == "BankInvoice"
    assert first.exchanges[0].request.payment_method == "Visa"
    assert chosen.outcome == first.outcome == "pass"


def test_methods_have_families():
    """Cards come first, because their test numbers are documented."""
    assert choose(["Pix", "Elo"]) == "Elo"
    assert choose(["Pix", "BankInvoice"]) == "Pix"
    assert choose(["Promissories"]) == "Promissories"
    assert choose([]) is None
    assert choose(["Visa"], "Pix") == "Pix"
    assert (family_of("Visa"), family_of("Promissories"), pick(["Visa"], "pix")) == ("card", "", None)
