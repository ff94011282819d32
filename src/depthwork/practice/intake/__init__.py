"""Inquiry, consultation, considerations, consent."""
