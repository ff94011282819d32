"""The parts of de-identification: who is known, what patterns say, which words are ordinary, what stands instead."""
