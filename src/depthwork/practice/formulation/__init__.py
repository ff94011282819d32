"""Versioned formulations whose statements cite their lines."""
