"""Words and numbers: tokens, dictionaries, scoring at speed, smoothing."""
