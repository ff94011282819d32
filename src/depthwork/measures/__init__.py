"""Questionnaires as data: definitions, scoring, alerts."""
