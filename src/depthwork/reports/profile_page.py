"""The profile of an hour as one page that stands alone: no script, no fetch, prints well."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from html import escape
from importlib.resources import files

from depthwork.patterns.profile import Profile
from depthwork.reports.hour_drawing import HourDrawing, draw_hour
from depthwork.reports.profile_words import head_of, lines_of, name_of

_CAUTION = (
    "Blocks of 150 words, both speakers. Emotion and abstraction are counted from open word lists, not from "
    "meaning. Described, not judged: no code enters here."
)


@cache
def _sheet() -> str:
    return (files("depthwork.reports") / "profile_page.css").read_text("utf-8")


def profile_page(profiles: Sequence[Profile]) -> str:
    """One page of HTML for one hour or several.

    Parameters
    ----------
    profiles : sequence of Profile
        In the order in which they are to stand.

    Returns
    -------
    str
        A whole document. It fetches nothing, runs nothing, and holds no words of the hour: only counts.

    Raises
    ------
    ValueError
        If there is no profile.
    """
    if not profiles:
        raise ValueError("a page needs one profile or more")
    is_one = len(profiles) == 1
    title = f"Profile of {profiles[0].source}" if is_one else f"Profiles of {len(profiles)} hours"
    parts = [f"<h1>{escape(title)}</h1>"]
    for number, profile in enumerate(profiles, 1):
        if not is_one:
            parts.append(f'<h2 class="hour">{escape(profile.source)}</h2>')
        parts.append(f'<p class="label">{escape(head_of(profile))}</p>')
        drawn = draw_hour(profile, id=f"p{number}", name=profile.source)
        parts += [_figure(drawn, profile)] if drawn else []
        parts.append(_measures(profile))
        parts += [_withheld(profile)] if profile.withheld else []
    parts.append(
        '<p class="label closing">Counted by Depthwork from words and times. A profile is not a finding about a person, '
        "and hours are not ranked by it.</p>"
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)} \u00b7 Depthwork</title>\n<style>\n{_sheet()}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(parts)
        + "\n</main>\n</body>\n</html>\n"
    )


def _figure(drawn: HourDrawing, profile: Profile) -> str:
    has_cycles = len(drawn.columns) > 2
    caution = f" {_CAUTION}" if has_cycles else ""
    return (
        f'<figure class="chart across"><div class="wide-only">{drawn.wide}</div>'
        f'<div class="narrow-only">{drawn.narrow}</div>'
        f"<figcaption><strong>{escape(drawn.sentence)}</strong>{caution}</figcaption></figure>"
        f"<details><summary>Show as table</summary>{_table(drawn)}</details>"
    )


def _table(drawn: HourDrawing) -> str:
    heads = "".join(f'<th scope="col">{escape(column)}</th>' for column in drawn.columns)
    rows = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in drawn.rows
    )
    what = (
        "Runs of one pattern; standard scores within the hour"
        if len(drawn.columns) > 2
        else "Words by speaker"
    )
    return f'<div class="scroll"><table><caption>{what}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'


def _measures(profile: Profile) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(line.name)}</th><td>{escape(line.found)}'
        f'<br><span class="note">{escape(line.caution)}</span></td></tr>'
        for line in lines_of(profile)
    )
    if not rows:
        return "<p>Not enough was said, or written down, to count anything here.</p>"
    return f"<h2>What was counted</h2><table><tbody>{rows}</tbody></table>"


def _withheld(profile: Profile) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(name_of(part.measure))}</th><td>{escape(part.reason)}</td></tr>'
        for part in profile.withheld
    )
    return f"<h2>Not enough to say</h2><table><tbody>{rows}</tbody></table>"
