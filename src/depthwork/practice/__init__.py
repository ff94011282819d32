"""Everything that touches a database or the web."""
