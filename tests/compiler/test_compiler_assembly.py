"""Pipelines assembled from tagged functions: written, run, and refused with the next step."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from aifirst_compiler.assembly.tagged_functions import find_tagged_functions
from aifirst_compiler.assembly.write_pipeline import Pipeline, write_pipeline
from aifirst_compiler.bundle.modules import Module
from aifirst_compiler.errors import CompileError

SEARCH = {
    "fetch_bm25.py": "# @assembly:search @order:1 @parallel\ndef fetch_bm25_results(query, limit=10):\n"
    "    return [f'b:{query}:{limit}']\n",
    "fetch_vectors.py": "import time\n\n# @assembly:search @order:1 @parallel\n# how it is done\n"
    "def fetch_vectors(query):\n"
    "    return [f'v:{query}']\n",
    "rank_results.py": "# @assembly:search @order:2 @depends_on:fetch_bm25,fetch_vectors\n"
    "def rank(bm25_results, others, /, *, top=2):\n    return (bm25_results + others)[:top]\n",
    "show.py": "# @assembly:search @order:3 @depends_on:rank_results\ndef show(ranked, query, sep=str()):\n"
    "    return f'{query}={ranked}{sep}'\n",
}


def pipeline(folder: Path, files: Mapping[str, str], name: str = "search") -> Pipeline:
    """The pipeline of some files, written beside them."""
    for path, text in files.items():
        (folder / path).write_text(text)
    modules = [Module(path.removesuffix(".py"), path, text.encode()) for path, text in files.items()]
    made = write_pipeline(find_tagged_functions(modules), name)
    (folder / "made.py").write_text(made.text)
    return made


def ran(folder: Path, code: str) -> str:
    """What some code prints in a folder."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", code], cwd=folder, capture_output=True, text=True, timeout=60
    )
    assert not done.stderr
    return done.stdout.strip()


def test_functions_run_in_order_with_the_results_they_ask_for(tmp_path: Path) -> None:
    made = pipeline(tmp_path, SEARCH)
    assert ran(tmp_path, "import made; print(made.search('q', top=3))") == "q=['b:q:10', 'v:q']"
    assert "def search(query, limit=10, top=2):" in made.text
    assert made.functions == ("fetch_bm25_results", "fetch_vectors", "rank", "show")
    assert made.problems == ()
    assert "ThreadPoolExecutor(2)" in made.text


def test_what_is_asynchronous_is_awaited_and_gathered(tmp_path: Path) -> None:
    files = SEARCH | {"fetch_vectors.py": SEARCH["fetch_vectors.py"].replace("def ", "async def ")}
    made = pipeline(tmp_path, files)
    assert "await asyncio.gather(" in made.text
    code = "import asyncio, made; print(asyncio.run(made.search('q', 1)))"
    assert ran(tmp_path, code) == "q=['b:q:1', 'v:q']"


def test_a_name_means_one_thing_in_a_pipeline(tmp_path: Path) -> None:
    files = {
        "a.py": "# @assembly:p @order:1\ndef load(text): return [text]\n",
        "b.py": "# @assembly:p @order:2 @depends_on:a\ndef total(costs): return len(costs)\n",
        "c.py": "# @assembly:p @order:3 @depends_on:b,a\ndef show(costs, sums): return (costs, sums)\n",
    }
    pipeline(tmp_path, files, "p")
    assert ran(tmp_path, "import made; print(made.p('x'))") == "(['x'], 1)"


def test_several_last_results_come_by_their_names(tmp_path: Path) -> None:
    files = {
        "a.py": "# @assembly:p @order:1\ndef left(n): return n\n",
        "b.py": "# @assembly:p @order:2\ndef right(n): return -n\n",
    }
    pipeline(tmp_path, files, "p")
    assert ran(tmp_path, "import made; print(made.p(n=2))") == "{'left': 2, 'right': -2}"


def refused(folder: Path, files: Mapping[str, str], name: str = "search") -> str:
    """Why a pipeline is refused; the next step is always told."""
    with pytest.raises(CompileError) as caught:
        pipeline(folder, files, name)
    assert caught.value.next_step
    return str(caught.value)


def test_what_cannot_be_assembled_is_told(tmp_path: Path) -> None:
    assert "pipelines here: search" in refused(tmp_path, SEARCH, "serch")
    circle = SEARCH | {"fetch_bm25.py": SEARCH["fetch_bm25.py"].replace("@parallel", "@depends_on:show")}
    assert "cycle" in refused(tmp_path, circle)
    unknown = SEARCH | {"show.py": SEARCH["show.py"].replace("rank_results", "ranking")}
    assert "ranking" in refused(tmp_path, unknown)
    defaults = SEARCH | {"fetch_vectors.py": SEARCH["fetch_vectors.py"].replace("(query", "(query, limit=20")}
    assert "different defaults for limit: fetch_bm25_results 10, fetch_vectors 20" in refused(
        tmp_path, defaults
    )
    twice = SEARCH | {"more.py": SEARCH["show.py"]}
    assert "two functions called show" in refused(tmp_path, twice)
    assert "no name of a function" in refused(
        tmp_path, {"a.py": "# @assembly:class @order:1\ndef f(): pass\n"}, "class"
    )
