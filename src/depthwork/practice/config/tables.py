"""All tables of an empty database at once.

Replaying the migrations builds every table anew for each of its constraints: ten seconds of work for an empty
file. The models say the same in one, and a test holds the two ways to the same tables, indexes and triggers. A
practice of one's own is made by the migrations, because it will live with them.
"""

from __future__ import annotations

from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import override_settings


def make_tables() -> None:
    """Make every table from its model, then what only migrations say: triggers, and that they have been run."""
    with override_settings(MIGRATION_MODULES={app.label: None for app in apps.get_app_configs()}):
        call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    loader = MigrationLoader(connection)
    steps = [loader.get_migration(*key) for key in _in_order(loader)]
    with connection.schema_editor() as editor:
        for step in steps:
            if not step.__module__.startswith("depthwork."):  # others move rows, and there are none
                continue
            for act in step.operations:
                if isinstance(act, RunPython):
                    act.code(apps, editor)
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    recorder.migration_qs.bulk_create(
        [recorder.Migration(app=step.app_label, name=step.name) for step in steps]
    )


def _in_order(loader: MigrationLoader) -> list[tuple[str, str]]:
    found: dict[tuple[str, str], None] = {}
    for leaf in loader.graph.leaf_nodes():
        found.update(dict.fromkeys(loader.graph.forwards_plan(leaf)))
    return list(found)
