"""Go in the dependency graph: packages, declared types, embedding, interfaces by their methods."""
