"""T09: is the suite blind? Sixty bugs of access and the ten known shapes, put in one at a time."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.trust import faults
from tests.trust.conftest import REPO
from tests.trust.figures import Tried, figure

# The access tests: those whose names speak of who may, and the walk over single doors. The long walks would find
# more, and take an hour for each fault.
FILES = (
    "tests/trust/test_doors.py", "tests/trust/doors_of_one.py", "tests/trust/test_walls.py", "tests/web/test_api.py",
    "tests/web/test_portal.py", "tests/web/test_supervision_sharing.py", "tests/web/test_supervision_coding.py",
    "tests/web/test_supervision_reading.py", "tests/web/test_practice_pages.py", "tests/web/test_formulation_statements.py",
    "tests/web/test_public_host.py", "tests/web/test_casework_marks.py", "tests/web/test_casework_hour.py",
    "tests/web/test_tracking_answering.py", "tests/web/test_tracking_links.py", "tests/web/test_treatments.py",
    "tests/web/test_ids_of_others.py",
)  # fmt: skip
LONG = (
    "test_no_role_gets_what_is_not_theirs", "test_the_walk_notices_an_open_door", "test_without_the_policy_the_keys_still_hold",
    "test_a_manager_opens_no_note", "test_no_look_at_a_page_changes_anything", "test_every_change_of_the_audit_is_noticed",
    "test_no_form_is_accepted_without_its_token",
)  # fmt: skip
ABOUT = (
    "caseload rates asked_for "
    "nobody other another theirs token shared supervisor manager audit blind sealed taken_back will twelve parameter cookie"
    " lock host door part denial goal undo burned sheet own table sign_in pages trace sql stranger client"
)


def state() -> Path:
    """Where a cut run is taken up again; other tests or another policy begin anew."""
    digest = hashlib.sha256()
    for name in (*FILES, "tests/trust/faults.py", "tests/trust/doors.txt"):
        if (REPO / name).exists():
            digest.update((REPO / name).read_bytes())
    for file in sorted((REPO / "src" / "depthwork" / "practice" / "policy").glob("*.py")):
        digest.update(file.read_bytes())
    return Path(tempfile.gettempdir()) / f"depthwork-faults-{digest.hexdigest()[:16]}.json"


def look(*, seconds: float) -> dict[str, dict[str, object]]:
    """Every fault, by name: which test noticed it."""
    files = [name for name in FILES if (REPO / name).exists()]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.trust.faulty", "-m", "not slow",
               "--tb=no", "-rN", *files, "-k", " or ".join(ABOUT.split())]  # fmt: skip
    command += [part for name in LONG for part in ("--deselect", f"tests/trust/test_walls.py::{name}")]
    env = {**os.environ, "DEPTHWORK_FAULTS": str(state()), "DEPTHWORK_FAULTS_SECONDS": str(seconds)}
    env.pop("DEPTHWORK_TRUST_OUT", None)
    env["PYTHONPATH"] = f"{REPO / 'src'}:{REPO}"
    done = subprocess.run(command, cwd=REPO, env=env, capture_output=True, text=True, check=False)
    assert state().exists(), (done.stdout + done.stderr)[-2000:]
    found: dict[str, dict[str, object]] = json.loads(state().read_text())
    return found


@pytest.mark.slow
@figure(
    "T09",
    tried="bugs of access put into the program one at a time (policy, walls, look-ups, routes), and the ten known shapes",
    passes="at least 95% of 60 noticed by the access tests, known shapes 10 of 10",
    tier="release",
)
def test_the_access_tests_notice_bugs_of_access():
    found = look(seconds=float(os.environ.get("DEPTHWORK_FAULTS_SECONDS", "3000")))
    sound = found.pop("sound")
    assert sound["failing"] == []
    shapes = [fault.name for fault in faults.known_shapes() if fault.shape]
    seeded = [fault.name for fault in faults.seeded()]
    assert len(shapes) == 10
    assert len(seeded) >= 60
    assert set(shapes + seeded) <= set(found), "not all were looked for yet; run it again, it goes on"
    missed = [name for name in seeded if not found[name]["by"]]
    caught = 1 - len(missed) / len(seeded)
    assert [name for name in shapes if not found[name]["by"]] == []
    assert caught >= 0.95, missed
    return Tried(
        len(seeded) + len(shapes),
        f"{len(seeded) - len(missed)} of {len(seeded)} noticed ({caught:.0%}), known shapes 10 of 10, by {sound['tests']} tests"
        + (f"; not noticed: {', '.join(missed)}" if missed else ""),
    )


@pytest.mark.slow
def test_every_fault_can_be_put_in_and_taken_out_again():
    import inspect

    function = faults._function("policy.predicates:treats")
    before = inspect.getsource(function), function.__code__
    for fault in (*faults.known_shapes(), *faults.seeded()):
        with faults.planted(fault):
            pass
    assert (inspect.getsource(function), function.__code__) == before
