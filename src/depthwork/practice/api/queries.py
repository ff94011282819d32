"""Reads of tokens: one's own, those of the practice for who manages it, and the one that a call brings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from depthwork.practice.api.models import ApiToken, TokenKey
from depthwork.practice.config import rows
from depthwork.practice.people.models import Person, Practice, Role
from depthwork.practice.vault.by_token import unlocked_by
from depthwork.practice.vault.models import DataKey, Grant
from depthwork.practice.vault.tokens import token_name
from depthwork.practice.vault.unlocked import Unlocked


def today_in(practice: Practice) -> date:
    """The day by the practice's clock."""
    return datetime.now(ZoneInfo(practice.time_zone)).date()


def tokens_for(person: Person) -> QuerySet[ApiToken]:
    """One's own; whoever manages the practice sees everybody's, to take them back."""
    found = ApiToken.objects.filter(practice_id=person.practice_id).select_related("person")
    if not person.has_role(Role.MANAGER):
        found = found.filter(person=person)
    return found.annotate(clients=Count("keys__data_key__owner", distinct=True))


def purposes_of(ids: set[str], person: Person) -> dict[str, str]:
    """What tokens of the practice are for, by id; no query where none is asked about."""
    if not ids:
        return {}
    rows = ApiToken.objects.filter(practice_id=person.practice_id, id__in=[one for one in ids if one])
    return {str(id): purpose for id, purpose in rows.values_list("id", "purpose")}


def token_brought(words: str) -> ApiToken | None:
    """The token of these words, whether it still holds or not."""
    name = token_name(words)
    if name is None:
        return None
    rows.enter_by("token", name)
    return ApiToken.objects.select_related("person__practice", "practice").filter(name=name).first()


def why_closed(row: ApiToken) -> str:
    """Why a token opens nothing any more; empty where it holds."""
    if row.revoked_at is not None:
        return _("taken back")
    if row.ends_on < today_in(row.practice):
        return "ended"
    return "" if row.person.is_active else _("sign-in closed")


@dataclass(frozen=True, slots=True)
class Opens:
    """Of what a token was given: how much opens still, lies under a renewed key, or is closed to its maker."""

    still: int = 0
    renewed: int = 0
    closed: int = 0

    def words(self) -> str:
        """What its maker should know; empty where it opens all that it did."""
        if self.renewed and not self.still:
            return _(
                "Opens nothing any more: the keys were renewed after it was made. Make a new token for the same purpose, and take this one back."
            )
        if self.renewed:
            return _(
                "Opens less than it did: some keys were renewed after it was made. Make a new token for the same purpose, and take this one back."
            )
        if self.closed and not self.still:
            return _("Opens nothing any more: what it read is closed to you. Take it back.")
        return ""


def what_opens(tokens: Iterable[ApiToken]) -> dict[UUID, Opens]:
    """For each token, by id; three queries for all. A token made before this was kept says nothing."""
    tokens = list(tokens)
    pairs = {one.id: [(UUID(client), part) for client, part in one.given] for one in tokens}
    owners = {client for found in pairs.values() for client, _part in found}
    living = {
        (owner, part): key
        for key, owner, part in DataKey.objects.filter(owner__in=owners, retired_at=None).values_list(
            "id", "owner", "compartment"
        )
    }
    people = {one.person_id for one in tokens}
    grants = Grant.objects.live().filter(reader__in=people, data_key__in=living.values())
    held = set(grants.values_list("reader_id", "data_key_id"))
    sealed = set(TokenKey.objects.filter(token__in=tokens).values_list("token_id", "data_key_id"))
    found = {}
    for one in tokens:
        keys = [living.get(pair) for pair in pairs[one.id]]
        mine = [key for key in keys if key is not None and (one.person_id, key) in held]
        still = sum((one.id, key) in sealed for key in mine)
        found[one.id] = Opens(still, len(mine) - still, len(keys) - len(mine))
    return found


def keys_of(row: ApiToken, words: str) -> Unlocked:
    """What the token opens at this moment."""
    sealed = TokenKey.objects.filter(token=row).values_list("data_key_id", "sealed")
    return unlocked_by(words, person=row.person_id, sealed={key: bytes(blob) for key, blob in sealed})
