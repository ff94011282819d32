"""Persons, roles, login."""
