"""Marks and readings of a treatment."""
