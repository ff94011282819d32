"""Copy a whole practice from one database to another, and prove that every row arrived.

One transaction on the target: a copy that is cut off leaves it empty, and is begun again. Values travel as plain
Python values (a moment, a number, bytes), so that both engines' rows have the same hash; nothing is opened.
"""

# ruff: noqa: S608  (names of tables and columns come from the models)
from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connections, models, transaction

from depthwork.practice.config.database import sqlite_file
from depthwork.practice.keeping.places import private_folder
from depthwork.practice.vault.errors import Refused

_STEP = 2000
OWN_TABLES = {"django_migrations", "cache", "audit_head"}  # of the engine or the moment: not copied


class NotEmpty(Refused):
    """Something stands in the target already."""

    def __init__(self) -> None:
        super().__init__("the target is not empty: something stands there already; name an empty database")


@dataclass(frozen=True, slots=True)
class Table:
    """What one table holds: rows, and a hash that does not depend on their order."""

    name: str
    rows: int
    hash: str


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    kind: str
    places: int | None = None


class _Tally:
    """Adds rows to a table's hash: the sum of the rows' hashes, which needs no sorting and no memory."""

    def __init__(self, name: str) -> None:
        self.name, self.rows, self.sum = name, 0, 0

    def add(self, row: tuple[Any, ...]) -> None:
        digest = hashlib.sha256()
        for value in row:
            raw = value if isinstance(value, bytes) else _as_text(value).encode()
            digest.update(type(value).__name__.encode() + b"\0" + len(raw).to_bytes(8, "big") + raw)
        self.rows += 1
        self.sum = (self.sum + int.from_bytes(digest.digest(), "big")) % (1 << 256)

    def table(self) -> Table:
        return Table(self.name, self.rows, f"{self.sum:064x}")


def _as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return repr(value) if isinstance(value, float) else str(value)


def models_in_order(registry: Any = apps) -> list[type[models.Model]]:
    """Every table of the practice, each once; clients first, because a row's practice is looked up there as it arrives."""
    found = {m._meta.db_table: m for m in registry.get_models(include_auto_created=True) if m._meta.managed}
    return [found[name] for name in sorted(found, key=lambda name: (name != "treatments_client", name))]


def _columns(model: type[models.Model]) -> list[_Column]:
    found = []
    for field in model._meta.concrete_fields:
        plain: Any = field
        while plain.is_relation:
            plain = plain.target_field
        found.append(
            _Column(str(field.column), plain.get_internal_type(), getattr(plain, "decimal_places", None))
        )
    return found


def _value(raw: Any, column: _Column) -> Any:
    """A cell of either engine as a plain value."""
    if raw is None:
        return None
    match column.kind:
        case "UUIDField":
            return raw if isinstance(raw, UUID) else UUID(raw)
        case "BinaryField":
            return bytes(raw)
        case "BooleanField":
            return bool(raw)
        case "DateTimeField":
            found = datetime.fromisoformat(raw) if isinstance(raw, str) else raw
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        case "DateField":
            return date.fromisoformat(raw) if isinstance(raw, str) else raw
        case "TimeField":
            return time.fromisoformat(raw) if isinstance(raw, str) else raw
        case "DecimalField":
            return Decimal(str(raw)).quantize(Decimal(1).scaleb(-(column.places or 0)))
        case "JSONField":
            return json.dumps(json.loads(raw), sort_keys=True)
    return raw


def _cell(value: Any, vendor: str) -> Any:
    """A plain value as an engine takes it."""
    if vendor != "sqlite":
        return value
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
    if isinstance(value, (date, time, Decimal)):
        return str(value)
    return value


def _read(alias: str, model: type[models.Model]) -> Iterator[tuple[Any, ...]]:
    """All rows of a table as plain values, a few thousand in memory at a time."""
    connection = connections[alias]
    columns = _columns(model)
    is_postgres = connection.vendor == "postgresql"
    names = ", ".join(
        f'"{c.name}"::text' if is_postgres and c.kind == "JSONField" else f'"{c.name}"' for c in columns
    )
    sql = f'select {names} from "{model._meta.db_table}" order by "{model._meta.pk.column}"'
    connection.ensure_connection()
    own = connection.connection
    with own.cursor(name="copy") if is_postgres else _closing(own.cursor()) as cursor:
        cursor.execute(sql)
        while some := cursor.fetchmany(_STEP):
            for row in some:
                yield tuple(map(_value, row, columns))


@contextmanager
def _closing(cursor: Any) -> Iterator[Any]:
    try:
        yield cursor
    finally:
        cursor.close()


def _write(alias: str, model: type[models.Model], rows: Iterator[tuple[Any, ...]]) -> None:
    connection = connections[alias]
    columns = _columns(model)
    names = ", ".join(f'"{c.name}"' for c in columns)
    table = model._meta.db_table
    own = connection.connection
    if connection.vendor == "postgresql":
        with own.cursor() as cursor, cursor.copy(f'copy "{table}" ({names}) from stdin') as copy:
            for row in rows:
                copy.write_row([_cell(v, "postgresql") for v in row])
        return
    marks = ", ".join("?" * len(columns))
    own.executemany(
        f'insert into "{table}" ({names}) values ({marks})',
        ([_cell(v, "sqlite") for v in row] for row in rows),
    )


def tally(alias: str, model: type[models.Model]) -> Table:
    """Count and hash of one table as it stands."""
    found = _Tally(model._meta.db_table)
    for row in _read(alias, model):
        found.add(row)
    return found.table()


def is_empty(alias: str) -> bool:
    """Whether a database holds no table at all, or only this program's tables without a row."""
    tables = set(connections[alias].introspection.table_names())
    known = {model._meta.db_table: model for model in models_in_order()}
    if tables - set(known) - OWN_TABLES:
        return False
    return not any(
        model._base_manager.using(alias).exists()
        for table, model in known.items()
        if model._meta.app_label not in ("auth", "contenttypes") and table in tables
    )


def must_be_empty(alias: str) -> None:
    """Raises NotEmpty."""
    if not is_empty(alias):
        raise NotEmpty


def must_see_everything(alias: str) -> None:
    """Raises Refused where the role would be shown the rows of one practice, or of none."""
    connection = connections[alias]
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("select rolsuper or rolbypassrls from pg_roles where rolname = current_user")
        if not cursor.fetchone()[0]:
            raise Refused(
                "this role does not see every row; name the owner of the tables in DATABASE_OWNER_URL"
                " (guide, PostgreSQL)"
            )


def copy_practice(source: str, target: str, *, registry: Any = apps) -> list[Table]:
    """Copy every row from one connection to another, both with the tables of `registry`; gives what was copied.

    The source stands still meanwhile (SQLite: nobody else writes; PostgreSQL: one snapshot). Raises Refused where
    the target is not empty, a row does not fit, or what arrived is not what was sent; then nothing has arrived.
    """
    must_be_empty(target)
    for alias in (source, target):
        must_see_everything(alias)
    kept: list[Table] = []
    with _standing_still(source), transaction.atomic(using=target):
        _make_room(target)
        for model in models_in_order(registry):
            sent = _Tally(model._meta.db_table)
            try:
                _write(target, model, _counted(_read(source, model), sent))
            except Refused:
                raise
            except Exception as error:
                raise Refused(
                    f"table {sent.name}, row {sent.rows}: it does not fit into the target"
                    f" ({type(error).__name__}); nothing was moved"
                ) from None
            kept.append(sent.table())
        for model, sent_table in zip(models_in_order(registry), kept, strict=True):
            if tally(target, model) != sent_table:
                raise Refused(f"table {sent_table.name} did not arrive as it was sent; nothing was moved")
        _set_counters(target, registry)
    return kept


def _counted(rows: Iterator[tuple[Any, ...]], count: _Tally) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        count.add(row)
        yield row


@contextmanager
def _standing_still(alias: str) -> Iterator[None]:
    connection = connections[alias]
    with transaction.atomic(using=alias):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("set transaction isolation level repeatable read read only")
                cursor.execute("set local row_security = off")  # a row held back would be an error, not a gap
        yield


def _make_room(target: str) -> None:
    """Django fills three tables of its own when it makes them; the source's rows take their place."""
    connection = connections[target]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("set local row_security = off")
        for table in ("auth_group_permissions", "auth_permission", "django_content_type"):
            if table in connection.introspection.table_names(cursor):
                cursor.execute(f'delete from "{table}"')


def _set_counters(target: str, registry: Any) -> None:
    from django.core.management.color import no_style

    connection = connections[target]
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), models_in_order(registry)):
            cursor.execute(sql)


@contextmanager
def another(alias: str, config: dict[str, Any]) -> Iterator[str]:
    """A second database for the length of a block, known to Django under `alias`."""
    connections.settings[alias] = connections.configure_settings({"default": {}, alias: config})[alias]
    try:
        yield alias
    finally:
        connections[alias].close()
        del connections[alias]
        connections.settings.pop(alias, None)


def _make_same_tables(source: str, target: str) -> Any:
    """The tables that the source has, also where the program is newer than they are. Gives their models."""
    from django.db.migrations.executor import MigrationExecutor

    theirs = MigrationExecutor(connections[source])
    ours = MigrationExecutor(connections[target])
    leaves = theirs.loader.graph.leaf_nodes()
    if not theirs.migration_plan(leaves):
        ours.migrate(leaves)
        return apps
    applied = [node for node in theirs.loader.applied_migrations if node in theirs.loader.graph.nodes]
    ours.migrate(applied)
    return theirs.loader.project_state(applied).apps


def make_tables(alias: str) -> None:
    """The tables of this version of the program."""
    from django.core.management import call_command

    call_command("migrate", database=alias, verbosity=0, interactive=False)
    # By its name: who moves is still on SQLite, whose counts stand elsewhere and would make no table.
    if connections[alias].vendor == "postgresql":
        call_command("createcachetable", "cache", database=alias, verbosity=0)


@contextmanager
def as_file(beside: Path) -> Iterator[Path]:
    """The practice of the default connection as a SQLite file in a private folder, for a backup."""
    with private_folder(beside) as folder:
        file = folder / "practice.sqlite3"
        with another("file", sqlite_file(file)) as target:
            copy_practice("default", target, registry=_make_same_tables("default", target))
        yield file


def from_file(file: Path) -> list[Table]:
    """Fill the default connection's empty database from a SQLite file, which is brought up to date first."""
    with another("file", sqlite_file(file)) as source:
        make_tables(source)
        make_tables("default")
        return copy_practice(source, "default")
