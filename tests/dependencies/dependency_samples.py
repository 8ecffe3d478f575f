"""Projects of the toy language that have what the questions are about, and graphs without a project behind them."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
from aifirst_memory.dependencies.model import Node, unit_node
from aifirst_memory.dependencies.questions.arrays import FILE, UNIT, EdgeColumns, GraphArrays, without_repeats

PROJECTS = {
    "chain": {
        "a.py": "from b import g\n\ndef f():\n    g()\n",
        "b.py": "from c import h\n\ndef g():\n    h()\n",
        "c.py": "from d import k\n\ndef h():\n    k()\n",
        "d.py": "from os import path\n\ndef k():\n    pass\n\ndef unused():\n    pass\n\ndef _private():\n    pass\n",
        "tests/test_a.py": "from a import f\n\ndef test_f():\n    f()\n",
    },
    "cyclic": {
        "a.py": "from b import g\nfrom c import *\n# see pkg/deep/d.py\n\ndef f():\n    g()\n    h()\n",
        "b.py": "from a import f\n\ndef g():\n    f()\n",
        "c.py": "from a import f\nfrom b import g\n\ndef h():\n    f()\n    g()\n",
        "pkg/deep/d.py": "from e import K\n\ndef k():\n    K()\n\n@app\ndef handed():\n    pass\n",
        "pkg/e.py": "from d import k\n__all__ = ['out']\n\nclass K:\n    def m(self):\n        k()\n\n"
        "def out():\n    pass\n",
        "README.md": "# Of it\n\nSee `f` in [a](a.py).\n",
        "tests/test_b.py": "from b import g\n# @TAG:FEATURE:login\n\ndef test_g():\n    g()\n",
        "lib.rb": "require_relative 'other'\ndef go\n  stop_it\nend\n",
        "other.rb": "def stop_it\nend\n",
        "pyproject.toml": "[project.scripts]\nrun = 'pkg.deep.d:k'\n",
    },
    "empty": {"a.py": ""},
}  # fmt: skip


def edges_of(nodes: int, edges: int, seed: int = 1) -> GraphArrays:
    """A graph of files with fifty functions each, with edges drawn at random."""
    draw = random.Random(seed)  # noqa: S311  a graph of tests, not a secret
    files = [f"pkg{number // 40:03}/file{number:05}.py" for number in range(max(1, nodes // 51))]
    rows = [(path, "") for path in files] + [(path, f"f{number}") for path in files for number in range(50)]
    ids = sorted(unit_node(path, name) for path, name in rows)
    place = {id: number for number, id in enumerate(ids)}
    kinds = np.array([UNIT if "::" in id else FILE for id in ids], np.int8)
    parents = np.array([place[id.partition("::")[0]] if "::" in id else -1 for id in ids], np.int32)
    of_path = {path: number for number, path in enumerate(files)}
    chosen = np.array([draw.randrange(len(ids)) for _ in range(edges * 2)], np.int32).reshape(2, -1)
    apart = chosen[0] != chosen[1]
    source, target = chosen[0][apart], chosen[1][apart]
    starts: list[int] = source.tolist()
    columns = EdgeColumns(
        source, target, np.ones(len(source), np.int32),
        np.array([of_path[ids[at].partition("::")[0]] for at in starts], np.int32),
        np.arange(len(source), dtype=np.int32) % 900 + 1, (0.8 + (target % 20) / 100).round(2),
    )  # fmt: skip
    made = _MadeNodes(ids)
    marks = np.zeros(len(ids), np.uint8)
    return GraphArrays(ids, kinds, parents, files, without_repeats(columns, len(ids)), made, marks)


class _MadeNodes:
    def __init__(self, ids: list[str]) -> None:
        self._ids = ids

    def __call__(self, positions: Sequence[int]) -> list[Node]:
        return [_node(self._ids[position]) for position in positions]


def _node(id: str) -> Node:
    path, _, name = id.partition("::")
    if name:
        return Node(
            id=id, kind="unit", name=name, path=path, line=3, end_line=5, parent=path, unit_kind="function"
        )
    return Node(id=id, kind="file", name=path.rpartition("/")[2], path=path, line=1, end_line=300)
