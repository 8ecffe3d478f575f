"""AF5xx: tickets, specifications and assembly tags."""
