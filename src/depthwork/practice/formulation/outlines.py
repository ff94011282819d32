"""Headings: those that come with the program, and the practice's own."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from django.utils.translation import gettext as _

from depthwork.practice.formulation.models import Outline
from depthwork.practice.people.models import Practice

MOST = 24
LONGEST = 120


@cache
def shipped() -> dict[str, dict[str, Any]]:
    """The outlines that come with the program, by id."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(
        files(__package__).joinpath("outlines.yaml").read_text("utf-8")
    )
    return found


def titles_for(practice: Practice) -> list[str]:
    """The practice's own headings, or Depthwork's."""
    row = Outline.objects.filter(practice=practice).values_list("titles", flat=True).first()
    return list(row) if row else [_(title) for title in shipped()["own"]["titles"]]


def cleaned(text: str) -> list[str]:
    """Headings as typed, one a line; empty lines and repetitions left out."""
    seen: dict[str, None] = {}
    for line in text.splitlines():
        if line.strip():
            seen.setdefault(line.strip()[:LONGEST])
    return list(seen)[:MOST]
