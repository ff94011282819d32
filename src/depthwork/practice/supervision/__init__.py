"""Shared reading: grants, packs, blind coding, consensus."""
