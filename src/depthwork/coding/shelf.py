"""The codebooks that come with the program, and how a code is found by a few letters."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files

from depthwork.coding.codebook import AttributeRule, Code, Codebook, CodebookError, read_codebook

BOOKS = (
    "defenses",
    "dreams",
    "figures",
    "interventions",
    "links",
    "relationship",
    "resistance",
    "risk",
    "ruptures",
    "themes",
)

# Allowed on a mark of any construct. A displaced mark ("perhaps also here") is drawn, never counted.
EVERYWHERE = {
    "displaced": AttributeRule("displaced", "yes_no", definition="Perhaps also here; drawn, never counted."),
    "note": AttributeRule("note", "text", definition="A word beside the mark."),
}


@cache
def codebook(id: str) -> Codebook:
    """The installed codebook of that id.

    Raises
    ------
    CodebookError
        If no such codebook is installed.
    """
    if id not in BOOKS:
        raise CodebookError(f"no codebook {id}; installed are {', '.join(BOOKS)}")
    return read_codebook(codebook_text(id), where=f"{id}.yaml")


def codebook_text(id: str) -> str:
    """The file of an installed codebook, whose hash says which it was."""
    return files("depthwork.coding").joinpath("codebooks", f"{id}.yaml").read_text("utf-8")


@lru_cache(maxsize=1)
def installed() -> dict[str, Codebook]:
    """All codebooks of the program, by id."""
    return {id: codebook(id) for id in BOOKS}


@lru_cache(maxsize=1)
def _book_of() -> dict[str, str]:
    return {construct: book.id for book in installed().values() for construct in book.constructs}


def codebook_for(construct: str) -> Codebook | None:
    """The codebook that holds a construct, or None."""
    id = _book_of().get(construct)
    return codebook(id) if id else None


def codes_for(construct: str) -> dict[str, Code]:
    """The codes of a construct with their one-line definitions, in the order of the codebook."""
    book = codebook_for(construct)
    return dict(book.codes[construct]) if book else {}


def attributes_for(construct: str) -> dict[str, AttributeRule]:
    """The attributes that a mark of this construct may carry."""
    book = codebook_for(construct)
    return {**(book.attributes.get(construct, {}) if book else {}), **EVERYWHERE}


def find(construct: str, letters: str, *, limit: int = 8) -> list[Code]:
    """Codes whose id, name or alias holds the typed letters; the best match first.

    A beginning of the name comes before the beginning of a later word, then of an alias,
    then anything inside the definition. Without letters: the codes in the codebook's order.
    """
    wanted = " ".join(letters.casefold().replace("_", " ").split())
    ranked: list[tuple[int, int, Code]] = []
    for at, code in enumerate(codes_for(construct).values()):
        rank = _rank(code, wanted)
        if rank is not None:
            ranked.append((rank, at, code))
    return [code for _, _, code in sorted(ranked, key=lambda r: r[:2])[:limit]]


def _rank(code: Code, wanted: str) -> int | None:
    name, id = code.name.casefold(), code.code.replace("_", " ")
    aliases = [alias.casefold() for alias in code.aliases]
    tests = (
        wanted in aliases or wanted in (name, id),
        name.startswith(wanted) or id.startswith(wanted),
        f" {wanted}" in name or f" {wanted}" in id,
        any(alias.startswith(wanted) for alias in aliases),
        f" {wanted}" in f" {code.definition.casefold()}",
    )
    return next((rank for rank, passed in enumerate(tests) if passed), None)
