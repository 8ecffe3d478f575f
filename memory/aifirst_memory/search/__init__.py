"""Search over all levels: what a query names, what each source finds, and one ranking of it with reasons."""
