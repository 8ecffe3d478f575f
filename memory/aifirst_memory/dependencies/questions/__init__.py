"""The questions that are asked of the dependency graph, answered from arrays alone, whoever stores them."""
