"""Write down a client's word, and take it back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.disclosure.errors import DisclosureError
from depthwork.practice.disclosure.models import Release
from depthwork.practice.people.models import Person
from depthwork.practice.treatments.actions.note import note
from depthwork.practice.treatments.models import Client
from depthwork.practice.vault.models import Compartment


@transaction.atomic
def give_release(
    *,
    client: Client,
    by: Person,
    purpose: str,
    compartments: Iterable[str],
    to_whom: str,
    signed_on: date,
    ends_on: date | None = None,
    words: str = "",
) -> Release:
    """The client's signed word: what may go, to whom, what for."""
    chosen = sorted(set(compartments))
    if purpose not in Release.Purpose.values:
        raise DisclosureError(
            _("a release is for one of: %(values)s") % {"values": ", ".join(Release.Purpose.values)}
        )
    if not chosen or set(chosen) - set(Compartment.values):
        raise DisclosureError(_("say which compartments may go; each is named by the client"))
    if not to_whom.strip():
        raise DisclosureError(_("say to whom it may go; a release to nobody opens nothing"))
    if ends_on is not None and ends_on < signed_on:
        raise DisclosureError(_("the release ends before it is signed; look at the two days"))
    row = Release.objects.create(
        client=client, purpose=purpose, compartments=chosen, to_whom=to_whom.strip(), words=words.strip() or None,
        signed_on=signed_on, ends_on=ends_on, recorded_by=by,
    )  # fmt: skip
    note("release.given", row, by=by)
    return row


@transaction.atomic
def revoke_release(*, release: Release, by: Person) -> Release:
    """The client takes their word back: nothing more goes on it from now on."""
    if not Release.objects.filter(pk=release.pk, revoked_at=None).update(
        revoked_at=datetime.now(UTC), revoked_by=by
    ):
        raise DisclosureError(_("this release was taken back before"))
    release.refresh_from_db(fields=["revoked_at", "revoked_by"])
    note("release.revoked", release, by=by)
    return release
