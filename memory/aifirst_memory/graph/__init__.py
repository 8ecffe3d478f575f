"""Level 4, the dependency graph: what each unit imports, calls, inherits and documents, resolved across files."""
