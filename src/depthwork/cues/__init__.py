"""The engine that proposes: candidate passages for a person to judge."""
