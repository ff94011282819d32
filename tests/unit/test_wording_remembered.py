"""Sentences that are made in English, kept, and said later in the language of whoever reads them."""

import copy
import json
import pickle

import pytest

from depthwork import wording
from depthwork.practice.casework.engine import why_of
from depthwork.transcripts import read
from depthwork.wording import Remembering, Told, chained, from_plain, plain, remembered, said

GERMAN = {
    "anger is named": "Ärger wird genannt",
    "just before, %(what)s": "unmittelbar davor: %(what)s",
    "%(first)s %(then)s": "%(first)s %(then)s",
    "Something moved.": "Etwas bewegte sich.",
    "%(n)s cue names no speaker": "%(n)s Abschnitt nennt niemanden",
    "%(n)s cues name no speaker": "%(n)s Abschnitte nennen niemanden",
}
REASON = remembered(
    "%(first)s %(then)s",
    first=remembered("Something moved."),
    then=chained(
        [remembered("just before, %(what)s", what=remembered("anger is named")), remembered("anger is named")]
    ),
)


class _German(wording.English):
    __slots__ = ()

    def gettext(self, words):
        return GERMAN[words]

    def ngettext(self, one, many, n):
        return GERMAN[one if n == 1 else many]


@pytest.fixture
def in_german(monkeypatch):
    monkeypatch.setattr(wording._Lent, "reader", _German())


def test_a_reason_reads_in_english_as_it_is():
    assert REASON == "Something moved. Just before, anger is named; anger is named."


def test_a_reason_is_said_whole_in_another_language(in_german):
    assert said(REASON) == "Etwas bewegte sich. Unmittelbar davor: Ärger wird genannt; Ärger wird genannt."


@pytest.mark.parametrize("through", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_copy_of_a_sentence_still_knows_what_it_was_made_of(in_german, through):
    assert said(through(REASON)) == said(REASON)


def test_a_sentence_that_was_kept_as_json_is_said_in_the_language_of_its_reader(in_german):
    kept = json.loads(json.dumps(plain(REASON)))
    assert from_plain(kept) == REASON
    assert said(from_plain(kept)) == said(REASON)


@pytest.mark.parametrize(
    ("n", "is_said"), [(1, "1 Abschnitt nennt niemanden"), (3, "3 Abschnitte nennen niemanden")]
)
def test_a_count_is_said_for_one_and_for_many(monkeypatch, n, is_said):
    told = Remembering().ngettext("%(n)s cue names no speaker", "%(n)s cues name no speaker", n) % {"n": n}
    kept = from_plain(json.loads(json.dumps(plain(told))))
    monkeypatch.setattr(wording._Lent, "reader", _German())
    assert kept == told
    assert said(kept) == is_said


def test_words_of_a_person_stay_as_they_are(in_german):
    assert said("The words say it.") == "The words say it."
    assert plain("The words say it.") == from_plain("The words say it.") == "The words say it."


@pytest.mark.parametrize(
    "made",
    [{}, {"words": "%(x)s"}, {"words": "%(x)s", "values": {"y": 1}}, {"words": "a %d", "values": {"x": 1}}],
)
def test_what_does_not_fit_together_is_refused(made):
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_plain(made)


FILES = {
    "a.vtt": b"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>so\n\n00:03.000 --> 00:04.000\nso\n",
    "b.srt": b"1\n00:00:05,000 --> 00:00:06,000\nAnn: do you?\n\n2\n00:00:01,000 --> 00:00:02,000\nBo: I do, I do\n",
    "c.cha": b"@Begin\n*CLI:\tso .\n%mor:\tx\n",
    "d.txt": "T: so \u00e9\n\nC: yes\n".encode("latin-1"),
    "e.vtt": b"1\n00:00:01,000 --> 00:00:02,000\nT: so\n",
    "f.json": b'{"segments": [{"text": "so", "start": -5, "end": 1}, {"text": "", "start": 1, "end": 2}]}',
    "g.txt": b"Late again.\n\nT: she said\n\nAnd so it went on for a while, and on.\n\nThe coat.\n\nThe door.\n",
}


@pytest.mark.parametrize("name", FILES)
def test_whatever_was_odd_about_a_file_can_be_said_in_another_language(monkeypatch, name):
    in_english = read(FILES[name], name=name).warnings
    monkeypatch.setattr(wording._Lent, "reader", Remembering())
    told = read(FILES[name], name=name).warnings
    assert told == in_english
    assert told
    assert all(isinstance(one, Told) for one in told)


def test_a_cue_says_its_reason_in_the_language_of_whoever_reads_it(in_german):
    cue = {"why": str(REASON), "reason": json.loads(json.dumps(plain(REASON)))}
    assert why_of(cue) == said(REASON)


@pytest.mark.parametrize(
    "more", [{}, {"reason": {}}, {"reason": {"words": "%(x)s", "values": {"y": 1}}}, {"reason": None}]
)
def test_a_cue_whose_reason_is_known_in_english_only_says_it_in_english(more):
    assert why_of({"why": "The words say it.", **more}) == "The words say it."
