"""The HTML report as somebody uses it: in a browser, on a desk, on a phone, on paper."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector_ppp.reference.app import create_app
from contracts.reports.page import render_page
from contracts.suite.events import RunFinished

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: no browser to drive")

# The browser talks to nobody: the page needs nothing else, and neither does the browser itself.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDTHS = (1280, 390)
DEFECTS = ("double-settle-on-repeat", "missing-delays", "no-refunds")
RULES = ("manifest/*", "authorize/delays-sent", "settle/*", "refund/full", "refund/part")

# Of each text that has a tone, the text, its colour and the colour behind it.
COLOURS = """() => [...document.querySelectorAll('.pass, .fail, .advice, .other, .soft, a, p, dd, dt')]
  .filter(each => each.checkVisibility() && each.textContent.trim())
  .map(each => {
    let behind = each;
    while (getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)') behind = behind.parentElement;
    return [each.textContent.trim(), getComputedStyle(each).color, getComputedStyle(behind).backgroundColor];
  })"""


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
def finished(judge) -> RunFinished:
    """A run against a connector with three defects."""
    return judge(create_app(defects=DEFECTS, callback_delay_seconds=0.01), RULES).finished


@pytest.fixture(scope="module")
def address(finished, tmp_path_factory) -> str:
    """Where its report lies."""
    return written(tmp_path_factory.mktemp("report") / "report.html", finished)


def written(path: Path, finished: RunFinished) -> str:
    """Write a report; its address."""
    path.write_text(render_page(finished), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(params=WIDTHS, ids=lambda width: f"{width}px")
def page(request, browser, address) -> Iterator[sync_api.Page]:
    """The report, open; nothing else is loaded, and no script fails."""
    context = browser.new_context(viewport={"width": request.param, "height": 844})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened, asked, failed = context.new_page(), [], []
    opened.on("request", lambda each: asked.append(each.url))
    opened.on("pageerror", lambda each: failed.append(str(each)))
    opened.goto(address)
    yield opened
    context.close()
    assert {each.partition("#")[0] for each in asked} == {address}
    assert failed == []


def rule(page: sync_api.Page, name: str) -> sync_api.Locator:
    """The row of a rule."""
    return page.locator(f'[id="{name}"]')


def shown(page: sync_api.Page) -> int:
    """How many rules are to be seen."""
    return page.locator("details.rule:visible").count()


def test_the_verdict_is_seen_first_and_nothing_runs_off_the_side(page):
    """The modes stand on the first screen; the page is as wide as the window."""
    sync_api.expect(page.locator(".headline")).to_have_text(re.compile(r"✗ \d+ rules are broken"))
    sync_api.expect(page.locator(".mode .verdict").first).to_be_in_viewport()
    assert page.locator(".mode .verdict").all_inner_texts() == ["✗ no"] * 3
    assert page.evaluate("document.documentElement.scrollWidth") == page.viewport_size["width"]


def test_searching_leaves_the_rules_that_have_the_words(page, finished):
    """In any order, in titles or bodies; a filter narrows it further, and no word shows all again."""
    page.keyboard.press("/")
    page.keyboard.type("Repeated SETTLE captures")
    assert 0 < shown(page) < len(finished.cases)
    sync_api.expect(rule(page, "settle/repeat")).to_be_visible()
    sync_api.expect(rule(page, "manifest/readable")).to_be_hidden()
    assert page.locator("#count").inner_text() == f"{shown(page)} of {len(finished.cases)} rules"
    page.fill("#search", "there is no such word")
    sync_api.expect(page.locator("#nothing")).to_be_visible()
    page.fill("#search", "")
    assert shown(page) == len(finished.cases)


def test_a_filter_shows_one_outcome(page, finished):
    """And its second press everything."""
    button = page.locator("button[data-outcome='fail']")
    button.click()
    assert shown(page) == sum(case.outcome == "fail" for case in finished.cases) > 0
    button.click()
    assert shown(page) == len(finished.cases)


def test_a_case_is_opened_and_read_by_the_keyboard_alone(page):
    """Enter opens a rule, then a call of it: request and answer."""
    row = rule(page, "settle/full")
    row.locator("> summary").focus()
    page.keyboard.press("Enter")
    sync_api.expect(row.locator(".case > p").first).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    sync_api.expect(row.locator("pre").first).to_contain_text("POST http://connector.test/payments\n")
    sync_api.expect(row.locator("pre").nth(1)).to_contain_text("HTTP 200\n")


def test_a_call_is_copied_as_curl(page, finished):
    """What lies in the clipboard is the command of that call."""
    (case,) = (case for case in finished.cases if case.rule.id == "settle/repeat")
    call = rule(page, "settle/repeat").locator(".call").nth(1)
    call.locator("summary").click()
    call.get_by_text("Copy as curl").click()
    sync_api.expect(call.locator("button")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == case.exchanges[1].curl()


def test_a_call_is_copied_where_there_is_no_clipboard(page, finished):
    """A page that came by plain HTTP has none; the text goes by way of a field."""
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')) }")
    row = rule(page, "settle/repeat")
    row.locator(".again button").click()
    sync_api.expect(row.locator(".again button")).to_have_text("Copied")
    (case,) = (case for case in finished.cases if case.rule.id == "settle/repeat")
    assert page.evaluate("navigator.clipboard.readText()") == case.rerun


def test_a_finding_leads_to_its_rule_whatever_is_filtered(page):
    """The rule opens, and the filters that hid it are gone."""
    page.locator("button[data-outcome='pass']").click()
    page.locator(".findings a", has_text="carries all three delays").click()
    row = rule(page, "authorize/delays-sent")
    sync_api.expect(row.locator(".case")).to_be_in_viewport()
    sync_api.expect(row.locator("> summary")).to_be_focused()


def test_everything_opens_and_closes_at_once(page, finished):
    """One button for both."""
    page.locator("#fold").click()
    assert page.locator("details.rule[open]").count() == len(finished.cases)
    page.locator("#fold").click()
    assert page.locator("details.rule[open]").count() == 0


def luminance(colour: str) -> float:
    """The relative luminance of a colour, by WCAG 2.2."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_every_text_can_be_read_in_the_light_and_in_the_dark(page):
    """Its contrast is 4.5 at least (WCAG 2.2, level AA), and the button turns one scheme into the other."""
    page.emulate_media(color_scheme="dark")
    behind_all = []
    for _ in range(2):
        for text, ink, behind in page.evaluate(COLOURS):
            darker, lighter = sorted((luminance(ink), luminance(behind)))
            assert (lighter + 0.05) / (darker + 0.05) >= 4.5, f"{text}: {ink} on {behind}"
        behind_all.append(luminance(page.evaluate("getComputedStyle(document.body).backgroundColor")))
        page.locator("#theme").click()
    dark, light = behind_all
    assert dark < 0.05
    assert light > 0.85


def test_the_report_can_be_printed(page):
    """On paper there are no buttons, and every finding is open."""
    page.locator("#fold").click()
    page.locator("#fold").click()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    sync_api.expect(page.locator(".tools")).to_be_hidden()
    sync_api.expect(rule(page, "authorize/delays-sent").locator(".difference").first).to_be_visible()
    assert page.pdf().startswith(b"%PDF")


def test_a_report_without_findings_has_nothing_but_good_news(browser, judge, tmp_path):
    """Every mode runs, and there is no list of findings."""
    page = browser.new_page()
    page.goto(written(tmp_path / "clean.html", judge().finished))
    assert page.locator(".headline").inner_text() == "✓ Nothing is broken"
    assert page.locator(".mode .verdict").all_inner_texts() == ["✓ yes"] * 3
    assert page.locator("#findings").count() == 0
    page.close()
