"""The switches of callbacks and delays: what becomes of a pending payment when production gets it wrong."""

import pytest

HOUR, DAY = 3600, 86_400


@pytest.fixture(name="call_back")
def call_back_fixture(world):
    """Brings a callback to the address that the last create told; the HTTP status of the answer."""

    def call_back(status: str | None) -> int:
        create = next(heard.body for heard in reversed(world.heard) if heard.operation == "authorize")
        address = create["callbackUrl"].removeprefix("http://127.0.0.1:5005")
        body = {"paymentId": create["paymentId"], "status": status}
        return world.app.test_client().post(address, **({"json": body} if status else {})).status_code

    return call_back


def creates(world) -> int:
    """How many creates any connector heard."""
    return sum(heard.operation == "authorize" for heard in world.heard)


# --- callback.inside-authorization --------------------------------------------------------------------------


@pytest.mark.parametrize(("on", "status"), [(False, "Approved"), (True, "Authorizing")], ids=["off", "on"])
def test_an_approval_inside_the_create_may_stop_half_way(on, status, world, switch, call_back):
    """Known issue 1344363: the callback is answered 200 while the create is open; its own answer is undefined."""
    switch("callback.inside-authorization", on=on)
    transaction = world.open("A 100 total")
    answered = []
    world.connectors["A"].meanwhile = lambda: answered.append(call_back("approved"))
    world.perform(transaction, "authorize (A waits)")
    assert answered == [200]
    assert transaction.show()["status"] == status
    world.merchant.advance(DAY)
    assert (transaction.show()["status"], creates(world)) == (status, 1)


def test_an_approval_inside_the_create_is_freed_by_asking_again(world, switch, call_back):
    """As in known issue 1427794: a second authorization-request, which the connector answers approved again."""
    switch("callback.inside-authorization")
    transaction = world.open("A 100 total")
    world.connectors["A"].meanwhile = lambda: call_back("approved")
    world.perform(transaction, "authorize (A waits)")
    transaction.authorize()
    assert (transaction.show()["status"], creates(world)) == ("Approved", 2)


def test_an_approval_after_the_answer_is_heard_with_the_switch_on(world, switch, call_back):
    """The documented way: the callback leaves once the create is answered."""
    switch("callback.inside-authorization")
    transaction = world.open("A 100 total")
    world.perform(transaction, "authorize (A waits)")
    assert call_back("approved") == 200
    assert transaction.show()["status"] == "Approved"


# --- callback.swallowed-by-retry ----------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["while the retry is open", "right after its answer"])
@pytest.mark.parametrize("on", [False, True], ids=["off", "on"])
def test_a_callback_at_the_moment_of_a_retry_may_not_be_heard(on, moment, world, switch, call_back):
    """Known issue 1129281: it is answered 200, and the undefined of the retry wins."""
    switch("callback.swallowed-by-retry", on=on)
    transaction = world.open("A 100 total")
    world.perform(transaction, "authorize (A waits)")
    world.connectors["A"].script = ["waits"]
    if moment == "while the retry is open":
        world.connectors["A"].meanwhile = lambda: call_back("approved")
        world.merchant.advance(HOUR)
    else:
        world.merchant.advance(HOUR)
        assert call_back("approved") == 200
    assert transaction.show()["status"] == ("Authorizing" if on else "Approved")


def test_a_swallowed_callback_does_no_harm_to_who_answers_retries(world, switch, call_back):
    """The documented defence: the next create is answered approved."""
    switch("callback.swallowed-by-retry")
    transaction = world.open("A 100 total")
    world.perform(transaction, "authorize (A waits)")
    world.connectors["A"].script = ["waits"]
    world.merchant.advance(HOUR)
    call_back("approved")
    world.merchant.advance(HOUR)
    assert transaction.show()["status"] == "Approved"


def test_a_callback_between_two_retries_is_heard_with_the_switch_on(world, switch, call_back):
    """A second after the retry nothing is in its way."""
    switch("callback.swallowed-by-retry")
    transaction = world.open("A 100 total")
    world.perform(transaction, "authorize (A waits)")
    world.connectors["A"].script = ["waits"]
    world.merchant.advance(HOUR + 1)
    call_back("approved")
    assert transaction.show()["status"] == "Approved"


# --- callback.after-approval-reauth -------------------------------------------------------------------------


AGAIN = {
    False: ("Approved", []),
    True: ("Cancelled", ["authorize A 60", "authorize C 40", "cancel A 60"]),
}


@pytest.mark.parametrize("news", ["approved", None], ids=["notification", "retry"])
@pytest.mark.parametrize("on", AGAIN, ids=["off", "on"])
def test_a_callback_after_the_approval_may_cancel_the_sale(on, news, world, switch, call_back):
    """Known issue 740499: all is authorized again, and the gift card, debited already, has nothing left."""
    switch("callback.after-approval-reauth", on=on)
    transaction = world.open("A 60 total, C 40 total")
    transaction.authorize()
    before = len(world.heard)
    world.connectors["C"].script = ["denies"]
    assert call_back(news) == 200
    assert (transaction.show()["status"], [str(each) for each in world.heard[before:]]) == AGAIN[on]


def test_a_second_create_answered_as_the_first_changes_nothing(world, switch, call_back):
    """The defence: the stored answer; nothing is authorized twice in the books."""
    switch("callback.after-approval-reauth")
    transaction = world.open("A 60 total, C 40 total")
    transaction.authorize()
    call_back("approved")
    assert (transaction.show()["status"], creates(world)) == ("Approved", 4)
    assert sum(each["authorized"] for each in transaction.ledger()["payments"]) == 10_000
    assert transaction.ask("settle", 10_000).json["statusDetail"] == "Finished"


# --- callback.late-cancel-ignored ---------------------------------------------------------------------------


@pytest.mark.parametrize(("on", "events"), [(False, 1), (True, 0)], ids=["off", "on"])
def test_a_late_denial_may_leave_no_trace(on, events, world, switch, call_back):
    """Known issue 360653: the payment goes on either way; only a settle that fails can stop it."""
    switch("callback.late-cancel-ignored", on=on)
    transaction = world.open("A 100 total")
    transaction.authorize()
    before = len(transaction.show("/interactions"))
    assert call_back("denied") == 200
    assert len(transaction.show("/interactions")) - before == events
    assert transaction.show()["status"] == "Approved"
    world.perform(transaction, "settle 100 (A refuses)")
    assert transaction.ledger()["payments"][0]["captured"] == 0


# --- Delays -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("on", "ends"), [(False, 4 * DAY), (True, 3 * HOUR)], ids=["off", "on"])
def test_two_values_of_delay_to_cancel_may_compete(on, ends, world, switch):
    """Known issue 1338614: first three hours, then four days; the newest replaces, or the shortest cancels."""
    switch("auth.delay-plans-compete", on=on)
    transaction = world.open("A 100 total")
    world.connectors["A"].always = f"waits {4 * DAY}"
    world.perform(transaction, f"authorize (A waits {3 * HOUR})")
    world.merchant.advance(ends - 1)
    assert {heard.operation for heard in world.heard} == {"authorize"}
    world.merchant.advance(1)
    assert str(world.heard[-1]) == "cancel A 100"


@pytest.mark.parametrize("on", [False, True], ids=["off", "on"])
def test_the_longest_delay_first_does_not_compete(on, world, switch):
    """The documented defence: the longest value first, and never another one."""
    switch("auth.delay-plans-compete", on=on)
    transaction = world.open("A 100 total")
    world.connectors["A"].always = f"waits {4 * DAY}"
    transaction.authorize()
    world.merchant.advance(4 * DAY - 1)
    assert {heard.operation for heard in world.heard} == {"authorize"}


@pytest.mark.parametrize(
    ("on", "delays", "settles"),
    [
        (False, {"delayToAutoSettleAfterAntifraud": HOUR}, HOUR),
        (True, {"delayToAutoSettleAfterAntifraud": HOUR}, 4 * DAY),
        (True, {"delayToAutoSettle": HOUR, "delayToAutoSettleAfterAntifraud": HOUR}, HOUR),
    ],
    ids=["off", "on", "defended"],
)
def test_one_delay_alone_may_not_count(on, delays, settles, world, switch):
    """Known issue 1053010: without delayToAutoSettle the default of four days holds."""
    switch("settle.delay-missing-default", on=on)
    world.connectors["A"].delays = delays
    world.given("A 100 total")
    world.merchant.advance(settles - 1)
    assert world.heard == []
    world.merchant.advance(1)
    assert [str(heard) for heard in world.heard] == ["settle A 100"]


# --- Cancels that never end, refunds that are told twice ------------------------------------------------------


@pytest.mark.parametrize(("on", "status", "again"), [(False, "Cancelled", False), (True, "Cancelling", True)])
def test_a_cancel_that_fails_may_never_be_given_up(on, status, again, world, switch):
    """Known issue 333897: after a day it is left to a person, or it begins anew each day."""
    switch("cancel.null-id", on=on)
    transaction = world.given("A 100 total")
    world.connectors["A"].always = "refuses"
    transaction.ask("cancel", 10_000)
    world.merchant.advance(DAY)
    assert transaction.show()["status"] == status
    world.heard.clear()
    world.merchant.advance(2 * DAY)
    assert transaction.show()["status"] == status
    assert bool(world.heard) is again


def test_cancel_manually_ends_it_with_the_switch_on(world, switch):
    """The defence: 501 and the code, a definite answer."""
    switch("cancel.null-id")
    transaction = world.given("A 100 total")
    world.perform(transaction, "cancel 100 (A manually)")
    assert transaction.show()["status"] == "Cancelled"


TOLD = {
    "refund.email-not-retried off": ("fails", []),
    "refund.email-not-retried on": ("fails", ["email-notification", "online"]),
    "refund.null-plus-manual-doubles off": ("manually", ["email-notification"]),
    "refund.null-plus-manual-doubles on": ("manually", ["email-notification", "online"]),
}


@pytest.mark.parametrize("case", TOLD)
def test_a_refund_may_be_told_twice(case, world, switch):
    """Known issues 1099618, 615050: one request, and both an e-mail and an online refund."""
    (name, state), (script, actions) = case.split(), TOLD[case]
    switch(name, on=state == "on")
    transaction = world.given("A 100 total")
    transaction.ask("settle", 10_000)
    world.perform(transaction, f"refund 15 (A {script})")
    refunds = transaction.show("/refunds")
    assert [each["value"] for each in refunds["requests"]] == [1500]
    assert sorted(each["type"] for each in refunds["actions"]) == actions


def test_a_doubled_refund_has_a_request_id_of_its_own(world, switch):
    """So that no store of answers can catch it: only the payment's own books can."""
    switch("refund.null-plus-manual-doubles")
    transaction = world.given("A 100 total")
    transaction.ask("settle", 10_000)
    world.perform(transaction, "refund 15 (A manually)")
    first, second = (heard.body["requestId"] for heard in world.heard if heard.operation == "refund")
    assert first != second


def test_a_null_without_the_code_is_refunded_once(world, switch):
    """The documented defence: the code is left out, and the refund is tried again."""
    switch("refund.null-plus-manual-doubles")
    transaction = world.given("A 100 total")
    transaction.ask("settle", 10_000)
    world.perform(transaction, "refund 15 (A refuses)")
    world.merchant.advance(HOUR)
    assert [each["type"] for each in transaction.show("/refunds")["actions"]] == ["online"]
    assert transaction.ledger()["payments"][0]["refunded"] == 1500


# --- Reopened -----------------------------------------------------------------------------------------------


def test_a_cancelled_payment_stays_so_with_a_connector_that_denies_it(world, switch):
    """Known issue 1417330: after a cancel, creates are answered denied."""
    switch("race.cancelled-then-authorized")
    transaction = world.open("A 100 total")
    world.perform(transaction, "authorize (A waits)")
    transaction.ask("cancel", 10_000)
    world.connectors["A"].script = ["denies"]
    world.merchant.advance(HOUR)
    assert transaction.show()["status"] == "Cancelled"
    assert transaction.ledger()["payments"][0]["authorized"] == 0


@pytest.mark.parametrize(("on", "status"), [(False, "Cancelled"), (True, "Approved")], ids=["off", "on"])
def test_a_cancel_inside_the_create_may_be_forgotten(on, status, world, switch):
    """Known issue 1417330, nearly simultaneous: the cancel comes while the create is open, which is approved."""
    switch("race.cancelled-then-authorized", on=on)
    transaction = world.open("A 100 total")
    world.connectors["A"].meanwhile = lambda: transaction.ask("cancel", 10_000)
    transaction.authorize()
    world.merchant.advance(HOUR)
    assert transaction.show()["status"] == status


def test_what_fell_back_to_started_is_told(world, switch):
    """Known issue 1341471: the events say Settling to Started, the books say what stays captured."""
    switch("race.reverted-to-started")
    transaction = world.given("A 100 partial")
    transaction.ask("settle", 4000)
    messages = [each["Message"] for each in transaction.show("/interactions")]
    assert "Status change: from Settling to Started." in messages
    assert transaction.ledger()["differences"] == ["the transaction is cancelled, and 40.00 of it stays captured"]


def test_the_reference_connector_refuses_to_void_what_it_captured(against):
    """The defence: the cancel of captured money fails, and a person hears of it."""
    world = against("race.reverted-to-started")
    world.order(10_000).ask("settle", 10_000)
    assert [call["operation"] for call in world.provider()["calls"]] == ["authorize", "settle", "cancel"]
    assert (world.provider()["captured"], world.provider()["calls"][-1]["status"]) == (100, 500)


def test_what_is_left_after_a_doubled_refund_can_still_be_given_back(world, switch):
    """The doubled one takes its part from the capture once: 15 went back, 85 are left, and not a cent more."""
    switch("refund.null-plus-manual-doubles")
    transaction = world.given("A 100 total")
    transaction.ask("settle", 10_000)
    world.perform(transaction, "refund 15 (A manually)")
    assert transaction.ask("refund", 8500).status_code == 200
    assert transaction.ask("refund", 1).status_code == 400
    assert transaction.ledger()["payments"][0]["refunded"] == 10_000
