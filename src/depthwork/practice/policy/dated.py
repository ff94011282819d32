"""Facts that go out of date: read from a data file with their sources and the day they are to be looked at again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import yaml
from django.utils.translation import gettext_lazy

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Review:
    """Who wrote a data file, who checked it and when, and when it is due again."""

    authored_by: str
    reviewed_on: date | None
    review_due: date
    reviewed_by: str | None

    def is_due(self, today: date) -> bool:
        """Whether the day to look at it again has passed."""
        return today > self.review_due


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a statement comes from. `basis` is source, unverified or project_rule."""

    ref: str
    basis: str


def later(words: str) -> str:
    """A text of a data file, translated when it is shown: the file is read once, for readers of every language."""
    return cast(str, gettext_lazy(words))


def read_yaml(file: Path) -> Any:
    """A data file of the product."""
    with file.open(encoding="utf-8") as handle:
        return yaml.load(handle, Loader=_Loader)  # noqa: S506  (a SafeLoader, compiled where there is one)


def review_of(raw: dict[str, Any], place: str) -> Review:
    """The review fields of a data file; a file without them is refused."""
    try:
        return Review(
            raw["authored_by"], raw.get("reviewed_on"), raw["review_due"], raw.get("reviewed_by") or None
        )
    except (KeyError, TypeError):
        raise ValueError(f"{place}: a dated file needs review.authored_by and review.review_due") from None


def references_of(raw: list[dict[str, str]], place: str) -> tuple[Reference, ...]:
    """The sources of a data file; at least one."""
    if not raw:
        raise ValueError(f"{place}: a dated file names at least one source")
    return tuple(Reference(one["ref"], one["basis"]) for one in raw)
