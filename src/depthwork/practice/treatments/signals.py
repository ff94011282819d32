"""At each sign-in and unlock: keys whose readers have gone are renewed, with the keys of whoever comes in."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from depthwork.practice.config import rows
from depthwork.practice.people.models import Person
from depthwork.practice.people.signals import keys_opened
from depthwork.practice.treatments.actions.renewing import renew_what_is_due
from depthwork.practice.vault.unlocked import Unlocked, opened


@receiver(keys_opened)
def renew_at_unlock(sender: Any, person: Person, unlocked: Unlocked, **kwargs: Any) -> None:
    """Nothing of it is a client's to do."""
    if person.client is None:
        with rows.within(practice=person.practice_id, person=person.id), opened(unlocked):
            renew_what_is_due(person)
