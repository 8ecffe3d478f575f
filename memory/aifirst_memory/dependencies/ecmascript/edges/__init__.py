"""What a file depends on: its places, evaluated, as edges."""
