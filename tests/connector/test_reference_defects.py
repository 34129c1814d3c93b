"""Defects that move money: switched on the symptom shows, switched off it does not, and nothing else changes.

What every one of them does to the judgement of a connector is in `tests/contracts/suite/caught.yaml`.
"""

import re

import pytest

from connector_ppp.reference.app import create_app
from connector_ppp.reference.defects import DEFECTS, Defect

CREATE = {
    "paymentId": "P1",
    "value": 100.0,
    "currency": "BRL",
    "paymentMethod": "Visa",
    "card": {"number": "4444333322221111"},
    "callbackUrl": "http://127.0.0.1:9/callback",
}
PATHS = {"settle": "settlements", "cancel": "cancellations", "refund": "refunds"}


class Connector:
    """A connector with some defects, and payment P1 of 100.00 to play with."""

    def __init__(self, *defects):
        self.client = create_app(callbacks="manual", defects=defects).test_client()

    def create(self, **changes):
        """Create P1, approved."""
        return self.client.post("/payments", json=CREATE | changes)

    def move(self, operation, request_id, value=None, **fields):
        """Settle, cancel or refund."""
        body = {"requestId": request_id, "paymentId": "P1", "value": value, **fields}
        return self.client.post(f"/payments/P1/{PATHS[operation]}", json=body)

    def books(self):
        """Captured, voided, refunded."""
        view = self.client.get("/_reference/payments/P1").json
        return view["captured"], view["voided"], view["refunded"]


# Each function plays one scene and returns what is to be seen of it; what the scene shows when nothing is wrong,
# and what the defect makes of it, stand beside it.


def _settle_twice(connector):
    connector.create()
    ids = {connector.move("settle", "Q1", 30).json["settleId"] for _ in range(2)}
    return len(ids), connector.books()


def _refund_twice(connector):
    connector.create()
    connector.move("settle", "Q0", 100)
    ids = {connector.move("refund", "Q1", 30).json["refundId"] for _ in range(2)}
    return len(ids), connector.books()


def _cancel_twice(connector):
    connector.create()
    ids = {connector.move("cancel", "Q1", 30).json["cancellationId"] for _ in range(2)}
    return len(ids), connector.books()


def _two_equal_of_each(connector):
    connector.create()
    for operation, value in (("settle", 30), ("cancel", 20), ("refund", 10)):
        for number in (1, 2):
            assert connector.move(operation, f"{operation}-{number}", value).status_code == 200
    return connector.books()


def _same_id_other_value(connector):
    connector.create()
    return [connector.move("settle", "Q1", value).status_code for value in (30, 40)], connector.books()


def _create_twice(connector):
    return [connector.create().json["status"] for _ in range(2)]


def _tids(connector):
    return len({connector.create().json["tid"] for _ in range(3)})


def _cancel_the_cancelled(connector):
    connector.create()
    return [connector.move("cancel", request_id).status_code for request_id in ("Q1", "Q1", "Q2")]


def _settle_a_part(connector):
    connector.create()
    return connector.move("settle", "Q1", 40).json["value"], connector.books()


def _settle_too_much(connector):
    connector.create()
    return connector.move("settle", "Q1", 120).status_code, connector.books()


def _refund_too_much(connector):
    connector.create()
    settle_id = connector.move("settle", "Q0", 40).json["settleId"]
    return connector.move("refund", "Q1", 50, settleId=settle_id).status_code, connector.books()


def _settle_the_cancelled(connector):
    connector.create()
    connector.move("cancel", "Q1")
    return connector.move("settle", "Q2", 100).status_code, connector.books()


def _settle_zero_and_less(connector):
    connector.create()
    return [connector.move("settle", f"Q{value}", value).status_code for value in (0, -1)]


def _value(connector):
    connector.create()
    return connector.move("settle", "Q1", 40.5).json["value"], connector.move("refund", "Q2", 0.5).json["value"]


def _echoed_request_ids(connector):
    connector.create()
    moves = (("settle", 40), ("cancel", 30), ("refund", 20))
    return [connector.move(name, name, value).json["requestId"] == name for name, value in moves]


def _echoed_payment_ids(connector):
    connector.create()
    moves = (("settle", 40), ("cancel", 30), ("refund", 20))
    return [connector.move(name, name, value).json["paymentId"] for name, value in moves].count("P1")


def _settle_id(connector):
    connector.create()
    return connector.move("settle", "Q1", 40).json["settleId"] is None, connector.books()


def _refused(connector):
    connector.create()
    return [connector.move(name, name, 0).status_code for name in PATHS]


def _ids_of_refused(connector):
    connector.create()
    ids = {"settle": "settleId", "cancel": "cancellationId", "refund": "refundId"}
    return [connector.move(name, name, 0).json[ids[name]] is None for name in PATHS]


def _authorization_id(connector):
    answer = connector.create().json
    return answer["status"], answer["authorizationId"] is None


def _delays(connector):
    return sum(name.startswith("delayTo") for name in connector.create().json)


def _refund_everything(connector):
    connector.create()
    connector.move("settle", "Q0", 100)
    answer = connector.move("refund", "Q1", 100)
    return answer.status_code, answer.json["code"], connector.books()


def _cancel_everything(connector):
    connector.create()
    answer = connector.move("cancel", "Q1")
    return answer.status_code, answer.json["code"], connector.books()


def _refund_a_part_and_everything(connector):
    connector.create()
    connector.move("settle", "Q0", 100)
    answers = [connector.move("refund", f"Q{value}", value) for value in (40, 100)]
    return [answer.status_code for answer in answers], connector.books()


def _settle_a_part_and_everything(connector):
    connector.create()
    answers = [connector.move("settle", f"Q{value}", value) for value in (40, 100)]
    return [answer.status_code for answer in answers], connector.books()


def _cancel_without_a_tid(connector):
    tid = connector.create().json["tid"]
    answers = [connector.move("cancel", "Q1", 40), connector.move("cancel", "Q2", 40, tid=tid)]
    return [answer.status_code for answer in answers], connector.books()


def _cancel_before_the_create(connector):
    return connector.move("cancel", "Q1").status_code, connector.create().json["status"]


# Defect, scene, what it shows without the defect, what it shows with it. Typed by hand.
SYMPTOMS = [
    ("double-settle-on-repeat", _settle_twice, (1, (30, 0, 0)), (2, (60, 0, 0))),
    ("double-refund-on-repeat", _refund_twice, (1, (100, 0, 30)), (2, (100, 0, 60))),
    ("double-cancel-on-repeat", _cancel_twice, (1, (0, 30, 0)), (2, (0, 60, 0))),
    ("dedupe-by-value", _two_equal_of_each, (60, 40, 20), (30, 20, 10)),
    ("request-id-reused", _same_id_other_value, ([200, 500], (30, 0, 0)), ([200, 200], (70, 0, 0))),
    ("denies-duplicate-create", _create_twice, ["approved", "approved"], ["approved", "denied"]),
    ("new-tid-on-repeat", _tids, 1, 3),
    ("refuses-second-cancel", _cancel_the_cancelled, [200, 200, 200], [200, 200, 500]),
    ("ignores-partial", _settle_a_part, (40, (40, 0, 0)), (100, (100, 0, 0))),
    ("hides-full-capture", _settle_a_part, (40, (40, 0, 0)), (40, (100, 0, 0))),
    ("over-settle", _settle_too_much, (500, (0, 0, 0)), (200, (120, 0, 0))),
    ("over-refund", _refund_too_much, (500, (40, 0, 0)), (200, (40, 0, 50))),
    ("settle-after-cancel", _settle_the_cancelled, (500, (0, 100, 0)), (200, (100, 100, 0))),
    ("zero-accepted", _settle_zero_and_less, [500, 500], [200, 200]),
    ("value-as-string", _value, (40.5, 0.5), ("40.50", "0.50")),
    ("value-in-cents", _value, (40.5, 0.5), (4050, 50)),
    ("wrong-request-id-echo", _echoed_request_ids, [True, True, True], [False, False, False]),
    ("wrong-payment-id-echo", _echoed_payment_ids, 3, 0),
    ("null-settle-id-on-success", _settle_id, (False, (40, 0, 0)), (True, (40, 0, 0))),
    ("failure-as-200", _refused, [500, 500, 500], [200, 200, 200]),
    ("id-on-failure", _ids_of_refused, [True, True, True], [False, False, False]),
    ("approves-without-authorization-id", _authorization_id, ("approved", False), ("approved", True)),
    ("missing-delays", _delays, 3, 0),
    ("no-refunds", _refund_everything, (200, None, (100, 0, 100)), (501, "refund-manually", (100, 0, 0))),
    ("no-cancels", _cancel_everything, (200, None, (0, 100, 0)), (501, "cancel-manually", (0, 0, 0))),
    (
        "partial-refund-unsupported",
        _refund_a_part_and_everything,
        ([200, 500], (100, 0, 40)),
        ([500, 200], (100, 0, 100)),
    ),
    (
        "partial-settle-unsupported",
        _settle_a_part_and_everything,
        ([200, 500], (40, 0, 0)),
        ([500, 200], (100, 0, 0)),
    ),
    ("cancel-needs-tid", _cancel_without_a_tid, ([200, 200], (0, 80, 0)), ([500, 200], (0, 40, 0))),
    ("cancel-needs-payment", _cancel_before_the_create, (200, "denied"), (500, "approved")),
]


@pytest.mark.parametrize(("defect", "scene", "correct", "broken"), SYMPTOMS, ids=[row[0] for row in SYMPTOMS])
def test_a_defect_shows_its_symptom_and_only_when_it_is_on(defect, scene, correct, broken):
    """The same scene played without and with the defect."""
    assert scene(Connector()) == correct
    assert scene(Connector(defect)) == broken


def test_every_symptom_is_of_a_defect():
    """No scene of a defect that is gone."""
    assert {row[0] for row in SYMPTOMS} <= set(DEFECTS)


@pytest.mark.parametrize("name", [row[0] for row in SYMPTOMS])
def test_a_defect_leaves_a_plain_full_payment_alone_or_breaks_what_it_says(name):
    """Create and settle everything once: only the defects of these two answers show."""
    shown = {
        "value-as-string",
        "value-in-cents",
        "wrong-request-id-echo",
        "wrong-payment-id-echo",
        "null-settle-id-on-success",
        "approves-without-authorization-id",
        "missing-delays",
        "new-tid-on-repeat",
    }
    correct, broken = Connector(), Connector(name)
    told = [(each.create().json, each.move("settle", "Q1", 100).json) for each in (correct, broken)]
    for _, settled in told:
        # Ids are minted from the requestId; two repeat defects have another one inside.
        settled["settleId"] = settled["settleId"] is None
    assert (told[0] != told[1]) == (name in shown)
    assert correct.books() == broken.books() == (100, 0, 0)


@pytest.mark.parametrize("name", list(DEFECTS))
def test_every_defect_says_what_it_does_and_which_rule_it_breaks(name):
    """A permanent name in kebab case, a sentence, and a rule with its source."""
    defect = DEFECTS[name]
    assert isinstance(defect, Defect)
    assert name == name.lower()
    assert " " not in name
    assert defect.effect
    assert defect.hurts
    assert re.search(r"documented|inferred|recommended|known issue|[CS]\d", defect.breaks.rpartition("(")[2])
    handlers = (defect.create, defect.settle, defect.cancel, defect.refund, defect.callback)
    assert any((*handlers, defect.rules, defect.hears, defect.writes, defect.leaves_out))


def test_defects_add_up():
    """Two at once: captured in full, and told under a wrong requestId."""
    connector = Connector("ignores-partial", "wrong-request-id-echo")
    connector.create()
    answer = connector.move("settle", "Q1", 40).json
    assert (answer["value"], answer["requestId"] == "Q1") == (100, False)


def test_an_unknown_defect_is_refused_by_name():
    """All wrong names are said at once."""
    with pytest.raises(ValueError, match=r"no such defect: nope, neither"):
        create_app(defects=["nope", "over-settle", "neither"])


def test_a_repeat_of_a_partial_settle_stays_a_repeat_when_partials_are_ignored():
    """The defect is one fault, not two."""
    connector = Connector("ignores-partial")
    connector.create()
    first, again = connector.move("settle", "Q1", 40), connector.move("settle", "Q1", 40)
    assert first.json == again.json
    assert connector.books() == (100, 0, 0)
