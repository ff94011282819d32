"""What was typed and could not be kept: it comes back to the place where it was written, or stands to be copied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from depthwork.practice.formulation.models import Formulation, Statement
from depthwork.practice.formulation.queries import Page
from depthwork.practice.treatments.errors import CourseError


@dataclass(frozen=True, slots=True)
class Typed:
    """Words of a statement that stands, of one to come under a heading, or of the headings themselves."""

    words: str = ""
    statement: str = ""
    section: str = ""

    def has_place(self, page: Page) -> bool:
        """Whether the field in which it was written is still on the page."""
        if self.statement:
            return any(str(told.row.id) == self.statement for told in page.statements)
        return any(part.key == self.section for part in page.parts)


def typed_in(request: HttpRequest, row: Statement) -> Typed:
    """What stood in a statement's own field; nothing where the field was not sent."""
    return Typed(request.POST.get("words", ""), statement=str(row.id) if "words" in request.POST else "")


def version_of(request: HttpRequest, default: int = 0) -> int:
    """The version that the page showed; CourseError where it says none that can be read."""
    raw = request.POST.get("version") or str(default)
    if not raw.isdecimal() or len(raw) > 9:
        raise CourseError(_("the page did not say which version it shows; open it again"))
    return int(raw)


def headings_as(row: Formulation, given: Any = None) -> list[dict[str, str]]:
    """The headings of a version, each as it stands or as it was typed."""
    return [
        {"key": one["key"], "title": (given or {}).get(f"heading_{one['key']}", one["title"])}
        for one in row.sections or []
    ]
