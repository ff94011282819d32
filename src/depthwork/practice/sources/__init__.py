"""Transcripts, process notes, dream reports, material."""
