"""A start that is cut off between a migration and the line that it was done finds neither, and the next one goes on."""

import os
import subprocess
import sys

TWENTY_TWICE = """
import django
django.setup()
from django.core.management import get_commands, load_command_class
from django.core.management.commands import migrate
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

load_command_class(get_commands()["migrate"], "migrate").execute(
    app_label="contenttypes", migration_name="zero", verbosity=0, skip_checks=True, force_color=False, no_color=False,
    database="default", interactive=False, fake=False, fake_initial=False, plan=False, run_syncdb=False, check=False,
    check_unapplied=False, prune=False,
)
executor = migrate.MigrationExecutor(connection)
plan = executor.migration_plan(executor.loader.graph.leaf_nodes())[:20]  # R11 goes through them all
plain, refused = MigrationRecorder.record_applied, set()

class Cut(Exception):
    pass

def record_applied(self, app, name):
    if (app, name) not in refused:
        refused.add((app, name))
        raise Cut
    plain(self, app, name)

MigrationRecorder.record_applied = record_applied
executor.recorder.ensure_schema()
state = executor._create_project_state(with_applied_migrations=True)
for migration, _ in plan:
    tables = set(connection.introspection.table_names())
    try:
        executor.apply_migration(state.clone(), migration)
    except Cut:
        assert set(connection.introspection.table_names()) == tables, migration
    state = executor.apply_migration(state, migration)
print(len(refused), len(plan))
"""


def test_a_migration_goes_on_where_its_line_was_not_written(tmp_path):
    env = os.environ | {
        "DEPTHWORK_HOME": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "depthwork.practice.config.settings",
    }
    env.pop("DATABASE_URL", None)
    env.pop("TESTS_DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-c", TWENTY_TWICE],
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    refused, known = map(int, done.stdout.split()[-2:])
    assert refused == known == 20
