"""The resolution `exact`: what repeats in a set of files is written once, in a map, and the files in its symbols."""

from aifirst_compiler.aiccl.exact.options import AicclDocument, ExactOptions
from aifirst_compiler.aiccl.exact.write import write

__all__ = ["AicclDocument", "ExactOptions", "write"]
