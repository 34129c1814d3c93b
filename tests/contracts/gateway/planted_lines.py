"""Faults between the gateway and its connector: each takes a call and decides what really goes over the line."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from threading import Lock

import msgspec

from connector_ppp.transports import HTTPTransport, Reply

READ = msgspec.json.Decoder(float_hook=Decimal)
WRITE = msgspec.json.Encoder(decimal_format="number")


@dataclass(slots=True)
class Said:
    """One call of the gateway to the suite's connector, on its way through a line.

    Attributes:
        operation: the last word of the path: payments, settlements, cancellations or refunds.
        url: the address.
        body: the message; fractions are exact.
        headers: what is sent on.
        memory: what the line remembers from call to call.
        pass_on: sends it: (body, headers) -> status and answer.
    """

    operation: str
    url: str
    body: dict
    headers: dict
    memory: dict
    pass_on: Callable[..., tuple[int, dict]]

    def send(self, body=None, headers=None):
        """Send it, changed or not; the connector's status and answer."""
        return self.pass_on(self.body if body is None else body, self.headers if headers is None else headers)


class Line:
    """A transport of the sandbox whose messages a fault changes."""

    def __init__(self, change: Callable[[Said], tuple[int, dict]]):
        self._change = change
        self._http = HTTPTransport()
        self._memory = {"lock": Lock(), "numbers": count(1)}

    def send(self, method, url, headers, body, timeout_seconds):
        """See `connector_ppp.Transport`; what moves nothing, such as reading the manifest, passes as it is."""
        if not body:
            return self._http.send(method, url, headers, body, timeout_seconds)

        def pass_on(message, sent):
            text = message if isinstance(message, bytes) else WRITE.encode(message)
            reply = self._http.send(method, url, sent, text, timeout_seconds)
            return reply.status, READ.decode(reply.body)

        operation = url.rpartition("/")[2]
        status, answer = self._change(
            Said(operation, url, READ.decode(body), dict(headers), self._memory, pass_on)
        )
        return Reply(status, {}, WRITE.encode(answer), 1.0)

    def close(self):
        """Close its connections."""
        self._http.close()


MOVES = {"settlements", "cancellations", "refunds"}


def saying(operations, **members):
    """Calls of some operations carry other members; a function gets the body, None takes the member out."""

    def change(said):
        body = dict(said.body)
        if said.operation in operations:
            for name, value in members.items():
                body[name] = value(said.body) if callable(value) else value
                if body[name] is None:
                    del body[name]
        return said.send(body)

    return change


def times(factor):
    """An amount multiplied."""
    return lambda body: Decimal(body["value"]) * factor


def whole_units(body):
    """An amount without its cents."""
    return Decimal(body["value"]).quantize(Decimal(1))


def numbered_retries(said):
    """Each try of a call has a requestId of its own."""
    body = said.body
    if said.operation in MOVES:
        body = body | {"requestId": f"{body['requestId']}-{next(said.memory['numbers'])}"}
    status, answer = said.send(body)
    return status, answer | {"requestId": said.body.get("requestId")} if said.operation in MOVES else answer


def growing_retries(said):
    """A create that is repeated asks for a cent more."""
    body = said.body
    if said.operation == "payments":
        seen = said.memory[body["paymentId"]] = said.memory.get(body["paymentId"], -1) + 1
        body = body | {"value": Decimal(body["value"]) + Decimal(seen) / 100}
    return said.send(body)


def echoing(said, body):
    """Send another body, and have the gateway read the answer that it waits for."""
    status, answer = said.send(body)
    return status, answer | {name: said.body[name] for name in ("requestId", "value") if name in said.body}


def paying_out_a_cent_less(said):
    """The shares of a split are a cent short."""
    shares = said.body.get("recipients")
    if said.operation != "settlements" or not shares:
        return said.send()
    short = [shares[0] | {"amount": Decimal(shares[0]["amount"]) - Decimal("0.01")}, *shares[1:]]
    return said.send(said.body | {"recipients": short})


def doubling(said):
    """Settles and refunds move twice what they should, and the gateway is told otherwise."""
    if said.operation in {"settlements", "refunds"}:
        return echoing(said, said.body | {"value": Decimal(said.body["value"]) * 2})
    return said.send()


def doubling_refunds(said):
    """Refunds give back twice what they should, and the gateway is told otherwise."""
    return doubling(said) if said.operation == "refunds" else said.send()


def voiding_all(said):
    """A cancel voids everything, whatever was asked."""
    if said.operation == "cancellations":
        return echoing(said, said.body | {"value": Decimal(100)})
    return said.send()


def one_request_id(said):
    """All calls of a payment have one requestId."""
    if said.operation in MOVES:
        return echoing(said, said.body | {"requestId": said.body["paymentId"]})
    return said.send()


def approving_denials(said):
    """What the connector denies is approved for the gateway."""
    status, answer = said.send()
    if answer.get("status") == "denied":
        answer |= {"status": "approved", "authorizationId": "a"}
    return status, answer


def booking_what_was_asked(said):
    """A smaller settle counts as the whole."""
    status, answer = said.send()
    if said.operation in {"settlements", "refunds"}:
        answer |= {"value": said.body["value"]}
    return status, answer


def by_hand_is_a_failure(said):
    """What is left to people is tried again."""
    status, answer = said.send()
    return (500, answer | {"code": "error"}) if status == 501 else (status, answer)


def without_credentials(said):
    """Neither key nor token travels."""
    return said.send(headers={name: text for name, text in said.headers.items() if "-API-App" not in name})


def wrong_credentials(said):
    """The token is another one."""
    return said.send(
        headers={name: "x" if name.endswith("Token") else text for name, text in said.headers.items()}
    )


def other_dialect(said):
    """Both pairs of headers travel."""
    sent = {name.rpartition("-")[2]: text for name, text in said.headers.items() if "-API-App" in name}
    both = {f"X-{who}-API-{end}": text for who in ("VTEX", "PROVIDER") for end, text in sent.items()}
    return said.send(headers=said.headers | both)
