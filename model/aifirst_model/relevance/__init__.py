"""Which lines of a text can go for a question: a small ranker that ships, its features, and how it is trained."""
