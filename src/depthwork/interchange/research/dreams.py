"""The dreams of a treatment as a study receives them: indicators of the series beside the norms, never a dream."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from depthwork.interchange.research.cases import Case
from depthwork.process.dreams import Dream, Norm, NormLine, against_norms, dreams_of, indicators

NORMS: tuple[Norm, ...] = ("male", "female", "both")


def series_of(case: Case) -> tuple[Dream, ...]:
    """Every dream on which a person marked what is in it, hour by hour."""
    found: list[Dream] = []
    for hour in case.hours:
        for text in hour.texts:
            found += [one for one in dreams_of(m for m in text.marks if m.is_code) if one.elements]
    return tuple(found)


def dream_rows(case: Case) -> Iterator[dict[str, Any]]:
    """A row for each indicator that has elements; norms only where there are enough reports.

    Which norm is fitting is the study's to say: those of men, of women and of both stand side by side.
    """
    dreams = series_of(case)
    if not dreams:
        return
    beside: dict[str, dict[Norm, NormLine]] = {}
    withheld = ""
    for norm in NORMS:
        told = against_norms(dreams, norm)
        withheld = "too few reports" if told.withheld else ""
        for line in told.lines:
            beside.setdefault(line.indicator.id, {})[norm] = line
    for one in indicators(dreams).values():
        if not one.denominator:
            continue
        lines = beside.get(one.id, {})
        row: dict[str, Any] = {
            "dreams": len(dreams), "indicator": one.id, "kind": one.kind, "numerator": one.numerator,
            "denominator": one.denominator, "value": one.value, "withheld": withheld,
            "departure": next((line.departure for line in lines.values()), None),
        }  # fmt: skip
        for norm in NORMS:
            at = lines.get(norm)
            row[f"norm_{norm}"], row[f"h_{norm}"] = (at.norm, at.h) if at else (None, None)
        yield row
