"""T18, T19 in a real browser: what its profile keeps, and whether a word of a note ever runs."""

import os
import random
from pathlib import Path

import pytest

from depthwork.practice.sources.models import Draft
from depthwork.practice.treatments.models import Session
from depthwork.practice.vault.fields import SealedText
from depthwork.practice.vault.rotation import sealed_fields, sealed_models
from depthwork.practice.vault.unlocked import opened
from tests import cast as people
from tests.browser.demo_site import ARGS, CHROMIUM, needs_chromium
from tests.trust.figures import Tried, figure
from tests.trust.test_leaks import more_hours, mutated
from tests.trust.walk import addresses

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), needs_chromium]
WORDS = "The quartermaster folded her umbrella and said nothing of the lighthouse."

# A script of a note that ran would call alert; one that the policy stopped would be reported as a violation.
WATCH = """
window.__ran = 0; window.__stopped = [];
for (const name of ['alert', 'confirm', 'prompt']) window[name] = () => { window.__ran += 1; };
document.addEventListener('securitypolicyviolation', e => window.__stopped.push(e.violatedDirective + ' ' + e.sample));
"""


@pytest.fixture
def cast():
    return people.everybody()


@pytest.fixture
def playwright(playwright_tools):
    return playwright_tools


def sign_in(context, actor, url):
    context.add_cookies(
        [{"name": c.key, "value": c.value, "url": url} for c in actor.browser().cookies.values()]
    )


def sow(client, by, payloads):
    """A payload into every sealed text of a client; gives how many."""
    sown = 0
    with opened(by.unlocked):
        for model in sealed_models():
            names = [one.name for one in sealed_fields(model) if isinstance(one, SealedText)]
            for row in model._default_manager.filter(**model.vault_filter(client.id)) if names else ():
                for name in names:
                    setattr(row, name, next(payloads))
                    sown += 1
                row.save(update_fields=names)
    return sown


def pages_of(cast, most):
    """Pages of a client that open by a look, up to `most`."""
    left_out = ("export", "file", "download", "print", "calendar", "account_", "mfa_", "tour", "people:")
    browser, found = cast.ana.browser(), [f"/clients/{cast.client.id}/", "/today/", "/caseload/"]
    for name, address, _rule, row in addresses(cast.client):
        if len(found) >= most:
            break
        if row is None or any(part in name for part in left_out) or address in found:
            continue
        answer = browser.get(address)
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
            found.append(address)
    return found


def run_them(playwright, cast, url, *, payloads, views, seed, most, hours=0):
    """Payloads in every sealed text, looked at in the pages of the client in turn."""
    draw, tried, looked, ran, stopped = random.Random(seed), 0, 0, [], []
    endless = iter(lambda: mutated(draw), None)
    with opened(cast.ana.unlocked):
        from tests.trust.walk import _sources

        _sources(cast.client, cast.ana)
    more_hours(cast, hours)
    pages = pages_of(cast, most)
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
    context = browser.new_context()
    context.add_init_script(WATCH)
    sign_in(context, cast.ana, url)
    page = context.new_page()
    page.on("dialog", lambda dialog: (ran.append("dialog"), dialog.dismiss()))
    while tried < payloads:
        tried += sow(cast.client, cast.ana, endless)
        for n in range(views):
            page.goto(url + pages[(looked + n) % len(pages)], wait_until="load")
            found = page.evaluate("[window.__ran, window.__stopped]")
            ran += [page.url] * found[0]
            stopped += found[1]
        looked += views
    browser.close()
    return tried, looked, ran, stopped


@figure(
    "T19",
    tried="mutated scripts in every sealed text of a client, in Chromium, page after page",
    passes="run 0, violations of the page's own policy 0",
)
def test_no_word_of_a_note_runs_in_chromium(playwright, cast, live_server):
    tried, looked, ran, stopped = run_them(
        playwright, cast, live_server.url, payloads=40, views=8, seed=1, most=8
    )
    assert (ran, stopped) == ([], [])
    return Tried(tried, f"run 0, violations 0, on {looked} pages")


@pytest.mark.slow
@figure(
    "T19",
    tried="twenty thousand mutated scripts in every sealed text of a client, in Chromium, all its pages in turn",
    passes="run 0 of 20,000, violations 0",
    tier="nightly",
)
def test_none_of_twenty_thousand_runs_in_chromium(playwright, cast, live_server):
    tried, looked, ran, stopped = run_them(
        playwright, cast, live_server.url, payloads=20_000, views=10, seed=2, most=40, hours=60
    )
    assert (ran, stopped) == ([], [])
    return Tried(tried, f"run 0, violations 0, on {looked} pages")


def test_the_look_in_chromium_is_not_blind(playwright):
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
    page = browser.new_page()
    page.add_init_script(WATCH)
    page.route("http://rooms.test/**", lambda route: route.fulfill(body="<img src=x onerror=alert(1)>", content_type="text/html"))  # fmt: skip
    page.goto("http://rooms.test/plain")
    page.wait_for_function("window.__ran > 0")
    page.unroute("http://rooms.test/**")
    page.route("http://rooms.test/**", lambda route: route.fulfill(body="<img src=data: onerror=alert(1)>", content_type="text/html", headers={"Content-Security-Policy": "script-src 'none'"}))  # fmt: skip
    page.goto("http://rooms.test/guarded")
    page.wait_for_function("window.__stopped.length > 0")
    assert page.evaluate("window.__ran") == 0
    browser.close()


def kept_in(folder: Path, words: str) -> list[str]:
    """Files of a profile that hold five of the words in a row, in either of the ways a browser writes text."""
    parts = words.split()
    grams = [" ".join(parts[i : i + 5]) for i in range(len(parts) - 4)]
    wanted = [gram.encode(code) for gram in grams for code in ("utf-8", "utf-16-le")]
    found = []
    for file in folder.rglob("*"):
        if file.is_file() and not file.is_symlink():
            body = file.read_bytes()
            if any(one in body for one in wanted):
                found.append(file.name)
    return found


@pytest.mark.slow
@figure(
    "T18",
    tried="the files of a Chromium profile after thirty looks at and changes of a note; and after a page that keeps a draft in the clear (is the search blind?)",
    passes="files with the note's text 0; of the other page 1 or more",
    tier="nightly",
)
def test_a_browser_s_profile_keeps_no_word(playwright, cast, live_server, tmp_path):
    hour = Session.objects.filter(client=cast.client).first()
    profile = tmp_path / "profile"
    context = playwright.chromium.launch_persistent_context(str(profile), executable_path=CHROMIUM, args=ARGS)
    sign_in(context, cast.ana, live_server.url)
    page = context.new_page()
    flows = 0
    for n in range(10):
        page.goto(f"{live_server.url}/hours/{hour.id}/note/")
        page.locator("#writing-text").fill(f"{WORDS} Hour {n}.")
        page.locator("[data-saved]", has_text="Saved").wait_for()
        page.goto(f"{live_server.url}/hours/{hour.id}/")
        page.goto(f"{live_server.url}/clients/{cast.client.id}/")
        flows += 3
    assert Draft.objects.exists()
    context.set_offline(True)  # words typed while the wire is down wait in the browser, as ciphertext
    page.goto("about:blank")
    context.set_offline(False)
    page.goto(f"{live_server.url}/hours/{hour.id}/note/")
    context.set_offline(True)
    page.locator("#writing-text").fill(f"{WORDS} And again: {WORDS}")
    page.wait_for_timeout(4000)
    context.close()
    assert kept_in(profile, WORDS) == []
    control = tmp_path / "control"
    context = playwright.chromium.launch_persistent_context(str(control), executable_path=CHROMIUM, args=ARGS)
    page = context.new_page()
    page.goto(f"{live_server.url}/account/login/")
    page.evaluate("words => localStorage.setItem('draft', words)", WORDS)
    page.wait_for_timeout(1000)
    context.close()
    assert kept_in(control, WORDS)
    return Tried(flows, "files 0; of the other page found")
