"""What an editor needs to open: the text, the draft that waits, and the key for what the browser may keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from depthwork.practice.config.at_once import Look
from depthwork.practice.people.models import Person, Practice
from depthwork.practice.policy.jurisdiction import DEFAULT, profile_of
from depthwork.practice.sources.models import Draft, Source, SourceVersion
from depthwork.practice.sources.queries import Kept
from depthwork.practice.sources.texts import with_marks
from depthwork.practice.treatments.models import Session
from depthwork.practice.vault.drafts import draft_key

_EUROPE = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CH",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GB",
        "GR",
        "HR",
        "HU",
        "IE",
        "IS",
        "IT",
        "LI",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "NO",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)


@dataclass(frozen=True, slots=True)
class Editor:
    """One text as its editor shows it; `sources/editor.html` takes it under the name `editor`."""

    kind: str
    label: str
    text: str  # with its {hazy}...{/hazy} marks
    provenance: str
    base: int  # the version that is open, 0 for a new text
    draft_version: int  # of the draft on the server, 0 for none
    draft_at: datetime | None
    draft_writer: str
    draft_seq: int
    action: str
    draft_url: str
    let_go_url: str
    place: str
    key: str
    access_line: str
    source: Source | None = None
    fields: dict[str, Any] = field(default_factory=dict)  # what else the draft holds, by field name
    is_another: bool = False

    @property
    def has_passages(self) -> bool:
        return self.kind in (Source.Kind.PROCESS_NOTE, Source.Kind.DREAM)


def access_line(practice: Practice) -> str:
    """One line at the editor: whether the client may ask to read this. The practice's profile says; without one, its country."""
    profile = profile_of(practice)
    if profile.id != DEFAULT:
        return profile.editor_line
    if practice.country == "US":
        return _(
            "Kept apart from the record. In the United States a client has no general right to read process notes; "
            "state law and a court may say otherwise."
        )
    if practice.country in _EUROPE:
        return _("Kept apart from the record. Under data protection law here, a client may ask to read it.")
    return _(
        "Kept apart from the record. Whether a client may ask to read it depends on the law of your place."
    )


def editor_for(
    *,
    session: Session,
    by: Person,
    kind: str = Source.Kind.PROCESS_NOTE,
    source: Source | None = None,
    is_another: bool = False,
) -> Editor:
    """The editor of a new text of an hour, or of one that is kept; two queries."""
    draft = Draft.objects.filter(person=by, session=session, kind=kind, source=source).first()
    version = (
        SourceVersion.objects.defer("file").get(source=source, number=source.version) if source else None
    )
    return _editor(session, kind, source, draft, version, is_another=is_another)


def _editor(
    session: Session,
    kind: str,
    source: Source | None,
    draft: Draft | None,
    version: SourceVersion | None,
    *,
    is_another: bool = False,
) -> Editor:
    words = (draft.words or {}) if draft else {}
    kept = with_marks(version.turns, version.passages or []) if version else ""
    if source is not None:
        action = reverse("sources:edit", args=[source.id])
        draft_url = reverse("sources:source_draft", args=[source.id])
    else:
        action = reverse(f"sources:{kind}", args=[session.id])
        draft_url = reverse("sources:draft", args=[session.id, kind])
    place = f"{session.id}/{kind}/{source.id if source else 'new'}"
    return Editor(
        kind=kind,
        label=Source.Kind(kind).label,
        text=words.get("text", kept),
        provenance=words.get("provenance") or (source.provenance if source else Source.Provenance.NOTES),
        base=draft.based_on if draft else (source.version if source else 0),
        draft_version=draft.version if draft else 0,
        draft_at=draft.changed_at if draft else None,
        draft_writer=str(words.get("writer") or ""),
        draft_seq=int(words.get("seq") or 0),
        action=action,
        draft_url=draft_url,
        let_go_url=reverse("sources:let_go", args=[session.id, kind])
        + (f"?source={source.id}" if source else ""),
        place=place,
        key=draft_key(place),
        access_line=access_line(session.client.practice),
        source=source,
        fields=words.get("fields") or (version.about if version and version.about else {}),
        is_another=is_another,
    )


def look_at_drafts(session: Session, by: Person) -> Look[list[Draft]]:
    """A person's notes of an hour that are being written, to be asked together with what else a page wants to know."""
    return Look((Draft.objects.filter(person=by, session=session, kind=Source.Kind.PROCESS_NOTE),), list)


def hours_editor(*, session: Session, by: Person, kept: Sequence[Kept], drafts: Sequence[Draft]) -> Editor:
    """The note editor beside an hour: the clinician's last note among what is kept with it, else a new one."""
    own = [
        one
        for one in kept
        if (one.source.kind, one.source.created_by_id) == (Source.Kind.PROCESS_NOTE, by.id)
    ]
    last = max(own, key=lambda one: one.source.created_at, default=None)
    source, version = (last.source, last.version) if last else (None, None)
    draft = next((one for one in drafts if one.source_id == (source.id if source else None)), None)
    return _editor(session, Source.Kind.PROCESS_NOTE, source, draft, version)
