"""Reads of tokens: one's own, those of the practice for who manages it, and the one that a call brings."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from depthwork.practice.api.models import ApiToken, TokenKey
from depthwork.practice.config import rows
from depthwork.practice.people.models import Person, Practice, Role
from depthwork.practice.vault.by_token import unlocked_by
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


def keys_of(row: ApiToken, words: str) -> Unlocked:
    """What the token opens at this moment."""
    sealed = TokenKey.objects.filter(token=row).values_list("data_key_id", "sealed")
    return unlocked_by(words, person=row.person_id, sealed={key: bytes(blob) for key, blob in sealed})
