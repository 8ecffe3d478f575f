"""Proves that an output is the source minus its glue; what is not proved is not written."""

from aifirst_compiler.proof.prove import PythonTrees, prove

__all__ = ["PythonTrees", "prove"]
