"""The client's own place."""
