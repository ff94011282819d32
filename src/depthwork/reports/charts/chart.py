"""What every chart is: a wide and a narrow drawing, the sentence that says what is seen, and the values."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart. `wide` and `narrow` are SVG elements without inline style; `narrow` None means one drawing for all.

    `sentence` is the text equivalent; `columns` and `rows` are the values behind "Show as table".
    """

    wide: str
    narrow: str | None
    title: str
    sentence: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Drawing:
    """Collects SVG elements; classes and presentation attributes only, all text escaped."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def add(self, name: str, content: str | None = None, **attributes: str | float) -> None:
        """One element; ``class_`` becomes class, numbers are written with one decimal."""
        written = "".join(f' {key.rstrip("_")}="{_written(value)}"' for key, value in attributes.items())
        inner = "/" if content is None else f">{escape(content)}</{name}"
        self._parts.append(f"<{name}{written}{inner}>")

    def text(self, x: float, y: float, content: str, class_: str = "") -> None:
        """A line of text."""
        self.add("text", content, **({"class_": class_} if class_ else {}), x=x, y=y)

    def svg(self, width: float, height: float, *, id: str, title: str, desc: str) -> str:
        """The whole drawing, named and described for those who do not see it."""
        return (
            f'<svg viewBox="0 0 {_written(width)} {_written(height)}" role="img" aria-labelledby="{id}-t {id}-d">'
            f'<title id="{id}-t">{escape(title)}</title><desc id="{id}-d">{escape(desc)}</desc>'
            + "".join(self._parts)
            + "</svg>"
        )


def _written(value: str | float) -> str:
    if isinstance(value, str):
        return escape(value)
    return f"{value:.1f}".rstrip("0").rstrip(".")
