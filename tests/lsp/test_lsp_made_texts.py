"""What the editor shows beside a source: compiled code and AICCL, with the lines that they come from."""

from __future__ import annotations

from pathlib import Path

import pytest
from aifirst_lsp_server.workers.desk import Desk, ExpectedError
from aifirst_lsp_server.workers.questions import aiccl, compiled

SOURCE = b'''"""A shop.

Long words about it.
"""

import os


# STEP 1: add up
def total(prices: list[int]) -> int:
    """Add up.

    All of them.
    """
    # one by one
    return sum(prices)


class Till:
    """Takes money."""

    def take(self, amount: int) -> str:
        if amount < 0:
            raise ValueError("no debts")  # never
        return os.fspath(str(amount))
'''
DESK = Desk("librarian")


def made(**more: object) -> compiled.Answer:
    values = {"root": "/nowhere", "path": "shop.py", "text": SOURCE, **more}
    return compiled.answer(DESK, compiled.Question(**values))  # pyright: ignore[reportArgumentType] - by name


def written(
    resolution: str, text: bytes = SOURCE, root: str = "/nowhere", path: str = "shop.py"
) -> aiccl.Answer:
    return aiccl.answer(DESK, aiccl.Question(root, path, text, resolution))  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("mode", ["clean", "documented"])
@pytest.mark.parametrize("minify", [False, True])
def test_every_line_of_compiled_code_is_told_with_the_line_that_it_comes_from(
    mode: str, minify: bool
) -> None:
    answer = made(mode=mode, minify=minify)
    assert "one by one" not in answer.text
    assert answer.tokens < answer.source_tokens
    lines, source = answer.text.split("\n"), SOURCE.decode().split("\n")
    known = dict(answer.lines)
    for number, line in enumerate(lines):
        for word in ("import os", "def total", "class Till", "def take", "return os"):
            if word in line:
                assert word in source[known[number]], (number, line)
    assert list(known) == sorted(known)


def test_glue_of_structure_stays_where_it_is_asked_for() -> None:
    assert "STEP 1" not in made().text
    assert "Long words" not in made(mode="documented").text
    assert "A shop." in made(mode="documented").text


def test_the_text_is_utf8_whatever_its_cookie_says() -> None:
    answer = made(text='# -*- coding: latin-1 -*-\nNAME = "é"  # ü\n'.encode())
    assert answer.text == '# -*- coding: latin-1 -*-\nNAME = "é"\n'


def test_what_cannot_be_compiled_says_why() -> None:
    with pytest.raises(ExpectedError, match="does not parse"):
        made(text=b"def broken(:\n    pass  # it\n")
    with pytest.raises(ExpectedError, match="no language"):
        made(path="notes.md", text=b"# Words\n")
    with pytest.raises(ExpectedError, match="no language"):
        written("low", b"# Words\n", path="notes.md")


@pytest.mark.parametrize("resolution", ["medium", "low", "outline"])
def test_units_of_aiccl_are_told_with_their_lines_here_and_in_the_source(resolution: str) -> None:
    answer = written(resolution)
    lines, source = answer.text.split("\n"), SOURCE.decode().split("\n")
    ids = [id for _, _, id in answer.units]
    assert ids == ["shop.py", "shop.py::total", "shop.py::Till", "shop.py::Till.take"]
    for line, source_line, id in answer.units[1:]:
        name = id.rpartition("::")[2].rpartition(".")[2]
        assert name in lines[line]
        assert name in source[source_line]


def test_exact_comes_back_and_costs_what_it_says() -> None:
    from aifirst_codebase.tokens import get_counter
    from aifirst_compiler.aiccl.expand import expand

    answer = written("exact", SOURCE * 20)
    assert answer.tokens == get_counter("o200k_base").count(answer.text)
    ((path, text),) = expand(answer.text)
    assert path == "shop.py"
    assert text.count("def take") == 20


def test_meta_shows_the_files_of_the_folder_with_the_text_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/till.py").write_text("def open_till():\n    return 1\n")
    (tmp_path / "shop/stock.py").write_text("def old_name():\n    return 1\n")
    (tmp_path / "other.py").write_text("def elsewhere():\n    return 1\n")
    text = b"def new_name():\n    return 1\n"
    answer = written("meta", text, str(tmp_path), "shop/stock.py")
    assert "open_till" in answer.text
    assert "new_name" in answer.text
    assert "old_name" not in answer.text
    assert "elsewhere" not in answer.text
