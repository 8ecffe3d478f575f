"""Takes away the comments that esbuild writes into a bundle that is not made small, by the compiler's own proof.

Licences and what tools read stay, as they do in any file.
"""

from __future__ import annotations

from aifirst_codebase.source import decode_source

from aifirst_compiler.compile_file import compile_source
from aifirst_compiler.compiled import CompileOptions
from aifirst_compiler.script_tools.node_process import Made
from aifirst_compiler.source_maps.compose import composed
from aifirst_compiler.source_maps.read import read_map_fields
from aifirst_compiler.source_maps.write import make_map, segments_of


def without_comments(made: Made, *, drop_licences: bool) -> Made:
    """What a tool made, without comments, its map kept true; as it was where nothing could be proved."""
    data = made.code.encode()
    compiled = compile_source(decode_source("bundle.js", data), CompileOptions(drop_licences=drop_licences))
    if compiled.copied or made.map is None:
        return made
    reader = read_map_fields(made.map, "the bundle")
    segments = composed(segments_of(data, compiled.edits), reader, verbatim=True)
    fields = make_map("", reader.sources, segments)
    return Made(made.tool, compiled.data.decode(), {"version": 3, "sources": list(fields.sources),
                "names": list(fields.names), "mappings": fields.mappings})  # fmt: skip
