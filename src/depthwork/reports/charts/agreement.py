"""How far two coders agree, construct by construct: kappa with its interval."""

from __future__ import annotations

from dataclasses import dataclass

from depthwork.wording import gettext as _

from . import intervals, svg
from .chart import Chart
from .scales import say


@dataclass(frozen=True, slots=True)
class Agreed:
    """One construct. `kappa` is None with the reason in `withheld`, `interval` None for one hour only."""

    construct: str
    kappa: float | None
    interval: tuple[float, float] | None
    units: int
    percent: float | None
    withheld: str = ""


def agreement_chart(agreed: tuple[Agreed, ...], *, key: str, title: str, note: str = "") -> Chart:
    """Draw kappa for each construct on one axis from -1 or 0 to 1.

    Nought is what chance would give; one is agreement throughout. No verbal grades are printed: they are
    conventions.

    References
    ----------
    Cohen (1960), doi:10.1177/001316446002000104
    """
    rows = [
        intervals.IntervalRow(
            a.construct,
            _("%(n)s units") % {"n": a.units},
            a.kappa,
            a.interval[0] if a.interval else None,
            a.interval[1] if a.interval else None,
            _words(a),
        )
        for a in agreed
    ]
    values = [v for r in rows for v in (r.value, r.low) if v is not None]
    low = 0.0 if min(values, default=0.0) >= 0 else -1.0
    axis = intervals.Axis("kappa", 0.0, low=low, high=1.0, right=_("chance") if low < 0 else "", decimals=1)
    given = [a for a in agreed if a.kappa is not None]
    sentence = _("Too few marks to give kappa for any construct.")
    if given:
        best = max(given, key=lambda a: a.kappa or 0)
        least = min(given, key=lambda a: a.kappa or 0)
        sentence = _("Kappa is highest for %(construct)s (%(kappa)s)") % {
            "construct": best.construct,
            "kappa": say(best.kappa, 2),
        }
        sentence += (
            " "
            + _("and lowest for %(construct)s (%(kappa)s).")
            % {"construct": least.construct, "kappa": say(least.kappa, 2)}
            if least is not best
            else "."
        )
    if given and len(given) < len(agreed):
        sentence += " " + _("It is withheld for %(n)s.") % {"n": len(agreed) - len(given)}
    drawn = []
    for narrow in (False, True):
        body, hits, height = intervals.draw(rows, axis, narrow=narrow)
        width = intervals.NARROW if narrow else intervals.WIDE
        suffix = "n" if narrow else "w"
        drawn.append(
            svg.drawing(
                key=f"{key}-{suffix}",
                width=width,
                height=height,
                title=title,
                desc=sentence,
                body=body,
                hits=hits,
            )
        )
    table = tuple(
        (
            a.construct,
            str(a.units),
            f"{say(a.percent, 0)} %" if a.percent is not None else None,
            say(a.kappa, 2) or a.withheld or _("not enough to say"),
            say(a.interval[0], 2) if a.interval else None,
            say(a.interval[1], 2) if a.interval else None,
        )
        for a in agreed
    )
    return Chart(
        drawn[0],
        drawn[1],
        title,
        sentence,
        (_("Construct"), _("Units"), _("Same"), _("Kappa"), _("From"), _("To")),
        table,
        note,
    )


def _words(a: Agreed) -> str:
    if a.kappa is None:
        return _("not enough to say")
    if a.interval is None:
        return say(a.kappa, 2) or ""
    return f"{say(a.kappa, 2)} [{say(a.interval[0], 2)}, {say(a.interval[1], 2)}]"
