"""T10 and R8: a link opens one form, a form is answered once, and a bad line loses nothing."""

import random
from datetime import UTC, datetime

import pytest
from django.core.cache import cache

from depthwork.practice.tracking import actions
from depthwork.practice.tracking.errors import Closed
from depthwork.practice.tracking.models import Request, Response
from depthwork.practice.tracking.sheet import request_by_token, sheet_by_token
from depthwork.practice.treatments.actions.consent import answer_consent
from depthwork.practice.vault.tokens import fresh_token, token_name
from depthwork.practice.vault.unlocked import opened

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


def test_a_thousand_random_tokens_open_no_form_at_all(ask):
    made = ask()
    assert not any(request_by_token(fresh_token()) for _ in range(1000))
    assert not any(sheet_by_token(made.request.id, fresh_token()) for _ in range(200))


@pytest.mark.slow
def test_a_million_random_tokens_have_no_name_of_ours(ask):
    names = {ask().request.token_name}
    assert not any(token_name(fresh_token()) in names for _ in range(1_000_000))


def test_a_token_with_one_letter_changed_opens_nothing(ask):
    made = ask()
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for at in range(len(made.token)):
        other = letters[(letters.index(made.token[at]) + 1) % 64]
        changed = made.token[:at] + other + made.token[at + 1 :]
        assert request_by_token(changed) is None


def test_a_replay_after_sending_changes_nothing(ask):
    made = ask()
    actions.send(request_id=made.request.id, token=made.token, given={"q1": 1})
    stored = Response.objects.values().get()
    receipts = {
        actions.send(request_id=made.request.id, token=made.token, given={"q1": 3}).receipt
        for _ in range(1000 // 10)
    }
    assert len(receipts) == 1
    assert Response.objects.values().get() == stored
    with pytest.raises(Closed):
        actions.save_items(request_id=made.request.id, token=made.token, given={"q1": 3})


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


def test_a_bad_line_loses_no_answer_and_doubles_none(ask):
    check(ask, 10)


@pytest.mark.slow
def test_a_thousand_bad_lines_lose_no_answer_and_double_none(ask):
    check(ask, 1000)
