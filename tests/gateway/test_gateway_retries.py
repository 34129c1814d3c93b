"""What happens by itself, on a clock that the test moves: retries, delays, expiries, callbacks.

Documented windows: authorizations 7 days or what `delayToCancel` says, the others a day. The hourly cadence of the
latter is recommended (S37). Every retry repeats the requestId, and a creation its paymentId.
"""

from datetime import datetime

import pytest

HOUR, DAY = 3600, 86_400
START = datetime.fromisoformat("2026-01-01T00:00:00+00:00")


def seconds(moment):
    """A moment of the clock as seconds since it began."""
    return round((datetime.fromisoformat(moment) - START).total_seconds())


def run(world, until):
    """Move the clock on; when which job ran, in seconds since the clock began."""
    answer = world.merchant.send("POST", "/_mock/clock", {"advance": until})
    assert answer.status_code == 200, answer.text
    return [(each["job"], seconds(each["due"])) for each in answer.json["ran"]]


def keys(world, operation):
    """The idempotency keys of the calls of an operation, in their order."""
    name = "paymentId" if operation == "authorize" else "requestId"
    return [heard.body[name] for heard in world.heard if heard.operation == operation]


def kinds(transaction, end):
    """The types of the actions of a view, with their amounts."""
    return [(each["type"], each["value"]) for each in transaction.show(end)["actions"]]


def hourly(until=24):
    """A send at each hour."""
    return [("send", hour * HOUR) for hour in range(1, until + 1)]


FAILURES = ["fails", "fails 502", "fails 404", "refuses", "garbles", "mistakes", "drops"]
"""500, another status, S16: a null id, no JSON, S17: somebody else's ids, no answer at all."""


# --- Settle, cancel, refund ------------------------------------------------------------------------------------


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize(
    ("before", "operation", "view"),
    [([], "settle", "/settlements"), ([], "cancel", "/cancellations"), (["settle"], "refund", "/refunds")],
)
def test_a_failure_is_tried_again_with_its_request_id(failure, before, operation, view, world):
    """The merchant's request is taken, the second try an hour later does it, once, and no third one follows."""
    transaction = world.given("A 100 partial")
    for each in before:
        transaction.ask(each, 10000)
    world.heard.clear()
    assert world.perform(transaction, f"{operation} 40 (A {failure})").status_code == 200
    assert kinds(transaction, view) == []
    assert run(world, HOUR - 1) == []
    assert run(world, 1) == [("send", HOUR)]
    assert run(world, 2 * DAY) == []
    assert len(keys(world, operation)) == 2
    assert len(set(keys(world, operation))) == 1
    assert [value for _, value in kinds(transaction, view)] == [4000]
    assert transaction.ledger()["balanced"]


def test_a_settle_that_fails_for_a_day_cancels_what_was_not_captured(world):
    """C10: retried at each hour of a day, then the rest is cancelled; money captured so far stays."""
    transaction = world.given("A 100 partial")
    transaction.ask("settle", 6000)
    world.connectors["A"].script = ["fails"] * 25
    transaction.ask("settle", 4000)
    assert run(world, 3 * DAY) == hourly()
    assert len(set(keys(world, "settle")[1:])) == 1
    assert [str(heard) for heard in world.heard[-1:]] == ["cancel A 40"]
    assert kinds(transaction, "/settlements") == [("upon-request", 6000)]
    ledger = transaction.ledger()
    assert ledger["requested"] == {"settled": 6000, "cancelled": 4000, "refunded": 0}
    assert [ledger["payments"][0][name] for name in ("captured", "voided")] == [6000, 4000]
    assert (transaction.show()["status"], ledger["balanced"]) == ("Finished", True)


def test_a_total_that_is_never_settled_ends_cancelled(world):
    """C10: nothing was captured, so the whole payment is cancelled."""
    transaction = world.given("A 100 total")
    world.connectors["A"].script = ["fails"] * 25
    assert transaction.ask("settle", 2000).json["statusDetail"] == "Settling"
    run(world, DAY)
    assert [str(heard) for heard in world.heard[-1:]] == ["cancel A 100"]
    assert transaction.show()["status"] == "Cancelled"


@pytest.mark.parametrize("failure", ["fails", "drops", "garbles"])
def test_a_refund_that_fails_for_a_day_is_left_to_a_person(failure, world):
    """C8: hourly to 24 hours, then `email-notification`; nothing counts as refunded, nothing is sent again."""
    transaction = world.given("A 100 partial")
    transaction.ask("settle", 10000)
    world.connectors["A"].always = failure
    world.heard.clear()
    transaction.ask("refund", 3000)
    assert run(world, 3 * DAY) == hourly()
    assert len(keys(world, "refund")) == 25
    assert len(set(keys(world, "refund"))) == 1
    assert kinds(transaction, "/refunds") == [("email-notification", 3000)]
    ledger = transaction.ledger()
    assert ledger["payments"][0]["refunded"] == 0
    assert any("a person has to refund 30.00" in line for line in ledger["differences"])
    assert transaction.show()["status"] == "Finished"


def test_a_cancel_that_fails_for_a_day_ends_cancelled_all_the_same(world):
    """C9: hourly for a day; whatever the connector says, the transaction ends cancelled, and a person is told."""
    transaction = world.given("A 100 total")
    world.connectors["A"].always = "fails"
    world.heard.clear()
    assert transaction.ask("cancel", 10000).json["statusDetail"] == "Cancelling"
    assert run(world, DAY - 1) == hourly(23)
    assert transaction.show()["status"] == "Cancelling"
    assert run(world, 2 * DAY) == [("send", DAY)]
    assert transaction.show()["status"] == "Cancelled"
    assert kinds(transaction, "/cancellations") == [("email-notification", 10000)]
    messages = [each["Message"] for each in transaction.show("/interactions")]
    assert any("gateway-manual-reversal-requested" in message for message in messages)


@pytest.mark.parametrize(("operation", "before"), [("cancel", []), ("refund", ["settle"])])
def test_a_manual_answer_ends_at_once(operation, before, world):
    """501 with `cancel-manually` or `refund-manually`: no retry, a person is told (documented)."""
    transaction = world.given("A 100 total")
    for each in before:
        transaction.ask(each, 10000)
    world.perform(transaction, f"{operation} 100 (A manually)")
    view = {"cancel": "/cancellations", "refund": "/refunds"}[operation]
    assert kinds(transaction, view) == [("email-notification", 10000)]
    assert run(world, 10 * DAY) in ([], [("auto-settle", 4 * DAY)])
    assert len(keys(world, operation)) == 1
    assert transaction.show()["status"] == {"cancel": "Cancelled", "refund": "Finished"}[operation]


def test_each_payment_is_tried_again_by_itself(world):
    """S22: one of two payments fails to settle in Total; the captured part stays, the failing one is retried."""
    transaction = world.given("A 40 total, B 60 total")
    world.perform(transaction, "settle 100 (B fails, B fails)")
    assert [each["captured"] for each in transaction.ledger()["payments"]] == [4000, 0]
    assert run(world, HOUR) == [("send", HOUR)]
    assert run(world, HOUR) == [("send", 2 * HOUR)]
    assert [str(heard) for heard in world.heard] == ["settle A 40", *["settle B 60"] * 3]
    assert transaction.show()["status"] == "Finished"


def test_a_payment_that_is_never_settled_leaves_the_others(world):
    """S22 and C10: what A captured stays, B is cancelled after its day; 40.00 are settled, 60.00 cancelled."""
    transaction = world.given("A 40 total, B 60 total")
    world.connectors["B"].script = ["fails"] * 25
    transaction.ask("settle", 10000)
    assert run(world, DAY) == hourly()
    ledger = transaction.ledger()
    assert ledger["requested"] == {"settled": 4000, "cancelled": 6000, "refunded": 0}
    assert [(each["captured"], each["voided"]) for each in ledger["payments"]] == [(4000, 0), (0, 6000)]
    assert (transaction.show()["status"], ledger["balanced"]) == ("Finished", True)


def test_a_part_of_a_total_may_still_be_asked_for_when_the_rest_was_cancelled(world):
    """C29: of 20 asked for, A's 40 cover it; after B's cancel 20 are left to ask for, and nobody is called."""
    transaction = world.given("A 40 total, B 60 total")
    world.connectors["B"].script = ["fails"] * 25
    transaction.ask("settle", 2000)
    run(world, DAY)
    world.heard.clear()
    assert transaction.ask("settle", 2001).status_code == 400
    assert transaction.ask("settle", 2000).json["statusDetail"] == "Finished"
    assert world.heard == []
    assert transaction.ledger()["requested"] == {"settled": 4000, "cancelled": 6000, "refunded": 0}


def test_an_automatic_settle_that_fails_for_a_day_cancels_the_payment(world):
    """C10 for a settle that nobody asked for."""
    transaction = world.given("A 100 total")
    world.connectors["A"].script = ["fails"] * 25
    run(world, 5 * DAY)
    assert [str(heard) for heard in world.heard[-2:]] == ["settle A 100", "cancel A 100"]
    assert transaction.show()["status"] == "Cancelled"
    assert transaction.ledger()["requested"] == {"settled": 0, "cancelled": 10000, "refunded": 0}


def test_a_part_that_no_connector_cancels_is_told(world):
    """C9 in Partial: the cancel of 40 fails for a day; 60 are settled, and the ledger tells of the 40."""
    transaction = world.given("A 100 partial")
    world.connectors["A"].script = ["fails"] * 25
    transaction.ask("cancel", 4000)
    run(world, DAY)
    assert kinds(transaction, "/cancellations") == [("email-notification", 4000)]
    assert transaction.ask("settle", 6000).json["statusDetail"] == "Finished"
    ledger = transaction.ledger()
    assert [ledger["payments"][0][name] for name in ("captured", "voided")] == [6000, 0]
    assert any("40.00" in line for line in ledger["differences"])


def test_the_work_was_done_but_the_answer_was_lost(world):
    """The retry repeats the requestId, so that the connector moves the money once."""
    transaction = world.given("A 100 partial")
    for line in ("settle 60 (A drops did)", "advance 3600", "refund 25 (A drops did)", "advance 3600"):
        world.perform(transaction, line)
    moved = [value for operation, value in world.connectors["A"].moved.values() if operation != "authorize"]
    assert moved == [60, 25]
    (payment,) = transaction.ledger()["payments"]
    assert (payment["captured"], payment["refunded"]) == (6000, 2500)
    assert [each["attempt"] for each in transaction.exchanges()] == [1, 1, 2, 1, 2]


# --- Authorizations --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("delay", "every", "tries"),
    [
        (300, 300, 1),
        (900, 300, 3),
        (3600, 300, 12),
        (7200, HOUR, 2),
        (10_800, HOUR, 3),
        (86_399, HOUR, 24),
        (86_400, 4 * HOUR, 6),
        (345_600, 4 * HOUR, 24),
        (2_592_000, 4 * HOUR, 180),
    ],
)
def test_an_undefined_payment_is_asked_for_until_it_expires(delay, every, tries, world):
    """5 minutes up to an hour, hourly below a day, then every 4 hours (known issue 1338614: 3 and 24 tries)."""
    transaction = world.open("A 100 total")
    world.connectors["A"].always = f"waits {delay}"
    assert transaction.authorize().json["statusDetail"] == "Authorizing"
    assert run(world, delay - 1) == [("send", number * every) for number in range(1, tries)]
    world.connectors["A"].script = [f"waits {delay}", "confirms"]
    assert run(world, 1) == [("send", delay)]
    assert {heard.operation for heard in world.heard[:-1]} == {"authorize"}
    assert len(set(keys(world, "authorize"))) == 1
    (payment,) = transaction.names
    cancel = world.heard[-1]
    assert (str(cancel), cancel.body["paymentId"], cancel.body["authorizationId"]) == (
        "cancel A 100",
        payment,
        None,
    )
    assert transaction.show()["status"] == "Cancelled"
    assert run(world, 10 * DAY) == []


def test_without_a_delay_an_undefined_payment_waits_a_week(world):
    """C14: 7 days, hourly."""
    transaction = world.open("A 100 total")
    world.connectors["A"].always = "waits"
    transaction.authorize()
    assert run(world, 7 * DAY - 1) == hourly(7 * 24 - 1)
    assert transaction.show()["status"] == "Authorizing"
    world.connectors["A"].script = ["waits", "confirms"]
    assert run(world, 1) == [("send", 7 * DAY)]
    assert transaction.show()["status"] == "Cancelled"


def test_pix_is_asked_for_every_five_minutes(world):
    """Documented: 300 to 3600 seconds, or Pix, whatever its delay."""
    world.merchant.put_connector("A", kind="ppp", url="http://a.test", paymentSystems=[125])
    transaction = world.merchant.start(10000)
    transaction.pay({"value": 10000, "paymentSystem": 125})
    world.connectors["A"].always = "waits 7200"
    transaction.authorize()
    assert run(world, 900) == [("send", 300), ("send", 600), ("send", 900)]


def test_a_delay_beyond_thirty_days_counts_as_thirty(world):
    """C6: clamped at 2 592 000 seconds, asked for every 4 hours until then."""
    transaction = world.open("A 100 total")
    world.connectors["A"].always = "waits 5000000"
    transaction.authorize()
    assert run(world, 30 * DAY - 1) == [("send", number * 4 * HOUR) for number in range(1, 180)]
    assert transaction.show()["status"] == "Authorizing"
    world.connectors["A"].script = ["waits 5000000", "confirms"]
    assert run(world, 1) == [("send", 30 * DAY)]
    assert transaction.show()["status"] == "Cancelled"


@pytest.mark.parametrize("answer", ["confirms", "denies"])
def test_a_later_answer_decides(answer, world):
    """The second try approves or denies; nothing is asked for any more."""
    transaction = world.open("A 100 total")
    world.perform(transaction, f"authorize (A waits 900, A {answer})")
    assert run(world, 300) == [("send", 300)]
    assert transaction.show()["status"] == {"confirms": "Approved", "denies": "Cancelled"}[answer]
    assert [each for each in run(world, 3 * DAY) if each[0] == "send"] == []


@pytest.mark.parametrize("failure", ["fails", "fails 400", "garbles", "drops", "mistakes"])
def test_a_creation_that_fails_is_tried_again(failure, world):
    """With the same paymentId, hourly; the connector that comes back approves it."""
    transaction = world.open("A 100 total")
    assert world.perform(transaction, f"authorize (A {failure})").json["statusDetail"] == "Authorizing"
    assert run(world, HOUR) == [("send", HOUR)]
    assert len(set(keys(world, "authorize"))) == 1
    assert transaction.show()["status"] == "Approved"


@pytest.mark.parametrize("failure", ["fails", "drops"])
def test_a_failure_does_not_lengthen_the_wait(failure, world):
    """C14: `delayToCancel` wins once it was told; a connector that then fails is given up at the same moment."""
    transaction = world.open("A 100 total")
    world.connectors["A"].always = failure
    world.perform(transaction, "authorize (A waits 900)")
    assert run(world, 899) == [("send", 300), ("send", 600)]
    world.connectors["A"].script = [failure, "confirms"]
    assert run(world, 1) == [("send", 900)]
    assert transaction.show()["status"] == "Cancelled"


def test_a_cancelled_payment_is_not_asked_for_again(world):
    """The merchant cancels a pending payment: no creation goes out any more (known issue 1417330: it is final)."""
    transaction = world.open("A 100 total")
    world.connectors["A"].script = ["waits 900"]
    transaction.authorize()
    assert transaction.ask("cancel", 10000).json["statusDetail"] == "Cancelled"
    assert [str(heard) for heard in world.heard] == ["authorize A 100", "cancel A 100"]
    run(world, 10 * DAY)
    assert [str(heard) for heard in world.heard] == ["authorize A 100", "cancel A 100"]
    assert transaction.show()["status"] == "Cancelled"


def test_a_denial_ends_what_is_pending(world):
    """One denied, the other undefined: the pending one is cancelled at its connector and never asked for again."""
    transaction = world.open("A 40 total, B 60 total")
    answer = world.perform(transaction, "authorize (A waits 3600, B denies)")
    assert [str(heard) for heard in world.heard] == ["authorize A 40", "authorize B 60", "cancel A 40"]
    assert answer.json["statusDetail"] == "Cancelled"
    world.heard.clear()
    assert [job for job, _ in run(world, 10 * DAY) if job == "send"] == []
    assert world.heard == []


def test_an_expiry_cancels_the_others(world):
    """One payment expires while it is undefined: the approved one is cancelled too."""
    transaction = world.open("A 40 total, B 60 total")
    world.perform(transaction, "authorize (A waits 300)")
    world.connectors["A"].script = ["waits 300"]
    run(world, 300)
    assert sorted(str(heard) for heard in world.heard[-2:]) == ["cancel A 40", "cancel B 60"]
    assert transaction.show()["status"] == "Cancelled"
    assert [each["status"] for each in transaction.show("/payments")] == ["Cancelled", "Cancelled"]


# --- The delays of the automatic settle ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("delays", "expected"),
    [
        ({}, 4 * DAY),
        ({"delayToAutoSettle": 7200}, 7200),
        ({"delayToAutoSettleAfterAntifraud": 1800}, 1800),
        ({"delayToAutoSettle": 7200, "delayToAutoSettleAfterAntifraud": 3600}, 3600),
        ({"delayToAutoSettle": 1800, "delayToAutoSettleAfterAntifraud": 3600}, 1800),
        ({"delayToAutoSettle": 604_800, "delayToAutoSettleAfterAntifraud": 604_800}, 604_800),
        ({"delayToAutoSettle": 0}, 0),
        ({"delayToAutoSettle": 1_209_600}, 604_800),
    ],
    ids=str,
)
def test_an_approved_payment_settles_by_itself(delays, expected, world):
    """C11 and C12: the shorter delay, four days without any; C7: a week at most."""
    world.connectors["A"].delays = delays
    transaction = world.given("A 100 total")
    if expected:
        assert run(world, expected - 1) == []
    assert run(world, 1 if expected else 0) == [("auto-settle", expected)]
    assert [str(heard) for heard in world.heard] == ["settle A 100"]
    assert kinds(transaction, "/settlements") == [("auto-settlement", 10000)]
    assert transaction.show("/settlements")["requests"] == []
    assert run(world, 30 * DAY) == []


def test_the_payment_tells_when_it_settles_by_itself(world):
    """`waitingForAutoSettle` is the moment of the approval plus the delay."""
    world.connectors["A"].delays = {"delayToAutoSettle": 7200}
    transaction = world.given("A 100 total")
    (payment,) = transaction.show("/payments")
    fields = {each["name"]: each["value"] for each in payment["fields"]}
    assert fields["waitingForAutoSettle"].startswith(("01/01/2026 02:00:00", "2026-01-01T02:00:00"))


def test_what_is_settled_already_does_not_settle_by_itself(world):
    """After a full settle, or a full cancel, the moment passes in silence."""
    settled, cancelled = world.given("A 100 total"), world.given("B 100 total")
    settled.ask("settle", 10000)
    cancelled.ask("cancel", 10000)
    world.heard.clear()
    run(world, 30 * DAY)
    assert world.heard == []


def test_a_failing_automatic_settle_is_tried_again(world):
    """With its requestId, hourly, as one that was asked for."""
    transaction = world.given("A 100 partial")
    world.connectors["A"].script = ["fails"]
    assert run(world, 4 * DAY + HOUR) == [("auto-settle", 4 * DAY), ("send", 4 * DAY + HOUR)]
    assert len(set(keys(world, "settle"))) == 1
    assert kinds(transaction, "/settlements") == [("auto-settlement", 10000)]


def test_a_legacy_connector_settles_when_its_settings_say(world):
    """`settlesAfter` seconds after the approval; without it only when it is asked."""
    world.merchant.put_connector("L", kind="legacy", paymentSystems=[2], settlesAfter=60)
    transaction = world.merchant.start(10000)
    transaction.pay({"value": 10000})
    transaction.authorize()
    assert run(world, 60) == [("auto-settle", 60)]
    assert transaction.ledger()["payments"][0]["captured"] == 10000
    world.merchant.put_connector("L", kind="legacy", paymentSystems=[2])
    other = world.merchant.start(10000)
    other.pay({"value": 10000})
    other.authorize()
    assert run(world, 30 * DAY) == []


# --- Callbacks -------------------------------------------------------------------------------------------------


@pytest.fixture(name="pending")
def pending_fixture(world):
    """Leads transactions to Authorizing; the transaction, and what brings it a callback."""

    def pending(given, script):
        transaction = world.open(given)
        world.perform(transaction, f"authorize ({script})")
        assert transaction.show()["status"] == "Authorizing"
        address = world.heard[-1].body["callbackUrl"].removeprefix("http://127.0.0.1:5005")

        payment = world.heard[-1].body["paymentId"]

        def call_back(body=None):
            body = body if body is None or "paymentId" in body else {"paymentId": payment} | body
            return world.app.test_client().post(address, **({} if body is None else {"json": body})).status_code

        return transaction, call_back

    return pending


def told(status, **more):
    """The body of a callback; the payment's own id comes with it unless another one is given."""
    return {"status": status, "tid": "tid-2", "authorizationId": "auth-2", "nsu": "nsu-2"} | more


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("approved", "Approved"),
        ("authorized", "Approved"),
        ("denied", "Cancelled"),
        ("undefined", "Authorizing"),
    ],
)
def test_a_callback_with_a_body_is_the_news(word, status, pending, world):
    """C15, C16: approved (or authorized) and denied decide, undefined leaves the payment pending."""
    transaction, call_back = pending("A 100 total", "A waits 3600")
    world.heard.clear()
    assert call_back(told(word)) == 200
    assert transaction.show()["status"] == status
    assert world.heard == []


@pytest.mark.parametrize(
    "body",
    [
        {"status": "nonsense"},
        {"status": None},
        {},
        {"status": "approved", "paymentId": "another payment's"},
    ],
    ids=["unknown word", "null", "nothing", "another payment"],
)
def test_a_callback_that_says_nothing_of_this_payment_is_refused(body, pending, world):
    """S17: 400, and the payment waits on."""
    transaction, call_back = pending("A 100 total", "A waits 3600")
    world.heard.clear()
    assert call_back(body) == 400
    assert transaction.show()["status"] == "Authorizing"
    assert world.heard == []


@pytest.mark.parametrize(
    "body",
    [
        {"status": "nonsense"},
        {"status": "Approved"},
        {"status": None},
        {"status": ""},
        {"status": "approved", "paymentId": "SOMEBODY"},
    ],
    ids=str,
)
def test_a_callback_that_says_nothing_or_of_another_payment_is_refused(body, pending, world):
    """400 (ours): a status that is no word of the protocol, or a payment that is not the one of the address."""
    transaction, call_back = pending("A 100 total", "A waits 3600")
    before, heard = transaction.show("/interactions"), len(world.heard)
    assert call_back(body) == 400
    assert transaction.show()["status"] == "Authorizing"
    assert (transaction.show("/interactions"), len(world.heard)) == (before, heard)


def test_the_values_of_a_callback_replace_the_original_ones(pending, world):
    """Documented: later calls carry the callback's tid, authorizationId and nsu."""
    transaction, call_back = pending("A 100 partial", "A waits 3600")
    call_back(told("approved"))
    transaction.ask("settle", 4000)
    sent = world.heard[-1].body
    assert (sent["tid"], sent["authorizationId"], sent["nsu"]) == ("tid-2", "auth-2", "nsu-2")


def test_a_denial_by_callback_cancels_the_other_payments(pending, world):
    """Documented: one denied payment cancels all."""
    transaction, call_back = pending("A 40 total, B 60 total", "B waits 3600")
    assert call_back(told("denied")) == 200
    assert str(world.heard[-1]) == "cancel A 40"
    assert transaction.show()["status"] == "Cancelled"


def test_a_callback_ends_the_retries(pending, world):
    """After the news, the creation is not repeated."""
    _, call_back = pending("A 100 total", "A waits 3600")
    call_back(told("approved"))
    world.heard.clear()
    assert [job for job, _ in run(world, DAY - 1)] == []
    assert world.heard == []


@pytest.mark.parametrize(
    ("delays", "expected"),
    [
        ({}, DAY),
        ({"delayToAutoSettle": 7200, "delayToAutoSettleAfterAntifraud": 3600}, 3600),
        ({"delayToAutoSettle": 1800}, 1800),
    ],
    ids=str,
)
def test_an_approval_by_callback_settles_by_itself(delays, expected, pending, world):
    """C11: the callback's delays, counted from the callback; 24 hours when it tells none."""
    transaction, call_back = pending("A 100 total", "A waits 3600")
    run(world, 100)
    call_back(told("approved", **delays))
    assert run(world, expected - 1) == []
    assert run(world, 1) == [("auto-settle", 100 + expected)]
    assert kinds(transaction, "/settlements") == [("auto-settlement", 10000)]


@pytest.mark.parametrize(
    ("script", "status"), [("confirms", "Approved"), ("denies", "Cancelled"), ("waits 3600", "Authorizing")]
)
def test_a_callback_without_a_body_asks_again(script, status, pending, world):
    """C16: the gateway repeats the creation with its paymentId at once, and reads the status there."""
    transaction, call_back = pending("A 100 total", "A waits 3600")
    world.connectors["A"].script = [script]
    assert call_back() == 200
    assert len(keys(world, "authorize")) == 2
    assert len(set(keys(world, "authorize"))) == 1
    assert transaction.show()["status"] == status


@pytest.mark.parametrize("word", ["denied", "approved", "undefined"])
@pytest.mark.parametrize("state", ["Approved", "Finished", "Cancelled"])
def test_a_late_callback_changes_nothing(word, state, pending, world):
    """S28: after a final status it is answered 200 and never reopens anything (known issues 740499, 1129281)."""
    transaction, call_back = pending("A 100 total", "A waits 3600")
    call_back(told("denied" if state == "Cancelled" else "approved"))
    if state == "Finished":
        transaction.ask("settle", 10000)
    world.heard.clear()
    before = transaction.ledger()
    assert call_back(told(word, tid="tid-3")) == 200
    assert call_back() == 200
    assert transaction.show()["status"] == state
    assert (transaction.ledger(), world.heard) == (before, [])


def test_a_late_callback_leaves_an_event(pending):
    """S28: ignored, but not in silence: the transaction's events tell of it."""
    transaction, call_back = pending("A 100 total", "A waits 3600")
    call_back(told("approved"))
    before = len(transaction.show("/interactions"))
    call_back(told("denied"))
    assert len(transaction.show("/interactions")) > before


def test_an_approval_after_the_merchants_cancel_is_undone(pending, world):
    """S28: the transaction stays Cancelled, and the connector that approved too late is told to let go."""
    transaction, call_back = pending("A 100 total", "A waits 3600")
    transaction.ask("cancel", 10000)
    world.heard.clear()
    assert call_back(told("approved")) == 200
    assert {heard.operation for heard in world.heard} <= {"cancel"}
    assert transaction.show()["status"] == "Cancelled"
    assert transaction.ledger()["payments"][0]["captured"] == 0


# --- Payment notifications -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "body"), [("GET", None), ("POST", {"paymentDate": "31/12/2025", "valuePaid": 100.0})]
)
def test_a_payment_notification_approves_a_pending_payment(method, body, pending, world):
    """Boletos and notes payable: the merchant says that the money came in; the connector is not asked."""
    transaction, _ = pending("A 100 total", "A waits 3600")
    (payment,) = transaction.names
    world.heard.clear()
    path = f"/api/payments/pvt/payments/{payment}/payment-notification"
    assert world.merchant.send(method, path, body).status_code == 200
    assert (transaction.show()["status"], world.heard) == ("Approved", [])
    assert world.merchant.send(method, path, body).status_code == 200
    assert transaction.show()["status"] == "Approved"


def test_a_legacy_boleto_waits_for_its_notification(world):
    """A legacy connector leaves bank invoices pending; the notification approves them."""
    world.merchant.put_connector("L", kind="legacy", paymentSystems=[6])
    transaction = world.merchant.start(10000)
    transaction.pay({"value": 10000, "paymentSystem": 6, "fields": None})
    assert transaction.authorize().json["statusDetail"] == "Authorizing"
    (payment,) = transaction.show("/payments")
    path = f"/api/payments/pvt/payments/{payment['id']}/payment-notification"
    assert world.merchant.send("GET", path).status_code == 200
    assert transaction.show()["status"] == "Approved"
