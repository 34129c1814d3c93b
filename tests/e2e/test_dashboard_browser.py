"""The dashboard as a developer uses it: in a browser, on a desk and on a phone."""

import re
import shutil
from collections.abc import Iterator

import pytest

from connector_ppp import Reply, WSGITransport
from connector_ppp.reference.app import create_app as create_reference
from gateway_mock.core.modes import Mode
from gateway_mock.fixtures.serving import serve
from gateway_mock.web.app import Config, build, create_app

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: no browser to drive")

# The browser talks to nobody but the sandbox: the page needs nothing else, and neither does the browser itself.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESK, PHONE = 1280, 390
PAIR = {"X-VTEX-API-AppKey": "vtexappkey-sandbox-LOCAL", "X-VTEX-API-AppToken": "sandbox"}
HOSTILE = "<img src=x onerror=document.title='gone'><script>document.title='gone'</script>"

# Of each text, the text, its colour and the colour behind it.
COLOURS = """() => [...document.body.querySelectorAll('*:not(script, style, div, section, ol, ul, option)')]
  .filter(each => each.checkVisibility() && each.textContent.trim() && !each.matches('.unseen, .skip, .unseen *'))
  .map(each => {
    let behind = each;
    while (getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)') behind = behind.parentElement;
    const paint = document.createElement('canvas').getContext('2d');
    return [each.textContent.trim(), ...[each, behind].map((one, at) => {
      paint.fillStyle = getComputedStyle(one)[at ? 'backgroundColor' : 'color'];
      paint.fillRect(0, 0, 1, 1);
      return [...paint.getImageData(0, 0, 1, 1).data].slice(0, 3);
    })];
  })"""


class Hostile:
    """A connector that settles, and says so with markup in its message; to a refund it says nothing but markup."""

    def __init__(self, line: WSGITransport) -> None:
        self._line = line

    def send(self, method, url, headers, body, timeout_seconds):
        """See `connector_ppp.Transport`."""
        reply = self._line.send(method, url, headers, body, timeout_seconds)
        if url.endswith("/refunds"):
            return Reply(200, {}, HOSTILE.encode(), 1.0)
        return Reply(reply.status, reply.headers, reply.body.replace(b'"settled"', f'"{HOSTILE}"'.encode()), 1.0)


class Stage:
    """A sandbox in Partial mode with a manual clock, served, and what an ERP does to its order."""

    def __init__(self, *, hostile: bool = False, **config: object) -> None:
        line = WSGITransport(create_reference(callbacks="manual"))
        config = Config(clock="manual", connector="http://connector.test", mode=Mode.PARTIAL, **config)
        sandbox = build(config, transport_for=lambda _url: Hostile(line) if hostile else line)
        app = create_app(config, sandbox=sandbox)
        self.client, self.url = app.test_client(), serve(app)

    def post(self, path: str, body: dict) -> dict:
        """One request that is taken."""
        answer = self.client.post(path, json=body, headers=PAIR)
        assert answer.status_code < 300, answer.text
        return answer.json

    def order(self) -> str:
        """An order of 100.00, by its id."""
        return self.post("/_mock/orders", {"value": 10000})["orderId"]

    def invoice(self, order: str, kind: str, number: int, value: int) -> None:
        """A sale or a return."""
        invoice = {"type": kind, "invoiceNumber": f"{number}", "invoiceValue": value, "items": []}
        self.post(f"/api/oms/pvt/orders/{order}/invoice", invoice | {"issuanceDate": "2026-01-02T10:00:00Z"})

    def story(self) -> None:
        """The announcement's: invoice 40, change -10, invoice 50, return 15."""
        order = self.order()
        self.invoice(order, "Output", 1, 4000)
        change = {"requestId": "1", "reason": "Out of stock", "discountValue": 1000, "incrementValue": 0}
        self.post(f"/api/oms/pvt/orders/{order}/changes", change)
        self.invoice(order, "Output", 2, 5000)
        self.invoice(order, "Input", 3, 1500)


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    """The system's Chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium is installed here: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield running
        running.close()


@pytest.fixture(scope="module")
def played() -> Stage:
    """A sandbox where the announcement's story was played."""
    stage = Stage()
    stage.story()
    return stage


@pytest.fixture(scope="module")
def visit(browser):
    """Opens the dashboard of a stage; nothing else is loaded, and no script fails."""
    contexts, asked, failed = [], [], []

    def visiting(stage: Stage, width: int = DESK) -> sync_api.Page:
        context = browser.new_context(viewport={"width": width, "height": 844})
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda each: asked.append((stage.url, each.url)))
        page.on("pageerror", lambda each: failed.append(str(each)))
        page.on("console", lambda each: failed.append(each.text) if "Security" in each.text else None)
        page.goto(stage.url)
        return page

    yield visiting
    for context in contexts:
        context.close()
    assert asked
    assert [url for own, url in asked if not url.startswith((f"{own}/", "data:,"))] == []
    assert failed == []


@pytest.fixture(scope="module")
def page(visit, played) -> sync_api.Page:
    """The story on a desk; nobody who shares it changes what it shows."""
    return visit(played)


def figures(page: sync_api.Page, ledger: int) -> str:
    """The rows of one of the three ledgers, in their order."""
    card = page.locator(".ledgers .card").nth(ledger).locator("dl")
    pairs = zip(card.locator("dt").all_inner_texts(), card.locator("dd").all_inner_texts(), strict=True)
    return ", ".join(f"{name} {amount}" for name, amount in pairs)


def test_the_announcements_story_is_read_at_a_glance(page):
    """Each ledger shows the documented figures, the bar what the shopper paid; the calls lie in their order."""
    sync_api.expect(page).to_have_url(re.compile("/_mock/dashboard$"))
    sync_api.expect(page.locator(".verdict")).to_have_text("✓ The ledgers agree")
    assert [figures(page, ledger) for ledger in range(3)] == [
        "Value 90.00, Invoiced 90.00, Returned 15.00, Taken off 10.00, To invoice 0.00",
        "Value 100.00, Settle 90.00, Refund 15.00, Cancel 10.00, Open 0.00",
        "Authorized 100.00, Captured 90.00, Refunded 15.00, Cancelled 10.00, Open 0.00",
    ]
    payment = page.locator(".payments .card")
    sync_api.expect(payment.locator("b")).to_have_text("90.00 of 100.00 captured")
    paid = "captured and kept 75.00, refunded 15.00, cancelled 10.00"
    sync_api.expect(payment.get_by_role("img")).to_have_attribute("aria-label", paid)
    widths = [part.bounding_box()["width"] for part in payment.locator(".bar i").all()]
    assert [round(100 * width / sum(widths)) for width in widths] == [75, 15, 10]
    calls = page.locator(".call summary").all_inner_texts()
    assert [re.match(r"\w+ [\d.]+", call)[0] for call in calls] == [
        "authorize 100.00",
        "settle 40.00",
        "cancel 10.00",
        "settle 50.00",
        "refund 15.00",
    ]


def test_a_call_is_unfolded_by_the_keyboard_and_copied_as_curl(page):
    """Amounts stand as they were on the line; what is open stays open when something new happens."""
    call = page.locator(".call").nth(1)
    call.locator("summary").focus()
    page.keyboard.press("Enter")
    sync_api.expect(call.locator("pre").first).to_contain_text('"value": 40.00,')
    call.get_by_text("Copy as curl").click()
    sync_api.expect(call.locator("button")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert re.match(
        r"curl 'http://connector\.test/payments/\w+/settlements' -H 'Content-Type: application/json' -d", copied
    )
    assert '"value":40.00,' in copied
    page.locator("[data-seconds='604800']").click()
    sync_api.expect(page.locator("#now")).to_have_text("2026-01-08 00:00:00")
    sync_api.expect(call.locator("pre").first).to_be_visible()


def test_what_a_connector_says_stays_text(visit):
    """Markup in its answers is shown as it came, runs nothing, and nothing runs off the side."""
    stage = Stage(hostile=True)
    stage.invoice(order := stage.order(), "Output", 1, 10000)
    stage.invoice(order, "Input", 2, 1500)
    page = visit(stage, PHONE)
    page.locator("#list a").click()
    for number, answer in ((1, HOSTILE), (2, HOSTILE)):
        call = page.locator(".call").nth(number)
        call.locator("summary").click()
        sync_api.expect(call.locator("pre").nth(1)).to_contain_text(answer)
    sync_api.expect(page.locator(".verdict")).to_have_text("! The ledgers do not agree")
    assert page.title() == "Sandbox: what happened to the money"
    assert page.locator("img, script").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE


def test_what_goes_wrong_is_switched_and_the_clock_moved_on(visit):
    """A fault is added, met, and mended an hour later by the button; a quirk is on."""
    stage = Stage()
    order = stage.order()
    page = visit(stage, PHONE)
    page.get_by_text("Add", exact=True).click()
    sync_api.expect(page.locator("#faults")).to_have_text("drop-reply on settle, once")
    page.fill("#quirk-search", "settle.zero")
    page.get_by_label("settle.zero").check()
    sync_api.expect(page.locator("#quirks-on")).to_have_text(re.compile(r"^1 of "))
    assert stage.client.get("/_mock/quirks", headers=PAIR).json["settle.zero"] is True
    stage.invoice(order, "Output", 1, 4000)
    sync_api.expect(page.locator("#list .words").last).to_have_text("settled 40.00 · open 60.00 · in flight 40.00")
    page.locator("#list a").click()
    sync_api.expect(page.locator(".jobs")).to_contain_text("In 1 hour the connector is asked again to settle")
    assert "In flight 40.00" in figures(page, 2)
    page.get_by_text("+ 1 hour").click()
    sync_api.expect(page.locator("#now")).to_have_text("2026-01-01 01:00:00")
    sync_api.expect(page.locator(".verdict")).to_have_text("✓ The ledgers agree")
    assert figures(page, 2) == "Authorized 100.00, Captured 40.00, Refunded 0.00, Cancelled 0.00, Open 60.00"


def test_a_control_token_is_asked_for(visit):
    """A wrong one shows nothing; the right one opens the page."""
    page = visit(Stage(control_token="secret"))
    sync_api.expect(page.locator("#desk")).to_be_hidden()
    for token in ("wrong", "secret"):
        page.get_by_label("control token").fill(token)
        page.keyboard.press("Enter")
        shown = sync_api.expect(page.locator("#entry"))
        shown.to_be_visible() if token == "wrong" else shown.to_be_hidden()
    sync_api.expect(page.locator("#nothing")).to_contain_text("None yet")


def luminance(colour: list[int]) -> float:
    """The relative luminance of a colour, by WCAG 2.2."""
    parts = [part / 255 for part in colour]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_every_text_can_be_read_in_the_light_and_in_the_dark(page):
    """Its contrast is 4.5 at least (WCAG 2.2, level AA), and the button turns one scheme into the other."""
    page.locator(".call summary").nth(2).click()
    assert page.evaluate("document.documentElement.scrollWidth") == DESK
    behind_all = []
    for _ in range(2):
        for text, ink, behind in page.evaluate(COLOURS):
            darker, lighter = sorted((luminance(ink), luminance(behind)))
            assert (lighter + 0.05) / (darker + 0.05) >= 4.5, f"{text}: {ink} on {behind}"
        behind_all.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        page.locator("#theme").click()
    assert behind_all == ["rgb(245, 246, 249)", "rgb(17, 20, 26)"]
