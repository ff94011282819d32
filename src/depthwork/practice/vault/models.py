"""Key tables. They lie in the same database as the ciphertext and are split off at backup."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Compartment(models.TextChoices):
    """Four rooms with different keys; a grant opens one of them."""

    ADMINISTRATION = "administration", _("Administration")
    RECORD = "record", _("Record")
    PROCESS_NOTES = "process_notes", _("Process notes")
    SUD = "sud", _("Substance use notes")


class Keyring(models.Model):
    """A person's keys: public halves in clear, private halves sealed twice (passphrase, recovery code)."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="keyring", primary_key=True
    )
    box_public = models.BinaryField()
    sign_public = models.BinaryField()
    private_by_passphrase = models.BinaryField()
    private_by_recovery = models.BinaryField(null=True)
    recovery_confirmed_at = models.DateTimeField(null=True)
    backup_recipient = models.CharField(max_length=80, default="")  # age; the recovery code is its identity
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "vault_keyring"


class KeyPin(models.Model):
    """Whose public keys a person has accepted, signed by that person: a swapped key is noticed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    fingerprint = models.CharField(max_length=64)
    signature = models.BinaryField()
    compared_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "vault_key_pin"
        constraints = [
            models.UniqueConstraint(fields=["person", "other"], name="one_pin_for_each_other_person")
        ]


class DataKey(models.Model):
    """One data key of an owner (a client, or the practice) and compartment; its bytes exist only in grants."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    organisation = models.UUIDField()
    owner = models.UUIDField(db_index=True)
    compartment = models.CharField(max_length=20, choices=Compartment.choices)
    key_id = models.BinaryField()
    inbox_public = models.BinaryField()
    inbox_private = models.BinaryField()
    inbox_seal = models.BinaryField(
        null=True
    )  # the site's own: who can write only to the database cannot make it
    writes = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True)
    renew_since = models.DateTimeField(null=True)  # someone who could open it no longer may: a new key is due

    class Meta:
        db_table = "vault_data_key"
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "compartment"],
                condition=models.Q(retired_at=None),
                name="one_living_key_for_each_compartment",
            )
        ]


class GrantQuerySet(models.QuerySet["Grant"]):
    """Grants, and those of them that still open something."""

    def live(self) -> GrantQuerySet:
        """Without those whose end has come."""
        return self.filter(models.Q(ends_at=None) | models.Q(ends_at__gt=datetime.now(UTC)))


class Grant(models.Model):
    """A data key sealed to one reader, for a purpose, until a date, signed by who gave it.

    What was arranged for different purposes, under different consents or by different people stands side by side:
    each ends by itself, and none takes another along.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    data_key = models.ForeignKey(DataKey, on_delete=models.CASCADE, related_name="grants")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grants")
    granter = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    sealed_key = models.BinaryField()
    purpose = models.CharField(max_length=40, default="treatment")
    consent = models.UUIDField(null=True)
    ends_at = models.DateTimeField(null=True)
    signature = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        db_table = "vault_grant"
        constraints = [
            models.UniqueConstraint(
                fields=["data_key", "reader", "purpose", "granter"],
                condition=models.Q(consent=None),
                name="one_grant_for_each_purpose",
            ),
            models.UniqueConstraint(
                fields=["data_key", "reader", "purpose", "granter", "consent"],
                name="one_grant_for_each_consent",
            ),
        ]


class ItemKey(models.Model):
    """The key of one note or transcript, wrapped by its compartment's key, so that it can be burned alone."""

    item = models.UUIDField(primary_key=True)
    owner = models.UUIDField(db_index=True)
    compartment = models.CharField(max_length=20, choices=Compartment.choices)
    wrapped = models.BinaryField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    burned_at = models.DateTimeField(null=True)
    burned_by = models.UUIDField(null=True)

    class Meta:
        db_table = "vault_item_key"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(wrapped__isnull=False, burned_at__isnull=True, burned_by__isnull=True)
                | models.Q(wrapped__isnull=True, burned_at__isnull=False, burned_by__isnull=False),
                name="an_item_key_lives_or_is_burned",
            )
        ]


class LegalHold(models.Model):
    """While it stands, nothing of the owner is shredded or burned."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner = models.UUIDField(db_index=True)
    placed_by = models.UUIDField()
    placed_at = models.DateTimeField(auto_now_add=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.UUIDField(null=True)

    class Meta:
        db_table = "vault_legal_hold"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | models.Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="a_hold_is_lifted_by_someone",
            )
        ]


class Tombstone(models.Model):
    """That something was destroyed, and when the last copy of its key expires; no content."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner = models.UUIDField(db_index=True)
    item = models.UUIDField(null=True)
    compartment = models.CharField(max_length=20, default="", blank=True)  # "": all of them
    destroyed_at = models.DateTimeField()
    destroyed_by = models.UUIDField()
    complete_on = models.DateField()

    class Meta:
        db_table = "vault_tombstone"


class Canary(models.Model):
    """A row that the nightly drill opens with a key of its own."""

    n = models.PositiveSmallIntegerField(primary_key=True)
    blob = models.BinaryField()

    class Meta:
        db_table = "vault_canary"


class Will(models.Model):
    """A clinician's clinical will: names, contacts, next hours and safety plans, sealed to the trustees."""

    class Notes(models.TextChoices):
        HOLD = "hold", _("kept, unread, until they may be destroyed")
        DESTROY = "destroy", _("destroyed unread")

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", primary_key=True
    )
    together = models.BooleanField(default=False)  # both trustees are needed
    process_notes = models.CharField(max_length=8, choices=Notes.choices, default=Notes.HOLD)
    package = models.BinaryField()
    key_id = models.BinaryField()
    signature = models.BinaryField()
    refreshed_at = models.DateTimeField()

    class Meta:
        db_table = "vault_will"


class WillPart(models.Model):
    """What one trustee holds of a will's key: the key itself, or one of two shares."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    will = models.ForeignKey(Will, on_delete=models.CASCADE, related_name="parts")
    trustee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="will_parts")
    sealed_part = models.BinaryField()
    released = models.BinaryField(null=True)  # this part sealed to the other trustee, once both have to open

    class Meta:
        db_table = "vault_will_part"
        constraints = [models.UniqueConstraint(fields=["will", "trustee"], name="one_part_for_each_trustee")]


class Escrow(models.Model):
    """Which two colleagues together may open a record for a while, if its clinician cannot be reached."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", primary_key=True
    )
    first = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    signature = models.BinaryField()
    written_at = models.DateTimeField()

    class Meta:
        db_table = "vault_escrow"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(first=models.F("second"))
                & ~models.Q(first=models.F("person"))
                & ~models.Q(second=models.F("person")),
                name="an_escrow_names_two_others",
            )
        ]


class EscrowShare(models.Model):
    """One of the two shares of one data key, sealed to who keeps it. It goes with its key, whatever ends that."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    escrow = models.ForeignKey(Escrow, on_delete=models.CASCADE, related_name="shares")
    data_key = models.ForeignKey(DataKey, on_delete=models.CASCADE, related_name="+")
    keeper = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    sealed_share = models.BinaryField()
    label = models.BinaryField(null=True)  # whom it is about, sealed to the keeper
    released = models.BinaryField(null=True)  # this share sealed to the other keeper, for a day
    released_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=20, default="", blank=True)  # one of a fixed list

    class Meta:
        db_table = "vault_escrow_share"
        constraints = [
            models.UniqueConstraint(
                fields=["escrow", "data_key", "keeper"], name="one_share_for_each_keeper"
            ),
            models.CheckConstraint(
                condition=models.Q(released__isnull=True, released_at__isnull=True)
                | models.Q(released__isnull=False, released_at__isnull=False),
                name="a_share_is_released_at_a_time",
            ),
        ]
