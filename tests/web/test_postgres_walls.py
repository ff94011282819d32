"""The database's own wall: another practice's rows are not there, whatever the program asks. On PostgreSQL only."""

from __future__ import annotations

import uuid

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.test.utils import isolate_apps

from depthwork.practice.audit.actions import record
from depthwork.practice.audit.models import Event
from depthwork.practice.config import rows, walls
from depthwork.practice.people.models import Person, Practice
from depthwork.practice.treatments.models import Client, Session

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="tried on PostgreSQL: make test-postgres"),
]


def counts() -> dict[str, int]:
    """How many rows of each walled table this connection sees, in plain SQL."""
    found = {}
    with connection.cursor() as cursor:
        for wall in walls.walls():
            cursor.execute(f'select count(*) from "{wall.table}"')
            found[wall.table] = cursor.fetchone()[0]
    return found


def test_plain_sql_as_the_site_without_a_practice_sees_no_row_of_any(cast):
    record(verb="tried", by=cast.ana.id, practice=cast.practice.id)
    seen = counts()
    assert seen["treatments_client"] == 2
    assert seen["audit_event"] > 0
    with rows.within():
        found = counts()
    assert {table for table, count in found.items() if count} <= {"audit_event"}
    with rows.within(), connection.cursor() as cursor:
        cursor.execute("select count(*) from audit_event where practice is not null")
        assert cursor.fetchone()[0] == 0


def test_with_a_practice_plain_sql_sees_its_rows_and_no_others(cast):
    with rows.within(practice=cast.elsewhere.id):
        assert set(Client.objects.values_list("id", flat=True)) == {cast.other.id}
        assert set(Session.objects.values_list("client_id", flat=True)) == {cast.other.id}
        assert set(Practice.objects.values_list("id", flat=True)) == {cast.elsewhere.id}
        assert set(Person.objects.values_list("id", flat=True)) == {cast.dov.id}


def test_with_the_policy_switched_off_another_practice_is_still_not_there(cast, monkeypatch):
    monkeypatch.setattr("depthwork.practice.policy.middleware.allows_row", lambda *a, **k: True)
    monkeypatch.setattr("depthwork.practice.policy.middleware.allows", lambda *a, **k: True)
    assert cast.ana.browser().get(f"/clients/{cast.client.id}/").status_code == 200
    assert cast.ana.browser().get(f"/clients/{cast.other.id}/").status_code == 404
    assert cast.dov.browser().get(f"/clients/{cast.client.id}/").status_code == 404


def test_a_row_cannot_be_written_into_another_practice(cast):
    with rows.within(practice=cast.practice.id), pytest.raises(DatabaseError), transaction.atomic():
        Person.objects.create(practice=cast.elsewhere, login="somebody", display_name="Somebody")


def test_a_row_cannot_be_moved_to_another_practice(cast):
    with rows.within(practice=cast.practice.id), pytest.raises(DatabaseError), transaction.atomic():
        Person.objects.filter(id=cast.eve.id).update(practice=cast.elsewhere)


def test_a_foreign_row_cannot_be_changed_or_removed(cast):
    with rows.within(practice=cast.practice.id):
        assert Person.objects.filter(id=cast.dov.id).update(display_name="Changed") == 0
        assert Person.objects.filter(id=cast.dov.id)._raw_delete("default") == 0
    assert Person.objects.get(id=cast.dov.id).display_name == "Dov"


@pytest.mark.parametrize(
    "sql",
    [
        "drop trigger audit_event_stays on audit_event",
        "alter table audit_event disable trigger all",
        "update audit_event set verb = 'nothing'",
        "delete from audit_event",
        "truncate audit_event",
        "update audit_head set n = 0",
        "alter table treatments_client disable row level security",
        "alter table treatments_client no force row level security",
        "create policy everybody on treatments_client using (true)",
        "drop table treatments_client",
        "set session_replication_role = replica",
        "create function public.other() returns void language sql as 'select 1'",
        "alter role depthwork_site bypassrls",
        "delete from django_migrations",
    ],
)
def test_the_site_cannot_take_the_wall_down(cast, sql):
    with (
        rows.within(practice=cast.practice.id),
        connection.cursor() as cursor,
        pytest.raises(DatabaseError),
        transaction.atomic(),
    ):
        cursor.execute(sql)


def test_row_security_switched_off_is_an_error_and_shows_nothing(cast):
    with rows.within(), connection.cursor() as cursor, transaction.atomic():
        cursor.execute("set local row_security = off")
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            cursor.execute("select * from treatments_client")


def test_an_event_is_written_in_nobody_elses_name(cast):
    with rows.within(practice=cast.practice.id, person=cast.ana.id):
        record(verb="tried", by=cast.ana.id, practice=cast.practice.id)
        record(verb="tried", by=None, practice=cast.practice.id)
        with pytest.raises(DatabaseError), transaction.atomic():
            record(verb="tried", by=cast.eve.id, practice=cast.practice.id)


def test_an_event_that_does_not_follow_the_last_one_is_refused(cast):
    last = record(verb="tried", by=None)
    gap = Event(n=last.n + 2, utc=last.utc, verb="tried", previous=last.own, own="1" * 64)
    fork = Event(n=last.n + 1, utc=last.utc, verb="tried", previous="2" * 64, own="1" * 64)
    for event in (gap, fork):
        with pytest.raises(DatabaseError), transaction.atomic():
            event.save(force_insert=True)


def test_the_chain_runs_through_the_events_of_all_practices(cast):
    from depthwork.practice.audit.chain import verify

    for who, client in ((cast.ana, cast.client), (cast.dov, cast.other), (cast.ana, cast.client)):
        assert who.browser().get(f"/clients/{client.id}/").status_code == 200
    assert {cast.practice.id, cast.elsewhere.id} <= set(Event.objects.values_list("practice", flat=True))
    assert verify(Event.objects.order_by("n")).is_whole
    with rows.within(practice=cast.elsewhere.id):
        assert not Event.objects.filter(practice=cast.practice.id).exists()


def test_a_scope_ends_with_its_block_even_after_an_error(cast):
    with pytest.raises(ZeroDivisionError), rows.within(practice=cast.practice.id):
        raise ZeroDivisionError
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('depthwork.practice', true)")
        assert cursor.fetchone()[0] == ""


def test_a_rolled_back_transaction_inside_a_request_keeps_the_scope(cast):
    with rows.within(practice=cast.practice.id):
        with pytest.raises(DatabaseError), transaction.atomic():
            Person.objects.create(practice=cast.practice, login=cast.ana.person.login)
        assert Client.objects.count() == 1


def test_a_door_shows_the_practice_of_one_exact_name(cast):
    with rows.within():
        assert not rows.enter_by("login", "nobody")
        assert Client.objects.count() == 0
        assert rows.enter_by("login", cast.dov.person.login)
        assert set(Client.objects.values_list("id", flat=True)) == {cast.other.id}
        rows.leave()
        assert Client.objects.count() == 0
        assert not rows.enter_by("person", str(uuid.uuid4()))
        assert not rows.enter_by("cellar", "x")


def test_the_minutes_work_goes_round_the_practices_one_by_one(cast):
    with rows.within():
        found = [set(Practice.objects.values_list("id", flat=True)) for _ in rows.each_practice()]
    assert sorted(found, key=str) == sorted([{cast.practice.id}, {cast.elsewhere.id}], key=str)


def test_every_table_of_a_practice_carries_its_wall():
    with connection.cursor() as cursor:
        assert walls.missing(cursor) == []
        assert walls.unplaced_tables(cursor) == []
    labels = {model._meta.label for model in apps.get_models()}
    assert len(walls.walls()) == len({w.table for w in walls.walls()}) >= 70
    assert {name for name in walls.OF_NO_PRACTICE if "_" not in name} <= labels


@pytest.mark.parametrize(
    "sql",
    [
        "drop policy {policy} on treatments_client",
        "alter table treatments_client disable row level security",
        "alter table treatments_client no force row level security",
        "create policy everybody on treatments_client using (true)",
        "alter policy {policy} on treatments_client rename to something",
    ],
)
def test_a_wall_that_was_taken_down_is_found_and_raised_again(sql):
    policy = walls.wall_of(Client).name
    with connection.cursor() as cursor:
        cursor.execute(sql.format(policy=policy))
        assert walls.missing(cursor) == ["treatments_client"]
        assert walls.raise_walls(connection) == 1
        assert walls.missing(cursor) == []


def test_a_planted_table_without_a_wall_is_found():
    with connection.cursor() as cursor:
        cursor.execute("create table planted (id uuid, client_id uuid)")
        assert walls.unplaced_tables(cursor) == ["planted"]


def test_a_model_that_leads_to_no_practice_stops_the_migration():
    with isolate_apps("depthwork.practice.treatments"):

        class Loose(models.Model):
            words = models.TextField()

            class Meta:
                app_label = "treatments"

    with pytest.raises(walls.Unplaced, match=r"treatments\.Loose"):
        walls.wall_of(Loose)
