"""What the Language Server Protocol calls the languages, and the name of a file that ours is told from.

A file's own name decides, as it does on the command line; the editor's word counts where the name says nothing (a new
text without a name, a cell of a notebook, a script without an extension).
"""

from __future__ import annotations

from typing import Final

from aifirst_codebase.languages import language_of

EXTENSIONS: Final[dict[str, str]] = {
    "python": ".py",
    "javascript": ".js",
    "javascriptreact": ".jsx",
    "typescript": ".ts",
    "typescriptreact": ".tsx",
    "go": ".go",
    "java": ".java",
    "rust": ".rs",
    "c": ".c",
    "cpp": ".cpp",
    "csharp": ".cs",
    "ruby": ".rb",
    "php": ".php",
    "kotlin": ".kt",
    "shellscript": ".sh",
    "css": ".css",
    "html": ".html",
    "json": ".json",
    "jsonc": ".json",
    "markdown": ".md",
    "sql": ".sql",
    "toml": ".toml",
    "yaml": ".yaml",
}
"""The extension that stands for each identifier of the protocol."""


def name_for_language(path: str, language_id: str, text: bytes) -> str:
    """The path, with the editor's language as its extension where neither name nor text says one."""
    extension = EXTENSIONS.get(language_id, "")
    if not extension or language_of(path, text) is not None:
        return path
    return path + extension
