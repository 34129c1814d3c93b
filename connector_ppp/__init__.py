"""The Payment Provider Protocol: typed messages, a client that checks answers, a reference connector.

The public face: make a `PPPClient`, give it a request of `connector_ppp.messages`, look at the `Exchange`.
"""

from connector_ppp.amounts import currency_units, minor_units
from connector_ppp.checks import check
from connector_ppp.client import Credentials, PPPClient
from connector_ppp.errors import AmountError, CallerError, MessageError, PeerError, PPPError, TransportError
from connector_ppp.exchange import Exchange, Verdict
from connector_ppp.operations import OPERATIONS, Operation
from connector_ppp.problems import RULES, Problem, Rule, Severity
from connector_ppp.transports import HTTPTransport, Reply, Transport, WSGITransport

__all__ = [
    "OPERATIONS",
    "RULES",
    "AmountError",
    "CallerError",
    "Credentials",
    "Exchange",
    "HTTPTransport",
    "MessageError",
    "Operation",
    "PPPClient",
    "PPPError",
    "PeerError",
    "Problem",
    "Reply",
    "Rule",
    "Severity",
    "Transport",
    "TransportError",
    "Verdict",
    "WSGITransport",
    "check",
    "currency_units",
    "minor_units",
]
