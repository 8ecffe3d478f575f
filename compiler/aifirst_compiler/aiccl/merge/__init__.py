"""Merging: what was edited in a document of signatures or key lines, made in the source."""

from aifirst_compiler.aiccl.merge.merge_document import merge_document
from aifirst_compiler.aiccl.merge.merge_result import Conflict, Merged, MergeResult

__all__ = ["Conflict", "MergeResult", "Merged", "merge_document"]
