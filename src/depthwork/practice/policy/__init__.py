"""Who may: permissions, roles, predicates, and the registry of routes."""
