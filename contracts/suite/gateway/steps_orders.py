"""Steps on the Orders API: an order from its invoice to its return, and its changes in both versions."""

from typing import Final

from connector_ppp.amounts import minor_units
from contracts.suite.gateway import bodies
from contracts.suite.gateway.happened import Happened, eventually
from contracts.suite.gateway.merchant import Answer
from contracts.suite.gateway.scene import Scene
from contracts.suite.gateway.vocabulary import CancelOrder, Change, Invoice, Modify, PlaceOrder

ORDERS: Final = "/api/oms/pvt/orders"
SYSTEM_ORDERS: Final = "/api/order-system/orders"

ENDED: Final = frozenset({"done", "canceled"})
"""How a change of version 2 ends (documented)."""


def place(scene: Scene, step: PlaceOrder) -> Happened:
    """Have an order made, up to where it is handled."""
    body = bodies.order(step.value, step.payments, scene.stage.systems, step.shipping, step.items)
    answer = scene.asked(step, "order", "POST", "/_mock/orders", body)
    scene.begin(answer.text("transactionId"), step.payments, answer.text("orderId"))
    return Happened(answer)


def invoice(scene: Scene, step: Invoice) -> Happened:
    """Invoice a part of the order, or take one back."""
    operation = "invoice" if step.kind == "Output" else "return"
    return Happened(scene.asked(step, operation, "POST", f"{path(scene)}/invoice", bodies.invoice(step)))


def change(scene: Scene, step: Change) -> Happened:
    """Change the order's value by version 1."""
    body = {
        "requestId": step.request,
        "reason": "the suite",
        "discountValue": minor_units(step.discount),
        "incrementValue": minor_units(step.increment),
    }
    return Happened(scene.asked(step, "change", "POST", f"{path(scene)}/changes", body))


def modify(scene: Scene, step: Modify) -> Happened:
    """Change the order by version 2: acknowledged first, then asked for until it has ended."""
    changes = f"{SYSTEM_ORDERS}/{scene.order}/changes"
    acknowledged = scene.asked(step, "modify", "PATCH", changes, _modification(step))
    scene.change = acknowledged.text("requestId")
    if acknowledged.word != "done" or not scene.change:
        return Happened(acknowledged)

    def read() -> Answer:
        return scene.ask("read the change", "GET", f"{changes}/{scene.change}")

    return Happened(eventually(scene, read, lambda answer: step.ends == "open" or answer.text("status") in ENDED))


def _modification(step: Modify) -> dict[str, object]:
    body: dict[str, object] = {"reason": "the suite"}
    if step.discount is not None:
        body["manualDiscountValue"] = minor_units(step.discount)
    if step.increment is not None:
        body["manualIncrementValue"] = minor_units(step.increment)
    if step.remove:
        body["remove"] = {"items": [{"id": id_, "quantity": quantity} for id_, quantity in step.remove.items()]}
        # The freight stays: a change of units and a change of freight are two questions (E5).
        body["settings"] = {"pipelineConfiguration": {"compensateShippingChanges": True}}
    return body


def cancel(scene: Scene, step: CancelOrder) -> Happened:
    """Cancel the order."""
    body = {"reason": "the suite", "requestedByUser": False}
    return Happened(scene.asked(step, "cancel the order", "POST", f"{path(scene)}/cancel", body))


def path(scene: Scene) -> str:
    """The order."""
    return f"{ORDERS}/{scene.order}"
