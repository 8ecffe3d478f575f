"""The lowering of a file: one walk over its syntax tree gives chunks, expressions and the places that may give edges."""
