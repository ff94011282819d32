"""Progress notes and plan: the record."""
