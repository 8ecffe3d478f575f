"""A mirror of the dependency graph in Neo4j, for those who ask in Cypher or share a database: `aifirst[neo4j]`."""
