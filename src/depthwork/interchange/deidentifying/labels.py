"""What stands in the place of what was taken out: one label for one thing, numbered as it first appears."""

from __future__ import annotations

from collections.abc import Mapping

from depthwork.interchange.deidentifying.findings import Found
from depthwork.interchange.deidentifying.known import Known

NAMES = {
    "person": "person",
    "place": "place",
    "employer": "workplace",
    "date": "date",
    "phone": "telephone number",
    "email": "address",
    "link": "address",
    "address": "address",
    "number": "number",
    "age": "age",
    "name": "name",
    "other": "name",
}


class Labels:
    """Gives labels. A person's own words for a key stand before everything else."""

    def __init__(self, known: Known, words: Mapping[str, str]) -> None:
        self._relations = {f"p{i}": p.relation for i, p in enumerate(known.people)}
        self._words = words
        self._numbers: dict[tuple[str, str], int] = {}
        self._counts: dict[str, int] = {}

    def of(self, hit: Found) -> str:
        """The label of a finding."""
        own = self._words.get(hit.key)
        if own:
            return own + hit.tail
        relation = self._relations.get(hit.who)
        if relation:
            return f"[{relation}]{hit.tail}"
        kind = NAMES.get(hit.kind, "name")
        thing = (kind, hit.who)
        if thing not in self._numbers:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._numbers[thing] = self._counts[kind]
        if kind == "age":
            return f"[over 89]{hit.tail}"
        return f"[{kind} {self._numbers[thing]}]{hit.tail}"
