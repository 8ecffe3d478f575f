"""HumanEval's canonical solutions, compiled: all of them have to pass their tests.

    python benchmarks/compiler/humaneval.py shared/data/HumanEval.jsonl.gz [--minify tokens]

Each problem is its prompt, whose docstring goes, with the solution; its tests run in a process of their own.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
from pathlib import Path

from aifirst_codebase.source import decode_source
from aifirst_codebase.tokens import get_counter
from aifirst_compiler.compile_file import compile_source
from aifirst_compiler.compiled import CompileOptions


def main() -> int:
    """Print how many pass, as they are and compiled; 1 where one fails that did not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("problems", type=Path)
    parser.add_argument("--minify", default="", choices=["", "tokens", "bytes"])
    asked = parser.parse_args()
    problems = [json.loads(line) for line in gzip.decompress(asked.problems.read_bytes()).splitlines()]
    options, counter = CompileOptions(minify=asked.minify), get_counter()
    passed = before = after = 0
    lost: list[str] = []
    for problem in problems:
        source = problem["prompt"] + problem["canonical_solution"]
        made = compile_source(decode_source("solution.py", source.encode()), options, counter=counter)
        before, after = before + made.source_tokens, after + made.tokens
        tests = f"\n{problem['test']}\ncheck({problem['entry_point']})\n"
        works = runs(made.data.decode() + tests)
        passed += works
        if not works and runs(source + tests):
            lost.append(problem["task_id"])
    print(
        f"{passed} of {len(problems)} pass compiled, {len(lost)} lost {lost}; {before / after:.2f}x fewer tokens"
    )
    return int(bool(lost))


def runs(text: str) -> bool:
    """Whether a program ends well within ten seconds."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", text], capture_output=True, timeout=10, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
