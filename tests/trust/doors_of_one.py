"""The walk over a few doors, with every role and every kind of client: what T09 asks first where a door was changed."""

from __future__ import annotations

import pytest

from tests.trust import faults
from tests.trust.test_walls import ALL_ROLES, judge
from tests.trust.walk import probe, world


@pytest.mark.django_db
def test_the_doors_named_open_to_whom_the_table_names():
    cast = world()
    whose = ["own", "same practice", "other practice", "ended"]
    found = judge(cast, probe(cast, roles=ALL_ROLES, whose=whose, methods=["GET", "POST"], only=faults.ONLY))
    if not found[0]:
        pytest.skip("no address of these doors can be made from the rows of this world")
    assert not any(found[1:])
