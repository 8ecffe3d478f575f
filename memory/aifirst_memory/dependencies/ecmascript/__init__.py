"""JavaScript, TypeScript and their JSX dialects in the dependency graph.

Each file is lowered once into a small form of its own (`lower/`, `facts.py`); a demand-driven evaluator (`evaluate/`)
follows names, values and declared types through it, and `edges/` says what a file depends on. Types are read as far as
they say which class or function a value is; nothing is checked, and what cannot be known has no value.
"""
