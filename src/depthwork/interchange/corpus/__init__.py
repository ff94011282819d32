"""Many transcripts at once: each is profiled alone, kept alone, and all become two Parquet tables.

One process, local workers and a cluster give the same files: a worker gets bytes and gives bytes, and the tables are
written by one hand, in the order of the file names.
"""

from depthwork.interchange.corpus.run import CorpusError, Outcome, run_corpus

__all__ = ["CorpusError", "Outcome", "run_corpus"]
