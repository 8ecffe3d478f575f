"""Java in the dependency graph: packages, inheritance, overloads, declared and generic types."""
