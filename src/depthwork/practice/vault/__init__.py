"""Keys by person, sealed fields: the only room that knows cryptography."""
