"""Maps: which symbols a block of code sees, what they stand for, and the project's own map."""
