"""T07: the policy says what was written down by hand, for every permission, every role and every kind of client."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.urls import get_resolver

from depthwork.practice.people.models import Role
from depthwork.practice.policy.models import Involvement, Part
from depthwork.practice.policy.permissions import Permission
from depthwork.practice.policy.registry import allows, allows_row, routes, rule_of
from tests import cast as people
from tests.trust import doors
from tests.trust.figures import Tried, figure
from tests.trust.walk import world

pytestmark = pytest.mark.django_db
PRACTICE = Path(__file__).resolve().parents[2] / "src" / "depthwork" / "practice"
RAW = re.compile(
    r"\bRawSQL\b|\.raw\(|\.extra\(|\bexecutescript\(|order_by\([^)]*\b(?:GET|POST|request\.)|\.(?:filter|exclude|get)\(\*\*[^)]*(?:GET|POST)"
)


def test_every_door_asks_for_what_was_written_down():
    """A route is new, or asks for something else than it did? Then `doors.txt` has a line to be written, by whom it concerns."""
    found = {name: rule_of(view, name).permission.name for _, name, view in routes(get_resolver()) if name}
    assert found == doors.inventory()


def test_every_permission_is_written_down():
    known = set(doors.PRACTICE) | set(doors.CLIENT) | {doors.PUBLIC}
    assert known == {one.name for one in Permission}


@figure(
    "T07",
    tried="every permission, ten roles, four kinds of client: the policy against a table written by hand",
    passes="differences 0",
)
def test_the_policy_opens_to_whom_the_table_names():
    cast, wrong, tried = world(), [], 0
    for role, (actor, _browser) in cast.roles.items():
        if actor is None:
            continue
        for permission in Permission:
            for whose, client in cast.objects.items():
                tried += 1
                found = allows_row(actor.person, permission, client)
                if permission.name in doors.CLIENT and found != doors.may(role, permission.name, whose):
                    wrong.append((role, permission.name, whose, found))
            if permission.name in doors.PRACTICE:
                tried += 1
                found = allows(actor.person, permission, practice=actor.person.practice_id)
                if found != doors.may(role, permission.name, None):
                    wrong.append((role, permission.name, None, found))
    assert wrong == []
    return Tried(tried, "differences 0")


def _part(cast, actor, part, ends_in=None):
    ends = None if ends_in is None else datetime.now(UTC) + ends_in
    Involvement.objects.create(
        person=actor.person, practice=cast.practice.id, client=cast.client.id, part=part, ends_at=ends
    )


def _may(actor, cast):
    return {p.name for p in Permission if p.name in doors.CLIENT and allows_row(actor.person, p, cast.client)}


def test_a_colleague_who_covers_sees_the_record_until_the_day_agreed(cast):
    _part(cast, cast.eve, Part.COVER, timedelta(days=3))
    assert _may(cast.eve, cast) == {"SEE_ADMINISTRATION", "READ_RECORD", "READ_MEASURES", "ANSWER_ALERT"}
    Involvement.objects.filter(part=Part.COVER).update(ends_at=datetime.now(UTC) - timedelta(seconds=1))
    assert _may(cast.eve, cast) == set()


def test_whoever_handed_a_treatment_over_opens_its_record_until_the_day_agreed(cast):
    _part(cast, cast.eve, Part.FORMER, timedelta(days=3))
    assert _may(cast.eve, cast) == {"SEE_ADMINISTRATION", "READ_RECORD", "READ_MEASURES"}
    Involvement.objects.filter(part=Part.FORMER).update(ends_at=datetime.now(UTC) - timedelta(seconds=1))
    assert _may(cast.eve, cast) == set()


def test_a_part_of_a_clinician_makes_no_clinician_of_somebody_else(cast):
    _part(cast, cast.rui, Part.CLINICIAN)
    _part(cast, cast.mara, Part.COVER)
    assert _may(cast.rui, cast) == set()
    assert _may(cast.mara, cast) == {"SEE_ADMINISTRATION", "EDIT_ADMINISTRATION", "EDIT_COVERAGE"}


def test_a_part_taken_in_another_practice_opens_nothing(cast):
    for part in (Part.CLINICIAN, Part.SUPERVISOR, Part.COVER):
        _part(cast, cast.dov, part)
    assert _may(cast.dov, cast) == set()


@pytest.mark.parametrize("who", ["ana", "mara", "ben"])
def test_a_denial_wins_over_every_part(cast, who):
    actor = getattr(cast, who)
    _part(cast, actor, Part.SUPERVISOR)
    assert _may(actor, cast)
    _part(cast, actor, Part.DENIED)
    assert _may(actor, cast) == set()
    assert allows(actor.person, Permission.SEE_TODAY, practice=cast.practice.id)


def test_a_closed_sign_in_may_nothing(cast):
    cast.ana.person.is_active = False
    assert not any(allows_row(cast.ana.person, p, cast.client) for p in Permission)


def test_another_client_is_not_this_client(cast):
    other = people.client_of(cast.ana, "Ines Vale")
    theirs = people.person(cast.practice, "ines", Role.CLIENT, client=other.id)
    assert allows_row(theirs.person, Permission.USE_OWN_PLACE, other)
    assert _may(theirs, cast) == set()


def test_no_page_writes_its_own_sql_or_sorts_by_what_was_sent():
    found = [
        f"{file.relative_to(PRACTICE)}:{number}"
        for file in sorted(PRACTICE.rglob("*.py"))
        if "migrations" not in file.parts and file.parent.name not in ("keeping",)
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if RAW.search(line)
    ]
    assert found == []
