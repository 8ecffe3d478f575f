"""The resolution `outline`: the signature of every unit, a line each, under the paths of their files."""

from aifirst_compiler.aiccl.outline.read import outline_ids
from aifirst_compiler.aiccl.outline.write import write_outline

__all__ = ["outline_ids", "write_outline"]
