"""The rules by which an answer needs a person, of every form, as the page of the watch publishes them."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from depthwork.measures import measures
from depthwork.measures.needing import Need, needs
from depthwork.practice.tracking.queries.own_text import forms_with_words


def rules_for(practice_id: UUID) -> list[tuple[str, tuple[Need, ...]]]:
    """Forms in the order of their names, each with its rules; in the words of the form where they are at hand."""
    worded = {one.id: one for one in forms_with_words(practice_id)}
    found = [(_(one.name), needs(worded.get(one.id, one), with_words=True)) for one in measures()]
    return sorted((name, rules) for name, rules in found if rules)
