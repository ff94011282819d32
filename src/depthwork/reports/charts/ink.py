"""A drawing for paper: the sheet's classes written into the drawing, since a PDF has no stylesheet.

The colours are those of the light page on white. `tests/unit/reports` compares them with the page's tokens.
"""

from __future__ import annotations

import re

INK, QUIET, CODE, EDGE, HAIR, WASH, PAPER = (
    "#23211D",
    "#5C574E",
    "#2F6B4F",
    "#8A8478",
    "#D9D3C5",
    "#F1F1EF",
    "#FFFFFF",
)
CUE, ALERT = "#8A5A13", "#9B2C2C"  # no chart is drawn in them yet; a drawing elsewhere may be

_FACE = '"Libertinus Serif"'
_STYLE = f"""
text {{ font-family: {_FACE}; font-size: 12px; fill: {QUIET}; }}
.name {{ font-size: 15px; font-style: italic; fill: {INK}; }}
.said {{ font-size: 13.5px; font-style: italic; fill: {INK}; }}
.halo {{ paint-order: stroke; stroke: {PAPER}; stroke-width: 5px; stroke-linejoin: round; }}
.strong {{ fill: {INK}; }} .end {{ text-anchor: end; }} .mid {{ text-anchor: middle; }}
.hair {{ stroke: {HAIR}; fill: none; }} .axis {{ stroke: {EDGE}; fill: none; }} .band {{ fill: {WASH}; }}
.cut {{ stroke: {EDGE}; stroke-dasharray: 1 4; stroke-linecap: round; stroke-width: 1.5; fill: none; }}
.lead-line {{ stroke: {EDGE}; stroke-width: .75; fill: none; }}
.one, .two, .tick {{ fill: none; stroke: {INK}; stroke-width: 1.5; }}
.one, .two, .tick {{ stroke-linejoin: round; stroke-linecap: round; }}
.two {{ stroke-dasharray: 5 4; }} .dot, .diamond {{ fill: {INK}; }} .pale {{ fill: {EDGE}; }}
.ring {{ fill: {PAPER}; stroke: {INK}; stroke-width: 1.5; }}
.planned {{ fill: {PAPER}; stroke: {EDGE}; stroke-width: 1.25; stroke-dasharray: 2 3; }}
.unfilled {{ fill: {PAPER}; stroke: {INK}; stroke-width: 1.25; stroke-dasharray: 1.25 1.5; }}
.w1 {{ stroke-width: 1; }} .w2 {{ stroke-width: 2; }} .w3 {{ stroke-width: 3; }} .w4 {{ stroke-width: 4; }}
.w5 {{ stroke-width: 5; }}
.strand {{ fill: none; stroke: {CODE}; stroke-width: 2.75; stroke-linecap: round; }}
.strand.fine {{ stroke-width: 1.5; }} .under {{ fill: none; stroke: {PAPER}; stroke-width: 7.5; }}
.under.fine {{ stroke-width: 4; }} .paper {{ fill: {PAPER}; }}
.slack {{ fill: none; stroke: {CODE}; stroke-width: 1.5; stroke-dasharray: 1 6; stroke-linecap: round; }}
.share-0 {{ fill: {HAIR}; }} .share-1, .share-2 {{ fill: {EDGE}; }} .share-3 {{ fill: {QUIET}; }}
.share-4 {{ fill: {INK}; }} .hit {{ fill: none; }}
"""
_LAYER = re.compile('<g class="hits" aria-hidden="true">.*?</g></svg>$', re.DOTALL)
_SIZE = re.compile('<svg[^>]*? width="([0-9.]+)"')


def inked(svg: str) -> tuple[str, float]:
    """The drawing with its colours written in and its links taken out, and its width in pixels."""
    found = _SIZE.match(svg)
    if found is None:
        raise ValueError("not a drawing of this package: it has no width")
    plain = _LAYER.sub("</svg>", svg)
    start = plain.index(">") + 1
    return f"{plain[:start]}<style>{_STYLE}</style>{plain[start:]}", float(found.group(1))
