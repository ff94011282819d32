"""What is not read column by column: forms with their questions, goals with their ratings, texts with their files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from depthwork.measures import NA, REFUSED, Definition, Item, MeasureError, measure
from depthwork.practice.disclosure.copy_words import Line, Row, World, lines_of, name_of, told
from depthwork.practice.disclosure.field_words import called
from depthwork.practice.intake.safety_words import sections
from depthwork.wording import decimal

Kind = Callable[[Row, World], list[Line]]


def answers(row: Row, world: World) -> list[Line]:
    """A form: each question that its licence lets travel, the answer as it was chosen, and the scores with their range."""
    content = row.get("answers") or {}
    definition = _definition(content.get("measure"))
    found = [Line(_("on"), world.day(row["on"]))] if row.get("on") else []
    for at, (id, value) in enumerate((content.get("answers") or {}).items(), 1):
        if value is not None:
            found.append(Line(*_answered(definition, id, at, value)))
    made = sorted(
        world.of("tracking.score", "response_id", row["id"]), key=lambda one: one.get("number") or 0
    )
    for name, one in sorted(((made[-1].get("result") or {}).get("scores") or {}).items()) if made else ():
        found.append(Line(_score_called(definition, name), _scored(definition, name, one)))
    return found


def _definition(name: Any) -> Definition | None:
    try:
        return measure(str(name))
    except MeasureError:
        return None


def form_called(row: Row) -> str:
    """The form by its name."""
    name = (row.get("answers") or row.get("what") or {}).get("measure", "")
    definition = _definition(name)
    return definition.name if definition else str(name)


def _item(definition: Definition | None, id: str) -> Item | None:
    return next((one for one in definition.items if one.id == id), None) if definition else None


def _answered(definition: Definition | None, id: str, at: int, value: Any) -> tuple[str, str]:
    item = _item(definition, id)
    is_free = definition is not None and definition.licence.ship_items and item is not None
    question = (item.text if is_free and item else None) or _("question %(n)s") % {"n": at}
    if value == NA:
        return question, _("does not apply")
    if value == REFUSED:
        return question, _("not answered")
    label = next((one.label for one in item.options if one.value == value), "") if is_free and item else ""
    number = decimal(f"{value:g}") if isinstance(value, int | float) else str(value)
    return question, f"{label} ({number})" if label else number


def _score_called(definition: Definition | None, name: str) -> str:
    return _("score") if name == "total" else f"{_('score')}: {called(name)}"


def _scored(definition: Definition | None, name: str, one: Mapping[str, Any]) -> str:
    value = one.get("value")
    if value is None:
        return str(one.get("withheld") or _("not counted"))
    words = decimal(f"{value:g}")
    try:
        ends = definition.score_rule(name).range if definition else None
    except KeyError:
        ends = None
    if ends:
        words = _("%(value)s of %(lowest)s to %(highest)s") % {
            "value": words, "lowest": decimal(f"{ends[0]:g}"), "highest": decimal(f"{ends[1]:g}"),
        }  # fmt: skip
    return f"{words} ({_(one['band'])})" if one.get("band") else words


def goal(row: Row, world: World) -> list[Line]:
    """A goal and how near it was, each time it was asked."""
    found = lines_of("treatments.goal", row, world)
    for one in sorted(
        world.of("treatments.goalrating", "goal_id", row["id"]), key=lambda r: (r["on"], r["by"])
    ):
        who = _("the client") if one["by"] == "client" else _("the clinician")
        words = _("%(value)s of 10, by %(who)s") % {"value": told(one.get("value"), world), "who": who}
        found.append(Line(world.day(one["on"]), words))
    return found


def alert(row: Row, world: World) -> list[Line]:
    """Answers that asked to be read soon: the questions, the answers, who read them and when."""
    content = row.get("what") or {}
    definition = _definition(content.get("measure"))
    found = [Line(_("came"), world.at(row["raised_at"]))]
    for at, one in enumerate(content.get("raised") or [], 1):
        words = _answered(definition, str(one.get("item") or one.get("id")), at, one.get("answer"))
        found.append(Line(words[0], _("no answer") if one.get("answer") is None else words[1]))
    if row.get("seen_at"):
        found.append(Line(_("read"), ", ".join(filter(None, [world.at(row["seen_at"]), name_of(world, row.get("seen_by_id"))]))))  # fmt: skip
    return found


def source(row: Row, world: World) -> list[Line]:
    """A text or a thing as it stands now; earlier versions are in the tables."""
    versions = sorted(
        world.of("sources.sourceversion", "source_id", row["id"]), key=lambda one: one["number"]
    )
    found = lines_of("sources.source", row, world, without=("kind",))
    if hour := world.hour(row.get("session_id")):
        found.insert(0, Line(_("hour of"), hour))
    if not versions:
        return found
    now = versions[-1]
    words = told(now["turns"], world) if now.get("turns") else str(now.get("text") or "")
    if words:
        found.append(Line(_("text"), words))
    about = {
        key: one for key, one in (now.get("about") or {}).items() if key not in ("format", "warnings", "name")
    }
    if told(about, world):
        found.append(Line(_("about it"), told(about, world)))
    if now.get("file"):
        found.append(Line(_("file"), str((now.get("about") or {}).get("name") or _("open the file")), f"files/{now['file']}"))  # fmt: skip
    return found


def safety_plan(row: Row, world: World) -> list[Line]:
    """A safety plan by its own headings."""
    found = [Line(_("made on"), world.day(row["made_on"]))]
    for part in sections(row.get("parts")):
        lines = [
            ", ".join(str(one[k]) for k in ("words", "phone", "note") if one.get(k)) for one in part["lines"]
        ]
        found.append(Line(str(part["head"]), "\n".join(lines)))
    return found


def consultation(row: Row, world: World) -> list[Line]:
    """The first conversations: what was asked for, question and answer, what was decided."""
    found = lines_of("intake.consultation", row, world, without=("notes", "readings", "acknowledged"))
    said = [one for one in row.get("notes") or [] if isinstance(one, dict)]
    return [
        *found,
        *(Line(str(one.get("question") or _("note")), str(one.get("answer") or "")) for one in said),
    ]


def estimate(row: Row, world: World) -> list[Line]:
    """What hours were expected to cost."""
    found = lines_of("coverage.estimate", row, world, without=("body",))
    for code, units, fee in (row.get("body") or {}).get("lines") or []:
        found.append(Line(str(code), f"{units} × {decimal(str(fee))}"))
    return found


def statement(row: Row, world: World) -> list[Line]:
    """A sentence of the formulation, and whether it is an inference."""
    found = lines_of("formulation.statement", row, world, without=("body", "position", "line"))
    return [*found, Line(_("an inference"), _("yes"))] if (row.get("body") or {}).get("inference") else found


KINDS: Mapping[str, Kind] = {
    "formulation.statement": statement,
    "tracking.response": answers, "treatments.goal": goal, "tracking.alert": alert, "sources.source": source,
    "intake.safetyplan": safety_plan, "intake.consultation": consultation, "coverage.estimate": estimate,
}  # fmt: skip
