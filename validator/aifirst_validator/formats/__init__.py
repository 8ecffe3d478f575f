"""How findings are told: one format a file."""
