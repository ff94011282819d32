"""Supervision: what is shared with whom until when, comments in their own colour, two coders of one hour, packs."""
