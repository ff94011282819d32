"""Measures asked, answered, scored; alerts."""
