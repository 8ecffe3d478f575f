"""Reads MBPP (Austin et al. 2021): the whole set (974 problems) and the sanitized one (427).

Whole: task_id, text, code, test_list, test_setup_code, challenge_test_list. Sanitized: task_id, prompt, code,
test_imports, test_list. Tasks 1 to 10 are there to be shown in prompts, 11 to 510 to test, 511 to 600 to validate, 601 to
974 to train.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from aifirst_model.evaluation.errors import EvaluationError
from aifirst_model.evaluation.problem import Problem, text_of, texts_of

SPLITS: Final = {
    "prompt": range(1, 11),
    "test": range(11, 511),
    "validation": range(511, 601),
    "train": range(601, 975),
}


def read_mbpp(rows: Iterable[tuple[int, dict[str, Any]]], path: Path, split: str = "") -> Iterator[Problem]:
    """The problems of a split ("test" by default; "all" for every one), in the file's order. Raises EvaluationError."""
    wanted = SPLITS.get(split or "test")
    if wanted is None and split != "all":
        raise EvaluationError(f"MBPP has no split {split!r}", f"choose one of {', '.join([*SPLITS, 'all'])}")
    for line, row in rows:
        number = row.get("task_id")
        if not isinstance(number, int):
            raise EvaluationError(f"{path}:{line}: task_id is no number", "give MBPP's own file, unchanged")
        if wanted is None or number in wanted:
            yield _problem(row, number, path, line)


def _problem(row: dict[str, Any], number: int, path: Path, line: int) -> Problem:
    code = text_of(row, "code", path, line)
    tests = texts_of(row, "test_list", path, line)
    imports = "\n".join(texts_of(row, "test_imports", path, line))
    setup = row.get("test_setup_code")
    entry = _entry(code, tests)
    if not entry:
        raise EvaluationError(
            f"{path}:{line}: no function of the code is called by its tests",
            "give MBPP's own file, unchanged",
        )
    return Problem(
        name=f"MBPP/{number}",
        entry=entry,
        prompt="",
        task=text_of(row, "text" if "text" in row else "prompt", path, line).strip(),
        shown_tests=tests,
        tests=tests,
        solution=code,
        own="\n".join(dict.fromkeys([*imports.splitlines(), *_imported_for(tests, code)])),
        after="\n".join(text for text in (imports, setup if isinstance(setup, str) else "") if text),
    )


def _entry(code: str, tests: Iterable[str]) -> str:
    """The function of the code that the tests call; the first call decides where they call several, functions first."""
    tree = _tree(code)
    functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    others = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    others |= {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    called = [
        node.func.id
        for test in tests
        for node in ast.walk(_tree(test))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    return next((name for defined in (functions, others) for name in called if name in defined), "")


def _imported_for(tests: Iterable[str], code: str) -> Iterator[str]:
    """The solution's imports whose names the tests use, such as `math`: the judge does not take those from an answer."""
    used = {part.id for test in tests for part in ast.walk(_tree(test)) if isinstance(part, ast.Name)}
    for node in ast.walk(_tree(code)):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            bound = {alias.asname or alias.name.partition(".")[0] for alias in node.names}
            if bound & used:
                yield ast.unparse(node)


def _tree(text: str) -> ast.AST:
    """The syntax tree, an empty one for what is no Python."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        return ast.Module([], [])
