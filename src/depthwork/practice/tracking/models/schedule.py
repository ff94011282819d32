"""When a client is asked what, as the two of them agreed, and what of it the client sees."""

from __future__ import annotations

from django.db import models

from depthwork.practice.treatments.models.client import Client, OfClient
from depthwork.practice.vault.fields import SealedJSON
from depthwork.practice.vault.models import Compartment


class Schedule(OfClient):
    """One a client; without a row, the default holds."""

    compartment = Compartment.RECORD

    client = models.OneToOneField(Client, on_delete=models.CASCADE, related_name="+")
    lines = SealedJSON()  # [{"measure": "phq9", "when": "every_4"}]
    shown = SealedJSON()  # measures whose course the client sees
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "tracking_schedule"
