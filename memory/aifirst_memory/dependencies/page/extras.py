"""What the page shows besides the graph: where sources are, how often files change, what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class PageExtras(msgspec.Struct, frozen=True, kw_only=True):
    """All of it may be missing; the page then leaves out what would show it."""

    title: str = "Dependencies"
    """Name of the project, as the page's title and heading."""

    root: str = ""
    """Absolute path of the project's folder with forward slashes, for `{root}` in links; empty says nothing of it."""

    link: str = ""
    """Address of a place in the source with `{root}`, `{path}` and `{line}` in it, each percent-encoded when filled.

    `vscode://file/{root}/{path}:{line}` opens Visual Studio Code, `{path}` a file beside the page. Empty gives no
    links. In a webview of Visual Studio Code the page posts `{type: "open", path, line}` instead.
    """

    churn: Mapping[str, int] = {}
    """Number of commits that changed a node, by its id."""

    findings: Mapping[str, int] = {}
    """Number of findings in a node itself, by its id; those of a file's units count for the file by themselves."""
