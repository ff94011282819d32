"""Make a token, take it back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.api.models import ApiToken, TokenKey
from depthwork.practice.audit.actions import record
from depthwork.practice.people.models import Person
from depthwork.practice.treatments.models import Client
from depthwork.practice.vault.by_token import sealed_for
from depthwork.practice.vault.models import Compartment
from depthwork.practice.vault.tokens import fresh_token, token_name
from depthwork.practice.vault.unlocked import current

LONGEST = timedelta(days=366)
# Notes of substance use stay behind the sign-in: no address of the API reads them.
OPEN_TO_TOKENS = (Compartment.ADMINISTRATION, Compartment.RECORD, Compartment.PROCESS_NOTES)


class TokenError(ValueError):
    """A token that cannot be made as asked: what, and the mend."""


@transaction.atomic
def make_token(
    *, by: Person, purpose: str, clients: Iterable[Client], compartments: Iterable[str], ends_on: date, today: date
) -> tuple[ApiToken, str]:  # fmt: skip
    """A token with the keys that its maker holds to these compartments of these clients; its words are given here alone."""
    chosen, clients = sorted(set(compartments)), list(clients)
    if not purpose.strip():
        raise TokenError(_("Say what the token is for; it stands in the audit."))
    if not chosen or set(chosen) - set(OPEN_TO_TOKENS):
        raise TokenError(_("Choose what it may read."))
    if not clients:
        raise TokenError(_("Choose at least one client."))
    if not today <= ends_on <= today + LONGEST:
        raise TokenError(_("Its last day lies between today and a year from now."))
    token, unlocked = fresh_token(), current()
    name = token_name(token)
    assert name is not None
    row = ApiToken.objects.create(
        practice=by.practice, person=by, name=name, purpose=purpose.strip(), compartments=chosen, ends_on=ends_on
    )  # fmt: skip
    given = [(one.id, part) for one in clients for part in chosen if unlocked.held(one.id, part)]
    if not given:
        raise TokenError(_("Your keys open none of it; ask whoever holds them to share first."))
    TokenKey.objects.bulk_create(
        TokenKey(token=row, data_key_id=data_key, sealed=sealed)
        for client, compartment in given
        for data_key, sealed in sealed_for(token, owner=client, compartment=compartment).items()
    )
    row.given = [[str(client), compartment] for client, compartment in given]
    row.save(update_fields=["given"])
    for client in clients:
        record(
            verb="token.made", by=by.id, practice=by.practice_id, object_type="api.apitoken", object_id=row.id,
            client=client.id, reason=",".join(chosen),
        )  # fmt: skip
    return row, token


@transaction.atomic
def revoke_token(*, token: ApiToken, by: Person) -> None:
    """From the next call on it opens nothing; its sealed keys are deleted with it."""
    changed = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(
        revoked_at=datetime.now(UTC), revoked_by=by.id
    )
    TokenKey.objects.filter(token=token).delete()
    if changed:
        record(verb="token.revoked", by=by.id, practice=token.practice_id, object_type="api.apitoken", object_id=token.id)  # fmt: skip
