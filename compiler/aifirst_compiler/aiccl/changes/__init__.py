"""A change as a document: what changed in full, what stands around it as signatures."""

from aifirst_compiler.aiccl.changes.write import ChangedText, write_changes

__all__ = ["ChangedText", "write_changes"]
