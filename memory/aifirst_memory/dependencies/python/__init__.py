"""The Python resolver of the dependency graph: values, types and methods followed across files without running them."""
