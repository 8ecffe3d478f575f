"""What the Language Server Protocol calls the languages, each with the extension that stands for it with us."""

from __future__ import annotations

from typing import Final

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
