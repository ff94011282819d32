"""The demo's tables are made from the models at once: they are the tables that the migrations make."""

from __future__ import annotations

import sqlite3

import pytest
from django.db import connection, connections

from depthwork.practice.config.tables import make_tables


def schema(cursor):
    """Columns, indexes and triggers of every table, without the order in which they came."""
    cursor.execute("select type, name, tbl_name, sql from sqlite_master where name not like 'sqlite_%'")
    parts = cursor.fetchall()
    columns = {}
    for name in sorted(row[1] for row in parts if row[0] == "table"):
        cursor.execute(f'pragma table_info("{name}")')
        columns[name] = sorted(row[1:] for row in cursor.fetchall())
        cursor.execute(f'pragma foreign_key_list("{name}")')
        columns[name] += sorted(row[2:] for row in cursor.fetchall())
    others = sorted((kind, table, name, sql) for kind, name, table, sql in parts if kind != "table")
    return columns, others


def checks(cursor):
    """Constraints of each table, as their names stand in its words."""
    import re

    cursor.execute("select name, sql from sqlite_master where type = 'table' and name not like 'sqlite_%'")
    return {name: sorted(re.findall(r'CONSTRAINT "([^"]+)"', sql)) for name, sql in cursor.fetchall()}


@pytest.fixture
def at_once(tmp_path, monkeypatch, django_db_blocker):
    """A second, empty database, made the short way."""
    if connection.vendor != "sqlite":
        pytest.skip("the demo is on SQLite")
    path = tmp_path / "at-once.sqlite3"
    usual = dict(connections.settings["default"])
    with django_db_blocker.unblock():
        old = connections["default"]
        new = old.__class__({**usual, "NAME": str(path)}, "default")
        connections["default"] = new
        try:
            make_tables()
        finally:
            new.close()
            connections["default"] = old
    with sqlite3.connect(path) as made:
        yield made.cursor()


@pytest.mark.django_db
def test_the_tables_made_at_once_are_those_of_the_migrations(at_once):
    with connection.cursor() as migrated:
        long_way, short_way = schema(migrated), schema(at_once)
        assert short_way[0].keys() == long_way[0].keys()
        for name, columns in long_way[0].items():
            assert short_way[0][name] == columns, name
        assert short_way[1] == long_way[1]
        assert checks(at_once) == checks(migrated)


@pytest.mark.django_db
def test_every_migration_is_written_down_as_run(at_once):
    from django.db.migrations.loader import MigrationLoader

    at_once.execute("select app, name from django_migrations")
    assert set(at_once.fetchall()) == set(MigrationLoader(connection).graph.nodes)
