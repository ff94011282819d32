"""Give something out: the rule is asked, the bytes are made, the trace is written, and only then it is handed over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.interchange.parcel import sha256
from depthwork.practice.audit.actions import record
from depthwork.practice.disclosure.errors import DisclosureError
from depthwork.practice.disclosure.models import Disclosure, Release
from depthwork.practice.people.models import Person
from depthwork.practice.policy.jurisdiction import profile_of
from depthwork.practice.policy.permissions import Permission
from depthwork.practice.policy.registry import allows_row
from depthwork.practice.treatments.models import Client, Treatment
from depthwork.practice.vault.age import is_recipient, seal_bytes, seal_with_passphrase

# These never go without a word of the client that names them.
GUARDED = ("process_notes", "sud")
FITS = {
    Disclosure.Kind.CASE: (Release.Purpose.TRANSFER, Release.Purpose.COURT),
    Disclosure.Kind.ACCESS: (Release.Purpose.OWN_ACCESS,),
    Disclosure.Kind.ANNOTATIONS: (Release.Purpose.COLLEAGUE, Release.Purpose.TRANSFER),
    Disclosure.Kind.FHIR: (Release.Purpose.TRANSFER, Release.Purpose.OWN_ACCESS, Release.Purpose.COLLEAGUE, Release.Purpose.COURT),
}  # fmt: skip
# A whole treatment leaves on the client's word alone, notes or none.
ALWAYS_ASKED = (Disclosure.Kind.CASE,)


@dataclass(frozen=True, slots=True)
class Given:
    """What was made: its bytes before sealing, and the trace of it."""

    raw: bytes
    disclosure: Disclosure


def may_give(
    *,
    kind: str,
    client: Client,
    compartments: Iterable[str],
    release: Release | None,
    on: date,
) -> str:
    """Why this may not leave, or nothing.

    Process notes and substance use notes leave only on a release that stands on the day, is for this kind of
    giving, and names them. FHIR holds neither, whatever a release says. The client's own copy holds process notes
    only where the profile of the jurisdiction says so.
    """
    chosen = set(compartments)
    guarded = chosen.intersection(GUARDED)
    if kind == Disclosure.Kind.FHIR and guarded:
        return _("process notes and substance use notes have no place in FHIR; choose another form")
    if kind == Disclosure.Kind.ACCESS and "process_notes" in chosen:
        profile = profile_of(client.practice)
        if not profile.notes_in_access_export:
            return _("process notes are no part of the client’s own copy under “%(name)s”") % {
                "name": profile.name
            }
    if not guarded and kind not in ALWAYS_ASKED:
        return ""
    if release is None:
        return _("this leaves on the client’s word alone; write the release down first")
    if release.client_id != client.id:
        return _("this release is another client’s")
    if not release.holds(on=on):
        return _("the release has ended, was taken back, or is not signed yet")
    if release.purpose not in FITS.get(kind, ()):
        return _("the release is for another purpose; ask the client")
    if missing := (chosen - {"administration"}) - set(release.compartments):
        return _("the release does not name: %(parts)s") % {
            "parts": ", ".join(sorted(missing)).replace("_", " ")
        }
    return ""


@transaction.atomic
def give(
    *,
    kind: str,
    client: Client,
    compartments: Iterable[str],
    release: Release | None,
    by: Person,
    on: date,
    make: Any,
    to_whom: str = "",
    treatment: Treatment | None = None,
    manifest: Any = None,
) -> Given:
    """Make something and write its trace, in one transaction. `make()` gives the bytes; nothing is made if it may not go."""
    if not allows_row(by, Permission.EXPORT_CLIENT, client):
        raise DisclosureError(_("only the clinician who treats this client gives something out"))
    chosen = sorted(set(compartments))
    if why := may_give(kind=kind, client=client, compartments=chosen, release=release, on=on):
        raise DisclosureError(why)
    raw: bytes = make()
    row = Disclosure.objects.create(
        client=client, kind=kind, treatment=treatment.id if treatment else None, release=release, compartments=chosen,
        sha256=sha256(raw), size=len(raw), made_on=on, by=by, manifest=manifest() if callable(manifest) else manifest,
        to_whom=to_whom.strip() or (release.to_whom if release else None),
    )  # fmt: skip
    record(
        verb=f"gave_out.{kind}", by=by.id, practice=by.practice_id, object_type="disclosure.disclosure",
        object_id=row.id, client=client.id, reason=row.sha256,
    )  # fmt: skip
    return Given(raw, row)


def seal(raw: bytes, *, recipients: Sequence[str] = (), passphrase: str = "") -> bytes:
    """The bytes as they travel: to keys, or by a passphrase; one of the two."""
    if bool(recipients) == bool(passphrase):
        raise DisclosureError(_("a package is sealed to the receiving key, or by a passphrase: choose one"))
    if passphrase:
        return seal_with_passphrase(raw, passphrase)
    for one in recipients:
        if not is_recipient(one):
            raise DisclosureError(_("this is not a receiving key; it begins with age1, and is copied whole"))
    return seal_bytes(raw, recipients)
