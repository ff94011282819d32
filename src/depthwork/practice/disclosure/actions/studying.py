"""Let a researcher count a client in: keys for the export, on the client's dated yes, and no page of any chart."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.audit.actions import record
from depthwork.practice.disclosure.errors import DisclosureError
from depthwork.practice.disclosure.research_out import NEEDED
from depthwork.practice.people.models import Person, Role
from depthwork.practice.treatments.consents import agreement
from depthwork.practice.treatments.models import Client
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.errors import NoKey
from depthwork.practice.vault.models import Grant


@transaction.atomic
def count_in(*, client: Client, researcher: Person, by: Person) -> None:
    """The keys come under the client's consent to research: when that is taken back, they end with it."""
    if not researcher.has_role(Role.RESEARCHER) or researcher.practice_id != client.practice_id:
        raise DisclosureError(_("studies are made by a researcher of the practice"))
    yes = agreement(client, "research")
    if yes is None:
        raise DisclosureError(_("the client has not agreed to research; ask under Consents first"))
    try:
        vault.share(
            owner=client.id, compartments=NEEDED, reader=researcher.id, purpose="research", consent=yes.id
        )
    except NoKey:
        raise DisclosureError(
            _("compare your keys with this researcher first, on the page Keys; nothing was shared")
        ) from None
    record(
        verb="client.counted_in", by=by.id, practice=by.practice_id, object_type="person", object_id=researcher.id,
        client=client.id,
    )  # fmt: skip


def counted_in_by(client: Client) -> list[Person]:
    """Researchers who can count this client in."""
    rows = Grant.objects.live().filter(data_key__owner=client.id, purpose="research").select_related("reader")
    return list({row.reader_id: row.reader for row in rows}.values())


def researchers_of(by: Person) -> list[Person]:
    """Researchers of the practice, oneself apart: whoever treats a client holds their keys."""
    rows = Person.objects.filter(practice_id=by.practice_id, is_active=True, client=None).exclude(id=by.id)
    return [one for one in rows.order_by("display_name", "id") if one.has_role(Role.RESEARCHER)]
