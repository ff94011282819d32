"""Whatever is asked of the API, it answers as it says it would, and never with a fault of its own."""

from __future__ import annotations

import os
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from depthwork.practice.api import door
from depthwork.practice.api.actions import make_token
from depthwork.practice.treatments.models import Session
from depthwork.practice.vault.unlocked import opened

schemathesis = pytest.importorskip("schemathesis")
pytestmark = pytest.mark.django_db
LONG = int(os.environ.get("DEPTHWORK_FUZZ", "300"))  # examples for each address, in the slow test


@pytest.fixture(autouse=True)
def one_connection():
    """The calls come through the server's own door, which would close the connection of this test's transaction."""
    with ExitStack() as stack:
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
            stack.callback(signal.connect, close_old_connections)
        yield


def _fuzz(cast, monkeypatch, examples: int) -> dict[int, int]:
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

    cache.clear()
    monkeypatch.setattr(door, "A_MINUTE", 10**9)
    today = datetime.now(UTC).date()
    with opened(cast.ana.unlocked):
        _row, words = make_token(
            by=cast.ana.person, purpose="fuzz", clients=[cast.client], today=today,
            compartments=["administration", "record", "process_notes"], ends_on=today + timedelta(days=9),
        )  # fmt: skip
    hour = Session.objects.filter(treatment=cast.treatment).first()
    real = {
        "client_id": [str(cast.client.id), str(cast.other.id)],
        "treatment_id": [str(cast.treatment.id), str(cast.other_treatment.id)],
        "session_id": [str(hour.id)],
        "kind": ["Patient", "Encounter", "Goal", "Observation"],
        "resource_id": [str(cast.client.id), str(hour.id)],
    }
    headers = {"Authorization": f"Bearer {words}"}
    told = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application(), headers=headers)
    checks = [not_a_server_error, status_code_conformance, response_schema_conformance]
    seen: dict[int, int] = {}

    for found in told.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=examples,
            deadline=None,
            derandomize=not os.environ.get("DEPTHWORK_RANDOM"),
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(), pick=st.integers(0, 5), is_real=st.booleans())
        def ask(case, pick, is_real):
            if is_real:
                for name in case.path_parameters or {}:
                    case.path_parameters[name] = real[name][pick % len(real[name])]
                if "patient" in (case.query or {}):
                    case.query["patient"] = real["client_id"][pick % 2]
            answer = case.call(headers=headers)
            case.validate_response(answer, checks=checks)
            assert answer.status_code < 500
            seen[answer.status_code] = seen.get(answer.status_code, 0) + 1

        ask()
    return seen


def test_no_call_meets_a_fault_of_the_api(filled, monkeypatch):
    seen = _fuzz(filled, monkeypatch, 4)
    assert seen.get(200, 0) > 10


@pytest.mark.slow
def test_no_call_of_thousands_meets_a_fault_of_the_api(filled, monkeypatch):
    seen = _fuzz(filled, monkeypatch, LONG)
    print(f"{sum(seen.values())} calls: {dict(sorted(seen.items()))}")
    assert seen.get(200, 0) > 100
