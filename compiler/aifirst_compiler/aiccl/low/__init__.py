"""The resolution `low`: signature, flow, calls, effects and errors of every unit, a line each."""

from aifirst_compiler.aiccl.low.write import write_low

__all__ = ["write_low"]
