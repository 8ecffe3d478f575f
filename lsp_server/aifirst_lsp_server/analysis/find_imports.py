"""The imports of a text, from the same walk over its tree that its units come from."""

from __future__ import annotations

import tree_sitter
from aifirst_codebase.languages.language import Language
from aifirst_codebase.reading import Reading

from aifirst_lsp_server.analysis.analysis import FoundImport

_QUERY = "imports"
_QUOTES = b"\"'`<>"


def imports_query(language: Language) -> tuple[str, ...]:
    """The query files whose matches `find_imports` wants of a reading; none where the language has no imports."""
    return (_QUERY,) if language.has_query(_QUERY) else ()


def find_imports(reading: Reading) -> tuple[FoundImport, ...]:
    """What the text imports, in file order; a module that is a string stands without its quotes."""
    found: dict[FoundImport, None] = {}
    data = reading.data
    for match in reading.matches or ():
        for module in match.get("module", ()):
            start, end = module.start_byte, module.end_byte
            if end - start > 1 and data[start] in _QUOTES:
                start, end = start + 1, end - 1
            name = _text(data, match.get("name", [])) if "name" in match else ""
            alias = _text(data, match.get("alias", []))
            found[FoundImport(data[start:end].decode("utf-8", "replace"), name, alias, start, end)] = None
    return tuple(sorted(found, key=lambda one: (one.start, one.name)))


def _text(data: bytes, nodes: list[tree_sitter.Node]) -> str:
    """The text of the first node, "" for none."""
    return data[nodes[0].start_byte : nodes[0].end_byte].decode("utf-8", "replace") if nodes else ""
