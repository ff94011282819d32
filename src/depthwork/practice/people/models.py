"""The practice and its people."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from depthwork.practice.config.names import NameField

ELSEWHERE = "elsewhere-"  # begins the login of someone who wrote in another practice and never signs in here


ENDED = "ended-"  # begins the login of someone whose keys nobody can open any more


class Role(models.TextChoices):
    """What a person does in a practice; one person may do several."""

    CLINICIAN = "clinician", _("Clinician")
    SUPERVISOR = "supervisor", _("Supervisor")
    MANAGER = "manager", _("Manager")
    CLIENT = "client", _("Client")
    RESEARCHER = "researcher", _("Researcher")


class Practice(models.Model):
    """The tenant: one practice, solo or clinic."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = NameField(max_length=120)
    time_zone = models.CharField(max_length=60, default="Europe/London")
    country = models.CharField(max_length=2, default="GB")
    language = models.CharField(max_length=12, default="en")
    currency = models.CharField(max_length=3, default="GBP")
    jurisdiction = models.CharField(max_length=40, default="default")
    word_for_client = models.CharField(
        max_length=10, default="client", choices=[("client", "client"), ("patient", "patient")]
    )
    initials_only = models.BooleanField(default=False)  # landing pages show initials instead of names
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "people_practice"

    def __str__(self) -> str:
        return self.name


class PersonManager(BaseUserManager["Person"]):
    """People are made by `people.actions.admit`; this exists for Django's own machinery."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(login=username)


class Person(AbstractBaseUser):
    """Someone with a sign-in. `login` is a keyed hash of the address; the address itself is not kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="people")
    login = models.CharField(max_length=64, unique=True)
    display_name = NameField(max_length=120, blank=True)  # staff only: a client's name is sealed
    roles = models.JSONField(default=list)
    client = models.UUIDField(null=True, blank=True, unique=True)  # the Client whose own account this is
    is_active = models.BooleanField(default=True)
    single_keys = models.BooleanField(default=True)  # single-letter shortcuts can be switched off
    shows_lines = models.BooleanField(default=True)  # kept lines beside the hours of Today
    theme = models.CharField(max_length=5, blank=True, default="")
    language = models.CharField(max_length=5, blank=True, default="")  # empty: as the browser asks
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PersonManager()
    policy_doors = {
        "person": "id",
        "login": "login",
    }  # by which a request finds its practice (config/walls.py)
    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        db_table = "people_person"

    def __str__(self) -> str:
        return self.display_name or "client"

    def has_role(self, *roles: str) -> bool:
        """Whether the person does any of these in the practice."""
        return any(role in self.roles for role in roles)

    @property
    def initials(self) -> str:
        """First letters of the display name."""
        return "".join(word[0] for word in self.display_name.split()[:2]).upper()

    @property
    def policy_practice(self) -> uuid.UUID:
        return self.practice_id

    @property
    def policy_client(self) -> None:
        return None

    # Django's permission machinery is not used; these answer the parts of it that ask.
    is_staff = False
    is_superuser = False

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


class Invitation(models.Model):
    """A link that lets one person make their sign-in and keys. Only its hash is kept; it works once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    display_name = NameField(max_length=120)
    roles = models.JSONField(default=list)
    person = models.ForeignKey(  # whose row waits for its first keys; of a new colleague there is none yet
        Person, null=True, on_delete=models.CASCADE, related_name="+"
    )
    invited_by = models.UUIDField()
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    policy_doors = {"invitation": "token_hash"}

    class Meta:
        db_table = "people_invitation"
