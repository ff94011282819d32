"""Pages of the first conversations."""
