"""Ranks the files of a folder as Aider's repo map orders them.

Runs in an environment that has the package aider-chat. Reads `{"root": …, "files": [paths], "idents": [words]}`
a line and writes the paths in the order in which `RepoMap.get_ranked_tags` first names them. That is
the order from which Aider fills its map up to a budget of tokens; the budget is left out.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any


class Quiet:
    """Stands in for Aider's terminal: reads files, says nothing."""

    def read_text(self, path: str) -> str | None:
        """The text of a file, None where it is no UTF-8."""
        try:
            return Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeError):
            return None

    def tool_output(self, *messages: object) -> None:
        """Say nothing."""

    tool_warning = tool_error = tool_output


def main() -> None:
    """Answer until the input ends."""
    # This environment's packages are not those that the type checker sees.
    repo_map: Any = importlib.import_module("aider.repomap")
    answers, sys.stdout = os.fdopen(os.dup(1), "w"), sys.stderr
    maps: dict[str, Any] = {}
    for line in sys.stdin:
        question = json.loads(line)
        root = question["root"]
        if root not in maps:
            maps[root] = repo_map.RepoMap(root=root, io=Quiet())
        files = [f"{root}/{path}" for path in question["files"]]
        idents = set(question["idents"])
        mentioned = mentioned_files(question["files"], idents)
        tags = maps[root].get_ranked_tags([], files, mentioned, idents)
        answers.write(json.dumps(list(dict.fromkeys(tag[0] for tag in tags))) + "\n")
        answers.flush()


def mentioned_files(files: list[str], idents: set[str]) -> set[str]:
    """Files whose name without its extension is a word of the query, by Aider's rule for words of five or more."""
    words = {ident.lower() for ident in idents if len(ident) >= 5}
    return {path for path in files if Path(path).stem.lower() in words}


if __name__ == "__main__":
    main()
