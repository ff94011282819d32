"""At each sign-in and unlock: what was handed over becomes one's own, and keys whose readers have gone are renewed."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from depthwork.practice.config import rows
from depthwork.practice.people.models import Person
from depthwork.practice.people.signals import keys_opened
from depthwork.practice.treatments.actions.carrying import settle_keys
from depthwork.practice.treatments.actions.renewing import renew_what_is_due
from depthwork.practice.vault.unlocked import Unlocked, opened


@receiver(keys_opened)
def renew_at_unlock(sender: Any, person: Person, unlocked: Unlocked, **kwargs: Any) -> None:
    """Nothing of it is a client's to do."""
    if person.client is None:
        with rows.within(practice=person.practice_id, person=person.id), opened(unlocked):
            settle_keys(person)
            renew_what_is_due(person)
