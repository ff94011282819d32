"""Take names, places, dates, employers and contact data out of texts, the same way everywhere, and list every doubt.

What leaves a practice after this is de-identified, not anonymous: a story can be known by its shape.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from depthwork.interchange.deidentifying.findings import Found, find_all
from depthwork.interchange.deidentifying.known import Known, Person
from depthwork.interchange.deidentifying.labels import Labels

Decision = Literal["replace", "keep"]
SAYS = "De-identified, not anonymous"
QUESTIONS = (
    "Who in that room could know this person?",
    "Could the client know themselves, and would they mind?",
)
MOST_CONTEXTS = 3
WIDTH = 36


@dataclass(frozen=True, slots=True)
class Context:
    """Where a word stands: before, the word, after; and in which text."""

    text: int
    before: str
    word: str
    after: str


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One spelling to be looked at: what was done, or a doubt that was left standing.

    `key` names it in `decisions`. `is_replaced` says what happens unless a person decides otherwise.
    """

    key: str
    surface: str
    kind: str
    count: int
    is_replaced: bool
    label: str
    why: str
    contexts: tuple[Context, ...]


@dataclass(frozen=True, slots=True)
class Deidentified:
    """The texts without what was found, what stands in its place, and the list to walk through."""

    texts: tuple[str, ...]
    review: tuple[ReviewItem, ...]
    replaced: int
    doubts: int

    def waiting(self, decisions: Mapping[str, str]) -> tuple[ReviewItem, ...]:
        """Items that nobody has decided on yet; a pack waits for all of them."""
        return tuple(item for item in self.review if item.key not in decisions)


def deidentify(
    texts: Sequence[str],
    known: Known,
    *,
    decisions: Mapping[str, str] | None = None,
    words: Mapping[str, str] | None = None,
) -> Deidentified:
    """Replace what identifies, consistently over all texts.

    Claims that every spelling of the given people, places and employers, every pattern of contact and date,
    and every capitalised word that is no ordinary word is either replaced or on the review list. It does not
    claim that the person cannot be known: circumstances, and what is told in ordinary words, stay.

    Parameters
    ----------
    texts : sequence of str
        All texts of one pack, together: the same person is the same label in each.
    known : Known
        People with their names, nicknames and relation; places; employers and other names.
    decisions : mapping of str to "replace" or "keep"
        A person's decisions from the review list, by key.
    words : mapping of str to str
        A person's own replacement for a key (a thick disguise: "the shop" for the barber's).

    Returns
    -------
    Deidentified
        `texts` in the given order and number; `review` sorted by kind and spelling.

    Raises
    ------
    ValueError
        If a decision is neither "replace" nor "keep".

    Notes
    -----
    1. A capitalised word inside a sentence that is not an ordinary word is taken for a name and replaced at
       once; a name that is also a word (Rose, Will, Hope) is replaced where its place in the sentence says so.
    2. At the beginning of a sentence such a word is replaced if it is known or what follows speaks for a name;
       the rest stands as a doubt on the list, never in silence.
    3. Labels are numbered in order of appearance; the same texts give the same labels.

    References
    ----------
    45 CFR 164.514(b)(2), the identifiers of the safe-harbor method, as a list of kinds; not a claim to meet it.

    Examples
    --------
    >>> known = Known(people=(Person(("Rose Tal",), relation="the sister"),))
    >>> deidentify(["I rang Rose on 4 May. She rose early."], known).texts[0]
    'I rang [the sister] on [date 1]. She rose early.'

    See also
    --------
    Judged in tests/judges/test_deidentify.py on five hundred planted identifiers.
    """
    decided = dict(decisions or {})
    for key, choice in decided.items():
        if choice not in ("replace", "keep"):
            raise ValueError(f"a decision is “replace” or “keep”, not {choice!r} (item {key!r})")
    found = [find_all(text, known, texts) for text in texts]
    labels = Labels(known, words or {})
    out = []
    items: dict[str, list[tuple[int, Found]]] = {}
    for index, (text, hits) in enumerate(zip(texts, found, strict=True)):
        pieces, at = [], 0
        for hit in hits:
            items.setdefault(hit.key, []).append((index, hit))
            if decided.get(hit.key, "replace" if hit.is_sure else "keep") == "replace":
                pieces += [text[at : hit.start], labels.of(hit)]
                at = hit.end
        out.append("".join([*pieces, text[at:]]))
    review = tuple(
        _item(key, hits, texts, labels)
        for key, hits in sorted(items.items(), key=lambda pair: (pair[1][0][1].kind, pair[0]))
    )
    return Deidentified(
        tuple(out),
        review,
        replaced=sum(len(hits) for hits in items.values() if hits[0][1].is_sure),
        doubts=sum(not item.is_replaced for item in review),
    )


def _item(key: str, hits: list[tuple[int, Found]], texts: Sequence[str], labels: Labels) -> ReviewItem:
    first = hits[0][1]
    contexts = tuple(
        Context(
            index,
            texts[index][max(0, hit.start - WIDTH) : hit.start].replace("\n", " "),
            hit.surface,
            texts[index][hit.end : hit.end + WIDTH].replace("\n", " "),
        )
        for index, hit in hits[:MOST_CONTEXTS]
    )
    return ReviewItem(
        key, first.surface, first.kind, len(hits), first.is_sure, labels.of(first), first.why, contexts
    )


__all__ = [
    "QUESTIONS",
    "SAYS",
    "Context",
    "Decision",
    "Deidentified",
    "Known",
    "Person",
    "ReviewItem",
    "deidentify",
]
