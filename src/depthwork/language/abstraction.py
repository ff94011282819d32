"""Abstract nouns: a list, and the endings by which English makes them."""

from __future__ import annotations

from functools import cache

from depthwork.language.lists import own_list

# An ending needs a stem before it: "nation" is -ion on a stem of three letters, "lion" is not.
_SHORTEST_STEM = 3


@cache
def _parts() -> tuple[frozenset[str], tuple[str, ...], frozenset[str]]:
    words = own_list("abstraction").words
    return words["abstract"], tuple(sorted(words["endings"])), words["concrete"]


def _singulars(word: str) -> tuple[str, ...]:
    if word.endswith("ies") and len(word) > 4:
        return word, word[:-3] + "y"
    if word.endswith(("ses", "xes", "ches", "shes")):
        return word, word[:-2], word[:-1]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word, word[:-1]
    return (word,)


@cache
def is_abstract(word: str) -> bool:
    """Whether a word counts as an abstract noun.

    Parameters
    ----------
    word : str
        One word as `tokens` gives it; a possessive ``'s`` is looked through.

    Returns
    -------
    bool

    Notes
    -----
    1. No tagger is used: a verb that looks like a listed noun counts ("no-POS").
    2. A word is abstract when it (or its singular) is listed, or ends in -ity, -ness, -ment, -ion, -ance,
       -ence, -ancy, -ency, -ism, -ship, -hood, -dom, -tude, -acy, -logy, or in -ty with six
       letters or more; never when the stop-list of concrete words holds it.

    References
    ----------
    After the description of abstraction in Mergenthaler (1996), doi:10.1037/0022-006X.64.6.1306; the list
    and the stop-list are our own.

    Examples
    --------
    >>> [is_abstract(w) for w in ("loneliness", "relationships", "station", "cities", "dog")]
    [True, True, False, False, False]
    """
    listed, endings, concrete = _parts()
    forms = _singulars(word.removesuffix("'s"))
    if any(form in concrete for form in forms):
        return False
    return any(form in listed or _has_ending(form, endings) for form in forms)


def _has_ending(word: str, endings: tuple[str, ...]) -> bool:
    if word.endswith("ty") and len(word) >= 6:
        return True
    return any(word.endswith(end) and len(word) - len(end) >= _SHORTEST_STEM for end in endings)
