"""Small typed readers of a definition's data; every complaint names the place and the mend."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from depthwork.measures.model import Basis, MeasureError
from depthwork.measures.rules import Condition, parse

T = TypeVar("T")
BASES = ("source", "computed", "unverified", "project_rule", "default")


class At:
    """A mapping inside a definition and where it stands; unread keys are refused by `done`."""

    def __init__(self, raw: object, place: str) -> None:
        if not isinstance(raw, Mapping):
            raise MeasureError(f"{place}: expected a mapping, found {_kind(raw)}")
        self.raw: Mapping[Any, Any] = raw
        self.place = place
        self._read: set[Any] = set()

    def fail(self, key: str, message: str) -> MeasureError:
        return MeasureError(f"{self.place}.{key}: {message}")

    def has(self, key: str) -> bool:
        return self.raw.get(key) is not None

    def any(self, key: str) -> Any:
        self._read.add(key)
        return self.raw.get(key)

    def text(self, key: str) -> str:
        value = self.any(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fail(key, f"expected text, found {_kind(value)}")
        return value

    def text_or_none(self, key: str) -> str | None:
        return None if self.any(key) is None else self.text(key)

    def word(self, key: str, allowed: tuple[str, ...]) -> Any:
        value = self.any(key)
        if value not in allowed:
            raise self.fail(key, f"{value!r} is not one of {', '.join(allowed)}")
        return value

    def basis(self, key: str = "basis") -> Basis:
        return self.word(key, BASES)  # type: ignore[no-any-return]

    def number(self, key: str) -> float:
        value = self.any(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.fail(key, f"expected a number, found {_kind(value)}")
        return value

    def number_or_none(self, key: str) -> float | None:
        return None if self.any(key) is None else self.number(key)

    def whole(self, key: str, default: int | None = None) -> int:
        value = self.any(key)
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.fail(key, f"expected a whole number, found {_kind(value)}")
        return value

    def flag(self, key: str, default: bool) -> bool:
        value = self.any(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.fail(key, f"expected true or false, found {_kind(value)}")
        return value

    def day(self, key: str) -> date:
        value = self.any(key)
        if not isinstance(value, date):
            raise self.fail(key, f"expected a date such as 2027-05-31, found {_kind(value)}")
        return value

    def day_or_none(self, key: str) -> date | None:
        return None if self.any(key) is None else self.day(key)

    def list(self, key: str) -> list[Any]:
        value = self.any(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.fail(key, f"expected a list, found {_kind(value)}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        values = self.list(key)
        if not all(isinstance(value, str) for value in values):
            raise self.fail(key, "expected a list of texts")
        return tuple(values)

    def pair(self, key: str) -> tuple[float, float] | None:
        values = self.list(key)
        if not values:
            return None
        if len(values) != 2 or not all(_is_number(value) for value in values) or values[0] > values[1]:
            raise self.fail(key, "expected [lowest, highest]")
        return values[0], values[1]

    def mapping(self, key: str) -> Mapping[str, Any]:
        value = self.any(key)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            raise self.fail(key, f"expected a mapping, found {_kind(value)}")
        return value

    def numbers(self, key: str) -> Mapping[Any, float]:
        values = self.mapping(key)
        for name, value in values.items():
            if not _is_number(value):
                raise self.fail(f"{key}.{name}", f"expected a number, found {_kind(value)}")
        return values

    def condition(self, key: str) -> Condition | None:
        raw = self.any(key)
        if raw is None:
            return None
        try:
            return parse(raw)
        except ValueError as error:
            raise self.fail(key, str(error)) from None

    def each(self, key: str, read: Callable[[At], T]) -> tuple[T, ...]:
        made = []
        for index, raw in enumerate(self.list(key)):
            part = At(raw, f"{self.place}.{key}[{index}]")
            made.append(read(part))
            part.done()
        return tuple(made)

    def part(self, key: str) -> At:
        self._read.add(key)
        return At(self.raw.get(key), f"{self.place}.{key}")

    def done(self) -> None:
        """Refuse keys that nobody read: a misspelt rule must not pass in silence."""
        strange = [str(key) for key in self.raw if key not in self._read]
        if strange:
            raise MeasureError(f"{self.place}: unknown field {', '.join(sorted(strange))}; is it misspelt?")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _kind(value: object) -> str:
    names = {type(None): "nothing", bool: "true or false", str: "text", list: "a list", dict: "a mapping"}
    return names.get(type(value), type(value).__name__)
