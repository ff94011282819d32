"""Words and numbers: tokens, dictionaries, scoring at speed, smoothing."""

from depthwork.language.dictionaries import Dictionary, DictionaryError, read_dictionary, vividness
from depthwork.language.hour import Spoken, spoken
from depthwork.language.pieces import Vocabulary, WordIds, word_ids
from depthwork.language.scores import Scorer, score_turns
from depthwork.language.smoothing import smooth, smooth_turns
from depthwork.language.tokens import Token, tokens, words
from depthwork.language.withheld import Withheld

__all__ = [
    "Dictionary",
    "DictionaryError",
    "Scorer",
    "Spoken",
    "Token",
    "Vocabulary",
    "Withheld",
    "WordIds",
    "read_dictionary",
    "score_turns",
    "smooth",
    "smooth_turns",
    "spoken",
    "tokens",
    "vividness",
    "word_ids",
    "words",
]
