"""What is alike: the same texts, nearly the same ones, and those that a benchmark asks about."""
