"""The room's pages as documents: before the hour, the formulation, the kept lines. Pure functions of what was read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from depthwork.practice.config.dates import in_words
from depthwork.practice.formulation.before import Brief
from depthwork.practice.formulation.kept import KeptLine
from depthwork.practice.formulation.models import Prediction
from depthwork.practice.formulation.queries import Page
from depthwork.reports import blocks as b
from depthwork.wording import figure, isolated


def brief_paper(brief: Brief, *, about: str, made_on: date, with_own: bool, for_whom: str) -> b.Document:
    """One sheet. Names are the caller's to give in `about`; own notes only `with_own`."""
    blocks: list[b.Block] = []
    if brief.lead:
        blocks.append(b.Paragraph(f"“{brief.lead}”", "lead"))
    if brief.hours_left is not None:
        days = ", ".join(f"{in_words(d, 'j F')}" for d in brief.coming)
        blocks.append(b.Paragraph(f"{_left(brief.hours_left)}{': ' + days if days else ''}.", "quiet"))
    if brief.focus:
        blocks += [b.Heading(_("The focus"), 1), b.Paragraph(brief.focus)]
    if brief.ending:
        blocks += [
            b.Heading(_("How it ended"), 1),
            b.Exchange(brief.ending),
            b.Paragraph(brief.ending_cite, "quiet"),
        ]
    if brief.open_between:
        blocks.append(b.Heading(_("Open between us"), 1))
        blocks += [b.Quote(said.words, said.cite) for said in brief.open_between]
    if brief.dates:
        blocks += [b.Heading(_("Dates"), 1), b.Items(tuple(said.words for said in brief.dates))]
    if brief.dream:
        blocks += [b.Heading(_("The last dream"), 1), b.Quote(brief.dream.words, brief.dream.cite)]
    if brief.measures:
        blocks.append(b.Heading(_("What moved"), 1))
        blocks += [
            b.Paragraph(
                _("%(words)s Reliable change %(points)s points, n = %(n)s.")
                % {"words": m.words, "points": figure(m.reliable_points, "g"), "n": m.n}
            )
            for m in brief.measures
        ]
    if brief.question:
        blocks += [b.Heading(_("A question left for today"), 1), b.Paragraph(brief.question)]
    if with_own and brief.own:
        blocks.append(b.Heading(_("My own"), 1))
        blocks += [b.Quote(said.words, said.cite) for said in brief.own]
    if not blocks:
        blocks.append(b.Paragraph(_("Nothing is kept yet that this page could say."), "quiet"))
    return b.Document(
        title=_("Before hour %(n)s") % {"n": brief.number},
        compartment="process_notes",
        about=about,
        contains=_("Before the hour: what to hold in mind") + ("" if with_own else _("; own notes left out")),
        for_whom=for_whom,
        made_on=made_on,
        blocks=tuple(blocks),
        closing=_("To be read and destroyed; the practice keeps its own copy."),
    )


def _left(n: int) -> str:
    return _("The last hour agreed") if n == 1 else _("%(n)s hours left of those agreed") % {"n": n}


def formulation_paper(
    page: Page, predictions: Sequence[Prediction], *, about: str, made_on: date, for_whom: str
) -> b.Document:
    """A version with its citations as numbered notes after each heading."""
    row = page.row
    blocks: list[b.Block] = []
    for part in page.parts:
        if not part.statements:
            continue
        blocks.append(b.Heading(part.title, 1))
        for told in part.statements:
            rests = ", ".join(str(c.n) for c in told.rests_on if c.holds)
            against = ", ".join(str(c.n) for c in told.against if c.holds)
            tail = f" [{rests}]" if rests else ""
            tail += " " + _("[against it: %(against)s]") % {"against": against} if against else ""
            if told.is_inference:
                tail += (
                    _(" (inference: beyond the lines cited)")
                    if told.rests_on
                    else _(" (inference: no line says this)")
                )
            elif told.is_bare:
                tail += _(" (nothing cited)")
            blocks.append(b.Paragraph(told.words + tail))
            if told.is_flagged:
                blocks.append(b.Paragraph(_("Flagged: %(why)s.") % {"why": told.lost[0].why}, "quiet"))
        notes = [c for told in part.statements for c in (*told.rests_on, *told.against) if c.quote]
        if notes:
            blocks.append(b.Definitions(tuple((f"{c.n}. {c.by}", c.quote) for c in notes)))
    if predictions:
        blocks.append(b.Heading(_("What was expected, and what came"), 1))
        blocks.append(
            b.Table(
                (_("Expected"), _("Written"), _("What came")),
                tuple(
                    (p.words or "", _("%(day)s, version %(number)s") % {"day": in_words(p.made_on), "number": p.formulation.number},
                     p.came or _("Not yet known."))
                    for p in predictions
                ),
            )
        )  # fmt: skip
    kept = (
        _("kept %(day)s by %(who)s") % {"day": in_words(row.kept_at), "who": isolated(str(row.kept_by))}
        if row.kept_at
        else _("being written")
    )
    return b.Document(
        title=row.title or _("Formulation"),
        compartment="process_notes",
        about=about,
        contains=_("Formulation, version %(number)s, %(kept)s") % {"number": row.number, "kept": kept},
        for_whom=for_whom,
        made_on=made_on,
        blocks=tuple(blocks) or (b.Paragraph(_("Nothing is written yet."), "quiet"),),
        closing=_("Every statement is a person’s."),
    )


LETTERS_A_LINE = 66  # of a sheet in one column
LINES_A_SHEET = 34
SHEETS = 4


def kept_lines_paper(lines: Sequence[KeptLine], *, about: str, made_on: date, for_whom: str) -> b.Document:
    """The lines in sequence. No hour is counted and nothing is summed up; a break is white space.

    A short treatment has room; years are set in two columns, so that they stay on four sheets. Nothing is dropped:
    where lines are long, there are more sheets.
    """
    rows, year = [], None
    for one in lines:
        words, quiet = _set_line(one)
        rows.append(
            b.SequenceLine(
                in_words(one.on, "j M"),
                words,
                quiet,
                year=str(one.on.year) if one.on.year != year else "",
                space=0.0 if not one.pause else 3.0 if one.is_long_pause else 1.5,
            )
        )
        year = one.on.year
    high = sum(1.6 + (len(row.words) + len(row.quiet)) // LETTERS_A_LINE + row.space for row in rows)
    return b.Document(
        title=_("Kept lines"),
        compartment="process_notes",
        about=about,
        contains=_("One line of each hour, as the clinician kept it"),
        for_whom=for_whom,
        made_on=made_on,
        blocks=(b.Sequence(tuple(rows), columns=2 if high > SHEETS * LINES_A_SHEET else 1),)
        if rows
        else (b.Paragraph(_("No line was kept yet."), "quiet"),),
    )


def _set_line(one: KeptLine) -> tuple[str, str]:
    """The line, and after it the first and the last words; for an hour that was not held, that it was not."""
    if one.missed:
        return "", f"{one.missed[0].upper()}{one.missed[1:]}."
    edges = " … ".join(f"“{words}”" for words in (one.first_words, one.last_words) if words)
    return (one.line, edges) if one.line else (edges, "")
