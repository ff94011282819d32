"""Who speaks how much, and short answers to open questions.

When not to use it: Not as a mark for the therapist or the client, and not as a share of the time: words are
counted, not seconds. Not for a note, which one person wrote.

Source: counts of this program; no published scale stands behind them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from depthwork.language.hour import Spoken, count_words, of_speaker
from depthwork.language.lists import own_list
from depthwork.language.tokens import tokens, without_comments
from depthwork.language.withheld import Withheld, too_few_words
from depthwork.wording import gettext as _

MINIMAL_WORDS = 3
RUN = 3


@dataclass(frozen=True, slots=True)
class MinimalResponses:
    """Answers of three words or fewer to open questions.

    `answered` counts open questions that the other answered with a turn; `turns` names the short
    answers; `longest_run` is how many came in a row, without a longer answer between.
    """

    open_questions: int
    answered: int
    turns: tuple[int, ...]
    longest_run: int

    @property
    def count(self) -> int:
        """The number of short answers."""
        return len(self.turns)

    @property
    def has_run(self) -> bool:
        """Three or more in a row."""
        return self.longest_run >= RUN


def talk_share(hour: Sequence[Spoken], *, speaker: str, other: str) -> float | Withheld:
    """A speaker's share of the words of two, 0 to 1.

    Returns
    -------
    float or Withheld
        Withheld where only one of the two speaks, and under 50 words in all.

    Notes
    -----
    1. Words, not seconds: a slow speaker's share of the time is larger.
    """
    first, second = (count_words(of_speaker(hour, name)) for name in (speaker, other))
    if not first or not second:
        return Withheld("talk_share", _("one speaker only"))
    return too_few_words("talk_share", first + second) or first / (first + second)


def is_open_question(text: str) -> bool:
    """Whether a turn ends by asking openly: what, how, why, tell me, and their like.

    The last sentence counts. Questions after a number or a date ("how long", "what time") are not open.

    Examples
    --------
    >>> [is_open_question(t) for t in ("And what came to mind?", "Was it Tuesday?", "Tell me more.")]
    [True, False, True]
    """
    plain = without_comments(text).rstrip()
    body = plain.rstrip(".?! ")
    cut = max(body.rfind(mark) for mark in ".?!\n")
    words = [token.word for token in tokens(body[cut + 1 :])]
    listed = own_list("questions")
    at = 0
    while starts := [end for start, end in listed.matches("before", words[at : at + 3]) if start == 0]:
        at += starts[0]
    opening = words[at:]
    asks = plain.endswith("?") or opening[:1] == ["tell"] or opening[:2] == ["say", "more"]
    begins = [end for start, end in listed.matches("open", opening[:4]) if start == 0]
    closes = [end for start, end in listed.matches("closing", opening[:4]) if start == 0]
    return bool(asks and begins and not closes)


def minimal_responses(hour: Sequence[Spoken], *, speaker: str, other: str) -> MinimalResponses | Withheld:
    """How often open questions meet an answer of three words or fewer.

    A short answer may be tiredness, tact or enough. Three in a row are worth a look at what went before;
    the count says no more.

    Parameters
    ----------
    hour : sequence of Spoken
        All turns in order.
    speaker, other : str
        Who answers, and who asks.

    Returns
    -------
    MinimalResponses or Withheld
        Withheld without an answered open question.

    Notes
    -----
    1. An open question is known by its first words (`is_open_question`); many are missed in loose talk.
    2. Only the turn directly after the question counts as its answer.
    3. An answer without words (a comment, a gesture) is short.

    See also
    --------
    tests/judges/test_talk.py
    """
    asked, answered, short, run, longest = 0, 0, [], 0, 0
    for at, turn in enumerate(hour):
        if turn.speaker != other or not is_open_question(turn.text):
            continue
        asked += 1
        if at + 1 == len(hour) or hour[at + 1].speaker != speaker:
            continue
        answered += 1
        if len(hour[at + 1].words) <= MINIMAL_WORDS:
            short.append(hour[at + 1].index)
            run += 1
            longest = max(longest, run)
        else:
            run = 0
    if not answered:
        return Withheld("minimal_responses", _("no open question of the therapist with an answer was found"))
    return MinimalResponses(asked, answered, tuple(short), longest)
