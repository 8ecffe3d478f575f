"""The resolution `meta`: one Mermaid diagram of folders, files, their public names and what uses what."""

from aifirst_compiler.aiccl.meta.read import meta_ids
from aifirst_compiler.aiccl.meta.write import write_meta

__all__ = ["meta_ids", "write_meta"]
