"""A form sent twice makes one row: the form brings the id that its row will have.

The id is drawn when the page is made. The second sending finds the row of the first. Where the words are others
(the writer went back and wrote something else), or the id stands elsewhere, another row is made: nothing is lost.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.db import IntegrityError, models, transaction

Row = TypeVar("Row", bound=models.Model)


class Once(forms.Form):
    """A form that makes something. Put it among the bases of the form."""

    once = forms.UUIDField(required=False, initial=uuid.uuid4, widget=forms.HiddenInput)


def once(
    model: type[Row],
    form: forms.Form,
    make: Callable[[uuid.UUID], Row],
    *,
    same: Callable[[Row], bool],
    **of: Any,
) -> Row:
    """The row of this form: made now with `make(id)`, or found. `of` says whose it must be, `same` what it must say."""
    id = form.cleaned_data.get("once") or uuid.uuid4()
    manager = model._default_manager
    if not manager.filter(pk=id).exists():
        try:
            with transaction.atomic():
                return make(id)
        except IntegrityError:
            # Both came at the same moment, or the id stands behind a wall of the database. Whatever else
            # it was is raised by the making below.
            pass
    found = manager.filter(pk=id, **of).first()
    return found if found is not None and same(found) else make(uuid.uuid4())
