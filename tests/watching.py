"""A practice in which all four conditions of a question about danger hold, for every test of them."""

import sys
from datetime import UTC, datetime, time, timedelta

from django.core.cache import cache
from django.test import Client as Browser

from depthwork.practice.tracking import actions
from depthwork.practice.tracking.models import Watch
from depthwork.practice.tracking.queries.watch import reasons_now
from depthwork.practice.treatments.actions.consent import answer_consent
from depthwork.practice.vault.unlocked import opened

NOW = datetime.now(UTC)


def at_this_moment(monkeypatch, module):
    """A long run of tests read `module` more than a quarter of an hour ago: a heartbeat of then has stopped."""
    now = datetime.now(UTC)
    for one in (sys.modules[__name__], module):
        monkeypatch.setattr(one, "NOW", now)


def watched(cast, settings):
    """A practice in which all four conditions hold: Eve covers for Ana."""
    cache.clear()
    settings.PUBLIC_ORIGIN = "https://practice.example"
    with opened(cast.ana.unlocked):
        answer_consent(
            client=cast.client, by=cast.ana.person, purpose="forms", is_yes=True, given_on=NOW.date()
        )
        actions.arrange_watch(
            practice=cast.practice,
            by=cast.ana.person,
            is_always_on=True,
            quiet_from=time(23),
            quiet_to=time(7),
        )
        actions.name_deputy(
            client=cast.client, by=cast.ana.person, colleague=cast.eve.person, agreed_on=NOW.date()
        )
        test = actions.send_test(by=cast.ana.person, colleague=cast.eve.person, at=NOW - timedelta(days=3))
    actions.acknowledge_test(test=test, by=cast.eve.person, at=NOW - timedelta(days=2))
    Watch.objects.update(last_beat=NOW, unbroken_since=NOW - timedelta(days=2))
    return cast


def ask(cast, measure="phq9", **more):
    with opened(cast.ana.unlocked):
        return actions.ask(
            client=cast.client,
            by=cast.ana.person,
            measure_id=measure,
            mode=more.pop("mode", "link"),
            treatment=cast.treatment,
            **more,
        )


def reasons(cast, **more):
    return reasons_now(
        client_id=cast.client.id,
        practice_id=cast.practice.id,
        treatment_id=cast.treatment.id,
        named=more.pop("named", None),
        now=more.pop("now", NOW),
        until=more.pop("until", NOW + timedelta(hours=72)),
    )


def phone(made):
    browser = Browser()
    browser.post(f"/f/{made.token}/")
    return browser
