"""The site's own role, for the tests: what comes in by the door works under PostgreSQL's walls.

Tests fill and look as the owner of the tables. Inside of a request or a job each statement runs as `depthwork_site`,
a role that owns nothing, so that the whole suite tries the walls.
"""

from __future__ import annotations

from typing import Any

ROLE, WORD = "depthwork_site", "a-password-of-the-site"


def make_role(connection: Any) -> None:
    """The role, its grants and the walls, in the database that the tests use."""
    from depthwork.practice.config.walls import raise_walls

    with connection.cursor() as cursor:
        # Two workers may come at the same time; roles belong to the whole server.
        cursor.execute(
            f"do $$ begin create role {ROLE} login nosuperuser nobypassrls password '{WORD}';"
            " exception when duplicate_object or unique_violation then null; end $$"
        )
    raise_walls(connection, role=ROLE)


def work_as_the_site() -> Any:
    """Change the role at the edge of each block. Gives what it replaced."""
    from django.db import connection

    from depthwork.practice.config import rows

    plain = rows.tell

    def tell(scope: Any) -> None:
        plain(scope)
        with connection.connection.cursor() as cursor:
            cursor.execute("reset role" if rows._scope.get() is None else f"set role {ROLE}")

    rows.tell = tell
    return plain
