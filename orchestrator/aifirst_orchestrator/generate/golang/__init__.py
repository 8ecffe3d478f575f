"""Generation of Go."""
