"""What the page of the graph shows besides it: how often files change, what is wrong with them, where they lie."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from aifirst_memory.dependencies.model import Graph, unit_node
from aifirst_memory.dependencies.page import PageExtras
from aifirst_memory.dependencies.page.churn import churn_of
from aifirst_memory.memory import Memory
from aifirst_memory.store import StoreError

from aifirst_cli.judging import judge

_LINK = "vscode://file/{root}/{path}:{line}"


def page_extras(root: Path, graph: Graph) -> PageExtras:
    """The commits and findings of every node. Raises `Failure` where the project cannot be judged."""
    paths = [node.path for node in graph.nodes if node.kind == "file"]
    return PageExtras(
        title=root.name, root=root.as_posix(), link=_LINK, churn=_churn(root, paths), findings=_findings(root)
    )


def _churn(root: Path, paths: list[str]) -> dict[str, int]:
    try:
        with Memory.open(root) as memory:
            return churn_of(memory, paths)
    except StoreError:
        return {}


def _findings(root: Path) -> dict[str, int]:
    from aifirst_validator.engine import Job

    report = judge(Job(root))
    return dict(Counter(unit_node(finding.path, finding.unit) for finding in report.findings))
