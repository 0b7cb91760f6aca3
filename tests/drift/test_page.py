"""The page in a real browser: Debian's chromium, without a window."""

import json
import shutil
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import pytest

from tests.drift.reviews import clean, hostile, large, plausible
from twilio_environments.drift.reports import page

BINARIES = {name: shutil.which(name) for name in ("chromium", "chromedriver")}
MISSING = [name for name, path in BINARIES.items() if path is None]
MISSING += [] if find_spec("selenium") else ["selenium"]
pytestmark = pytest.mark.skipif(
    bool(MISSING), reason=f"there is no {' and no '.join(MISSING)} to look at the page with"
)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
Open = Callable[..., Any]


@pytest.fixture(scope="module")
def browser(tmp_path_factory) -> Iterator[Any]:
    from selenium import webdriver  # noqa: PLC0415 - skipped where it is not installed
    from selenium.webdriver.chrome.service import Service  # noqa: PLC0415

    options = webdriver.ChromeOptions()
    options.binary_location = BINARIES["chromium"] or ""
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(BINARIES["chromedriver"]))
    driver.set_script_timeout(20)
    yield driver
    driver.quit()


@pytest.fixture
def opened(browser, tmp_path) -> Open:
    """Open the page of a review, as wide and in the colours that are asked for."""

    def open_(review, *, width: int = 1280, dark: bool = False, media: str = "", script: bool = True):
        path = tmp_path / "drift.html"
        path.write_text(page.render(review), encoding="utf-8")
        features = [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not script})
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        browser.get("about:blank")
        for log in ("browser", "performance"):
            browser.get_log(log)
        browser.get(path.as_uri())
        return browser

    return open_


def shown(browser) -> Any:
    """The places of the findings that are to be seen."""
    return browser.execute_script(
        "return [...document.querySelectorAll('details.row')].filter(row => row.offsetParent)"
        ".map(row => row.querySelector('.title b').textContent)"
    )


def press(browser, *keys: str) -> None:
    from selenium.webdriver.common.action_chains import ActionChains  # noqa: PLC0415 - see above

    ActionChains(browser).send_keys(*keys).perform()


def focused(browser) -> Any:
    return browser.execute_script(
        "const at = document.activeElement, row = at.closest('details.row');"
        "return at.tagName === 'SUMMARY' && row ? row.querySelector('.title b').textContent : at.id || at.tagName"
    )


def is_open(browser) -> Any:
    return browser.execute_script("return [...document.querySelectorAll('details.row')].map(row => row.open)")


def click(browser, selector: str) -> None:
    browser.execute_script("document.querySelector(arguments[0]).click()", selector)


PLACES = [row.place for row in plausible().rows]
LEVELS = {row.place: str(row.severity.level) for row in plausible().rows}


# -- what is to be seen ------------------------------------------------------------------------------------------------


def test_every_finding_and_every_object_is_on_the_page(opened):
    browser = opened(plausible())
    assert sorted(shown(browser)) == sorted(PLACES)
    nodes = browser.execute_script(
        "return [...document.querySelectorAll('[data-node]')].map(node => node.getAttribute('aria-label'))"
    )
    assert len(nodes) == len(plausible().nodes)
    assert (
        "number numbers.support +14155550123, changed, security; leads to studio_flows.autoreply, studio_flows.ivr"
        in nodes
    )
    links = browser.execute_script(
        "return [...document.querySelectorAll('path[data-from]')].map(one => one.textContent)"
    )
    assert "numbers.support → studio_flows.ivr (voice_url), removed" in links
    assert len(links) == len(plausible().links)


def test_a_flow_is_compared_by_widget(opened):
    browser = opened(plausible())
    widgets = browser.execute_script(
        "return [...document.querySelectorAll('.flow .widget h4')].map(one => one.textContent.split(/\\s+/).join(' '))"
    )
    assert widgets == [
        "menu gather-input-on-call changed",
        "goodbye say-play changed",
        "agent connect-call-to added",
        "send_hours send-message removed",
    ]


def test_a_review_without_drift_says_so(opened):
    browser = opened(clean())
    assert "No drift." in browser.execute_script("return document.body.innerText")
    assert shown(browser) == []


def test_a_picture_of_very_many_objects_stays_small_and_says_how_many_are_left_out(opened):
    browser = opened(large(200))
    assert browser.execute_script("return document.querySelectorAll('.node').length") < 30
    assert "and 180 more" in browser.execute_script("return document.querySelector('.canvas').textContent")
    assert len(shown(browser)) == 200


# -- filters -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["security", "behaviour", "cosmetic"])
def test_a_severity_can_be_left_out(opened, level):
    browser = opened(plausible())
    click(browser, f"input[data-filter=level][value={level}]")
    assert sorted(shown(browser)) == sorted(place for place in PLACES if LEVELS[place] != level)


def test_a_kind_can_be_left_out_and_a_cause_goes_with_its_last_finding(opened):
    browser = opened(plausible())
    click(browser, "input[data-filter=kind][value=missing]")
    assert "numbers.alerts-1" not in shown(browser)
    assert browser.execute_script("return document.querySelectorAll('.cause[hidden]').length") == 1
    assert browser.execute_script("return document.getElementById('shown').textContent") == "7 of 8 findings"


def test_a_search_keeps_what_has_all_its_words(opened):
    browser = opened(plausible())
    press(browser, "/", "Partner.Example VOICE_url")
    assert shown(browser) == ["numbers.support"]


def test_a_search_for_nothing_that_is_there_offers_the_way_back(opened):
    browser = opened(plausible())
    press(browser, "/", "no such thing")
    assert shown(browser) == []
    click(browser, "#nothing [data-reset]")
    assert len(shown(browser)) == len(PLACES)


# -- keyboard ----------------------------------------------------------------------------------------------------------


def test_keys_go_from_finding_to_finding_and_open_them(opened):
    from selenium.webdriver.common.keys import Keys  # noqa: PLC0415 - see above

    browser = opened(plausible())
    order = shown(browser)
    press(browser, "j")
    press(browser, "j")
    assert focused(browser) == order[1]
    press(browser, Keys.ENTER)
    assert is_open(browser) == [False, True, *[False] * 6]
    press(browser, "k")
    press(browser, "k")
    assert focused(browser) == order[0]
    press(browser, "e")
    assert all(is_open(browser))
    press(browser, "e")
    assert not any(is_open(browser))


def test_keys_filter_and_escape_shows_everything_again(opened):
    from selenium.webdriver.common.keys import Keys  # noqa: PLC0415 - see above

    browser = opened(plausible())
    press(browser, "1")
    assert "numbers.support" not in shown(browser)
    press(browser, "/")
    assert focused(browser) == "search"
    press(browser, "j1?")
    assert browser.execute_script("return document.getElementById('search').value") == "j1?"
    press(browser, Keys.ESCAPE)
    assert len(shown(browser)) == len(PLACES)


def test_the_keys_are_listed(opened):
    from selenium.webdriver.common.keys import Keys  # noqa: PLC0415 - see above

    browser = opened(plausible())
    press(browser, "?")
    text = browser.execute_script("return document.querySelector('dialog[open]').innerText")
    assert "next, previous finding" in text
    press(browser, Keys.ESCAPE)
    assert browser.execute_script("return document.querySelector('dialog[open]')") is None


def test_tab_follows_the_page(opened):
    from selenium.webdriver.common.keys import Keys  # noqa: PLC0415 - see above

    browser = opened(plausible())
    stops = []
    for _ in range(40):
        press(browser, Keys.TAB)
        stops.append(focused(browser))
    assert [stop for stop in stops if stop in PLACES] == shown(browser)
    assert stops.index("search") < stops.index(PLACES[0])


def test_the_first_stop_leads_past_the_picture(opened):
    from selenium.webdriver.common.keys import Keys  # noqa: PLC0415 - see above

    browser = opened(plausible())
    press(browser, Keys.TAB)
    assert browser.execute_script("return document.activeElement.className") == "skip"
    press(browser, Keys.ENTER)
    assert focused(browser) == "findings"


def test_an_object_of_the_picture_leads_to_its_finding(opened):
    browser = opened(plausible())
    click(browser, "input[data-filter=level][value=security]")
    node = "document.querySelector('a[aria-label^=\"number numbers.support\"]')"
    browser.execute_script(f"{node}.dispatchEvent(new MouseEvent('click', {{bubbles: true}}))")
    wait_until(browser, lambda: focused(browser) == "numbers.support")
    assert is_open(browser)[0]


def wait_until(browser, holds) -> None:
    from selenium.webdriver.support.wait import WebDriverWait  # noqa: PLC0415 - see above

    WebDriverWait(browser, 10).until(lambda _: holds())


def test_a_command_is_copied_by_its_button(opened):
    from selenium.webdriver.common.action_chains import ActionChains  # noqa: PLC0415 - see above
    from selenium.webdriver.common.keys import Keys  # noqa: PLC0415 - see above

    browser = opened(plausible())
    browser.execute_script("document.querySelector('details.row').open = true")
    button = "document.querySelector('details.row button[data-copy]')"
    browser.execute_script(f"{button}.scrollIntoView({{block: 'center'}})")
    browser.find_element("css selector", "details.row button[data-copy]").click()
    wait_until(browser, lambda: browser.execute_script(f"return {button}.textContent") == "Copied")
    press(browser, "/")
    ActionChains(browser).key_down(Keys.CONTROL).send_keys("v").key_up(Keys.CONTROL).perform()
    copied = browser.execute_script("return document.getElementById('search').value")
    assert copied == "twilio-env drift --stack staging --accept numbers.support"


# -- looks and access --------------------------------------------------------------------------------------------------


CONTRASTS = """
const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
const parse = (colour) => {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  return canvas.getImageData(0, 0, 1, 1).data;
};
const linear = (part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
const light = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
const behind = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const node = at.closest('.node');
    const body = node && node.querySelector(element.matches('.mark') ? 'circle' : 'rect.body');
    const colour = parse(body ? getComputedStyle(body).fill : getComputedStyle(at).backgroundColor);
    if (colour[3] === 255) return colour;
  }
  return [255, 255, 255];
};
const low = [];
for (const element of document.querySelectorAll('body *')) {
  const text = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
  if (!text || !element.getClientRects().length || element.matches('title, script, style, .skip')) continue;
  const style = getComputedStyle(element);
  const own = parse(element.closest('svg') ? style.fill : style.color);
  const [dim, bright] = [light(own), light(behind(element))].sort((x, y) => x - y);
  const contrast = (bright + 0.05) / (dim + 0.05);
  if (contrast < 4.5) low.push([element.outerHTML.slice(0, 80), contrast]);
}
return low;
"""


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_has_enough_contrast_in_light_and_in_dark(opened, dark):
    browser = opened(plausible(), dark=dark)
    press(browser, "e")
    low = browser.execute_script(CONTRASTS)
    assert low == []


def test_the_page_is_dark_for_those_who_want_it_dark(opened):
    background = "return getComputedStyle(document.body).backgroundColor"
    light = opened(plausible()).execute_script(background)
    dark = opened(plausible(), dark=True).execute_script(background)
    assert sum(json.loads(f"[{light[4:-1]}]")) > 600
    assert sum(json.loads(f"[{dark[4:-1]}]")) < 150


@pytest.mark.parametrize("review", [plausible, hostile])
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_is_wider_than_the_window(opened, width, review):
    browser = opened(review(), width=width)
    press(browser, "e")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


def test_everything_that_can_be_used_has_a_name(opened):
    browser = opened(plausible())
    press(browser, "e")
    nodes = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    used = [
        one
        for one in nodes
        if one.get("role", {}).get("value") in {"button", "link", "checkbox", "searchbox", "region", "table"}
    ]
    nameless = [
        one["role"]["value"] for one in used if not one.get("name", {}).get("value") and one["role"]["value"] != "table"
    ]
    assert len(used) > 30
    assert not nameless


def test_on_paper_there_are_no_controls(opened):
    browser = opened(plausible(), media="print")
    seen = (
        "return [...document.querySelectorAll('.filters, .button')].filter(one => one.getClientRects().length).length"
    )
    assert browser.execute_script(seen) == 0


def test_without_its_script_the_page_shows_everything(opened):
    browser = opened(plausible(), script=False)
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert sorted(shown(browser)) == sorted(PLACES)
    assert browser.execute_script("return getComputedStyle(document.querySelector('.filters')).display") == "none"


# -- safety ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("review", [plausible, hostile])
def test_the_page_asks_the_network_for_nothing_and_complains_of_nothing(opened, review):
    browser = opened(review())
    press(browser, "e")
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = {one["params"]["request"]["url"] for one in messages if one["method"] == "Network.requestWillBeSent"}
    assert {url.partition(":")[0] for url in asked} == {"file"}
    assert len(asked) == 1
    assert browser.get_log("browser") == []


def test_no_script_runs_from_a_hostile_name(opened):
    browser = opened(hostile())
    press(browser, "e")
    assert browser.execute_script("return window.pwned") is None
    foreign = "script, img, iframe, object, link, [onerror], [onload], [style]"
    count = browser.execute_script("return document.querySelectorAll(arguments[0]).length", foreign)
    assert count == 1  # the page's own script
    targets = browser.execute_script("return [...document.querySelectorAll('a')].map(a => a.getAttribute('href'))")
    assert {target[:5] for target in targets} <= {"#row-", "#find"}
    assert "<script>window.pwned=1</script>" in browser.execute_script("return document.body.textContent")


def test_the_policy_stops_what_would_run_or_load_all_the_same(opened):
    browser = opened(plausible())
    stopped = browser.execute_async_script(
        """
        const done = arguments[0], stopped = [];
        document.addEventListener('securitypolicyviolation', (event) => {
          stopped.push(event.effectiveDirective);
          if (stopped.length === 4) done(stopped.sort());
        });
        const script = document.createElement('script');
        script.textContent = 'window.pwned = 1';
        const style = document.createElement('style');
        style.textContent = 'body { display: none }';
        document.body.append(script, style);
        new Image().src = 'http://127.0.0.1:9/image';
        fetch('http://127.0.0.1:9/fetch').catch(() => {});
        """
    )
    assert stopped == ["connect-src", "img-src", "script-src-elem", "style-src-elem"]
    assert browser.execute_script("return window.pwned") is None
