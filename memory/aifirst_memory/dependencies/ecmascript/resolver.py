"""The resolver of JavaScript and TypeScript."""

from __future__ import annotations

from typing import Final

import msgspec
from aifirst_codebase.reading import Reading

from aifirst_memory.dependencies.ecmascript.edges.find_edges import EdgeFinder
from aifirst_memory.dependencies.ecmascript.evaluate.evaluator import Evaluator
from aifirst_memory.dependencies.ecmascript.evaluate.expressions import HANDLERS
from aifirst_memory.dependencies.ecmascript.facts import FileBody
from aifirst_memory.dependencies.ecmascript.files import Files
from aifirst_memory.dependencies.ecmascript.lower.lower_file import lower_file
from aifirst_memory.dependencies.ecmascript.manifests import read_manifest
from aifirst_memory.dependencies.ecmascript.pack_facts import pack_facts
from aifirst_memory.dependencies.resolver import FileFacts, FoundEdge, ProjectView

_BODY: Final = msgspec.msgpack.Decoder(FileBody)


class EcmascriptResolver:
    """Reads and resolves files of JavaScript, TypeScript and TSX."""

    name: Final = "ecmascript"
    version: Final = 2
    languages: Final = frozenset(("javascript", "typescript", "tsx"))
    manifests: Final = frozenset(("package.json", "tsconfig*.json", "jsconfig*.json"))

    def read(self, reading: Reading) -> FileFacts:
        """The facts of a source file. Never raises on broken text."""
        return pack_facts(lower_file(reading))

    def read_manifest(self, path: str, data: bytes) -> FileFacts:
        """The facts of a `package.json` or `tsconfig.json`; empty where it is broken."""
        return read_manifest(path, data)

    def resolve(self, path: str, body: bytes, project: ProjectView) -> list[FoundEdge]:
        """The edges that follow from a file."""
        files = Files(path, _BODY.decode(body), project)
        return EdgeFinder(Evaluator(files, HANDLERS)).run().listed()


RESOLVER: Final = EcmascriptResolver()
