"""Pages of the sources: write, bring in, read, burn."""
