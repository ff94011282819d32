"""From the editor to a kept note: once, whatever the wires do, and never over another window's words."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from depthwork.practice.people.models import Person
from depthwork.practice.sources.actions.drafting import drop_draft
from depthwork.practice.sources.actions.keeping import change_source, write_turns
from depthwork.practice.sources.models import Draft, Source, SourceVersion
from depthwork.practice.sources.texts import text_of, without_marks
from depthwork.practice.treatments.errors import Changed
from depthwork.practice.treatments.models import Session


class Crossed(Changed):
    """Two windows wrote. `theirs` is the note as the other one kept it."""

    def __init__(self, theirs: Source) -> None:
        super().__init__(_("this was kept in another window meanwhile; both texts are here to compare"))
        self.theirs = theirs


def last_note(*, session: Session, by: Person, kind: str) -> Source | None:
    """The note of this kind that a person kept last in an hour."""
    return (
        Source.objects.filter(session=session, created_by=by, kind=kind, burned_at=None)
        .select_related("client__practice", "session")
        .order_by("-created_at")
        .first()
    )


@transaction.atomic
def keep_note(
    *,
    session: Session,
    by: Person,
    kind: str,
    text: str,
    provenance: str = Source.Provenance.NOTES,
    source: Source | None = None,
    base: int = 0,
    draft_version: int = 0,
    is_another: bool = False,
) -> Source:
    """Keep the editor's text (with its {hazy}...{/hazy} marks) as a note, or as a further version of one.

    `base` is the version that was opened, `draft_version` the draft that the window last saved, `is_another`
    says that a second note beside the first is meant. The same text sent twice is kept once.
    """
    turns, passages = without_marks(text)
    if source is not None:
        last = SourceVersion.objects.filter(source=source, number=source.version).first()
        if last is not None and last.turns == turns and (last.passages or []) == passages:
            if source.provenance != provenance:
                Source.objects.filter(pk=source.pk).update(provenance=provenance)
        else:
            try:
                change_source(
                    source=source,
                    by=by,
                    version=base,
                    turns=turns,
                    passages=passages,
                    provenance=provenance,
                )
            except Changed:
                raise Crossed(source) from None
        drop_draft(session=session, by=by, kind=kind, source=source)
        return source
    if not is_another:
        kept = last_note(session=session, by=by, kind=kind)
        if kept is not None:
            version = SourceVersion.objects.get(source=kept, number=kept.version)
            if version.text == text_of(turns):
                drop_draft(session=session, by=by, kind=kind)
                return kept
            has_draft = Draft.objects.filter(person=by, session=session, kind=kind, source=None).exists()
            if draft_version and not has_draft:
                raise Crossed(kept)
    made = write_turns(
        session=session, turns=turns, by=by, kind=kind, passages=passages, provenance=provenance
    )
    drop_draft(session=session, by=by, kind=kind)
    return made
