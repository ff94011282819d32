"""The payer's translation, from the record only."""
