"""The resolution `medium`: signature, first line of documentation and key lines of every unit."""

from aifirst_compiler.aiccl.medium.write import write_medium

__all__ = ["write_medium"]
