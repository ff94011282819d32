"""The measures at hand: 52 definitions that travel with the program, and text that a package adds."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from typing import Any

from depthwork.measures.model import Definition, MeasureError
from depthwork.measures.schema import definition
from depthwork.measures.texts import from_package

GROUP = "depthwork.measures"
"""Entry point group: each names a function that returns a folder of text files, one a measure."""


def read_yaml(text: str, place: str) -> Any:
    """Data of a YAML file; a key written twice is refused, where YAML itself would keep the last.

    Raises
    ------
    MeasureError
        If it is not YAML, or a mapping has a key twice.
    """
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            keys = [self.construct_object(key, deep=True) for key, _ in node.value]
            twice = next((key for index, key in enumerate(keys) if key in keys[:index]), None)
            if twice is not None:
                raise MeasureError(f"{place}: line {node.start_mark.line + 1}: {twice!r} stands twice")
            made: dict[Any, Any] = super().construct_mapping(node, deep)
            return made

    try:
        return yaml.load(text, Loader)  # noqa: S506 - a subclass of the safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        raise MeasureError(f"{place}: {where}not readable as YAML") from None


def _folder() -> Traversable:
    return resources.files("depthwork.measures") / "definitions"


@lru_cache(maxsize=1)
def ids() -> tuple[str, ...]:
    """Ids of every measure, in alphabetical order."""
    names = (entry.name for entry in _folder().iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


@lru_cache(maxsize=1)
def _packages() -> tuple[tuple[str, Traversable], ...]:
    return tuple(
        (f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.name, entry.load()())
        for entry in sorted(metadata.entry_points(group=GROUP), key=lambda entry: entry.name)
    )


@lru_cache(maxsize=256)
def measure(id: str) -> Definition:
    """One questionnaire by its id, with its text where that is at hand.

    Parameters
    ----------
    id : str
        Such as ``phq9``; `ids` lists them.

    Returns
    -------
    Definition

    Raises
    ------
    MeasureError
        If there is no such measure, or a file of it does not hold together.
    """
    if id not in ids():
        close = [
            known for known in ids() if known.replace("_", "") == id.lower().replace("-", "").replace("_", "")
        ]
        hint = f"; did you mean {close[0]}?" if close else "; `depthwork measure list` names them"
        raise MeasureError(f"there is no measure {id[:40]!r}{hint}")
    place = f"{id}.yaml"
    made = definition(read_yaml((_folder() / place).read_text(encoding="utf-8"), place), place)
    if made.id != id:
        raise MeasureError(f"{place}.id: {made.id!r} stands in the file of {id!r}")
    for package, folder in _packages():
        file = folder / place
        if not made.has_text and file.is_file():
            where = f"{package}: {place}"
            made = from_package(
                made, read_yaml(file.read_text(encoding="utf-8"), where), package=package, place=where
            )
    return made


def measures() -> tuple[Definition, ...]:
    """Every questionnaire, in alphabetical order of id.

    Raises
    ------
    MeasureError
        If a definition does not hold together.
    """
    return tuple(measure(id) for id in ids())


def unverified() -> tuple[Definition, ...]:
    """Measures whose scoring key nobody has read in its source yet; each is shown as unverified."""
    return tuple(one for one in measures() if not one.is_verified)


def reviews_due(on: date) -> tuple[Definition, ...]:
    """Measures whose review fell due on or before a day.

    Parameters
    ----------
    on : date
        The day to judge by.
    """
    return tuple(one for one in measures() if one.review.review_due <= on)


def forget() -> None:
    """Read the definitions afresh next time, after a package was added."""
    for cached in (ids, _packages, measure):
        cached.cache_clear()
