"""Which run of turns belongs together: scores of candidate spans, and the choice among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from depthwork.cues.model import Array
from depthwork.cues.turns import View

# Turn-level scores that the later steps look at, in this order.
WATCHED = (
    "fig_current",
    "fig_past",
    "fig_therapist",
    "ep_in",
    "ep_first",
    "ep_last",
    "defense",
    "interpretation",
    "dream",
    "withdrawal",
    "confrontation",
    "strain_first",
)
FLAGS = (
    *("F:current", "F:past", "F:noun:current", "F:noun:past", "F:name:current", "F:name:past", "F:carried"),
    *("F:carried2", "F:parent:past", "F:parent:current", "F:n=0", "F:n=1", "S:spk=T", "S:spk=N", "S:quote"),
    *("S:pause", "S:laughs", "S:tears", "S:question", "L:child_time", "L:now_time", "S:I", "S:you"),
    *(
        "L:to_therapist",
        "L:rel_therapist",
        "L:complain_therapy",
        "L:frame_words",
        "L:repair_t",
        "L:other_says",
    ),
    *("T:age", "T:days", "T:old", "X:parent:days", "X:parent:age", "X:parent:nodays", "Y:me_you", "Y:asks"),
    *("L:self_does", "L:dream_open", "L:dream_scene", "L:short_shut", "L:told_act", "L:interp_open"),
)
# From the edges of an hour no further than this is seen: what stands where in an excerpt is chance.
EDGE = 3
LONGEST = {"episode": 12, "withdrawal": 13, "confrontation": 13, "dream": 9}


def stack(scores: Array, views: Sequence[View]) -> Array:
    """Dense features of each turn: watched scores around it and over the hour, and plain flags.

    `scores` has shape (n_turns, len(WATCHED)), log odds. Returns (n_turns, n_features).
    """
    n = len(views)
    parts = [scores]
    for step in (1, 2, 3, -1, -2, -3):
        moved = np.full_like(scores, -4.0)
        if step > 0:
            moved[step:] = scores[: max(0, n - step)]
        else:
            moved[:step] = scores[-step:]
        parts.append(moved)
    parts.append(np.tile(scores.mean(axis=0), (n, 1)))
    parts.append(np.tile(scores.max(axis=0), (n, 1)))
    flags = np.array(
        [[name in own for name in FLAGS] for own in (set(view.own) for view in views)], np.float32
    )
    before = np.vstack([np.zeros_like(flags[:1]), flags[:-1]])
    after = np.vstack([flags[1:], np.zeros_like(flags[:1])])
    size = np.array(
        [[len(view.reading.tokens), min(view.index, EDGE), min(n - 1 - view.index, EDGE)] for view in views],
        np.float32,
    )
    return np.hstack(
        [*parts, flags, before, after, size, along_people(scores, views), told_of(views)]
    ).astype(np.float32)


def along_people(scores: Array, views: Sequence[View]) -> Array:
    """Past and current scores carried along each person's mentions, shape (n_turns, 4).

    Near mentions of the same person weigh most; the last two columns are the person's mean over
    the hour. Turns without a mention borrow from their neighbours.
    """
    n = len(views)
    pair = scores[:, [WATCHED.index("fig_current"), WATCHED.index("fig_past")]]
    places: dict[int, list[int]] = {}
    for i, view in enumerate(views):
        for key in {id(m.person) for m in view.mentions}:
            places.setdefault(key, []).append(i)
    out = np.full((n, 4), -4.0, np.float32)
    size = np.array([min(1.0, 0.3 + len(view.reading.tokens) / 15) for view in views])
    for at in places.values():
        where = np.array(at)
        own = pair[where] * size[where, None]
        mean = own.sum(axis=0) / size[where].sum()
        for i in at:
            near = 0.6 ** np.abs(where - i)
            local = (own * near[:, None]).sum(axis=0) / (size[where] * near).sum()
            out[i] = np.maximum(out[i], np.concatenate([local, mean]))
    for i in range(n):
        if not views[i].mentions:
            out[i] = np.mean([out[j] for j in (i - 1, i + 1) if 0 <= j < n] or [out[i]], axis=0)
    return out


_TIMES = (
    frozenset(["S:child=3", "S:child=2", "T:age", "L:child_time", "T:usedto"]),
    frozenset(["T:tense3", "T:tense4", "T:tense5"]),
    frozenset(["T:tense0", "T:tense1"]),
    frozenset(["T:days", "L:now_time"]),
    frozenset(["T:old", "L:age", "L:die"]),
)
_KINDS = (
    frozenset(["mother", "father", "parents", "step_parent", "other_caregiver", "grandparent"]),
    frozenset(["sibling", "other_relative"]),
    frozenset(["partner", "former_partner", "own_child"]),
    frozenset(["friend", "peer", "group"]),
    frozenset(["authority", "teacher"]),
    frozenset(["professional", "stranger", "person in care", "helper"]),
)


def told_of(views: Sequence[View]) -> Array:
    """How the hour as a whole speaks of the person in each turn, shape (n_turns, 14).

    Shares of that person's turns that bear signs of a time, the share of turns, the kind of
    person, and how long ago early years and these days were last named. A turn without a mention
    borrows from the nearest one within two turns.
    """
    n = len(views)
    times = np.array(
        [[bool(group & own) for group in _TIMES] for own in (set(v.own) for v in views)], np.float32
    )
    turns: dict[int, list[int]] = {}
    main: list[int | None] = []
    kinds: dict[int, str] = {}
    for i, view in enumerate(views):
        count = Counter(id(m.person) for m in view.mentions)
        kinds.update({id(m.person): m.person.kind for m in view.mentions})
        for key in count:
            turns.setdefault(key, []).append(i)
        main.append(count.most_common(1)[0][0] if count else None)
    out = np.zeros((n, len(_TIMES) + 1 + len(_KINDS) + 2), np.float32)
    wide = len(_TIMES)
    for i in range(n):
        near = next(
            (main[j] for j in (i, i - 1, i + 1, i - 2, i + 2) if 0 <= j < n and main[j] is not None), None
        )
        if near is None:
            out[i, :wide] = -1
            continue
        out[i, :wide] = times[turns[near]].mean(axis=0)
        out[i, wide] = len(turns[near]) / n
        out[i, wide + 1 : -2] = [kinds[near] in group for group in _KINDS]
    for column, mark in ((-2, 0), (-1, 3)):
        since = 12.0
        for i in range(n):
            since = 0.0 if times[i, mark] else min(12.0, since + 1)
            out[i, column] = since
    return out


def candidates(kind: str, scores: Array, views: Sequence[View]) -> list[tuple[int, int]]:
    """Spans worth scoring: they begin and end where such a span can."""
    note = any(view.speaker == "N" for view in views)
    column = WATCHED.index({"episode": "ep_in"}.get(kind, kind))
    found = []
    for first in range(len(views)):
        if not note and kind != "episode" and views[first].speaker == "T":
            continue
        if (
            not note
            and kind == "episode"
            and views[first].speaker == "T"
            and scores[first, WATCHED.index("ep_first")] < -2.5
        ):
            continue
        for last in range(first, min(len(views), first + LONGEST[kind])):
            # The client's words make a strain and a dream; what the therapist answers comes after.
            if kind != "episode" and views[last].speaker == "T":
                continue
            if scores[first : last + 1, column].max() > -3.2:
                found.append((first, last))
    return found


def span_table(
    spans: Sequence[tuple[int, int]], scores: Array, figures: Array, views: Sequence[View]
) -> Array:
    """Dense features of candidate spans, shape (n_spans, n_features).

    `figures` are log odds of the three spheres after smoothing, shape (n_turns, 3).
    """
    n = len(views)
    flags = np.array(
        [[name in own for name in FLAGS] for own in (set(view.own) for view in views)], np.float32
    )
    both = np.hstack([scores, figures])
    padded = np.vstack(
        [np.full((2, both.shape[1]), -4.0, np.float32), both, np.full((2, both.shape[1]), -4.0, np.float32)]
    )
    people = [Counter(id(m.person) for m in view.mentions) for view in views]
    told = [0 if view.speaker == "T" else len(view.reading.tokens) for view in views]
    wide = both.shape[1]
    rows = np.zeros((len(spans), 3 * wide + 4 + 6 * wide + len(FLAGS) + 15), np.float32)
    begun, together = -1, Counter[int]()
    upto = begun
    for r, (first, last) in enumerate(spans):
        if first != begun:
            begun, upto, together = first, first - 1, Counter()
            run = both[first : first + 16]
            sums, highs, lows = run.cumsum(axis=0), np.maximum.accumulate(run), np.minimum.accumulate(run)
            flagged = flags[first : first + 16].cumsum(axis=0)
        for i in range(upto + 1, last + 1):
            together.update(people[i])
        upto = last
        k, size = last - first, last - first + 1
        own = sum(views[i].speaker != "T" for i in range(first, last + 1))
        top = together.most_common(1)[0] if together else (0, 0)
        share = sum(top[0] in people[i] for i in range(first, last + 1)) / size
        row = rows[r]
        row[:wide] = sums[k] / size
        row[wide : 2 * wide] = highs[k]
        row[2 * wide : 3 * wide] = lows[k]
        at = 3 * wide
        row[at : at + 4] = sums[k][[3, 9, 10, 8]]
        at += 4
        for near in (first + 1, first, first + 2, last + 2, last + 3, last + 4):
            row[at : at + wide] = padded[near]
            at += wide
        row[at : at + len(FLAGS)] = flagged[k] / size
        at += len(FLAGS)
        row[at:] = (
            size,
            own,
            sum(told[first : last + 1]),
            views[first].speaker == "T",
            views[last].speaker == "T",
            top[1],
            share,
            first > 0 and top[0] in people[first - 1],
            last + 1 < n and top[0] in people[last + 1],
            len(together),
            min(first, EDGE),
            min(n - 1 - last, EDGE),
            views[first].speaker == "N",
            both[first + 1 : last + 1, 4].max() if size > 1 else -4.0,
            both[first:last, 5].max() if size > 1 else -4.0,
        )
    return rows


def choose(
    spans: Sequence[tuple[int, int]], chances: Sequence[float], least: float
) -> list[tuple[tuple[int, int], float]]:
    """The best spans that do not overlap, each at least `least` likely, in order of place.

    Exact: dynamic programming over the end turns, maximising the summed gain over `least`.
    """
    if not spans:
        return []
    last_turn = max(last for _, last in spans)
    ending: dict[int, list[int]] = {}
    for k, (_, last) in enumerate(spans):
        if chances[k] >= least:
            ending.setdefault(last, []).append(k)
    best = [0.0] * (last_turn + 2)
    took: list[int | None] = [None] * (last_turn + 2)
    for end in range(1, last_turn + 2):
        best[end] = best[end - 1]
        for k in ending.get(end - 1, ()):
            gain = best[spans[k][0]] + (chances[k] - least) + 1e-6
            if gain > best[end]:
                best[end], took[end] = gain, k
    chosen = []
    end = last_turn + 1
    while end > 0:
        best_here = took[end]
        if best_here is None:
            end -= 1
        else:
            chosen.append((spans[best_here], float(chances[best_here])))
            end = spans[best_here][0]
    return chosen[::-1]
