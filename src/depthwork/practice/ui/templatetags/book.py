"""The parts of a page, for `{% load book %}`. `ui/components.html` shows each of them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from depthwork.practice.config.dates import in_words
from depthwork.practice.config.markup import escaped_already
from depthwork.practice.ui.claims import claim_of
from depthwork.wording import spelled

register = template.Library()

ENTRY_KINDS = ("code", "cue", "inference", "flag")
_GAPS = re.compile(r"(\s+)")


@register.simple_block_tag
def notice(content: str, head: str = "", kind: str = "", level: int = 2) -> SafeString:
    """A notice between two rules. `kind` is "" or "alert"; an alert is for an answer that needs a person."""
    title = format_html("<h{}>{}</h{}>", level, head, level) if head else ""
    return format_html('<div class="notice {}">{}{}</div>', kind, title, escaped_already(content))


@register.simple_block_tag
def empty(content: str) -> SafeString:
    """An empty page: what will stand here, and the one next step."""
    return format_html('<div class="empty">{}</div>', escaped_already(content))


@register.simple_block_tag
def entry(content: str, kind: str = "code", n: int | None = None, id: str = "", says: str = "") -> SafeString:
    """A margin entry. Code solid, cue dotted, inference dashed, flag double; a cue holds the keys a, e, d."""
    if kind not in ENTRY_KINDS:
        raise template.TemplateSyntaxError(f"an entry is one of {', '.join(ENTRY_KINDS)}, not {kind!r}")
    attributes = [format_html('class="entry {}"', kind)]
    if id:
        attributes.append(format_html('id="{}"', id))
    if kind == "cue":
        attributes.append(
            format_html('data-key-scope role="group" aria-label="{}" tabindex="0"', says or gettext("Cue"))
        )
    number = format_html('<span class="n">{}</span> ', n) if n is not None else ""
    return format_html(
        "<div {}>{}{}</div>", escaped_already(" ".join(attributes)), number, escaped_already(content)
    )


@register.simple_tag
def withheld(reason: str = "") -> SafeString:
    """A number that cannot be given: the words for it, and the reason."""
    words = gettext("not enough to say")
    if not reason:
        return format_html('<em class="withheld">{}</em>', words)
    return format_html('<em class="withheld">{}</em>. {}', words, reason[:1].upper() + reason[1:])


@register.inclusion_tag("ui/parts/quote.html")
def quote(text: str, cite: str = "", href: str = "") -> dict[str, str]:
    """A span letter for letter, with the line it stands on."""
    return {"text": text, "cite": cite, "href": href}


@register.inclusion_tag("ui/parts/chart.html")
def chart(drawing: Any, note: str = "", spread: bool = False) -> dict[str, object]:
    """A drawing with its sentence, its note, and its values behind "Show as table"."""
    return {"chart": drawing, "note": note or drawing.note, "spread": spread}


@register.inclusion_tag("ui/parts/claims.html")
def claims(*keys: str) -> dict[str, object]:
    """What patterns or measures claim and what they do not, in one fold; a key is a pattern's or a measure's id."""
    return {"claims": [claim_of(key) for key in keys]}


@register.inclusion_tag("ui/parts/table.html")
def table(
    columns: Sequence[str], rows: Sequence[Sequence[object]], caption: str = "", stack: bool = False
) -> dict[str, object]:
    """A plain table; the first cell of a row heads it. A cell with `text` and `href` is a link."""
    return {"columns": columns, "rows": rows, "caption": caption, "stack": stack}


@register.inclusion_tag("ui/parts/pages.html", takes_context=True)
def pages(context: Any, page: Any, what: str = "") -> dict[str, object]:
    """Newer and older, in words, for a `django.core.paginator.Page` that begins with the newest."""
    return {"page": page, "what": what, "request": context.get("request")}


@register.inclusion_tag("ui/parts/error_summary.html")
def error_summary(form: Any) -> dict[str, object]:
    """What is to be mended, at the head of the form, each with a link to its field."""
    items = []
    for name, errors in form.errors.items():
        if name in form.fields:
            target, label = _target(form, name), form[name].label
            items.extend((target, f"{label}: {error}") for error in errors)
        else:
            items.extend(("", error) for error in errors)
    head = gettext("One thing to mend")
    if len(items) > 1:
        n = spelled(len(items))
        head = gettext("%(n)s things to mend") % {"n": n[:1].upper() + n[1:]}
    return {"items": items, "head": head, "prefix": form.prefix or "form"}


def _target(form: Any, name: str) -> str:
    field = form[name]
    if not field.use_fieldset:
        return field.id_for_label
    # A group of choices has no field of its own: the link goes to its first choice.
    return next((choice.id_for_label for choice in field), "")


@register.filter
def as_day(value: dt.date | dt.datetime | None, today: dt.date | None = None) -> str:
    """A date as people say it: "Tue 3 March"; with the year where it is not this year's."""
    if value is None:
        return gettext("no date")
    same = today is not None and value.year == today.year
    return in_words(value, "D j F" if same else "D j F Y")


@register.filter
def minus(written: object) -> str:
    """A written number with a true minus, as the charts have it."""
    return str(written).replace("-", "\N{MINUS SIGN}", 1)


@register.filter
def whole(name: object) -> SafeString:
    """A name of which no word is broken at its hyphen: "PHQ-9" goes to the next line as one."""
    parts = _GAPS.split(str(name))
    kept = (format_html('<span class="whole">{}</span>', part) if "-" in part else part for part in parts)
    return format_html_join("", "{}", ((part,) for part in kept))


@register.filter
def as_link(cell: object) -> str:
    """The address of a table cell, or nothing."""
    return getattr(cell, "href", "") or ""


@register.filter
def as_text(cell: object) -> str:
    """The words of a table cell: a gap is said, never left out."""
    if cell is None:
        return gettext("none")
    return str(getattr(cell, "text", cell))


@register.filter
def nth(row: Sequence[object], place: int) -> object:
    """The cell of a row at a place, or nothing: the heading of a column beside each of its cells."""
    return row[place] if place < len(row) else ""


@register.filter
def weekday_of(slot: dict[str, Any]) -> str:
    """The weekday of a frame's slot, in the reader's language."""
    return in_words(dt.date(2024, 1, 1) + dt.timedelta(days=int(slot["weekday"])), "l")


@register.simple_tag
def small_chart(drawing: Any) -> SafeString:
    """A small line in a table's cell; the drawing escaped its own words."""
    return escaped_already(drawing.wide)


@register.simple_tag
def this_day() -> str:
    """Today in the reader's language, for the head of a printed sheet."""
    return in_words(timezone.localdate())


@register.filter(name="date", expects_localtime=True, is_safe=False)
def date(value: dt.date | dt.datetime | dt.time | None, form: str = "j F Y") -> str:
    """As Django's filter of this name, in the order of the reader's language."""
    if value in (None, ""):
        return ""
    try:
        return in_words(value, form)
    except (AttributeError, TypeError, ValueError):  # what is no day is shown as nothing, as Django does
        return ""
