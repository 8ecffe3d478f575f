"""A small project in several languages for the tests of the index, and the benchmark's edits and comparisons."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from aifirst_memory.update import UpdateReport, UpdateRequest, update_memory

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))

from compare_indexes import disagreements, dump_index  # beside the scripts that share it
from random_edits import RandomEdits  # beside the scripts that share it

__all__ = ["FILES", "RandomEdits", "differences", "make_project", "update"]

FILES = {
    "shop/order.py": '"""Orders."""\n\nfrom shop.price import total\n\n\nclass Order:\n    """An order."""\n\n'
    "    def pay(self, rows):\n        # @ROLE:service\n        return total(rows)\n",
    "shop/price.py": '"""Prices."""\n\n\ndef total(rows):\n    """The sum of all rows."""\n    return sum(rows)\n',
    "web/cart.js": "import { show } from './show.js';\n\nexport function cart(x) { return show(x); }\n",
    "web/show.js": "export function show(x) { return x; }\n",
    "docs/guide.md": "# Guide\n\nAn `Order` is paid with `total`.\n",
}


def make_project(root: Path, files: dict[str, str] | None = None) -> Path:
    """Write the files below a folder, which is made."""
    for path, text in (FILES if files is None else files).items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return root


def update(root: Path, paths: tuple[str, ...] | None = None, **more: object) -> UpdateReport:
    """Bring the index of a project up to date, without its history."""
    return update_memory(UpdateRequest(root, paths=paths, history=False, overrides=dict(more)))


def differences(root: Path, scratch: Path) -> list[str]:
    """What the index of a project says otherwise than one that is made anew in another folder.

    Outside of git that it has no history is left out: the reason names the folder.
    """
    ours = dump_index(root)
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(root, scratch, symlinks=True, ignore=shutil.ignore_patterns(".aifirst"))
    update_memory(UpdateRequest(scratch))
    truth = dump_index(scratch)
    if not (root / ".git").exists():
        del truth["history"]
    return list(disagreements(ours, truth))
