"""A practice that may ask by link, for every test of asking and answering."""

from datetime import UTC, datetime

from django.test import Client as Browser

from depthwork.practice.tracking import actions
from depthwork.practice.treatments.actions.consent import answer_consent
from depthwork.practice.vault.unlocked import opened


def asked_by_link(cast, settings):
    settings.PUBLIC_ORIGIN = "https://practice.example"
    with opened(cast.ana.unlocked):
        answer_consent(
            client=cast.client,
            by=cast.ana.person,
            purpose="forms",
            is_yes=True,
            given_on=datetime.now(UTC).date(),
        )
    return cast


def linked(room, measure="gad7", **more):
    with opened(room.ana.unlocked):
        return actions.ask(
            client=room.client,
            by=room.ana.person,
            measure_id=measure,
            mode="link",
            treatment=room.treatment,
            **more,
        )


def phone(made):
    browser = Browser()
    answer = browser.post(f"/f/{made.token}/")
    assert answer.status_code == 302
    assert made.token not in answer["Location"]
    return browser
