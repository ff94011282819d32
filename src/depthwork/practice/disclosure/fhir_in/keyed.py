"""Ids of a record with their kind before them: in FHIR an id names one thing among those of its kind alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from depthwork.interchange.fhir.bundle import RecordFacts

_KIND = {
    "courses": "course", "hours": "hour", "answers": "answers", "goals": "goal", "plans": "plan",
    "consents": "consent", "documents": "document",
}  # fmt: skip
_NAMES = {
    "course": "course",
    "hour": "hour",
    "of": "document",
    "answers": "answers",
}  # a fact's column: of which kind


def keyed(facts: RecordFacts) -> RecordFacts:
    """The same record, each id and each mention of one as kind/id. People and diagnoses keep theirs."""
    groups = {name: tuple(_keyed(one, kind) for one in getattr(facts, name)) for name, kind in _KIND.items()}
    return replace(facts, **groups, scores=tuple(_keyed(one, "") for one in facts.scores))


def unkeyed(id: str) -> str:
    """As the bundle writes it."""
    return id.partition("/")[2]


def _keyed(one: Any, kind: str) -> Any:
    changed: dict[str, Any] = {"id": f"{kind}/{one.id}"} if kind else {}
    for name, of in _NAMES.items():
        value = getattr(one, name, None)
        if isinstance(value, str) and value:
            changed[name] = f"{of}/{value}"
    more = getattr(one, "more", None)
    if more and more.get("hour"):
        changed["more"] = {**more, "hour": f"hour/{more['hour']}"}
    if ratings := getattr(one, "ratings", ()):
        changed["ratings"] = tuple(
            {**row, "hour": f"hour/{row['hour']}" if row.get("hour") else ""} for row in ratings
        )
    return replace(one, **changed)
