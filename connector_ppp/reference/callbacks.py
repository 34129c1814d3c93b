"""The asynchronous callback: once, after the answer, to the unchanged URL, with the provider's credentials.

Known issue 1344363: a callback while the gateway's own request is still open freezes the transaction. So it leaves
in a thread of its own, a moment after the answer was given to the server. If it gets lost, the gateway still
learns the status from its next create (known issue 1129281): the payment is resolved before the callback leaves.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Timer
from typing import Final, TypeAlias

import requests

from connector_ppp.reference.book import Book, Notified
from connector_ppp.reference.payment import Payment, Status
from connector_ppp.reference.replies import WORDS, authorize_response
from connector_ppp.reference.scenarios import Checkout
from connector_ppp.wire import encode

TIMEOUT_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Notice:
    """One callback on its way out, and the payment as it stood before it was resolved."""

    book: Book
    before: Payment
    url: str
    body: bytes
    headers: Mapping[str, str]


Outcome: TypeAlias = tuple[int | None, str | None]
"""The HTTP status that a callback got, or why there is none."""

Send: TypeAlias = Callable[[Notice], Outcome]
AroundNotice: TypeAlias = Callable[[Send, Notice], Outcome]


def send_notice(notice: Notice) -> Outcome:
    """Send a callback once, as it is."""
    return _post(notice.url, notice.body, notice.headers)


class Callbacks:
    """Sends callbacks and notes in the book how they were received.

    Args:
        book: the provider's memory.
        credentials: the app key and app token of the provider's own account.
        delay_seconds: how long after its answer a payment is resolved.
        send: what sends a callback, defects included.
    """

    def __init__(
        self, book: Book, credentials: tuple[str, str], delay_seconds: float, send: Send = send_notice
    ) -> None:
        self._book = book
        self._send = send
        self._credentials = credentials
        self._delay_seconds = delay_seconds

    def later(self, payment_id: str, status: Status) -> None:
        """Resolve a payment and tell the gateway, a moment from now, in the background."""
        self._after_a_moment(self.resolve, payment_id, status)

    def again(self, payment_id: str) -> None:
        """Tell the gateway where a payment stands, a moment from now, whether it was told before or not."""
        checkout = self._book.checkout(payment_id)
        payment = self._book.payment(payment_id)
        if checkout is not None:
            self._after_a_moment(self.tell, payment, payment, checkout)

    def _after_a_moment(self, do: Callable[..., object], *arguments: object) -> None:
        timer = Timer(self._delay_seconds, do, arguments)
        timer.daemon = True
        timer.start()

    def resolve(self, payment_id: str, status: Status) -> Notified | None:
        """Give an undefined payment its final status and tell the gateway.

        Returns:
            What became of the callback; None when the payment was not undefined, for then there is no news.
        """
        checkout = self._book.checkout(payment_id)
        if checkout is None:
            return None
        with self._book.page(payment_id).lock:
            before = self._book.payment(payment_id)
            if before.status is not Status.UNDEFINED:
                return None
            payment = self._book.resolve(payment_id, status)
        return self.tell(before, payment, checkout)

    def tell(self, before: Payment, payment: Payment, checkout: Checkout) -> Notified:
        """Tell the gateway where a payment stands, and note how that was received."""
        body = encode(authorize_response(payment, checkout))
        answered, error = self._send(Notice(self._book, before, checkout.callback_url, body, self._headers()))
        notified = Notified(payment.payment_id, WORDS[payment.status], answered, error)
        self._book.notified.append(notified)
        return notified

    def _headers(self) -> Mapping[str, str]:
        app_key, app_token = self._credentials
        return {
            "Content-Type": "application/json",
            "X-VTEX-API-AppKey": app_key,
            "X-VTEX-API-AppToken": app_token,
        }


def _post(url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
    """The status of the answer, or the reason why there is none."""
    try:
        # A redirect would carry the credentials to somebody else.
        answer = requests.post(url, data=body, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False)
    except (requests.RequestException, ValueError) as error:  # a ValueError is how urllib3 tells of odd hosts
        return None, f"{type(error).__name__}: {error}"
    return answer.status_code, None
