"""The page in a real browser: what people type, see, open, correct and vote for.

These tests need Chromium (on PATH, or named by CHROMIUM). Without one they are left out, and the run says so;
where CI is set they fail.
"""

from __future__ import annotations

import base64
import importlib.util
import json
import os
import re
import shutil
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.command import usbrec
from support.page_service import ENHANCED, HOSTILE, PAGE, PLAIN, PROFILE, Stub, served
from support.servers import LocalServer

WIDE, PHONE = (1280, 860), (360, 740)

#: Opens a page: (address, width and height, further settings of the context).
Open = Callable[..., Any]


def _chromium() -> str | None:
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if name and (found := shutil.which(name))), None)


@pytest.fixture(scope="module")
def browser(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Headless Chromium, one for all tests here."""
    path = _chromium()
    if path is None or importlib.util.find_spec("playwright") is None:
        missing = "Chromium (set CHROMIUM to its path)" if path is None else "playwright (extra dev)"
        message = f"The tests of the page were left out: they need {missing}."
        if os.environ.get("CI"):
            pytest.fail(message, pytrace=False)
        plugins = request.config.pluginmanager
        reporter, capture = plugins.get_plugin("terminalreporter"), plugins.get_plugin("capturemanager")
        if reporter is not None and capture is not None:
            # A mere "s" among the dots would tell nobody.
            with capture.global_and_fixture_disabled():
                reporter.write_line(f"\n{message}")
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Any) -> Iterator[Open]:
    """Opens pages, and at the end finds no failure of a script, no request to elsewhere and no breach of the
    content policy on any of them."""
    contexts: list[Any] = []
    problems: list[str] = []

    def opened(url: str, size: tuple[int, int] = WIDE, **settings: Any) -> Any:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **settings)
        contexts.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(f"script: {error}"))
        page.on("console", lambda said: problems.extend(_breach(said.text)))
        page.on("request", lambda seen: problems.extend(_elsewhere(seen.url, url)))
        page.goto(url)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


def _breach(said: str) -> list[str]:
    return [said] if "Content Security Policy" in said else []


def _elsewhere(asked: str, ours: str) -> list[str]:
    return [] if asked.startswith((ours, "data:")) else [f"asked {asked}"]


@pytest.fixture
def stub() -> Stub:
    return Stub()


@pytest.fixture
def server(stub: Stub) -> Iterator[LocalServer]:
    with LocalServer(stub) as running:
        yield running


@pytest.fixture
def address(server: LocalServer) -> str:
    return server.url.removesuffix("/v1") + "/"


def say(page: Any, text: str) -> None:
    page.get_by_label("Your message").fill(text)
    page.keyboard.press("Enter")


def finished(page: Any, number: int = 1) -> Any:
    """The reply of this number, when it is complete."""
    reply = page.locator("article.recommender").nth(number - 1)
    reply.and_(page.locator("[aria-busy=false]")).wait_for()
    return reply


# The conversation


def test_a_reply_appears_while_it_comes_after_the_search_has_told_how_far_it_is(
    visit: Open, address: str
) -> None:
    page = visit(address)
    say(page, "slow, please")
    page.get_by_role("status").filter(has_text="Drafting: 2 of 3").wait_for()
    page.get_by_role("status").filter(has_text="Playing drafts forward: 1 of 3").wait_for()
    reply = page.locator("article.recommender")
    reply.locator(".bubble").filter(has_text=re.compile(r"^You should try $")).wait_for()
    assert reply.get_attribute("aria-busy") == "true"
    assert "You should try Heat (1995)." in finished(page).inner_text()
    assert not page.locator("#progress").is_visible()
    assert page.get_by_role("log").get_by_label("You", exact=True).inner_text() == "slow, please"


def test_shift_and_enter_begins_a_line_and_enter_sends(visit: Open, address: str, stub: Stub) -> None:
    page = visit(address)
    page.get_by_label("Your message").press_sequentially("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    page.keyboard.press("Enter")
    finished(page)
    assert stub.chats[0]["messages"] == [{"role": "user", "content": "one\ntwo"}]
    assert page.get_by_label("Your message").input_value() == ""


def test_the_next_message_takes_along_what_was_said(visit: Open, address: str, stub: Stub) -> None:
    page = visit(address)
    say(page, "Hello")
    finished(page)
    say(page, "And now?")
    finished(page, 2)
    said = [(message["role"], message["content"]) for message in stub.chats[1]["messages"]]
    assert said == [
        ("user", "Hello"),
        ("assistant", "You should try Heat (1995)."),
        ("user", "And now?"),
    ]
    page.get_by_role("button", name="New conversation").click()
    say(page, "Again")
    finished(page)
    assert len(stub.chats[2]["messages"]) == 1


def test_items_are_cards_and_nothing_a_server_says_is_markup(visit: Open, address: str) -> None:
    page = visit(address)
    say(page, "Hello")
    card = finished(page).get_by_role("list", name="Recommended").get_by_role("listitem").first
    assert card.locator("strong").inner_text() == HOSTILE
    for text in ("1995", "Crime", "Michael Mann, Al Pacino", "have coffee"):
        assert text in card.inner_text()
    assert page.locator("main img").count() == 0
    assert page.title() == "USB-Rec"


def test_cards_show_pictures_prices_and_each_script_in_its_own_direction(
    visit: Open, address: str, stub: Stub
) -> None:
    dot = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='4' height='4'/%3E"
    plain = {"year": None, "genres": [], "people": [], "text": "Light. مع مدخلين."}
    columns = {"price": 349.5, "image": dot}
    stub.items = [
        {"id": "1", "title": "خيمة جبلية لأربعة", "columns": columns, **plain},
        {
            "id": "2",
            "title": "Tent 四季帐篷",
            "columns": {"price": 1299, "image": "javascript:alert(1)"},
            **plain,
        },
    ]
    page = visit(address)
    say(page, "אוהל קל לשניים, בבקשה")
    tents = finished(page).get_by_role("list", name="Recommended").get_by_role("listitem")
    direction = "one => getComputedStyle(one).direction"
    assert [tent.evaluate(direction) for tent in tents.all()] == ["rtl", "ltr"]
    assert [tent.locator(".price").inner_text() for tent in tents.all()] == ["349.50", "1,299"]
    assert [tent.locator("img").count() for tent in tents.all()] == [1, 0]
    page.wait_for_function("document.querySelector('.picture').naturalWidth === 4")
    # The text box of a paragraph of a right-to-left script begins at the right.
    begins = (
        "one => { const words = document.createRange(); words.selectNodeContents(one);"
        " const [box, text] = [one.getBoundingClientRect(), words.getBoundingClientRect()];"
        " return text.left - box.left > box.right - text.right ? 'right' : 'left'; }"
    )
    assert tents.nth(0).locator(".name").evaluate(begins) == "right"
    assert tents.nth(0).locator(".price").evaluate(begins) == "right"
    assert tents.nth(0).locator(".text").evaluate(begins) == "left", "English in a card of Arabic"
    assert tents.nth(1).locator(".name").evaluate(begins) == "left"


def test_search_settings_go_with_the_request_and_wrong_ones_do_not(
    visit: Open, address: str, stub: Stub
) -> None:
    page = visit(address)
    page.get_by_text("Search settings").click()
    page.get_by_role("spinbutton", name="Drafts").fill("9")
    say(page, "Hello")
    assert page.get_by_role("spinbutton", name="Drafts").evaluate("field => field.validity.rangeOverflow")
    assert stub.chats == []
    page.get_by_role("spinbutton", name="Drafts").fill("6")
    page.get_by_label("Deadline, seconds").fill("2.5")
    say(page, "Hello")
    finished(page)
    assert stub.chats[0]["usbrec"] == {"progress": True, "drafts": 6, "deadline": 2.5}


def test_stop_ends_the_reply_here_and_at_the_server(visit: Open, address: str, server: LocalServer) -> None:
    page = visit(address)
    say(page, "a long one")
    page.get_by_text("word1").wait_for()
    page.get_by_role("button", name="Stop").click()
    reply = finished(page)
    assert "Stopped." in reply.inner_text()
    assert server.left.wait(10)
    assert "word199" not in reply.inner_text()
    say(page, "Hello")
    assert "Heat" in finished(page, 2).inner_text()


def test_a_new_conversation_hears_nothing_of_a_reply_that_it_interrupted(
    visit: Open, address: str, stub: Stub
) -> None:
    page = visit(address)
    say(page, "a long one")
    page.get_by_text("word1").wait_for()
    page.get_by_role("button", name="New conversation").click()
    say(page, "Hello")
    finished(page)
    assert stub.chats[-1]["messages"] == [{"role": "user", "content": "Hello"}]


def test_the_keyboard_keeps_its_place_when_send_becomes_stop(visit: Open, address: str) -> None:
    page = visit(address)
    page.get_by_label("Your message").fill("a long one")
    page.get_by_role("button", name="Send").focus()
    page.keyboard.press("Enter")
    page.get_by_text("word1").wait_for()
    assert page.evaluate("document.activeElement.id") == "stop"
    page.keyboard.press("Enter")
    finished(page)
    assert page.evaluate("document.activeElement.id") == "message"
    page.get_by_role("button", name="Blind test").click()
    page.get_by_label("Message to both models").fill("slow, please")
    page.get_by_role("button", name="Ask both").focus()
    page.keyboard.press("Enter")
    page.locator("#vote").wait_for()
    assert page.evaluate("document.activeElement.id") == "arena-message"


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("refuse this", "The model is not to be had now."),
        ("fail at it", "The model has died."),
        ("break off", "The connection broke off in the middle of the reply."),
        ("vanish", "The service cannot be reached. Is it still running?"),
    ],
)
def test_what_goes_wrong_is_said_in_words_and_the_conversation_goes_on(
    visit: Open, address: str, message: str, words: str
) -> None:
    page = visit(address)
    say(page, message)
    assert finished(page).get_by_role("alert").inner_text() == words
    say(page, "Hello")
    assert "Heat" in finished(page, 2).inner_text()


def test_a_reply_that_did_not_come_can_be_asked_for_again(visit: Open, address: str, stub: Stub) -> None:
    page = visit(address)
    say(page, "refuse this")
    finished(page).get_by_role("button", name="Try again").click()
    finished(page).get_by_role("alert").wait_for()
    page.wait_for_function("() => document.querySelectorAll('article.recommender').length === 1")
    assert [chat["messages"] for chat in stub.chats] == [[{"role": "user", "content": "refuse this"}]] * 2


# The thinking


def test_the_drafts_are_a_tree_that_opens_by_keyboard(visit: Open, address: str) -> None:
    page = visit(address)
    say(page, "Hello")
    finished(page)
    drafts = page.get_by_role("list", name="Drafts").locator("> li")
    assert drafts.count() == 3
    first = drafts.nth(0)
    assert "0.40 of 2" in first.inner_text()
    assert not first.get_by_text("Not at all.").is_visible()
    first.locator("summary").first.focus()
    page.keyboard.press("Enter")
    first.get_by_text("Not at all.").wait_for()
    assert "Ends with 0.40 of 2" in first.inner_text()


def test_the_draft_that_was_said_is_open_and_its_ways_share_what_they_have_in_common(
    visit: Open, address: str
) -> None:
    page = visit(address)
    say(page, "Hello")
    finished(page)
    said = page.locator(".draft.chosen")
    assert said.get_by_text("Seen it. Something like it?").count() == 1
    ways = said.locator("li.way")
    assert ways.count() == 2
    for way, score in zip(ways.all(), ("1.20 of 2", "1.80 of 2"), strict=True):
        way.locator("summary").click()
        assert f"Ends with {score}" in way.inner_text()


def test_it_says_which_draft_won_and_why_and_what_it_cost(visit: Open, address: str) -> None:
    page = visit(address)
    say(page, "Hello")
    finished(page)
    assert page.locator("#verdict").inner_text() == (
        "Draft 2 was said: played forward, it ended best of the 2 that were scored, with 1.50 of 2. Draft 1, "
        "which the model would have said without a search, came to 0.40 of 2. The search was ended early: "
        "its model calls were used up."
    )
    assert page.locator("#cost").inner_text() == "This took 9 model calls and 4,321 tokens."
    assert "The budget of calls ran out." in page.locator(".draft").nth(2).text_content()


def test_why_leads_from_a_reply_to_its_own_search(visit: Open, address: str) -> None:
    page = visit(address, PHONE)
    say(page, "Hello")
    finished(page)
    page.get_by_label("Model", exact=True).select_option(PLAIN)
    say(page, "And without?")
    finished(page, 2)
    assert page.locator("#verdict").inner_text().startswith("This reply was said at once")
    page.get_by_role("button", name="Why this reply?").click()
    assert page.locator("#verdict").inner_text().startswith("Draft 2 was said")
    assert page.evaluate("document.activeElement.id") == "why"


def test_a_corrected_profile_goes_with_the_next_message_until_it_is_undone(
    visit: Open, address: str, stub: Stub
) -> None:
    page = visit(address)
    say(page, "Hello")
    finished(page)
    field = page.get_by_label("Your profile")
    assert field.input_value() == PROFILE
    field.fill("Liked genres: western")
    page.get_by_text("Your version goes with every message from now on.").wait_for()
    say(page, "And now?")
    finished(page, 2)
    assert field.input_value() == "Liked genres: western"
    page.get_by_role("button", name="Undo my changes").click()
    assert field.input_value() == PROFILE
    say(page, "And then?")
    finished(page, 3)
    assert [chat["usbrec"].get("profile") for chat in stub.chats] == [None, "Liked genres: western", None]


# The blind test


def ask_both(page: Any, text: str) -> None:
    page.get_by_label("Message to both models").fill(text)
    page.get_by_role("button", name="Ask both").click()


def test_the_two_replies_are_blind_until_the_vote(visit: Open, address: str, stub: Stub) -> None:
    page = visit(address)
    page.get_by_role("button", name="Blind test").click()
    ask_both(page, "slow, please")
    page.get_by_text("Both are working on it.").wait_for()
    # One of the two is there long before the other; neither is shown before both are.
    assert not page.locator("#sides").is_visible()
    page.locator("#vote").wait_for()
    assert {chat["model"] for chat in stub.chats} == {PLAIN, ENHANCED}
    assert "small" not in page.locator("#arena").inner_text()
    page.get_by_role("button", name="Left is better").click()
    page.get_by_text("Noted. You preferred").wait_for()
    heads = page.locator(".side h3").all_inner_texts()
    assert {head.partition(": ")[2] for head in heads} == {PLAIN, ENHANCED}
    assert not page.locator("#vote").is_visible()


def test_sides_are_drawn_at_random(visit: Open, address: str) -> None:
    page = visit(address)
    page.get_by_role("button", name="Blind test").click()
    left = set()
    for number in range(16):
        ask_both(page, f"Question {number}")
        page.locator("#vote").wait_for()
        left.add(page.locator("#left .bubble").inner_text())
        if len(left) == 2:
            break
    # All on one side in 16 draws: once in 32,768.
    assert left == {"You should try Heat (1995).", "What do you like?"}


def test_without_a_store_votes_are_counted_in_the_page(visit: Open, address: str) -> None:
    page = visit(address)
    page.get_by_role("button", name="Blind test").click()
    page.get_by_text("Nobody has voted yet.").wait_for()
    page.get_by_text("This service keeps nothing").wait_for()
    for number, wanted in enumerate(("Left is better", "No difference"), start=1):
        ask_both(page, f"Question {number}")
        page.get_by_role("button", name=wanted).click()
        page.get_by_role("row").nth(1).wait_for()
    page.get_by_text("Noted: no difference.").wait_for()
    cells = page.get_by_role("row").nth(1).get_by_role("cell").all_inner_texts()
    assert (cells[0] in ("1 : 0", "0 : 1"), cells[1]) == (True, "1")
    # Wilson's interval of 1.5 (or 0.5) of 2.
    share = "75 % [20 %, 97 %]" if cells[0] == "1 : 0" else "25 % [3 %, 80 %]"
    assert share in cells[2]


def test_nothing_is_compared_when_one_side_fails(visit: Open, address: str) -> None:
    page = visit(address)
    page.get_by_role("button", name="Blind test").click()
    ask_both(page, "refuse this")
    page.get_by_text("There is nothing to compare: The model is not to be had now.").wait_for()
    assert not page.locator("#vote").is_visible()


# Keys


def test_a_key_is_asked_for_when_the_service_wants_one_and_stays_in_memory(visit: Open) -> None:
    stub = Stub(key="sesame")
    with LocalServer(stub) as server:
        page = visit(server.url.removesuffix("/v1") + "/")
        field = page.get_by_label("API key")
        field.wait_for()
        field.fill("wrong")
        page.get_by_role("button", name="Use this key").click()
        page.get_by_text("The service does not know this key.").wait_for()
        field.fill("sesame")
        page.keyboard.press("Enter")
        page.get_by_label("Model", exact=True).locator("option").nth(1).wait_for(state="attached")
        assert not field.is_visible()
        say(page, "Hello")
        assert "Heat" in finished(page).inner_text()
        kept = "[localStorage.length, sessionStorage.length, document.cookie, location.href]"
        assert page.evaluate(kept) == [0, 0, "", page.url]
        assert "sesame" not in page.url + page.content()


def test_without_need_no_key_is_asked_for(visit: Open, address: str) -> None:
    page = visit(address)
    page.get_by_label("Model", exact=True).locator("option").nth(1).wait_for(state="attached")
    assert not page.get_by_label("API key").is_visible()


# For everybody


def filled(page: Any) -> None:
    """Everything the chat can show, opened."""
    say(page, "Hello")
    finished(page)
    page.get_by_text("Search settings").click()
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


def voted(page: Any) -> None:
    page.get_by_role("button", name="Blind test").click()
    for _ in range(2):
        ask_both(page, "A heist, please")
        page.locator("#vote").wait_for()
        page.get_by_role("button", name="Left is better").click()
        page.get_by_text("Noted. You preferred").wait_for()


@pytest.mark.parametrize("size", [WIDE, PHONE, (320, 640)])
def test_nothing_is_wider_than_the_screen(visit: Open, address: str, size: tuple[int, int]) -> None:
    page = visit(address, size)
    filled(page)
    wide = "[document.documentElement.scrollWidth, document.querySelector('main').scrollWidth]"
    assert max(page.evaluate(wide)) <= size[0]
    voted(page)
    assert max(page.evaluate(wide)) <= size[0]


CONTRAST = """() => {
  const parts = (text) => {
    const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
    return [r, g, b, a];
  };
  const light = ([r, g, b]) => {
    const linear = (v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    const [x, y, z] = [r, g, b].map((v) => linear(v / 255));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let here = element; here; here = here.parentElement) {
      const color = parts(getComputedStyle(here).backgroundColor);
      if (color[3] === 1) return color;
    }
    return [255, 255, 255, 1];
  };
  const low = [];
  let seen = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !element.checkVisibility()) continue;
    seen += 1;
    const both = [light(parts(getComputedStyle(element).color)), light(behind(element))];
    const [a, b] = both.sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) low.push(`${ratio.toFixed(2)}: ${walker.currentNode.textContent.trim().slice(0, 60)}`);
  }
  return [seen, low];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_can_be_read_in_light_and_dark(visit: Open, address: str, scheme: str) -> None:
    page = visit(address, color_scheme=scheme)
    say(page, "refuse this")
    finished(page)
    page.get_by_role("button", name="New conversation").click()
    filled(page)
    seen, low = page.evaluate(CONTRAST)
    assert seen > 40
    assert low == []
    voted(page)
    assert page.evaluate(CONTRAST)[1] == []
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 21, 23)"
    assert dark == (scheme == "dark")


UNNAMED = """() => [
  ...document.querySelectorAll('button, input, select, textarea, summary')
].filter((control) => {
  const labels = [...(control.labels ?? [])].map((label) => label.textContent).join('');
  const own = control.matches('button, summary') ? control.textContent : '';
  return !(control.getAttribute('aria-label') ?? labels + own).trim();
}).map((control) => control.outerHTML)"""


def test_every_control_has_a_name(visit: Open, address: str) -> None:
    page = visit(address)
    filled(page)
    voted(page)
    assert page.locator("button, input, select, textarea, summary").count() > 20
    assert page.evaluate(UNNAMED) == []


def test_focus_is_seen_and_the_first_stop_leads_past_the_header(visit: Open, address: str) -> None:
    page = visit(address)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the message")
    assert skip.evaluate("link => link === document.activeElement && link.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "message"
    page.keyboard.press("Tab")
    style = page.evaluate(
        "() => { const {outlineStyle, outlineWidth} = getComputedStyle(document.activeElement);"
        " return [outlineStyle, parseFloat(outlineWidth)]; }"
    )
    assert style == ["solid", 2]


@pytest.mark.parametrize(("wanted", "moves"), [("reduce", False), ("no-preference", True)])
def test_nothing_moves_for_who_does_not_want_it(visit: Open, address: str, wanted: str, moves: bool) -> None:
    page = visit(address, reduced_motion=wanted)
    track = "getComputedStyle(document.querySelector('#track'), '::after').transitionDuration"
    assert (page.evaluate(track) not in ("0s", "")) == moves


def test_the_page_holds_no_way_to_write_markup_and_asks_nothing_of_others() -> None:
    files = sorted(PAGE.iterdir())
    assert {"index.html", "page.css", "page.js"} <= {file.name for file in files}
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text), file
        addresses = set(re.findall(r"https?://[^\s'\"]+", text)) - {"http://www.w3.org/2000/svg"}
        assert addresses == set(), file


# The real service


def getting(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.loads(answer.read())


def test_with_the_real_service_a_reply_is_searched_for_and_corrected(visit: Open, tmp_path: Path) -> None:
    with served(tmp_path) as url:
        page = visit(f"{url}/")
        say(page, "A heist film, please.")
        reply = finished(page)
        assert "Heat" in reply.get_by_role("list", name="Recommended").inner_text()
        assert page.get_by_role("list", name="Drafts").locator("> li").count() == 2
        page.get_by_role("list", name="Drafts").locator("> li > details:not([open]) > summary").click()
        assert page.get_by_text("Ends with").count() == 2
        page.get_by_label("Your profile").fill("Liked genres: western")
        say(page, "Another one?")
        finished(page, 2)
        assert "heat" not in page.get_by_label("Your profile").input_value().lower()
        assert not page.get_by_label("Keep this conversation").is_visible()


def test_with_a_store_opinions_and_votes_are_kept_and_can_be_deleted(visit: Open, tmp_path: Path) -> None:
    with served(tmp_path, "--store", tmp_path / "store.db") as url:
        page = visit(f"{url}/")
        say(page, "A heist film, please.")
        assert finished(page).get_by_role("button", name="Liked", exact=True).count() == 0
        page.get_by_label("Keep this conversation").check()
        with page.expect_response(f"{url}/v1/usbrec/sessions") as begun:
            say(page, "Another one?")
        session = begun.value.json()["session"]
        liked = finished(page, 2).get_by_role("button", name="Liked", exact=True)
        liked.click()
        finished(page, 2).get_by_text("Noted.").wait_for()
        assert liked.get_attribute("aria-pressed") == "true"
        kept = json.dumps(getting(f"{url}/v1/usbrec/sessions/{session}"))
        assert '"liked"' in kept
        page.get_by_role("button", name="Delete what was kept").click()
        page.get_by_text("is deleted.").wait_for()
        gone = page.request.get(f"{url}/v1/usbrec/sessions/{session}")
        assert gone.status == 404

        page.get_by_role("button", name="Blind test").click()
        ask_both(page, "A heist, please")
        page.get_by_role("button", name="Right is better").click()
        page.get_by_role("row").nth(1).wait_for()
        counted = getting(f"{url}/v1/usbrec/votes")["pairs"]
        assert [pair["wins_a"] + pair["wins_b"] for pair in counted] == [1]


def test_what_was_kept_can_be_deleted_after_the_tick_is_gone_and_in_a_new_conversation(
    visit: Open, tmp_path: Path
) -> None:
    with served(tmp_path, "--store", tmp_path / "store.db") as url:
        page = visit(f"{url}/")
        sessions = []
        for number in (1, 2):
            page.get_by_label("Keep this conversation").check()
            with page.expect_response(f"{url}/v1/usbrec/sessions") as begun:
                say(page, "A heist film, please.")
            sessions.append(begun.value.json()["session"])
            finished(page)
            page.get_by_label("Keep this conversation").uncheck()
            say(page, "Another one?")
            finished(page, 2)
            if number == 1:
                page.get_by_role("button", name="New conversation").click()
        # The first is gone already; whoever deleted it, it is not asked for again.
        page.request.delete(f"{url}/v1/usbrec/sessions/{sessions[0]}")
        page.get_by_role("button", name="Delete what was kept").click()
        page.get_by_text("is deleted.").wait_for()
        assert not page.locator("#trouble").is_visible()
        found = [page.request.get(f"{url}/v1/usbrec/sessions/{session}").status for session in sessions]
        assert found == [404, 404]


def test_with_keys_the_page_is_opened_with_one_as_its_password(visit: Open, tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    made = usbrec("serve", "--keys", keys, "--new-key", "anna")
    assert made.returncode == 0, made.stderr
    key = made.stdout.split()[-1]
    with served(tmp_path, "--keys", keys) as url:
        page = visit(f"{url}/", http_credentials={"username": "anna", "password": key})
        say(page, "A heist film, please.")
        assert "Heat" in finished(page).inner_text()
        assert not page.get_by_label("API key").is_visible()
        assert base64.b64encode(f"anna:{key}".encode()).decode() not in page.content()
