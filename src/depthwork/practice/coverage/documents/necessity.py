"""Plan of treatment, progress summary and the letter about equal treatment: from the record, in the payer's words.

A score stands in one of them only with the client's standing yes, whose day is printed beside it; without one, a
sentence that holds a score is refused in the clinician's own words and left out of a signed note's.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext_lazy as _

from depthwork.practice.coverage.documents.sheet import (
    NO_PROMISE,
    Made,
    day_of,
    finish,
    head_of,
    in_english,
    lacks_of_head,
    of_plan,
    part2_for,
    people,
    plan_on,
)
from depthwork.practice.coverage.errors import CoverageError
from depthwork.practice.coverage.manifest import Taken
from depthwork.practice.coverage.models import Authorisation, Letter, PayerPlan
from depthwork.practice.coverage.part2 import NEEDS, Part2
from depthwork.practice.coverage.scores import (
    PART2,
    courses_for,
    names_a_score,
    without_scores,
    yes_to_scores,
)
from depthwork.practice.people.models import Person
from depthwork.practice.record.models import ProgressNote
from depthwork.practice.treatments.models import Frame, Goal, Session, Treatment
from depthwork.reports import blocks as b

HEADS = {
    "problems": "Problems and diagnosis, with what each rests on",
    "symptoms": "Symptoms and how severe they are",
    "impairment": "What they prevent",
    "risk": "Risk, asked and answered",
    "frequency": "Why this frequency and length",
    "interventions": "Interventions",
    "duration": "Expected duration",
    "progress": "Progress since the last plan",
    "barriers": "What stands in the way",
    "coordination": "Co-ordination with others",
    "discharge": "When treatment will have done its work",
    "participation": "The client’s part in this plan",
}
LIMITS = {
    "visits": "a limit on the number of visits",
    "authorisation": "prior authorisation",
    "share": "the client’s share of the cost",
    "review": "concurrent review",
}
NO_YES = _(
    "the client has not agreed that scores go to the insurer, or took it back, and there is a score in these words: "
    "“{part}”. Say it without the figure, or ask the client under Consents"
)


class _Scores:
    """The scores that may stand in a paper, read only after the client's yes was found."""

    def __init__(
        self, taken: Taken, treatment: Treatment, *, wanted: Collection[str], part2: Part2, on: date
    ) -> None:
        self.yes = yes_to_scores(treatment.client, on=on)
        self.lines: list[str] = []
        self.lacks: list[str] = []
        self.has_part2 = False
        if wanted and self.yes is None:
            raise CoverageError(
                _(
                    "the client has not agreed that scores go to the insurer, or took it back; make the paper without them"
                )
            )
        if not wanted or self.yes is None:
            return
        taken.each([self.yes], "purpose", "is_yes", "given_on", "ends_on")
        for course in courses_for(treatment):
            if course.measure not in wanted:
                continue
            if course.measure in PART2 and not (part2.consent_on and part2.scope):
                self.lacks.append(
                    f"{course.name} is left out: it needs the client’s written consent under 42 CFR Part 2"
                )
                continue
            self.has_part2 = self.has_part2 or course.measure in PART2
            taken.each(course.rows, "result")
            self.lines.append(course.words)

    def blocks(self) -> list[b.Block]:
        if not self.lines or self.yes is None:
            return []
        agreed = f"With the client’s agreement of {day_of(self.yes.given_on)} that scores go to the insurer."
        return [b.Heading("Scores", 1), b.Items(tuple(self.lines)), b.Paragraph(agreed, "quiet")]

    def check(self, words: str, part: str) -> str:
        """Words as they are, or a refusal where they hold a score without a yes."""
        if self.yes is None and names_a_score(words):
            raise CoverageError(NO_YES.format(part=part))
        return words


def latest_plan(treatment: Treatment) -> PayerPlan | None:
    """The plan in the payer's words as it stands."""
    rows = PayerPlan.objects.filter(treatment=treatment).select_related("client__practice", "created_by")
    return rows.order_by("-number").first()


def _written(treatment: Treatment) -> PayerPlan:
    row = latest_plan(treatment)
    if row is None:
        raise CoverageError(_("write the plan in the payer’s words first"))
    return row


def _goals(taken: Taken, row: PayerPlan, scores: _Scores) -> tuple[list[b.Block], list[str]]:
    """Each goal beside the kind of aim it translates. The client's own words of the aim stay in the practice."""
    kinds, rows, paired = {id: str(name) for id, name in Goal.Aim.choices}, [], set()
    for one in taken.of(row, "goals") or []:
        for part in ("goal", "seen", "now"):
            scores.check(one.get(part, ""), "goals")
        paired.add(one.get("aim"))
        rows.append(
            (kinds.get(one.get("kind", ""), "–"), one["goal"], one.get("seen") or "–", one.get("now") or "–")
        )
    lacks = [
        "an aim of the treatment has no measurable goal beside it"
        for pk in Goal.objects.filter(treatment=row.treatment, closed_on=None).values_list("id", flat=True)
        if str(pk) not in paired
    ]
    if not rows:
        return [], ["a measurable goal"]
    heads = ("Aim", "Measurable goal", "How it is seen", "Now")
    return [b.Heading("Goals", 1), b.Table(heads, tuple(rows))], lacks


def _attendance(taken: Taken, treatment: Treatment, *, first: date, last: date) -> list[tuple[str, str]]:
    rows = list(Session.objects.filter(treatment=treatment, day__range=(first, last)))
    taken.each(rows, "day", "status", "length_minutes")
    held = [row for row in rows if row.status == Session.Status.HELD]
    missed = [row for row in rows if row.status not in (Session.Status.HELD, Session.Status.PLANNED)]
    said = [("Hours held", str(len(held))), ("Hours missed", str(len(missed)))]
    if held:
        said.append(("First and last", f"{day_of(held[0].day)}, {day_of(held[-1].day)}"))
    return said


def _frame(taken: Taken, treatment: Treatment, on: date) -> str:
    frame = (
        Frame.objects.filter(treatment=treatment, from_date__lte=on)
        .select_related("client")
        .order_by("-from_date")
        .first()
    )
    if frame is None:
        return "not agreed yet"
    taken.each([frame], "frequency", "length_minutes", "place")
    return f"{frame.get_frequency_display()}, {frame.length_minutes} minutes, {frame.get_place_display()}"


def _opening(treatment: Treatment, by: Person, on: date) -> tuple[Taken, list[b.Block], list[str], Part2]:
    """What every paper of this kind begins with: who, which payer, and whether Part 2 allows it."""
    client, taken = treatment.client, Taken()
    head = head_of(by, client)
    plan = plan_on(client, on, on)
    codes, claims, of_payer = of_plan(taken, plan)
    part2 = part2_for(client, plan, codes, claims)
    if not part2.is_allowed:
        raise CoverageError(NEEDS)
    lacks = lacks_of_head(head, us=True)
    blocks = [*people(taken, client, head, us=True, claims=claims), *of_payer]
    if codes:
        blocks.append(b.Definitions((("Diagnosis", ", ".join(codes)),)))
    else:
        lacks.append("a diagnosis code of the plan")
    return taken, blocks, lacks, part2


def _with_measures(part2: Part2, scores: _Scores) -> Part2:
    return Part2(part2.applies or scores.has_part2, part2.consent_on, part2.scope)


@in_english
def treatment_plan(
    treatment: Treatment, *, by: Person, made_on: date, measures: Collection[str] = ()
) -> Made:
    """The plan for medical necessity, as the clinician wrote it for the payer."""
    row = _written(treatment)
    taken, blocks, lacks, part2 = _opening(treatment, by, made_on)
    scores = _Scores(taken, treatment, wanted=measures, part2=part2, on=made_on)
    words = taken.of(row, "words") or {}
    taken.each([row], "number", "from_date", "review_on")
    blocks.append(
        b.Definitions(
            (
                ("Plan", f"version {row.number}, from {day_of(row.from_date)}"),
                ("Looked at again", day_of(row.review_on)),
                ("Hours", _frame(taken, treatment, made_on)),
            )
        )
    )
    if row.review_on < made_on:
        lacks.append(f"the plan was to be looked at again on {day_of(row.review_on)}")
    goals, missing = _goals(taken, row, scores)
    for part in PayerPlan.PARTS:
        said = scores.check(words.get(part) or "", HEADS[part])
        if said:
            blocks += [b.Heading(HEADS[part], 1), b.Paragraph(said)]
        elif part not in ("progress", "barriers", "coordination"):
            lacks.append(HEADS[part][:1].lower() + HEADS[part][1:])
        if part == "symptoms":
            blocks += scores.blocks()
        if part == "frequency":
            blocks += goals
    lacks += [*missing, *scores.lacks]
    blocks += [
        b.Notice("About this paper", f"Written for the payer, from the record alone. {NO_PROMISE}"),
        *_with_measures(part2, scores).blocks(),
        b.Lines("Client, signature and date"),
        b.Lines("Clinician, signature and date"),
    ]
    return finish(
        "Treatment plan", taken, treatment.client, blocks, lacks, made_on=made_on, for_whom="the payer",
        contains=f"Treatment plan, version {row.number}", record=True,
    )  # fmt: skip


@in_english
def progress_summary(
    treatment: Treatment,
    *,
    by: Person,
    first: date,
    last: date,
    made_on: date,
    measures: Collection[str] = (),
    with_notes: bool = False,
) -> Made:
    """Attendance, where the goals stand, and what the clinician wrote of progress; on request, signed notes' state."""
    if last < first:
        raise CoverageError(_("the last day lies before the first; look at the two dates"))
    row = _written(treatment)
    taken, blocks, lacks, part2 = _opening(treatment, by, last)
    scores = _Scores(taken, treatment, wanted=measures, part2=part2, on=made_on)
    words = taken.of(row, "words") or {}
    taken.each([row], "number", "from_date", "review_on")
    attended = _attendance(taken, treatment, first=first, last=last)
    blocks.append(b.Definitions((("Hours", _frame(taken, treatment, last)), *attended)))
    for part in ("progress", "symptoms", "impairment", "barriers", "coordination"):
        if said := scores.check(words.get(part) or "", HEADS[part]):
            blocks += [b.Heading(HEADS[part], 1), b.Paragraph(said)]
    if not words.get("progress"):
        lacks.append("progress since the last plan, in the plan in the payer’s words")
    blocks += scores.blocks()
    goals, missing = _goals(taken, row, scores)
    blocks += goals
    if with_notes:
        blocks += _from_notes(taken, treatment, scores, lacks, first=first, last=last)
    lacks += [*missing, *scores.lacks]
    blocks += [
        b.Definitions((("Looked at again", day_of(row.review_on)),)),
        b.Notice("About this paper", f"Written for the payer, from the record alone. {NO_PROMISE}"),
        *_with_measures(part2, scores).blocks(),
        b.Lines("Clinician, signature and date"),
    ]
    return finish(
        "Progress summary", taken, treatment.client, blocks, lacks, made_on=made_on, for_whom="the payer",
        contains=f"Progress summary, {day_of(first)} to {day_of(last)}", record=True,
    )  # fmt: skip


def _from_notes(
    taken: Taken, treatment: Treatment, scores: _Scores, lacks: list[str], *, first: date, last: date
) -> list[b.Block]:
    """What signed progress notes say of the state; sentences with a score only after the client's yes."""
    rows, out = [], 0
    notes = ProgressNote.objects.filter(treatment=treatment, on__range=(first, last), signed_at__isnull=False)
    for note in notes.select_related("client").order_by("on"):
        said = taken.of(note, "state") or ""
        taken.of(note, "on")
        if scores.yes is None:
            said, left = without_scores(said)
            out += left
        if said:
            rows.append((day_of(note.on), said))
    if out:
        lacks.append(f"{out} sentences of the notes hold a score and are left out: the client has not agreed")
    return (
        [b.Heading("From signed progress notes", 1), b.Table(("Day", "State"), tuple(rows))] if rows else []
    )


@in_english
def parity_letter(letter: Letter, treatment: Treatment, *, by: Person, made_on: date) -> Made:
    """A letter that sets the plan's limit beside that of medical care, and asks for the plan's own comparison."""
    plan = letter.plan
    taken, blocks, lacks, part2 = _opening(treatment, by, made_on)
    said = taken.of(letter, "words") or {}
    taken.of(letter, "on")
    scores = _Scores(taken, treatment, wanted=(), part2=part2, on=made_on)
    for name in ("applies", "compared"):
        scores.check(str(said.get(name) or ""), "the comparison")
    granted = list(Authorisation.objects.filter(plan=plan).select_related("client"))
    taken.each(granted, "number", "from_date", "to_date")
    row = latest_plan(treatment)
    words = (taken.of(row, "words") or {}) if row is not None else {}
    facts = [("Date", day_of(made_on)), ("Concerns", LIMITS[said["limit"]])]
    if said.get("reference"):
        facts.append(("Reference", str(said["reference"])))
    if said.get("decided_on"):
        facts.append(("Decision of", str(said["decided_on"])))
    if granted:
        facts.append(("Authorisations", ", ".join(one.number for one in granted)))
    if said.get("hours"):
        facts.append(("Asked for", f"{said['hours']} further hours"))
    blocks += [
        b.Definitions(tuple(facts)),
        b.Paragraph("To whom it may concern,"),
        b.Paragraph(
            f"The plan applies {LIMITS[said['limit']]} to this treatment. I ask that the decision be looked at again under the "
            "Mental Health Parity and Addiction Equity Act, which lets a plan set no limit on mental health and substance use "
            "care that is more restrictive than the one it sets on medical and surgical care of the same classification."
        ),
        b.Heading("How the limit is applied here", 1),
        b.Paragraph(str(said["applies"])),
        b.Heading("What holds for medical and surgical care", 1),
        b.Paragraph(str(said["compared"])),
        b.Heading("What is asked for", 1),
        b.Items(
            tuple(
                filter(
                    None,
                    (
                        f"{said['hours']} further hours, or the reason in writing why not."
                        if said.get("hours")
                        else "",
                        "The comparative analysis of this limit, which the Consolidated Appropriations Act, 2021 has plans keep and give out on request.",
                        "The criteria by which the limit was applied to this treatment, and those applied to medical and surgical care.",
                    ),
                )
            )
        ),
    ]
    needed = [scores.check(words.get(part) or "", HEADS[part]) for part in ("impairment", "frequency")]
    if any(needed):
        blocks.append(b.Heading("Why the treatment is needed", 1))
        blocks += [b.Paragraph(text) for text in needed if text]
    if not words:
        lacks.append("why the treatment is needed: write the plan in the payer’s words first")
    blocks += [
        b.Paragraph(
            "This letter rests on the final rules of 2013 and the comparative analyses required since 2021. It is not legal advice.",
            "quiet",
        ),
        *part2.blocks(),
        b.Lines("Clinician, signature and date"),
    ]
    return finish(
        "Letter about equal treatment", taken, treatment.client, blocks, lacks, made_on=made_on, for_whom="the payer",
        contains="Letter under the parity act (MHPAEA)", record=True,
    )  # fmt: skip
