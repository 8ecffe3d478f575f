"""The dependency graph: who depends on whom, resolved across files as deep as a type-aware reader goes.

The `graph` level of the index is made with every save and answers search; it joins names. This graph is made on
demand from the same files, follows values, types and methods, and answers what has to be right: impact, cycles,
dead code, pictures. Its own database lies beside the index; Neo4j can hold a mirror of it.
"""
