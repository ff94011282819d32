"""The register of trust figures: each row of TRUST.md is written by a test that carries `@figure`.

A test so marked returns `Tried(n, happened)`; that it passes at all means that the pass figure held. A test that
cannot run here (no Chromium, no `unshare`) skips: its row keeps what an earlier run found, and says so.
"""

from __future__ import annotations

import functools
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from _pytest.outcomes import Skipped

TITLES = {
    "T01": "Stolen laptop or database file", "T02": "Stolen backup", "T03": "Ciphertext altered or swapped",
    "T04": "Weak passphrase, offline guessing", "T05": "Nonce reuse", "T06": "Curious manager",
    "T07": "Object-level and cross-tenant access", "T08": "The policy wall fails", "T09": "The probe itself is blind",
    "T10": "Malicious client link", "T11": "Session theft, idle desk", "T12": "A supervisor keeps access",
    "T13": "Over-disclosure", "T14": "Ransomware", "T15": "Lost key", "T16": "Tracker, model or egress leak",
    "T17": "Log, error or mail leak", "T18": "Browser residue", "T19": "Stored script in notes",
    "T20": "Formula injection", "T21": "Malformed or hostile import", "T22": "XXE, zip slip, symlink",
    "T23": "CSRF, clickjacking, mass assignment", "T24": "Dependency attack", "T25": "Notes in the wrong compartment",
    "T26": "Erasure against retention", "T27": "Exposed deployment", "T28": "No trace",
    "T29": "Denial of service", "T30": "Key substitution by a database writer", "T31": "Missed crisis flag",
    "R1": "Load", "R2": "Kill -9", "R3": "Power cut", "R4": "Disk full, I/O error", "R5": "Lost update",
    "R6": "Drafts", "R7": "Signed notes", "R8": "Idempotent questionnaire", "R9": "Backup", "R10": "Verified restore",
    "R11": "Migrations", "R12": "Time", "R13": "Errors", "R14": "History check", "R15": "Code", "R16": "Upgrade honesty",
}  # fmt: skip
TIERS = ("push", "nightly", "release")


@dataclass(frozen=True, slots=True)
class Tried:
    """How often something was tried, and what happened, in words or as a count."""

    times: int
    happened: object


@dataclass(frozen=True, slots=True)
class Figure:
    """What a row says before anything is tried."""

    id: str
    tried: str
    passes: str
    tier: str


def figure(id: str, *, tried: str, passes: str, tier: str = "push") -> Callable[[Callable[..., Any]], Any]:
    """Register a test as (part of) the row `id`: what is tried, and the figure at which it passes."""
    assert id in TITLES, f"{id} is no row of the trust figures"
    assert tier in TIERS, f"a tier is one of {TIERS}"
    row = Figure(id, tried, passes, tier)

    def mark(test: Callable[..., Tried]) -> Callable[..., None]:
        @functools.wraps(test)
        def run(*args: Any, **kwargs: Any) -> None:
            began = time.perf_counter()
            try:
                result = test(*args, **kwargs)
            except Skipped as skipped:
                _note(row, test, "skipped", str(skipped), began)
                raise
            except BaseException:
                _note(row, test, "failed", "FAILED", began)
                raise
            _note(row, test, "held", str(result.happened), began, result.times)

        run.figure = row  # type: ignore[attr-defined]
        return run

    return mark


def node(test: Callable[..., Any]) -> str:
    """The name of a test by which its row is remembered."""
    return f"{test.__module__.rsplit('.', 1)[-1]}::{test.__name__}"


def _note(
    row: Figure, test: Callable[..., Any], outcome: str, happened: str, began: float, times: int | None = None
) -> None:
    out = os.environ.get("DEPTHWORK_TRUST_OUT")
    if not out:
        return
    told = {
        "test": node(test), "outcome": outcome, "times": times, "happened": happened,
        "seconds": round(time.perf_counter() - began, 1), "day": date.today().isoformat(), "at": int(time.time()),
    }  # fmt: skip
    with open(out, "a") as handle:
        handle.write(json.dumps(told) + "\n")
