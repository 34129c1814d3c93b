"""An ERP's invoicing job: each parcel that leaves the warehouse is invoiced to VTEX, and so is each return."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import requests

TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Parcel:
    """What leaves the warehouse together, or comes back; `value` is cents, `number` the invoice's own."""

    number: str
    value: int
    tracking: str = ""


class Shop:
    """The Orders API of one VTEX account.

    Args:
        account: the account's name.
        app_key: its application key.
        app_token: the secret of the key.
    """

    def __init__(self, account: str, app_key: str, app_token: str) -> None:
        self.base = f"https://{account}.vtexcommercestable.com.br/api/oms/pvt/orders"
        self.session = requests.Session()
        self.session.headers.update({"X-VTEX-API-AppKey": app_key, "X-VTEX-API-AppToken": app_token})

    def orders_to_handle(self) -> list[str]:
        """The ids of the paid orders that nobody has begun with."""
        listed = self._call("GET", "", params={"f_status": "ready-for-handling"}).json()
        return [order["orderId"] for order in listed["list"]]

    def start_handling(self, order_id: str) -> None:
        """Tell the shop that the order is being packed."""
        self._call("POST", f"/{order_id}/start-handling")

    def status(self, order_id: str) -> str:
        """Where the order is: `handling`, `invoiced` and so on."""
        return str(self._call("GET", f"/{order_id}").json()["status"])

    def invoice(self, order_id: str, parcel: Parcel, kind: str = "Output") -> None:
        """Send one invoice, `Output` for a sale and `Input` for a return.

        The invoice number makes it safe to send again: the same number is the same invoice.
        """
        document = {
            "type": kind,
            "invoiceNumber": parcel.number,
            "invoiceValue": parcel.value,
            "issuanceDate": datetime.now(UTC).isoformat(),
            "trackingNumber": parcel.tracking,
            "items": [],
        }
        self._call("POST", f"/{order_id}/invoice", json=document)

    def _call(self, method: str, path: str, **more: object) -> requests.Response:
        answer = self.session.request(method, self.base + path, timeout=TIMEOUT_SECONDS, **more)
        answer.raise_for_status()
        return answer


def ship(shop: Shop, order_id: str, parcels: Iterable[Parcel]) -> None:
    """Invoice every parcel of an order, in the order in which they leave the warehouse."""
    for parcel in parcels:
        shop.invoice(order_id, parcel)


def take_back(shop: Shop, order_id: str, parcel: Parcel) -> None:
    """Invoice a return. VTEX refunds it by itself, but only once the whole order is invoiced."""
    if shop.status(order_id) != "invoiced":
        raise ValueError(f"{order_id} is not invoiced in full: VTEX would take the return and refund nothing")
    shop.invoice(order_id, parcel, "Input")
