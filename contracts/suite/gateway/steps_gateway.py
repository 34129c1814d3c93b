"""Steps on the Payments Gateway API: a transaction from its start to its refunds, and what it shows of itself."""

from collections.abc import Callable
from typing import Final, TypeVar

from connector_ppp.amounts import minor_units
from contracts.suite.gateway import bodies
from contracts.suite.gateway.happened import Happened
from contracts.suite.gateway.merchant import Answer
from contracts.suite.gateway.scene import Scene
from contracts.suite.gateway.vocabulary import (
    Authorize,
    Cancel,
    Pay,
    Refund,
    Send,
    SendPayments,
    Settle,
    Start,
)

TRANSACTIONS: Final = "/api/pvt/transactions"
PAYMENTS: Final = "/api/payments/transactions"

Moving = TypeVar("Moving", Settle, Cancel, Refund)


def start(scene: Scene, step: Start) -> Happened:
    """Start a transaction; the rule speaks of it from now on."""
    body = bodies.transaction(step.value, scene.target.new_id())
    answer = scene.asked(step, "start", "POST", TRANSACTIONS, body)
    scene.begin(answer.text("id"))
    return Happened(answer)


def send_payments(scene: Scene, step: SendPayments) -> Happened:
    """Tell the gateway how the transaction is paid."""
    scene.paying += step.payments
    body = bodies.payments(step.payments, scene.stage.systems, scene.transaction)
    return Happened(scene.asked(step, "send payments", "POST", _payments_path(scene), body))


def authorize(scene: Scene, step: Authorize) -> Happened:
    """Ask for the authorization."""
    body = bodies.authorization(scene.transaction)
    return Happened(scene.asked(step, "authorize", "POST", _path(scene, "authorization-request"), body))


def pay(scene: Scene, step: Pay) -> Happened:
    """The official steps; the answer is that of the last, or of the first that does not work."""
    value = sum(minor_units(each.value) for each in step.payments)
    body = bodies.transaction(step.payments[0].value, scene.target.new_id()) | {"value": value}
    answer = scene.ask("start", "POST", TRANSACTIONS, body)
    scene.begin(answer.text("id"), step.payments)
    told = bodies.payments(step.payments, scene.stage.systems, scene.transaction)
    others: tuple[Callable[[], Answer], ...] = (
        lambda: scene.ask("send payments", "POST", _payments_path(scene), told),
        lambda: scene.ask(
            "additional data", "POST", _path(scene, "additional-data"), list(bodies.ADDITIONAL_DATA)
        ),
        lambda: scene.ask(
            "authorize", "POST", _path(scene, "authorization-request"), bodies.authorization(scene.transaction)
        ),
    )
    for ask in others:
        if answer.word != "done":
            break
        answer = ask()
    return Happened(answer)


def _mover(operation: str, end: str) -> Callable[[Scene, Moving], Happened]:
    def move(scene: Scene, step: Moving) -> Happened:
        """Ask the gateway to move a value."""
        body = {"value": minor_units(step.value)}
        return Happened(scene.asked(step, operation, "POST", _path(scene, end), body))

    return move


settle: Callable[[Scene, Settle], Happened] = _mover("settle", "settlement-request")
cancel: Callable[[Scene, Cancel], Happened] = _mover("cancel", "cancellation-request")
refund: Callable[[Scene, Refund], Happened] = _mover("refund", "refunding-request")


def send(scene: Scene, step: Send) -> Happened:
    """Any request, as it stands in the rule."""
    path = scene.filled(step.path)
    if step.text is not None:
        merchant = scene.merchant(step.credentials)
        return Happened(scene.kept(merchant, "send", step.method, path, step.text.encode()))
    return Happened(scene.asked(step, "send", step.method, path, step.body))


def _path(scene: Scene, end: str) -> str:
    return f"{TRANSACTIONS}/{scene.transaction}/{end}"


def _payments_path(scene: Scene) -> str:
    # The query is documented, and says nothing that the path does not (send payments, OpenAPI).
    return f"{PAYMENTS}/{scene.transaction}/payments?orderId={scene.transaction[:12]}"
