"""AF6xx: what must never stand in source: secrets, hidden text."""
