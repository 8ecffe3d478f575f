"""The resolution `exact`: every text comes back, no document costs more than the source, few tokens for much code."""

from __future__ import annotations

import ast
import sysconfig
from collections import Counter
from pathlib import Path

import msgspec
import numpy as np
import pytest
from aifirst_codebase.tokens import get_counter
from aifirst_compiler.aiccl import notation
from aifirst_compiler.aiccl.errors import AicclError
from aifirst_compiler.aiccl.exact import ExactOptions, write
from aifirst_compiler.aiccl.exact.choose_flat import choose_flat
from aifirst_compiler.aiccl.exact.pairs import BARRIER, replace_pairs
from aifirst_compiler.aiccl.exact.phrases import find_phrases
from aifirst_compiler.aiccl.exact.prune import Rules, prune
from aifirst_compiler.aiccl.exact.symbols import symbols_of
from aifirst_compiler.aiccl.expand import expand
from aifirst_compiler.aiccl.notation import parse
from hypothesis import given, settings
from hypothesis import strategies as st

KEEP = ExactOptions(glue="keep")
STDLIB = Path(sysconfig.get_paths()["stdlib"])
COUNT = get_counter().count

piece = st.sampled_from(
    ["<comp:code>", "</comp:code>", "<\\comp:", "def f(self):\n    return self.x\n", "\r\n", "\r", "\n", "\\", "//",
     "词语", "가나 ", "\ud800", "\0", "é", "x = x + 1\n", " ", "\t", "🔐", "ｶﾞ"]
)  # fmt: skip
texts = st.lists(piece | st.text(max_size=4), max_size=30).map("".join)


def package(name: str) -> list[tuple[str, str]]:
    """The files of one package of the running standard library."""
    return [
        (path.relative_to(STDLIB).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted((STDLIB / name).rglob("*.py"))
    ]


@settings(derandomize=True, max_examples=100, deadline=None)
@given(
    st.lists(texts, max_size=3),
    st.builds(
        ExactOptions,
        glue=st.just("keep"),
        tokenizer=st.sampled_from(["o200k_base", "cl100k_base"]),
        max_entries=st.none() | st.integers(0, 4),
        nested=st.booleans(),
    ),
)
def test_any_text_comes_back_exactly(written: list[str], options: ExactOptions) -> None:
    files = [(f"{index}.txt", text * 3) for index, text in enumerate(written)]
    document = write(files, options)
    assert expand(document.text) == files
    assert document.tokens <= document.plain_tokens
    document.text.encode("utf-8")
    assert not set(document.text) & set("\r\0")


def test_a_map_that_is_not_kept_small_for_reading_has_no_line_ends_and_paths_hold_symbols() -> None:
    files = package("asyncio")
    document = write(files)
    (part,) = parse(document.text).maps
    assert part.joined
    (lines,) = parse(write(files, ExactOptions(nested=False, patterns=False)).text).maps
    assert not lines.joined
    in_lines = notation.write([msgspec.structs.replace(part, joined=False)])
    assert COUNT(in_lines) - document.map_tokens > len(part.entries) / 2
    assert all(block.file for block in parse(document.text).code)
    assert [block.id for block in parse(document.text).code] != [path for path, _ in files]
    assert document.ratio > 2.9


def test_without_glue_the_syntax_tree_is_that_of_the_source_minus_its_glue() -> None:
    files = package("json")
    for (path, text), (source_path, source) in zip(expand(write(files).text), files, strict=True):
        assert path == source_path
        assert ast.dump(ast.parse(text)) == ast.dump(_without_docstrings(ast.parse(source)))


def test_documentation_that_another_file_of_the_document_reads_stays() -> None:
    files = [("a.py", 'def f():\n    """F."""\n    return 1\n'), ("b.py", "import a\nprint(a.f.__doc__)\n")]
    assert '"""F."""' in dict(expand(write(files).text))["a.py"]
    assert "F." not in dict(expand(write(files[:1]).text))["a.py"]


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                node.body = node.body[1:] or ([] if isinstance(node, ast.Module) else [ast.Pass()])
    return tree


def test_counts_are_those_of_the_text() -> None:
    files = package("json")
    document = write(files, KEEP)
    head = document.text[: document.text.index("<comp:file")]
    assert (document.tokens, document.map_tokens) == (COUNT(document.text), COUNT(head))
    assert document.source_tokens == sum(COUNT(text) for _, text in files)
    assert document.entries == len(parse(document.text).maps[0].entries)
    saved_by_file = (document.plain_tokens - document.code_tokens) / len(files)
    assert (
        (document.break_even - 1) * saved_by_file < document.map_tokens <= document.break_even * saved_by_file
    )


@pytest.mark.parametrize(("name", "ratio"), [("json", 2.4), ("asyncio", 2.4), ("logging", 2.5)])
def test_packages_of_the_standard_library_become_small(name: str, ratio: float) -> None:
    assert write(package(name)).ratio > ratio


def test_a_map_pays_for_itself_entry_by_entry() -> None:
    document = write(package("json"), KEEP)
    (part,) = parse(document.text).maps
    shown = "".join(entry.meaning for entry in part.entries) + "".join(
        block.text for block in parse(document.text).code
    )
    uses = Counter(shown)
    losing = [
        entry
        for entry in part.entries
        if uses[entry.symbol] * (COUNT(entry.meaning) - 1) < COUNT(entry.symbol + entry.meaning)
    ]
    assert losing == []


def test_limits_of_the_map_are_kept() -> None:
    files = package("json")
    few = write(files, ExactOptions(max_entries=30, nested=False))
    assert few.entries == 30
    symbols = {entry.symbol for entry in parse(few.text).maps[0].entries}
    assert not any(symbols & set(entry.meaning) for entry in parse(few.text).maps[0].entries)
    none = write(files, ExactOptions(max_entries=0))
    assert (none.entries, none.map_tokens, none.break_even) == (0, 0, 0)
    assert none.tokens > few.tokens > write(files).tokens


def test_what_does_not_repeat_gets_no_map() -> None:
    document = write([("a.py", "x = 1\n")])
    assert document.text == "<comp:file a.py>\nx=1\n"


def test_line_ends_survive_where_a_document_is_rewritten_with_others() -> None:
    files = [("all.txt", "a\r\nb\r\n"), ("some.txt", "a\r\nb\n"), ("lone.txt", "a\rb"), ("none.txt", "a")]
    text = write(files, KEEP).text
    assert expand(text.encode().replace(b"\n", b"\r\n").decode().replace("\r\n", "\n")) == files


def test_equal_files_give_equal_documents_whatever_the_hash_seed() -> None:
    files = package("json")
    assert write(files) == write(list(files))
    assert write(files).text == write(files).text


def test_a_path_twice_is_an_error_with_a_next_step() -> None:
    with pytest.raises(AicclError) as error:
        write([("a", ""), ("a", "")])
    assert error.value.next_step


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 4), max_size=60), st.booleans(), st.integers(0, 9))
def test_rules_expand_to_the_sequence_and_only_use_rules_before_them(
    numbers: list[int], nested: bool, most: int
) -> None:
    sequence = np.array([*numbers, BARRIER], np.int64)
    repeats = replace_pairs(sequence, 5)
    for rules in (
        prune(repeats, max_entries=most, nested=nested),
        choose_flat(sequence, repeats, max_entries=most),
    ):
        check_rules(rules, numbers, most)


def check_rules(rules: Rules, numbers: list[int], most: int) -> None:
    full: dict[int, list[int]] = {}
    for number in sorted(rules.meanings):
        full[number] = [token for part in rules.meanings[number] for token in full.get(part, [part])]
        assert BARRIER not in full[number]
    assert [token for part in rules.sequence for token in full.get(part, [part])] == [*numbers, BARRIER]
    assert len(rules.meanings) <= most


@settings(derandomize=True, max_examples=100, deadline=None)
@given(
    st.lists(st.integers(0, 3), max_size=60),
    st.lists(st.lists(st.integers(1, 3), min_size=2, max_size=5), max_size=6),
)
def test_phrases_are_found_wherever_they_stand(numbers: list[int], phrases: list[list[int]]) -> None:
    found = find_phrases(np.array(numbers, np.int64), phrases)
    for index, phrase in enumerate(phrases):
        everywhere = [at for at in range(len(numbers)) if numbers[at : at + len(phrase)] == phrase]
        assert found[index] == ([] if phrase in phrases[:index] else everywhere)


def test_a_long_run_of_one_token_takes_few_rounds() -> None:
    repeats = replace_pairs(np.array([1] * 100_000 + [BARRIER] + [1] * 70_000 + [BARRIER], np.int64), 2)
    assert len(repeats.left) < 60


def test_a_sorted_table_that_stands_twice_takes_few_rounds() -> None:
    table = [*range(1, 60_000), BARRIER]
    repeats = replace_pairs(np.array(table * 2, np.int64), 60_000)
    assert len(repeats.sequence) < 8
    rules = prune(repeats, max_entries=9, nested=True)
    assert [len(meaning) for meaning in rules.meanings.values()] == [59_999]


@pytest.mark.parametrize("tokenizer", ["o200k_base", "cl100k_base"])
def test_a_symbol_is_one_token_wherever_it_stands(tokenizer: str) -> None:
    count = get_counter(tokenizer).count
    spaced, others = symbols_of(tokenizer)
    assert len(spaced + others) == len(set(spaced + others)) > 600
    for sign in spaced + others:
        assert count(sign) == 1
        assert count(f"foo{sign}bar") == 3
        assert count(f"x = {sign}(") == count("x = y(") + (sign in others)
