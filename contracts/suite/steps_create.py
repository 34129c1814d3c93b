"""Steps about creations: the manifest, a payment, waiting for its callback."""

from decimal import Decimal
from time import sleep
from typing import Final

from connector_ppp.messages import AuthorizeRequest, ManifestRequest
from contracts.suite import vocabulary as words
from contracts.suite.answers import OK, Answer, answer_of
from contracts.suite.callbacks import Callback
from contracts.suite.happened import Happened, sent
from contracts.suite.methods import CARDS, family_of, pick
from contracts.suite.orders import order
from contracts.suite.scene import Payment, Scene
from contracts.suite.vocabulary import Sending

WAITS: Final = (0.1, 0.2, 0.7)
"""Shares of the time for a callback, after each of which the create is repeated, as the gateway does."""

LONGER: Final = 1.5
A_MOMENT: Final = 0.3
"""What is waited beyond the time that the same took before: half of it again, and some tenths of a second."""


def manifest(scene: Scene, step: words.Manifest) -> Happened:
    """Read the manifest."""
    return sent(scene, step, ManifestRequest())


def authorize(scene: Scene, step: words.Authorize) -> Happened:
    """Create a payment, and wait for its end unless the step says otherwise."""
    payment = scene.payment(step.payment, step.beside)
    payment.currency = step.currency or payment.currency
    if step.callback_status != OK:
        scene.desk.answer_with(payment.token, step.callback_status)
    request = _order(scene, payment, step)
    payment.created = payment.created or request
    exchange = scene.create(request, payment, step)
    answer = answer_of(exchange)
    if step.final and answer.word == "undefined":
        answer = _final(scene, payment, payment.created)
    return Happened((answer,), (exchange,))


def _order(scene: Scene, payment: Payment, step: words.Authorize) -> AuthorizeRequest:
    offered = pick(scene.offer.methods, step.method) if step.method else None
    method = offered or scene.offer.method
    return order(
        payment.payment_id,
        payment.transaction_id,
        step.value.within(Decimal(0), Decimal(0)),
        method=method,
        card_number=CARDS[step.card],
        takes_card=family_of(method) == "card",
        currency=payment.currency,
        callback_url=payment.callback_url,
        items=step.items,
    )


def _final(scene: Scene, payment: Payment, created: AuthorizeRequest) -> Answer:
    """Wait until an undefined payment is final: by callback, or by what a repeated create says."""
    answer = Answer("callback", "unanswered", {})
    for share in WAITS:
        callback = _news(scene, payment, scene.target.callback_seconds * share)
        answer = _told(scene, payment, created, callback)
        if answer.word != "undefined":
            break
    return answer


def _news(scene: Scene, payment: Payment, seconds: float) -> Callback | None:
    """The callback, when it came in time; it is in the report then."""
    callback = scene.desk.wait(payment.token, seconds)
    if callback is not None and callback not in scene.callbacks:
        scene.callbacks.append(callback)
    return callback


def _told(scene: Scene, payment: Payment, created: AuthorizeRequest, callback: Callback | None) -> Answer:
    """What a callback says, or a repeated create where none came or none says anything (C16)."""
    if callback is None:
        return answer_of(scene.create(created, payment, Sending()))
    arrived = scene.desk.answer(payment.token, callback, created)
    if callback.body:
        scene.learn(payment, arrived)
        return arrived
    answered = answer_of(scene.create(created, payment, Sending()))
    return answered._replace(problems=(*answered.problems, *arrived.problems))


def await_callback(scene: Scene, step: words.AwaitCallback) -> Happened:
    """Wait for the callback; no repeated create helps here, unless the callback asks for one."""
    payment = scene.payment(step.payment)
    seconds = min(step.seconds, scene.target.callback_seconds)
    callback = _news(scene, payment, seconds)
    if callback is None or payment.created is None:
        return Happened((Answer("callback", "unanswered", {}, error=f"no callback within {seconds:g} s"),))
    return Happened((_told(scene, payment, payment.created, callback),))


def outlast(scene: Scene, step: words.Outlast) -> Happened:
    """Wait longer than an earlier step took: what was bound to happen has happened then."""
    sleep(min(scene.lasted[step.of] * LONGER + A_MOMENT, scene.target.callback_seconds))
    return Happened()
