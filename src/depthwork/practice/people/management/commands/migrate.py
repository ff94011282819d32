"""Bring the tables up to date: each migration and the line that says it was done stand in one transaction.

Django writes that line after the migration's own transaction wherever an index or a key is still to be laid. A power
cut between the two leaves tables of which no line speaks, and every later start stops with "table already exists".
"""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState


class InOneStep(MigrationExecutor):
    def apply_migration(
        self, state: ProjectState, migration: Migration, fake: bool = False, fake_initial: bool = False
    ) -> ProjectState:
        if fake or fake_initial or not migration.atomic:
            return super().apply_migration(state, migration, fake=fake, fake_initial=fake_initial)
        self._say("apply_start", migration)
        with self.connection.schema_editor(atomic=True) as editor:
            state = migration.apply(state, editor)
            while editor.deferred_sql:  # what the editor would lay as it closes, and the line no more
                editor.execute(editor.deferred_sql.pop(0), None)
            self.record_migration(migration)
        self._say("apply_success", migration)
        return state

    def _say(self, step: str, migration: Migration) -> None:
        if self.progress_callback:
            self.progress_callback(step, migration, False)


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        migrate.MigrationExecutor = InOneStep  # Django's command looks its executor up under this name
        super().handle(*args, **options)
