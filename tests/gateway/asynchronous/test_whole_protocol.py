"""All nine operations of the protocol with the reference connector: manifest, inbound, configuration flow too."""

import pytest
from flask import Flask

from connector_ppp import TransportError, WSGITransport
from connector_ppp.operations import OPERATIONS
from connector_ppp.reference.app import create_app as create_reference

ACME = {"kind": "ppp", "url": "http://acme.test"}


class Watched:
    """The reference connector behind a line that keeps which operations passed, and how long they might take."""

    def __init__(self) -> None:
        self.line = WSGITransport(create_reference(callbacks="manual"))
        self.passed, self.waited, self.headers = [], [], []

    def send(self, method, url, headers, body, timeout_seconds):
        """See `connector_ppp.Transport`."""
        self.passed.append(f"{method} {url.removeprefix('http://acme.test').partition('?')[0]}")
        self.waited.append(timeout_seconds)
        self.headers.append(headers)
        return self.line.send(method, url, headers, body, timeout_seconds)


@pytest.fixture(name="acme")
def acme_fixture(open_world):
    """A world whose connectors all are the reference connector; the world and its line."""
    line = Watched()
    return open_world(transport=lambda _url: line), line


def approved(world):
    """A payment that the reference connector approved; its transaction and the message that created it."""
    assert world.merchant.put_connector("Acme", **ACME, mode="partial", paymentSystems=[2]).status_code == 200
    transaction = world.merchant.start(10000)
    transaction.pay({"value": 10000})
    transaction.authorize()
    return transaction, transaction.exchanges()[0]["request"]


def test_the_sandbox_uses_every_operation_of_the_protocol(acme):
    """Nine operations, each sent at least once in the life of a connector and a payment."""
    world, line = acme
    transaction, created = approved(world)
    transaction.ask("settle", 6000)
    transaction.ask("refund", 1000)
    transaction.ask("cancel", 4000)
    outside = world.app.test_client()
    address = created["inboundRequestsUrl"].removeprefix("http://127.0.0.1:5005")
    outside.post(address.replace(":action", "notify"), data="hello")
    begun = world.merchant.send("POST", "/_mock/connectors/Acme/authorization").json
    outside.get(begun["location"])
    payment = created["paymentId"]
    expected = {
        f"{each.method} {each.path}".replace("{paymentId}", payment).replace("{action}", "notify")
        for each in OPERATIONS.values()
    }
    assert set(line.passed) == expected
    assert len(expected) == 9


# --- Manifest ----------------------------------------------------------------------------------------------------


def test_a_connector_is_shown_with_its_manifest(acme):
    """Its methods with their split, and the bounds of the schedule, as it said them; without credentials."""
    world, line = acme
    shown = world.merchant.put_connector("Acme", **ACME, appKey="k", appToken="t").json
    methods = {each["name"]: each["allowsSplit"] for each in shown["manifest"]["paymentMethods"]}
    assert (methods["Visa"], methods["BankInvoice"], methods["Pix"]) == ("onCapture", "onAuthorize", "disabled")
    assert shown["manifest"]["autoSettleDelay"] == {"minimum": "0", "maximum": "720"}
    assert shown["manifestError"] is None
    assert line.waited == [2.0]
    assert not [name for name in line.headers[0] if name.startswith("X-VTEX-API-App")]
    (listed,) = [each for each in world.merchant.read("/_mock/connectors")["connectors"] if each["name"] == "Acme"]
    assert listed == shown


@pytest.mark.parametrize(
    ("systems", "lacks"), [([2], []), ([2, 6, 125], ["BankInvoice", "Pix"]), ([], [])], ids=str
)
def test_a_method_that_the_manifest_lacks_is_told(systems, lacks, world):
    """This connector offers Visa alone; it gets the other payments all the same."""
    shown = world.merchant.put_connector("A", kind="ppp", url="http://a.test", paymentSystems=systems).json
    told = "; ".join(f"{method} is not among its paymentMethods" for method in lacks)
    assert (shown["manifestError"] or "") == told
    assert shown["paymentSystems"] == systems


class Dead:
    """A line on which nobody answers."""

    def send(self, method, url, headers, body, timeout_seconds):
        """See `connector_ppp.Transport`."""
        del method, headers, body, timeout_seconds
        raise TransportError(f"nobody at {url}", sent=False)


def test_a_connector_that_is_away_is_configured_all_the_same(open_world):
    """200, and the answer says why there is no manifest."""
    world = open_world(transport=lambda _url: Dead())
    answer = world.merchant.put_connector("Acme", **ACME)
    assert answer.status_code == 200
    assert (answer.json["manifest"], answer.json["manifestError"]) == (None, "nobody at http://acme.test/manifest")
    assert "Acme" in [each["name"] for each in world.merchant.read("/_mock/connectors")["connectors"]]


@pytest.mark.parametrize(
    ("status", "text", "shows"),
    [(200, "<html>", False), (404, "{}", False), (500, "", False), (200, "{}", True), (200, "[]", False)],
)
def test_a_manifest_that_is_none_is_told(status, text, shows, open_world):
    """What is wrong with it stands in the answer; a readable one is shown beside that."""
    app = Flask("odd", static_folder=None)
    app.get("/manifest")(lambda: (text, status))
    world = open_world(transport=lambda _url: WSGITransport(app))
    answer = world.merchant.put_connector("Acme", **ACME)
    assert answer.status_code == 200
    assert (answer.json["manifest"] is not None) is shows
    assert answer.json["manifestError"]


def test_a_legacy_connector_has_no_manifest(acme):
    """Nobody is asked; and one that turns legacy loses the manifest that it had."""
    world, line = acme
    world.merchant.put_connector("Acme", **ACME)
    line.passed.clear()
    shown = world.merchant.put_connector("Acme", kind="legacy").json
    assert (shown["manifest"], shown["manifestError"], line.passed) == (None, None, [])


@pytest.mark.parametrize(("hours", "status"), [(0, 200), (1, 200), (720, 200)])
def test_a_schedule_keeps_to_the_manifest(hours, status, acme):
    """Documented: whole hours between the manifest's minimum and maximum, here 0 and 720."""
    world, _ = acme
    answer = world.merchant.put_connector("Acme", **ACME, settlesAfter=hours * 3600)
    assert answer.status_code == status


@pytest.mark.parametrize(("hours", "status"), [(1, 422), (2, 200), (48, 200), (49, 422)])
def test_a_schedule_outside_of_the_manifest_is_refused(hours, status, open_world):
    """422, and the connector stays as it was."""
    app = Flask("strict", static_folder=None)
    bounds = {"minimum": "2", "maximum": "48"}
    app.get("/manifest")(lambda: {"paymentMethods": [], "autoSettleDelay": bounds})
    world = open_world(transport=lambda _url: WSGITransport(app))
    before = world.merchant.read("/_mock/connectors")
    answer = world.merchant.put_connector("Acme", **ACME, settlesAfter=hours * 3600)
    assert answer.status_code == status
    assert (world.merchant.read("/_mock/connectors") == before) is (status == 422)


@pytest.mark.parametrize(("hours", "status"), [("48", 200), ("721", 400)])
def test_an_affiliation_registers_a_connector_as_well(hours, status, acme):
    """The manifest is read and kept to, as for the control plane; with the API's own 400."""
    world, line = acme
    entries = {"serviceUrl": "http://acme.test", "autoSettle": "4", "autoSettleDelay": hours}
    affiliation = {
        "implementation": "Vtex.PaymentGateway.Connectors.PaymentProvider.PaymentProviderConnector_Acme",
        "name": "Acme",
        "configuration": [{"name": name, "value": value} for name, value in entries.items()],
    }
    answer = world.merchant.send("POST", "/api/pvt/affiliations", affiliation)
    assert answer.status_code == status
    assert line.passed == ["GET /manifest"]
    shown = [each for each in world.merchant.read("/_mock/connectors")["connectors"] if each["name"] == "Acme"]
    assert [each["manifest"]["autoSettleDelay"]["maximum"] for each in shown] == (["720"] if status == 200 else [])


# --- Inbound -----------------------------------------------------------------------------------------------------


def test_a_third_partys_message_reaches_the_connector(acme):
    """The raw body goes along with the payment's ids; what the connector says is the answer, to the letter."""
    world, _ = acme
    transaction, created = approved(world)
    address = created["inboundRequestsUrl"].removeprefix("http://127.0.0.1:5005")
    assert ":action" in address
    answer = world.app.test_client().post(address.replace(":action", "notify"), data='{"any": "thing"}')
    handed = transaction.exchanges()[-1]
    assert handed["operation"] == "inbound"
    assert handed["request"]["requestData"] == {"body": '{"any": "thing"}'}
    assert handed["request"]["paymentId"] == created["paymentId"]
    assert {"authorizationId", "tid", "nsu", "transactionId", "requestId"} <= set(handed["request"])
    told = handed["response"]["responseData"]
    assert (answer.status_code, answer.text) == (told["statusCode"], told["content"])
    assert answer.content_type == told["contentType"]


def test_two_messages_are_two_requests(acme):
    """Each has a requestId of its own: the key by which the connector knows a repeat."""
    world, _ = acme
    transaction, created = approved(world)
    address = created["inboundRequestUrl"].removeprefix("http://127.0.0.1:5005").replace(":action", "notify")
    for _ in range(2):
        world.app.test_client().post(address, data="same")
    handed = [each for each in transaction.exchanges() if each["operation"] == "inbound"]
    assert len({each["requestId"] for each in handed}) == 2


def replying(data):
    """A connector that approves everything and answers inbound requests with that."""
    reference = create_reference(callbacks="manual")
    inner = WSGITransport(reference)
    odd = Flask("odd", static_folder=None)
    odd.post("/payments/<payment>/inbound/<action>")(
        lambda payment, action: {"paymentId": payment, "requestId": action, "responseData": data}
    )

    class Line:
        """Inbound requests go to the odd one."""

        def send(self, method, url, headers, body, timeout_seconds):
            """See `connector_ppp.Transport`."""
            line = WSGITransport(odd) if "/inbound/" in url else inner
            return line.send(method, url, headers, body, timeout_seconds)

    return Line()


@pytest.mark.parametrize(
    "data",
    [
        None,
        {"statusCode": 99, "contentType": "text/plain", "content": "x"},
        {"statusCode": 1000, "contentType": "text/plain", "content": "x"},
        {"statusCode": "200", "contentType": "text/plain", "content": "x"},
        {"statusCode": 200, "contentType": "text/plain\r\nX-Evil: 1", "content": "x"},
    ],
    ids=str,
)
def test_an_answer_that_cannot_be_replayed_is_502(data, open_world):
    """Somebody else's header lines and impossible statuses never reach the third party."""
    world = open_world(transport=lambda _url: replying(data))
    _, created = approved(world)
    address = created["inboundRequestsUrl"].removeprefix("http://127.0.0.1:5005").replace(":action", "notify")
    answer = world.app.test_client().post(address)
    assert (answer.status_code, answer.json["error"]["code"]) == (502, "Mock.ConnectorFailed")
    assert "X-Evil" not in answer.headers


@pytest.mark.parametrize(
    ("old", "new"), [("accountName=sandbox", "accountName=nobody"), ("payments/", "payments/0")]
)
def test_an_inbound_address_of_nobody_is_404(old, new, acme):
    """An unknown account or payment."""
    world, _ = acme
    _, created = approved(world)
    address = created["inboundRequestsUrl"].removeprefix("http://127.0.0.1:5005").replace(old, new)
    assert world.app.test_client().post(address).status_code == 404


# --- The configuration flow --------------------------------------------------------------------------------------


def test_the_flow_brings_the_connectors_credentials(acme):
    """Token, the browser's way, credentials: from then on the connector is called with them (documented)."""
    world, line = acme
    world.merchant.put_connector("Acme", **ACME, paymentSystems=[2])
    begun = world.merchant.send("POST", "/_mock/connectors/Acme/authorization")
    assert begun.status_code == 200
    assert begun.json["redirectUrl"].startswith(
        "http://acme.test/authorization/redirect?applicationId=vtex&token="
    )
    browser = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    came_back = world.app.test_client().get(begun.json["location"], headers=browser)
    assert (came_back.status_code, came_back.json["appKey"]) == (200, "vtexappkey-sandbox-LOCAL")
    line.headers.clear()
    transaction = world.merchant.start(10000)
    transaction.pay({"value": 10000})
    transaction.authorize()
    assert line.headers[0]["X-VTEX-API-AppKey"] == "vtexappkey-sandbox-LOCAL"
    assert line.headers[0]["X-VTEX-API-AppToken"] == "sandbox"


def test_a_code_that_nobody_gave_out_is_refused(acme):
    """422 with the connector's own words, and the connector keeps its credentials."""
    world, _ = acme
    world.merchant.put_connector("Acme", **ACME, appKey="before", appToken="t")
    answer = world.app.test_client().get("/_mock/connectors/Acme/authorization/sandbox/nonsense")
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "Mock.ConnectorFailed")
    (shown,) = [each for each in world.merchant.read("/_mock/connectors")["connectors"] if each["name"] == "Acme"]
    assert shown["appKey"] == "before"


@pytest.mark.parametrize("name", ["Nobody", "Old"])
def test_only_connectors_of_the_protocol_have_the_flow(name, acme):
    """404 for an unknown connector and for a legacy one."""
    world, _ = acme
    world.merchant.put_connector("Old", kind="legacy")
    answer = world.merchant.send("POST", f"/_mock/connectors/{name}/authorization")
    assert (answer.status_code, answer.json["error"]["code"]) == (404, "Mock.NotConfigured")


def test_a_connector_without_the_flow_is_told(open_world):
    """The flow is optional: 422, in words."""
    world = open_world(transport=lambda _url: WSGITransport(Flask("bare", static_folder=None)))
    world.merchant.put_connector("Acme", **ACME)
    answer = world.merchant.send("POST", "/_mock/connectors/Acme/authorization")
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "Mock.ConnectorFailed")
