"""Who did what and who read what, hash-chained."""
