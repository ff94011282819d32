"""`depthwork measure`: list, show and score questionnaires."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from depthwork.cli.say import print_json, refuse
from depthwork.measures.model import Definition, MeasureError, Result

BASIS = {
    "source": "read in the named source",
    "computed": "calculated from stated inputs",
    "unverified": "unverified, check before use",
    "project_rule": "a choice of this program",
    "default": "nothing specified, so none allowed",
}


@click.group(epilog="Example: depthwork measure score phq9 answers.json")
def measure() -> None:
    """List, show and score questionnaires."""


@measure.command("list", epilog="Example: depthwork measure list --json")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def list_(as_json: bool) -> None:
    """List every questionnaire, with whether its text and a checked key are at hand."""
    from depthwork.measures import measures

    try:
        found = measures()
    except MeasureError as error:
        refuse(str(error))
    if as_json:
        return print_json({"measures": [_row(one) for one in found]})
    width = max(len(one.id) for one in found)
    for one in found:
        notes = [] if one.has_text else ["scoring only, you supply the text"]
        notes += [] if one.is_verified else ["key unverified"]
        click.echo(f"{one.id:<{width}}  {one.name}{'  (' + '; '.join(notes) + ')' if notes else ''}")
    return None


def _row(one: Definition) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "version": one.version,
        "hash": one.hash,
        "domains": list(one.domains),
        "rater": one.rater,
        "items": len(one.items),
        "pack": one.licence.pack,
        "licence": one.licence.spdx or one.licence.status,
        "has_text": one.has_text,
        "key_basis": one.key.basis,
        "review_due": one.review.review_due.isoformat(),
        "reviewed_on": one.review.reviewed_on.isoformat() if one.review.reviewed_on else None,
    }


@measure.command(epilog="Example: depthwork measure show gad7")
@click.argument("id")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def show(id: str, as_json: bool) -> None:
    """Show what a questionnaire asks, how it is scored, and how far each figure can be trusted."""
    one = _find(id)
    if as_json:
        data: Mapping[str, Any] = json.loads(json.dumps(one.raw, default=str))
        return print_json({**_row(one), "title": one.title, "definition": data})
    for line in _shown(one):
        click.echo(line)
    return None


def _shown(one: Definition) -> list[str]:
    from depthwork.measures import allowed_answers

    lines = [one.name, f"{one.title}. Answered by: {one.rater.replace('_', ' ')}."]
    lines += [f"Recall: {one.recall}."] if one.recall else []
    lines += [f"Caution: {one.caution}"] if one.caution else []
    lines += [one.instructions] if one.instructions else []
    elsewhere = "(your own licensed text)"
    if one.licence.pack == "noncommercial":
        elsewhere = "(text in the package depthwork-measures-noncommercial)"
    for item in one.items:
        lines.append(f"  {item.id:<10} {item.text or elsewhere}  [{allowed_answers(item)}]")
    for rule in one.scores:
        if rule.internal:
            continue
        lines.append(f"Score {rule.id}: {rule.method} of {len(rule.items or rule.weights) or 1}")
        lines += [f"  {band.min:g} to {band.max:g}: {band.label}" for band in rule.bands]
        lines += [f"  bands: {rule.bands_ref} ({BASIS[rule.bands_basis]})"] if rule.bands_basis else []
        for cut in rule.cutoffs:
            lines.append(f"  {cut.id} {cut.op} {cut.value:g}: {cut.source} ({BASIS[cut.basis]})")
        if rule.change and rule.change.reliable_points is not None and rule.change.reliable_basis:
            basis = BASIS[rule.change.reliable_basis]
            lines.append(
                f"  reliable change {rule.change.reliable_points:g}: {rule.change.reliable_ref} ({basis})"
            )
    lines.append(f"Key: {one.key.ref} ({BASIS[one.key.basis]})")
    lines.append(f"Licence: {one.licence.spdx or one.licence.status.replace('_', ' ')}, {one.licence.holder}")
    lines += [one.notice] if one.notice else []
    reviewed = one.review.reviewed_on.isoformat() if one.review.reviewed_on else "not yet"
    lines.append(f"Reviewed: {reviewed}; due {one.review.review_due.isoformat()}")
    lines.append(f"Version {one.version}, content {one.hash[:12]}")
    return lines


@measure.command(epilog="Example: depthwork measure score phq9 answers.json --json")
@click.argument("id")
@click.argument("answers", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def score(id: str, answers: Path, as_json: bool) -> None:
    """Score one set of answers: a JSON file that maps item ids to values."""
    from depthwork.measures import score as score_answers

    one = _find(id)
    try:
        result = score_answers(one, _read(answers))
    except MeasureError as error:
        refuse(f"{answers.name}: {error}")
    if as_json:
        return print_json(_result(result))
    for line in _told(one, result):
        click.echo(line)
    return None


def _find(id: str) -> Definition:
    from depthwork.measures import measure as find

    try:
        return find(id)
    except MeasureError as error:
        refuse(str(error))


def _read(path: Path) -> object:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        refuse(f"{path.name}: {(error.strerror or 'cannot be read').lower()}; name a JSON file of answers")
    except UnicodeDecodeError:
        refuse(f"{path.name}: not UTF-8 text; save the answers as a JSON file in UTF-8")
    try:
        return json.loads(text, object_pairs_hook=_once)
    except MeasureError as error:
        refuse(f"{path.name}: {error}")
    except RecursionError:
        refuse(f"{path.name}: nested too deep for answers; one object of item ids to values is enough")
    except ValueError as error:
        where = f"line {error.lineno}: " if isinstance(error, json.JSONDecodeError) else ""
        refuse(f'{path.name}: {where}not JSON; write an object such as {{"q1": 2, "q2": 0}}')


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise MeasureError(f"{twice[:40]!r} is answered twice; keep one answer")
    return found


def _result(result: Result) -> dict[str, Any]:
    scores: dict[str, Any] = {
        one.id: {"value": one.value, "band": one.band, "answered": one.answered, "missing": one.missing}
        | ({"withheld": one.withheld} if one.withheld else {})
        | ({"lower_bound": True} if one.is_lower_bound else {})
        for one in result.scores.values()
        if not one.is_internal
    }
    scores |= {one.id: {"label": one.label} for one in result.labels.values()}
    return {
        "measure": result.measure,
        "version": result.version,
        "definition_hash": result.definition_hash,
        "key_basis": result.key_basis,
        "scores": scores,
        "alerts": [{"id": one.id, "level": one.level, "item": one.item} for one in result.alerts],
        "withheld": result.withheld,
    }


def _told(one: Definition, result: Result) -> list[str]:
    lines = [one.name]
    for found in result.scores.values():
        if found.is_internal:
            continue
        if found.value is None:
            lines.append(f"  {found.id}: withheld, {found.withheld}")
            continue
        band = f", {found.band}" if found.band else ""
        least = "at least " if found.is_lower_bound else ""
        missing = f"; {found.missing} unanswered" if found.missing else ""
        lines.append(f"  {found.id}: {least}{found.value:g}{band} ({found.answered} answered{missing})")
    for label in result.labels.values():
        if label.shown and label.label:
            note = f" ({label.note})" if label.note else ""
            lines.append(f"  {label.id}: {label.label.replace('_', ' ')}{note}")
    for alert in result.alerts:
        why = f": {alert.action or alert.reason}" if alert.action or alert.reason else ""
        where = f" ({alert.item})" if alert.item else ""
        lines.append(f"  {alert.level.replace('_', ' ')}{where}{why}")
    if not one.is_verified:
        lines.append("  The scoring key is unverified: check it against the manual before relying on it.")
    return lines
