"""Trials pooled, published figures quoted: what is known of whether it works, and how well it is known."""
