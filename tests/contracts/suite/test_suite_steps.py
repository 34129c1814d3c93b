"""Single steps, played by rules that are written for it, where the real rules never go."""

import re
from decimal import Decimal

import pytest

from connector_ppp import TransportError
from connector_ppp.reference import callbacks
from connector_ppp.reference.app import create_app
from connector_ppp.transports import WSGITransport
from contracts.reports.text import finding_text
from contracts.suite import load
from contracts.suite.answers import amount_of, is_filled
from contracts.suite.load import RuleError, read_rules
from contracts.suite.orders import order

HEAD = """
- id: settle/written-for-a-test
  title: A rule that is written for a test
  requirement: A rule that is written for a test of a step.
  kind: must
  sources: [{tag: recommended, text: S14}]
"""


@pytest.fixture
def played(judge):
    """Play a rule of these steps; what became of it."""

    def play(steps, given="", app=None, **settings):
        text = HEAD + (f"  given:\n{given}" if given else "") + f"  steps:\n{steps}"
        return judge(app, rules=read_rules("settle", text), **settings)["settle/written-for-a-test"]

    return play


CREATE = "    - {do: authorize, value: 100.00}\n"
SETTLE = "    - {do: settle, value: all}\n"
REFUND = "    - {do: refund, value: 100.00}\n"


class Half(WSGITransport):
    """A connector that settles the half of 100.00."""

    def send(self, method, url, headers, body, timeout_seconds):
        """Ask for less."""
        less = body.replace(b'"value":100.00', b'"value":50.00') if url.endswith("settlements") else body
        return super().send(method, url, headers, less, timeout_seconds)


def test_less_than_asked_is_no_ground_to_stand_on(played):
    """A rule that needs all of what was captured is blocked, and nobody is accused (S14)."""
    case = played(REFUND, CREATE + SETTLE, transport=Half(create_app()))
    assert (case.outcome, case.reason) == (
        "blocked",
        "given 2, settle all: 50.00 of 100.00 were done, and the steps after it need all",
    )


def test_what_is_given_and_does_not_work_blocks(played):
    """The reason says which step."""
    case = played(SETTLE, "    - {do: authorize, value: 100.00, card: denied}\n")
    assert (case.outcome, case.reason) == (
        "blocked",
        "given 1, authorize 100.00: expected approved, got denied (HTTP 200, denied)",
    )


def test_what_is_given_and_left_to_people_is_not_supported(played):
    """501 in a step before is the connector's right."""
    case = played(REFUND, CREATE + SETTLE + REFUND, app=create_app(defects=["no-refunds"]))
    assert case.outcome == "not supported"


def test_a_refund_without_a_settle_id_is_blocked(played):
    """By its name, and as the rest."""
    app = create_app(defects=["null-settle-id-on-success"])
    named = "    - {do: refund, value: 100.00, of: captured}\n"
    for step in (REFUND, named, "    - {do: refund-rest}\n"):
        case = played(step, CREATE + "    - {do: settle, value: all, name: captured}\n", app=app)
        assert (case.outcome, "settleId" in case.reason) == ("blocked", True)


def test_the_rest_of_nothing_is_nothing(played):
    """No request is sent where nothing is open or captured."""
    case = played("    - {do: settle-rest}\n    - {do: refund-rest, payment: other}\n", CREATE + SETTLE)
    assert (case.outcome, len(case.exchanges)) == ("pass", 2)


def test_a_connector_that_captures_a_cent_at_a_time_is_given_up(played, twisted):
    """After six settles nobody asks on."""

    def cent(call):
        return call.ask(call.body | {"value": 0.01}) if call.operation == "settle" else call.ask()

    case = played("    - {do: settle-rest}\n", CREATE, app=twisted(cent))
    assert (case.outcome, len(case.exchanges)) == ("pass", 7)


def test_the_unit_of_a_cancel_needs_a_payment(played):
    """Without an approval there is nothing to cancel a part of."""
    app = create_app(defects=[])
    case = played("    - {do: cancel-part}\n", app=app, payment_method="Pix", callback_seconds=0.0)
    assert case.reason == (
        "cancel 40.00 of 100.00: expected 60.00 can be settled, and not a cent more, "
        "got the payment itself is undefined (HTTP 200, undefined)"
    )


def test_a_part_that_voids_more_than_it_says_is_a_fault(played, twisted):
    """Neither 40.00 nor all of it: 60.00 cannot be settled, 20.00 can."""

    def half_again(call):
        return (
            call.ask(call.body | {"value": call.body["value"] * 1.5}) if call.operation == "cancel" else call.ask()
        )

    case = played("    - {do: cancel-part}\n", app=twisted(half_again))
    assert (case.outcome, case.differences[0].actual) == ("fail", "20.00 can be settled, 60.00 cannot")


# --- waiting ------------------------------------------------------------------------------------------------


def test_a_payment_is_waited_for_by_repeated_creates_too(played, monkeypatch):
    """No callback arrives, and the create says approved all the same (known issue 775235)."""
    monkeypatch.setattr(callbacks, "_post", lambda *_: (None, "lost"))
    app = create_app(callback_delay_seconds=0.01)
    case = played("    - {do: authorize, value: 100.00, card: async-approved}\n", app=app, callback_seconds=0.3)
    assert (case.outcome, case.callbacks) == ("pass", ())
    assert [exchange.operation for exchange in case.exchanges] == ["authorize", "authorize"]


def test_a_callback_without_a_body_leads_to_a_create(played, monkeypatch):
    """The status stands there (C16)."""
    send = callbacks._post
    monkeypatch.setattr(callbacks, "_post", lambda url, _, headers: send(url, b"", headers))
    pending = (
        "    - {do: authorize, value: 100.00, card: async-approved, final: false, expect: {words: [undefined]}}\n"
    )
    case = played("    - {do: await-callback}\n", pending)
    assert (case.outcome, len(case.exchanges), len(case.callbacks)) == ("pass", 2, 1)


def test_a_callback_that_never_comes_is_told(played):
    """After the time that there is."""
    pending = (
        "    - {do: authorize, value: 100.00, card: async-approved, final: false, expect: {words: [undefined]}}\n"
    )
    case = played(
        "    - {do: await-callback}\n", pending, app=create_app(callbacks="manual"), callback_seconds=0.05
    )
    assert case.differences[0].actual == "unanswered: no callback within 0.05 s"


def test_a_callback_of_a_payment_that_was_never_created_never_comes(played):
    """Nobody knows its address."""
    case = played("    - {do: await-callback, payment: other}\n", callback_seconds=0.0)
    assert case.outcome == "fail"


# --- requests -----------------------------------------------------------------------------------------------


def test_a_card_without_a_number_is_sent_as_nulls():
    """By which VTEX's example connector knows a redirect."""
    asked = order(
        "P1",
        "T1",
        Decimal("100.01"),
        method="Visa",
        card_number=None,
        takes_card=True,
        currency="BRL",
        callback_url="http://127.0.0.1:9/",
        items=3,
    )
    assert (asked.card.number, asked.card.expiration.month) == (None, None)
    assert [item.price for item in asked.mini_cart.items] == [Decimal("33.35"), Decimal("33.33"), Decimal("33.33")]


def test_a_lost_request_has_no_answer_to_judge(played):
    """What the suite itself lost is nobody's fault; its text says so."""
    case = played("    - {do: settle, value: all, lost: reply}\n", CREATE)
    assert case.outcome == "pass"
    assert "no answer: the suite threw the answer away" in finding_text(case)


def test_a_connection_that_breaks_is_told(played):
    """The request was sent, and no answer came."""

    class Breaking(WSGITransport):
        def send(self, method, url, *rest):
            if url.endswith("/settlements"):
                raise TransportError("the connection broke before an answer", sent=None)
            return super().send(method, url, *rest)

    case = played(SETTLE, CREATE, transport=Breaking(create_app()))
    assert case.differences[0].actual == "unanswered: the connection broke before an answer"


@pytest.mark.parametrize("value", [None, True, 1.5, "much", "NaN", "Infinity", [], {}])
def test_what_is_no_amount_has_none(value):
    """Neither a flag nor a text that is no number."""
    assert amount_of(value) is None


@pytest.mark.parametrize(
    ("value", "filled"), [("A", True), (0, True), (None, False), ("", False), ("null", False)]
)
def test_a_field_says_something_or_nothing(value, filled):
    """The printed word of nothing says nothing."""
    assert is_filled(value) is filled


# --- the files ----------------------------------------------------------------------------------------------


def test_what_only_the_types_refuse_is_told_too():
    """A whole number with a fraction of zero passes for an integer in JSON Schema."""
    with pytest.raises(RuleError, match=r"settle.yaml: Expected `int`"):
        read_rules("settle", HEAD + "  steps:\n    - {do: settle, value: 1.00, expect: {statuses: [200.0]}}\n")


def test_an_id_stands_once(monkeypatch):
    """Ids are permanent, and unique over all files."""
    monkeypatch.setattr(load, "FAMILIES", ("settle", "settle"))
    with pytest.raises(RuleError, match="ids are permanent and unique; twice: settle/full"):
        load.all_rules.__wrapped__()


def test_steps_of_one_second_have_request_ids_of_vtex_own_shape(played):
    """`<second>-<cents>`, the same second in both, and the suffix behind it (S8)."""
    second = "    - {do: settle, value: 40.50, second: noon, suffix: xha7m}\n"
    case = played(CREATE + "    - {do: settle, value: 4.00, second: noon}\n" + second)
    one, other = (each.request_id for each in case.exchanges[1:])
    assert re.fullmatch(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d-400", one)
    assert other == f"{one.removesuffix('-400')}-4050-xha7m"
