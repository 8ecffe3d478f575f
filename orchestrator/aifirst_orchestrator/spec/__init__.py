"""A specification as a value: what it demands, which units it names, and what is missing in it."""
