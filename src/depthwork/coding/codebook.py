"""A codebook: the codes of one or more constructs, as a data file with version, source and review."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import yaml

from depthwork.wording import decimal, gettext

AttributeKind = Literal["one", "many", "text", "integer", "number", "yes_no"]
_KINDS = ("one", "many", "text", "integer", "number", "yes_no")
_ID = re.compile(r"[a-z][a-z0-9_]{0,63}")
_VERSION = re.compile(r"[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}")
LARGEST_BOOK = 1_000_000  # characters; the longest of ours has 22,000


class CodebookError(ValueError):
    """A codebook that cannot be used. The message says what, where, and the mend."""


@dataclass(frozen=True, slots=True)
class AttributeRule:
    """One attribute that a construct allows, and the values it may take."""

    name: str
    kind: AttributeKind
    values: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    definition: str = ""

    def fault(self, value: Any) -> str | None:
        """What is wrong with a value, in words, or None."""
        if value is None:
            return None
        if self.kind == "yes_no":
            return None if isinstance(value, bool) else gettext("should be true or false")
        if self.kind == "text":
            return None if isinstance(value, str) else gettext("should be words")
        if self.kind in ("integer", "number"):
            return self._number_fault(value)
        chosen = [value] if isinstance(value, str) else value
        if self.kind == "one" and not isinstance(value, str):
            return gettext("should be one of %(values)s") % {"values": ", ".join(self.values)}
        if not isinstance(chosen, (list, tuple)) or any(item not in self.values for item in chosen):
            several, one = gettext("should be among %(values)s"), gettext("should be one of %(values)s")
            return (several if self.kind == "many" else one) % {"values": ", ".join(self.values)}
        return None

    def _number_fault(self, value: Any) -> str | None:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return gettext("should be a number")
        if self.kind == "integer" and not isinstance(value, int):
            return gettext("should be a whole number")
        if (self.low is not None and value < self.low) or (self.high is not None and value > self.high):
            return gettext("should lie between %(low)s and %(high)s") % {
                "low": decimal(f"{self.low:g}"),
                "high": decimal(f"{self.high:g}"),
            }
        return None


@dataclass(frozen=True, slots=True)
class Code:
    """One code with its one-line definition; `facts` holds what the codebook adds (level, polarity ...)."""

    construct: str
    code: str
    name: str
    definition: str
    aliases: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Codebook:
    """The codes of its constructs, with where they come from and who last looked at them."""

    id: str
    version: str
    title: str
    sources: tuple[str, ...]
    licence: str
    codes: Mapping[str, Mapping[str, Code]]
    attributes: Mapping[str, Mapping[str, AttributeRule]]
    free: frozenset[str] = frozenset()
    authored_by: str = ""
    reviewed_on: date | None = None
    review_due: date | None = None
    reviewed_by: str | None = None
    document: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ref(self) -> str:
        """The name by which a mark keeps its codebook: ``<id>@<version>``."""
        return f"{self.id}@{self.version}"

    @property
    def constructs(self) -> tuple[str, ...]:
        """The constructs this book has codes for."""
        return tuple(self.codes)

    def review_passed(self, today: date) -> bool:
        """Whether the date for the next review lies behind `today`."""
        return self.review_due is not None and self.review_due < today


def read_codebook(text: str, *, where: str = "the codebook") -> Codebook:
    """A Codebook from the text of its YAML file.

    Parameters
    ----------
    text
        YAML with `id`, `version` and either `construct` and `codes`, or sections that have both.
    where
        Name used in error messages.

    Raises
    ------
    CodebookError
        If the file is no YAML mapping, lacks an id or version, names a code twice, or an
        attribute rule cannot be understood.
    """
    if len(text) > LARGEST_BOOK:
        raise CodebookError(f"{where}: longer than {LARGEST_BOOK:,} characters; split it by construct")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        data = yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader, the fast one where built
    except (
        yaml.YAMLError,
        RecursionError,
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        # The loader lets through what Python says of a day or a number that is none.
        mark = getattr(error, "problem_mark", None)
        line = f" in line {mark.line + 1}" if mark else ""
        raise CodebookError(f"{where}: not readable as YAML{line}; mend the file") from None
    if not isinstance(data, dict):
        raise CodebookError(f"{where}: holds no mapping; begin with id and version")
    id_, version = str(data.get("id", "")), str(data.get("version", ""))
    if not _ID.fullmatch(id_):
        raise CodebookError(f"{where}: the id should be lower-case letters, digits and underscores")
    if not _VERSION.fullmatch(version):
        raise CodebookError(f"{where}: the version should read like 1.0.0")
    codes: dict[str, dict[str, Code]] = {}
    free: set[str] = set()
    for section in _sections(data, where):
        construct = str(section["construct"])
        if section.get("free_codes"):
            free.add(construct)
        shelf = codes.setdefault(construct, {})
        for code in _codes(section, construct, where):
            if code.code in shelf:
                raise CodebookError(f"{where}: the code {code.code} stands twice under {construct}")
            shelf[code.code] = code
        for other in _list(section.get("also_for")):
            codes.setdefault(str(other), {}).update(
                {c.code: _for(c, str(other)) for c in codes[construct].values()}
            )
    if not codes:
        raise CodebookError(f"{where}: no construct with codes; name one with construct and codes")
    return Codebook(
        id=id_,
        version=version,
        title=str(data.get("title", id_)),
        sources=tuple(str(s) for s in _list(data.get("sources"))),
        licence=str(data.get("licence", "")),
        codes=codes,
        attributes=_attributes(data.get("attributes") or {}, codes, where),
        free=frozenset(free),
        authored_by=str(data.get("authored_by") or ""),
        reviewed_on=_day(data.get("reviewed_on"), "reviewed_on", where),
        review_due=_day(data.get("review_due"), "review_due", where),
        reviewed_by=data.get("reviewed_by"),
        document=data,
    )


def _sections(data: Mapping[str, Any], where: str) -> Iterator[Mapping[str, Any]]:
    for section in (data, *data.values()):
        if isinstance(section, dict) and "construct" in section and "codes" in section:
            if not _ID.fullmatch(str(section["construct"])):
                raise CodebookError(f"{where}: a construct is named by lower-case letters and underscores")
            yield section


def _codes(section: Mapping[str, Any], construct: str, where: str) -> Iterator[Code]:
    extra = [(entry, False) for entry in _list(section.get("extra_labels"))]
    for entry, counted in [(e, True) for e in _list(section["codes"])] + extra:
        if not isinstance(entry, dict) or not _ID.fullmatch(str(entry.get("code", ""))):
            raise CodebookError(f"{where}: under {construct} an entry has no usable code")
        code = str(entry["code"])
        facts = {k: v for k, v in entry.items() if k not in ("code", "name", "definition", "aliases")}
        named = [facts[k] for k in ("abbr", "hvdc", "ref") if facts.get(k)]
        yield Code(
            construct=construct,
            code=code,
            name=str(entry.get("name") or code.replace("_", " ")),
            definition=str(entry.get("definition", "")),
            aliases=tuple(str(a) for a in [*_list(entry.get("aliases")), *named]),
            facts=facts,
            counted=counted,
        )


def _for(code: Code, construct: str) -> Code:
    return Code(construct, code.code, code.name, code.definition, code.aliases, code.facts, code.counted)


def _attributes(
    declared: Any, codes: Mapping[str, Mapping[str, Code]], where: str
) -> dict[str, dict[str, AttributeRule]]:
    if not isinstance(declared, dict):
        raise CodebookError(f"{where}: attributes should be a mapping from construct to its attributes")
    rules: dict[str, dict[str, AttributeRule]] = {}
    for construct, entries in declared.items():
        rules[str(construct)] = {}
        for name, entry in (entries or {}).items():
            if not isinstance(entry, dict) or entry.get("kind") not in _KINDS:
                raise CodebookError(
                    f"{where}: attribute {name} of {construct} needs a kind, one of {', '.join(_KINDS)}"
                )
            values = tuple(str(v) for v in _list(entry.get("values")))
            if "values_of" in entry:
                values = tuple(codes.get(str(entry["values_of"]), ()))
            if entry["kind"] in ("one", "many") and not values:
                raise CodebookError(f"{where}: attribute {name} of {construct} names no values")
            rules[str(construct)][str(name)] = AttributeRule(
                name=str(name),
                kind=entry["kind"],
                values=values,
                low=entry.get("low"),
                high=entry.get("high"),
                definition=str(entry.get("definition", "")),
            )
    return rules


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _day(value: Any, name: str, where: str) -> date | None:
    if value is None or isinstance(value, date):
        return value
    raise CodebookError(f"{where}: {name} should be a date like 2027-05-31")
