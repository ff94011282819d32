"""Turns and codes as HTML. Set here and not in templates: an hour has hundreds of each, and this is five times as quick."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from depthwork.practice.casework.page.column import Entry, Passage, TurnLine
from depthwork.practice.config.markup import escaped_already

_ANY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Words:
    """The few words of the interface that stand in every turn and entry, translated once a page."""

    turn: str
    paragraph: str
    marks: str
    edit: str
    became: str
    taken_further: str
    set_aside: str
    closed: str
    not_said: str
    comment: str
    withdraw: str
    away: str


def words_now() -> Words:
    """In the language of the reader."""
    return Words(
        _("Turn"),
        _("Paragraph"),
        _("Marks from turn"),
        _("edit this mark"),
        _("What became of it"),
        _("taken further"),
        _("set aside"),
        _("closed"),
        _("not said"),
        _("Comment"),
        _("withdraw"),
        _("take away"),
    )


@dataclass(frozen=True, slots=True)
class Setter:
    """Sets turns and codes of one column."""

    words: Words
    is_short: bool
    query: str
    csrf: str
    edit_url: str
    remove_url: str
    became_url: str

    def turns(self, turns: list[TurnLine]) -> SafeString:
        """Turns with the silences after them."""
        return escaped_already("".join(self._turn(turn) for turn in turns))

    def beside(self, passage: Passage) -> str:
        """The name of the group of entries."""
        return f"{self.words.marks} {passage.label}"

    def _turn(self, turn: TurnLine) -> str:
        is_note = turn.speaker == "N"
        who = ""
        if not is_note:
            title = f"{turn.speaker_name}, {turn.at}" if turn.at else turn.speaker_name
            who = f' <b title="{escape(title)}">{escape(turn.speaker)}</b>'
        css = "said t" if turn.is_therapist else "said"
        if self.is_short:
            css += " few-words"
        silence = f'<p class="silence">{turn.silence}{turn.silence_words}</p>' if turn.silence else ""
        return (
            f'<div class="turn" id="t{turn.number}" tabindex="-1" data-turn><p class="ref"><span class="unseen">'
            f"{self.words.paragraph if is_note else self.words.turn} </span>{turn.number}{who}</p>"
            f'<p class="{css}" data-start="{turn.start}">{turn.html}</p></div>{silence}'
        )

    def set(self, entry: Entry) -> SafeString:
        """A code or a comment; a cue has a template of its own."""
        if entry.kind == "code":
            return self.code(entry)
        return self.comment(entry) if entry.kind == "comment" else SafeString("")

    def code(self, entry: Entry) -> SafeString:
        """The margin entry of a code."""
        comma = "," if entry.about else ""  # inside the name, so that no line begins with it
        name = escape(entry.name)
        if entry.is_mine:
            about = (
                f' data-version="{entry.version}" data-post="{self._url(self.edit_url, entry)}"'
                f' data-remove="{self._url(self.remove_url, entry)}"'
            )
            name = (
                '<button type="button" class="name" data-key="e" data-edit data-key-label="'
                f'{escape(self.words.edit)}"><i>{name}</i>{comma}</button>'
            )
        else:
            about, name = "", f"<em>{name}</em>{comma}"
        qualified = f" {escape(entry.about)}" if entry.about else ""
        note = f"<p>{escape(entry.note)}</p>" if entry.note else ""
        away = self._away(entry) if entry.may_go else ""
        css = "entry displaced" if entry.is_displaced else "entry"
        css += " another" if entry.is_anothers else ""
        return escaped_already(
            f'<div class="{css}" id="e-{entry.key}" data-key-scope data-construct="{escape(entry.construct)}"'
            f' data-code="{escape(entry.code)}" data-start="{entry.start}" data-end="{entry.end}"'
            f' data-attributes="{escape(entry.attributes_json)}"{about}>'
            f'<p><span class="n">{entry.number}</span> {escape(entry.head)}: {name}{qualified}</p>{note}'
            f'{self._became(entry) if entry.asks_became else ""}<p class="by">{escape(entry.by)}</p>{away}</div>'
        )

    def _away(self, entry: Entry) -> str:
        url = f"{self._url(self.remove_url, entry)}?{escape(self.query)}"
        return (
            f'<form class="keys" method="post" action="{url}" hx-post="{url}" hx-target="#column" hx-swap="outerHTML">'
            f'<input type="hidden" name="csrfmiddlewaretoken" value="{self.csrf}"><input type="hidden" name="version"'
            f' value="{entry.version}"><button>{escape(self.words.away)}</button></form>'
        )

    def comment(self, entry: Entry) -> SafeString:
        """Somebody's words beside the text, and how its writer takes them back."""
        said = "</p><p>".join(escape(line) for line in entry.note.split("\n") if line.strip())
        form = (
            f'<form class="keys" method="post" action="{escape(entry.withdraw)}"><input type="hidden"'
            f' name="csrfmiddlewaretoken" value="{self.csrf}"><input type="hidden" name="next" value="hour">'
            f"<button>{escape(self.words.withdraw)}</button></form>"
            if entry.withdraw
            else ""
        )
        number = f'<span class="n">{entry.number}</span> ' if entry.end > entry.start else ""
        return escaped_already(
            f'<div class="entry comment" id="e-{entry.key}"><p class="who">{number}'
            f'<span class="unseen">{escape(self.words.comment)}, </span>{escape(entry.head)}</p>'
            f'<p>{said}</p><p class="by">“{escape(entry.quote)}”</p>{form}</div>'
        )

    def _became(self, entry: Entry) -> str:
        says = entry.became_words.capitalize() if entry.became else self.words.became
        after = "".join(
            f'<p class="next"><span class="n">{escape(who)}</span> {escape(said)}</p>'
            for who, said in entry.after
        )
        form = ""
        if entry.is_mine:
            url = f"{self._url(self.became_url, entry)}?{escape(self.query)}"
            choices = [
                ("taken_further", self.words.taken_further),
                ("set_aside", self.words.set_aside),
                ("closed", self.words.closed),
            ]
            choices += [("", self.words.not_said)] if entry.became else []
            buttons = " ".join(
                f'<button name="became" value="{value}">{escape(label)}</button>' for value, label in choices
            )
            form = (
                f'<form class="keys" method="post" action="{url}" hx-post="{url}" hx-target="#column"'
                f' hx-swap="outerHTML"><input type="hidden" name="csrfmiddlewaretoken" value="{self.csrf}">'
                f'<input type="hidden" name="version" value="{entry.version}">{buttons}</form>'
            )
        return f'<details class="became"><summary>{escape(says)}</summary>{after}{form}</details>'

    @staticmethod
    def _url(pattern: str, entry: Entry) -> str:
        return pattern.replace(str(_ANY), entry.key)


@dataclass(frozen=True, slots=True)
class SetEntry:
    """An entry, and its HTML where it is a code; a cue is set by its template."""

    entry: Entry
    html: SafeString


@dataclass(frozen=True, slots=True)
class SetPassage:
    """A passage ready for the page. The entries come after the last turn they speak of."""

    turns: SafeString
    label: str
    entries: list[SetEntry]
    after: SafeString


def set_passages(passages: list[Passage], *, is_short: bool, query: str, csrf: str) -> list[SetPassage]:
    """All passages of a column."""
    setter = Setter(
        words_now(),
        is_short,
        query,
        csrf,
        reverse("casework:edit", args=[_ANY]),
        reverse("casework:remove", args=[_ANY]),
        reverse("casework:became", args=[_ANY]),
    )
    return [_set_passage(setter, passage) for passage in passages]


def _set_passage(setter: Setter, passage: Passage) -> SetPassage:
    marked = max((entry.turn for entry in passage.entries), default=-1)
    cut = next((i for i, turn in enumerate(passage.turns) if turn.number > marked + 1), len(passage.turns))
    if not passage.entries:
        cut = len(passage.turns)
    return SetPassage(
        setter.turns(passage.turns[:cut]),
        setter.beside(passage),
        [SetEntry(entry, setter.set(entry)) for entry in passage.entries],
        setter.turns(passage.turns[cut:]),
    )
