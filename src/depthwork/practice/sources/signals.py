"""At each sign-in: what has outlived its agreement goes, even on a machine that is rarely on."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from depthwork.practice.people.models import Person
from depthwork.practice.sources.actions.burning import burn_what_is_due_of
from depthwork.practice.treatments.queries import clients_for


@receiver(user_logged_in)
def burn_at_sign_in(sender: Any, request: Any, user: Person, **kwargs: Any) -> None:
    """Transcripts of this person's own clients."""
    burn_what_is_due_of(user, clients=clients_for(user).values_list("id", flat=True))
