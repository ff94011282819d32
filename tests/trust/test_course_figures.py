"""R5 and R12 through the product itself: equal saves of a note, hours over ten years."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from depthwork.practice.record import actions
from depthwork.practice.record.models import ProgressNote
from depthwork.practice.treatments.calendar import moment, occurrences
from depthwork.practice.treatments.models import Session
from depthwork.practice.vault.unlocked import opened
from tests.trust.figures import Tried, figure

WORDS = {
    "times": {"start": "17:02", "stop": "17:50"},
    "modality": "in the room",
    "state": "Sleeps.",
    "plan": "Weekly.",
}
SEVENTEEN = time(17, 0)
YEARS = (date(2026, 1, 1), date(2035, 12, 31))


# R5 ------------------------------------------------------------------------------------------------------


def equal_saves(cast, rounds, savers):
    """Rounds of equal saves of one progress note by the page: statuses of each round."""
    browser, found = cast.ana.browser(), []
    hour = Session.objects.select_related("client", "treatment__client").filter(client=cast.client).first()
    with opened(cast.ana.unlocked):
        note = actions.begin_progress_note(
            treatment=hour.treatment, session=hour, by=cast.ana.person, on=hour.day, **WORDS
        )
    for number in range(rounds):
        version = ProgressNote.objects.get(id=note.id).version
        sent = {"on": hour.day.isoformat(), "modality": "in the room", "version": version}
        found.append(
            [
                browser.post(f"/progress-notes/{note.id}/", sent | {"state": f"{number}.{saver}"}).status_code
                for saver in range(savers)
            ]
        )
        with opened(cast.ana.unlocked):
            assert ProgressNote.objects.get(id=note.id).state == f"{number}.0"
    return found


def all_but_one_were_told(found, savers):
    return all(one.count(302) == 1 and one.count(409) == savers - 1 for one in found)


@pytest.mark.django_db
@figure("R5", tried="equal saves of a progress note by its page", passes="one wins, the rest are told")
def test_of_equal_saves_by_the_page_one_wins_and_the_rest_are_told(cast):
    found = equal_saves(cast, 2, 8)
    assert all_but_one_were_told(found, 8)
    return Tried(16, "won 2, told 14, other 0")


@pytest.mark.slow
@pytest.mark.django_db
@figure(
    "R5",
    tried="twenty equal saves of a progress note by its page, fifty rounds",
    passes="exactly 1 wins, 19 x 409, other 0",
    tier="nightly",
)
def test_of_a_thousand_equal_saves_by_the_page_fifty_win(cast):
    found = equal_saves(cast, 50, 20)
    assert all_but_one_were_told(found, 20)
    return Tried(1000, "won 50, told 950, other 0")


# R12 -----------------------------------------------------------------------------------------------------


@figure(
    "R12", tried="hours of a weekly series, in every zone, over ten years", passes="drift of the wall time 0"
)
def test_a_weekly_series_keeps_its_wall_time_in_every_zone_for_ten_years():
    drift = hours = 0
    zones = sorted(available_timezones())
    for name in zones:
        zone = ZoneInfo(name)
        for at in occurrences(
            [(1, SEVENTEEN)], frequency="weekly", zone=name, first=YEARS[0], until=YEARS[1]
        ):
            hours += 1
            if at.oddity == "plain" and at.starts_at.astimezone(zone).time() != SEVENTEEN:
                drift += 1
    assert hours > 250_000
    assert drift == 0
    return Tried(hours, f"drift 0 in {len(zones)} zones")


def changes_of(zone):
    """Days on which a zone's clock changes within a year, found from its offsets alone."""
    day, found = datetime(2026, 1, 1, tzinfo=UTC), []
    while day.year < 2027:
        if day.astimezone(zone).utcoffset() != (day + timedelta(days=1)).astimezone(zone).utcoffset():
            found.append(day.date())
        day += timedelta(days=1)
    return found


@figure("R12", tried="times in a skipped or doubled hour, in every zone", passes="unmarked 0")
def test_a_skipped_and_a_doubled_time_are_always_marked():
    tried = unmarked = 0
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        for near in changes_of(zone):
            for day in (near, near + timedelta(days=1)):
                for at in (time(0, 30), time(1, 30), time(2, 30), time(3, 30)):
                    wall = datetime.combine(day, at)
                    first = wall.replace(tzinfo=zone)
                    second = first.replace(fold=1)
                    there = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall
                    is_odd = not there or first.utcoffset() != second.utcoffset()
                    tried += is_odd
                    unmarked += is_odd != (moment(day, at, name).oddity != "plain")
    assert tried > 150
    assert unmarked == 0
    return Tried(tried, "unmarked 0")
