"""A plug-in of the test runner: the access tests, again and again, each time with another fault in the program.

`pytest -p tests.trust.faulty TESTS` first runs the tests as they are; each that holds then looks for each fault, those
of the room near the fault first, until one of them notices. What was noticed by which test goes to DEPTHWORK_FAULTS.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tests.trust import faults
from tests.trust.faults import Fault, known_shapes, planted, seeded


def holds(item: Any) -> bool:
    """Whether a test passes now, set up anew and cleared away again down to the session."""
    item._initrequest()
    after = SimpleNamespace(listchain=lambda: [item.session])
    reports = runtestprotocol(item, log=False, nextitem=after)  # type: ignore[arg-type]
    return not any(one.failed for one in reports)


def ordered(items: list[Any], fault: Fault) -> list[Any]:
    """The tests, those near the fault first; the walk over single doors only where a door was changed."""
    walks = [one for one in items if one.name == faults.WALK]
    near = [one for one in items if any(word in one.nodeid.rpartition("/")[2] for word in fault.near)]
    rest = [one for one in items if one not in near and one not in walks]
    return [*(walks if fault.routes else []), *(one for one in near if one not in walks), *rest]


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: Any) -> bool:
    """Instead of one run of the tests, one for each fault."""
    out = Path(os.environ["DEPTHWORK_FAULTS"])
    until = time.monotonic() + float(os.environ.get("DEPTHWORK_FAULTS_SECONDS", "3000"))
    known = json.loads(out.read_text()) if out.exists() else {}
    wanted = [fault for fault in (*known_shapes(), *seeded()) if fault.name not in known]
    faults.ONLY = ("record:add",)
    if "sound" not in known:
        failing = [one.nodeid for one in session.items if not holds(one)]
        known["sound"] = {"tests": len(session.items), "failing": failing}
        out.write_text(json.dumps(known, indent=1))
        print(known["sound"], flush=True)
    items = [one for one in session.items if one.nodeid not in known["sound"]["failing"]]
    for fault in wanted:
        if time.monotonic() > until:
            break
        faults.ONLY = fault.routes
        began, by = time.monotonic(), ""
        with planted(fault):
            found = next((item for item in ordered(items, fault) if not holds(item)), None)
        if found is not None:
            assert holds(found), f"{found.nodeid} fails without the fault too"
            by = found.nodeid.rpartition("/")[2]
        known[fault.name] = {"by": by, "shape": fault.shape, "seconds": round(time.monotonic() - began, 1)}
        out.write_text(json.dumps(known, indent=1))
        print(
            f"{'caught' if by else 'MISSED'}  {fault.name}  {by}  {known[fault.name]['seconds']} s",
            flush=True,
        )
    return True
