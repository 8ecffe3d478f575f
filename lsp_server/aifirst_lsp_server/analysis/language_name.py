"""The name of a file that its language is told from.

A file's own name decides, as it does on the command line; the editor's word counts where the name says nothing (a new
text without a name, a cell of a notebook, a script without an extension).
"""

from __future__ import annotations

from aifirst_codebase.languages import language_of

from aifirst_lsp_server.analysis.language_ids import EXTENSIONS


def name_for_language(path: str, language_id: str, text: bytes) -> str:
    """The path, with the editor's language as its extension where neither name nor text says one."""
    extension = EXTENSIONS.get(language_id, "")
    if not extension or language_of(path, text) is not None:
        return path
    return path + extension
