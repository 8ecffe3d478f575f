"""The dependency graph in SQLite, in a file of its own beside the index: what is asked when nobody says otherwise."""
