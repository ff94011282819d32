"""T10 and R8: a link opens one form, a form is answered once, and a bad line loses nothing."""

import json
import logging
import random
import time
from datetime import UTC, datetime
from statistics import median

import pytest
from django.core.cache import cache
from django.test import Client as Browser

from depthwork.practice.audit.models import Event
from depthwork.practice.people.models import Person
from depthwork.practice.tracking import actions
from depthwork.practice.tracking.errors import Closed
from depthwork.practice.tracking.models import Request, Response
from depthwork.practice.tracking.sheet import request_by_token, sheet_by_token
from depthwork.practice.treatments.actions.consent import answer_consent
from depthwork.practice.vault.tokens import fresh_token, token_name
from depthwork.practice.vault.unlocked import opened
from tests.trust.conftest import REPO, run
from tests.trust.figures import Tried, figure

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(cast, settings):
    """Ask for a GAD-7 by link, as often as wanted."""
    cache.clear()
    settings.PUBLIC_ORIGIN = "https://practice.example"
    with opened(cast.ana.unlocked):
        answer_consent(
            client=cast.client,
            by=cast.ana.person,
            purpose="forms",
            is_yes=True,
            given_on=datetime.now(UTC).date(),
        )

    def asked():
        with opened(cast.ana.unlocked):
            return actions.ask(client=cast.client, by=cast.ana.person, measure_id="gad7", mode="link")

    asked.cast = cast
    return asked


def opened_by_chance(made, tokens):
    """How many random tokens name a form, looked up as a link is: by their name, in the database."""
    found = 0
    for _ in range(tokens // 500):
        names = [token_name(fresh_token()) for _ in range(500)]
        found += Request.objects.filter(token_name__in=names).count()
    assert (
        Request.objects.filter(token_name__in=[token_name(made.token)]).count() == 1
    )  # the search is not blind
    return found


@figure("T10", tried="random tokens as links", passes="accepted 0")
def test_a_thousand_random_tokens_open_no_form_at_all(ask):
    made = ask()
    assert not any(request_by_token(fresh_token()) for _ in range(1000))
    assert not any(sheet_by_token(made.request.id, fresh_token()) for _ in range(200))
    return Tried(1200, "accepted 0")


@pytest.mark.slow
@figure("T10", tried="a million random tokens as links", passes="accepted 0 of 1,000,000", tier="nightly")
def test_a_million_random_tokens_open_no_form(ask):
    assert opened_by_chance(ask(), 1_000_000) == 0
    return Tried(1_000_000, "accepted 0")


def test_a_token_with_one_letter_changed_opens_nothing(ask):
    made = ask()
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for at in range(len(made.token)):
        other = letters[(letters.index(made.token[at]) + 1) % 64]
        changed = made.token[:at] + other + made.token[at + 1 :]
        assert request_by_token(changed) is None


def replays(ask, times):
    made = ask()
    actions.send(request_id=made.request.id, token=made.token, given={"q1": 1})
    stored = Response.objects.values().get()
    receipts = {
        actions.send(request_id=made.request.id, token=made.token, given={"q1": 3}).receipt
        for _ in range(times)
    }
    assert len(receipts) == 1
    with pytest.raises(Closed):
        actions.save_items(request_id=made.request.id, token=made.token, given={"q1": 3})
    return int(Response.objects.values().get() != stored)


@figure("T10", tried="sendings of a form that was sent", passes="changed 0")
def test_a_replay_after_sending_changes_nothing(ask):
    assert replays(ask, 100) == 0
    return Tried(100, "changed 0, one receipt")


@pytest.mark.slow
@figure(
    "T10", tried="a thousand sendings of a form that was sent", passes="changed 0 of 1,000", tier="nightly"
)
def test_a_thousand_replays_change_nothing(ask):
    assert replays(ask, 1000) == 0
    return Tried(1000, "changed 0, one receipt")


@figure("T10", tried="looks at a link, as mail scanners and previews take them", passes="used up 0")
def test_looking_at_a_link_uses_nothing_up(ask):
    made = ask()
    before = Request.objects.values().get(id=made.request.id)
    for _ in range(50):
        assert Browser().get(f"/f/{made.token}/").status_code == 200
        assert Browser().head(f"/f/{made.token}/").status_code == 200
    assert Request.objects.values().get(id=made.request.id) == before
    return Tried(100, "used up 0")


@figure(
    "T10",
    tried="pages, addresses, cookies of other forms, logs and audit after a link was opened",
    passes="token found 0",
)
def test_a_token_stands_in_no_address_page_log_or_audit(ask, caplog):
    caplog.set_level(logging.DEBUG)
    made = ask()
    browser, seen = Browser(), []
    first = browser.get(f"/f/{made.token}/")
    went = browser.post(f"/f/{made.token}/")
    form = browser.get(went["Location"])
    sent = browser.post(f"/forms/{made.request.id}/send/", {"q1": "1"}, follow=True)
    wrong = Browser().get(f"/f/{fresh_token()}/")
    for answer in (first, form, sent, wrong):
        seen.append(answer.content.decode())
    seen += [went["Location"], *(url for url, _ in sent.redirect_chain)]
    seen += [record.getMessage() for record in caplog.records]
    seen += [f"{row.verb} {row.reason} {row.object_id}" for row in Event.objects.all()]
    assert sum(made.token in one for one in seen) == 0
    assert first["Referrer-Policy"] == "strict-origin"  # no other page learns the path
    assert form["Referrer-Policy"] in ("same-origin", "no-referrer", "strict-origin")
    (cookie,) = [one for name, one in browser.cookies.items() if name.startswith("dw-form-")]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    return Tried(len(seen), "token found 0")


@figure(
    "T10",
    tried="sign-ins with an unknown name and with a wrong passphrase: Argon2 runs, and the time of the rest",
    passes="same runs, median difference < 5 ms",
)
def test_a_sign_in_does_not_tell_whether_the_account_exists(cast, monkeypatch):
    from depthwork.practice.people import hashers
    from depthwork.practice.people.backends import PassphraseBackend
    from depthwork.practice.people.logins import login_of

    runs = []

    def quick(passphrase, salt):
        runs.append(len(salt))
        return bytes(32)

    monkeypatch.setattr(
        hashers, "derive_root", quick
    )  # its own time is the same function's, run once in each
    person = Person.objects.get(login=login_of("ana@example.org"))
    person.set_password("six small words nobody ever says")
    person.save()
    monkeypatch.setattr(hashers, "verifier_of", lambda root: "another" if len(runs) else "x")
    took = {"ana@example.org": [], "nobody@example.org": []}
    runs.clear()
    for _ in range(60):
        for login in took:
            began = time.process_time()
            assert PassphraseBackend().authenticate(None, username=login, password="wrong words") is None
            took[login].append(time.process_time() - began)
    assert len(runs) == 120  # one Argon2 for each, whoever was named
    apart = abs(median(took["ana@example.org"]) - median(took["nobody@example.org"])) * 1000
    assert apart < 5
    return Tried(120, f"Argon2 runs 1 and 1; the rest differs by {apart:.2f} ms")


def equal_posts(folder, rounds):
    done = run(REPO / "tests" / "trust" / "equal_posts.py", folder / "home", rounds, 20, timeout=7200)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
@figure(
    "R8",
    tried="rounds of twenty equal posts at once",
    passes="1 row and 1 receipt each, no 5xx",
    tier="nightly",
)
def test_of_fifty_rounds_of_twenty_equal_posts_each_makes_one_row(tmp_path):
    found = equal_posts(tmp_path, 50)
    assert found["rows"] == found["receipts"] == [1] * 50
    assert found["worst"] < 500
    return Tried(1000, f"rows {max(found['rows'])} a round, worst answer {found['worst']}")


def flaky(ask, seed):
    """One form over a line that drops requests, and loses answers to requests that arrived."""
    line, made = random.Random(seed), ask()
    wanted = {f"q{n}": line.randrange(4) for n in range(1, 8)}
    waiting = dict(wanted)

    def through(act):
        if line.random() < 0.3:
            return None  # never arrived
        answer = act()
        return None if line.random() < 0.3 else answer  # arrived, and nobody heard of it

    for _ in range(6):
        batch = dict(line.sample(sorted(waiting.items()), min(3, len(waiting))))
        if batch and through(
            lambda batch=batch: actions.save_items(request_id=made.request.id, token=made.token, given=batch)
        ):
            waiting = {name: value for name, value in waiting.items() if name not in batch}
    receipts = set()
    while len(receipts) < 1 or line.random() < 0.5:
        told = through(lambda: actions.send(request_id=made.request.id, token=made.token, given=wanted))
        if told is not None:
            receipts.add(told.receipt)
    return made, wanted, receipts


def check(ask, runs):
    cast = ask.cast
    for seed in range(runs):
        made, wanted, receipts = flaky(ask, seed)
        assert receipts == {Request.objects.get(id=made.request.id).receipt}
        row = Response.objects.get(request=made.request)
        with opened(cast.ana.unlocked):
            actions.take_in(client=cast.client, by=cast.ana.person)
            row.refresh_from_db()
            assert {name: row.answers["answers"][name] for name in wanted} == wanted
    assert Response.objects.count() == runs


@figure("R8", tried="forms answered over a line that drops requests and answers", passes="doubled 0, lost 0")
def test_a_bad_line_loses_no_answer_and_doubles_none(ask):
    check(ask, 10)
    return Tried(10, "doubled 0, lost 0")


@pytest.mark.slow
@figure(
    "R8",
    tried="a thousand forms answered over a line that drops requests and answers",
    passes="doubled 0, lost 0 of 1,000",
    tier="nightly",
)
def test_a_thousand_bad_lines_lose_no_answer_and_double_none(ask):
    check(ask, 1000)
    return Tried(1000, "doubled 0, lost 0")
