"""Marks in the forms that other programs read: web annotations, UIMA, ELAN and CHAT tiers."""
