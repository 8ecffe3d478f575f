"""The lexical level: whatever order of changes led there, it holds and finds what a fresh index does."""

from __future__ import annotations

import math
import sqlite3
from types import SimpleNamespace
from typing import Any, cast

import hypothesis.strategies as st
import numpy as np
import pytest
from aifirst_memory.level import Change
from aifirst_memory.lexical.bm25 import Bm25Settings
from aifirst_memory.lexical.extract import extract_lexical
from aifirst_memory.lexical.file_words import file_words
from aifirst_memory.lexical.level import LexicalLevel
from aifirst_memory.lexical.packed_numbers import pack_numbers, unpack_numbers
from aifirst_memory.lexical.postings import FIELDS
from aifirst_memory.lexical.reader import LexicalReader
from aifirst_memory.lexical.unit_words import UnitWords, path_words
from hypothesis import given, settings

VOCABULARY = ["login", "redirect", "view", "user", "query", "cache"]
Content = tuple[UnitWords, ...]
SETTINGS = Bm25Settings(k1=1.4, b=0.6)

_counts = st.dictionaries(st.sampled_from(VOCABULARY), st.integers(1, 4), max_size=4)
_content = st.lists(st.builds(UnitWords, _counts, _counts, _counts), min_size=1, max_size=3).map(tuple)
_path = st.sampled_from(["login.py", "view.py", "user/query.py", "user/cache.py"])
_step = st.one_of(
    st.tuples(st.just("write"), _path, _content),
    st.tuples(st.just("remove"), _path),
    st.tuples(st.just("rename"), _path, _path),
    st.tuples(st.just("finish")),
)


class Project:
    """A database with the table that the tree keeps, the level, and what should be in it."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:")
        self.level = LexicalLevel()
        self.connection.executescript(self.level.schema)
        self.connection.execute("CREATE TABLE file (file_id INTEGER PRIMARY KEY, path TEXT UNIQUE)")
        self.stored: dict[str, Any] = {}
        self.contents: dict[str, Content] = {}
        self._next_unit, self._next_file = 1, 1

    def write(self, contents: dict[str, Content], *, initial: bool = False) -> None:
        """One change that brings these files to these contents."""
        removed = [self.stored[path] for path in contents if path in self.stored]
        added = [self._add(path, content, self.stored.get(path)) for path, content in contents.items()]
        self._apply(added, removed, initial=initial)

    def remove(self, path: str) -> None:
        stored = self.stored.pop(path, None)
        if stored is not None:
            del self.contents[path]
            self.connection.execute("DELETE FROM file WHERE path = ?", (path,))
            self._apply([], [stored])

    def rename(self, before: str, after: str) -> None:
        if before not in self.stored or after in self.stored:
            return
        stored, content = self.stored.pop(before), self.contents.pop(before)
        self.connection.execute("DELETE FROM file WHERE path = ?", (before,))
        self._apply([self._add(after, content, stored)], [stored])

    def _add(self, path: str, content: Content, before: Any) -> Any:
        file_id = self._next_file if before is None else before.file_id
        self._next_file += before is None
        stored = SimpleNamespace(file_id=file_id, path=path, first_unit=self._next_unit, units=len(content))
        self._next_unit += len(content) + 2
        self.stored[path], self.contents[path] = stored, content
        self.connection.execute("INSERT OR REPLACE INTO file VALUES (?, ?)", (file_id, path))
        return SimpleNamespace(
            stored=stored, record=SimpleNamespace(lexical=extract_lexical(file_words(content)))
        )

    def _apply(self, added: list[Any], removed: list[Any], *, initial: bool = False) -> None:
        change = SimpleNamespace(added=added, removed=removed, initial=initial)
        self.level.apply(self.connection, cast(Change, change))

    def dump(self) -> list[str]:
        return list(self.level.dump(self.connection))


def _scores(project: Project, reader: LexicalReader, weights: dict[str, float]) -> dict[tuple[str, int], Any]:
    """All scores by path and unit, those of the whole file under -1."""
    scores = reader.score(weights)
    found: dict[tuple[str, int], Any] = {}
    for path, stored in project.stored.items():
        found[path, -1] = scores.files.by_field[:, stored.file_id]
        for unit in range(stored.units):
            found[path, unit] = scores.units.by_field[:, stored.first_unit + unit]
    return found


def _expected(contents: dict[str, Content], weights: dict[str, float]) -> dict[tuple[str, int], list[float]]:
    """BM25 by its definition, word by word and document by document."""
    units: dict[tuple[str, int], list[dict[str, int]]] = {}
    files: dict[tuple[str, int], list[dict[str, int]]] = {}
    for path, content in contents.items():
        whole: list[dict[str, int]] = [{}, {}, {}, {}]
        for index, unit in enumerate(content):
            path_field = {} if index else path_words(path)
            fields = [unit.code, unit.glue, unit.name if index else {}, path_field]
            units[path, index] = fields
            for total, field in zip(whole, fields, strict=True):
                for word, count in field.items():
                    total[word] = total.get(word, 0) + count
        files[path, -1] = whole
    return {**_bm25(units, weights), **_bm25(files, weights)}


def _bm25(
    documents: dict[tuple[str, int], list[dict[str, int]]], weights: dict[str, float]
) -> dict[tuple[str, int], list[float]]:
    scores = {key: [0.0] * len(FIELDS) for key in documents}
    for field in range(len(FIELDS)):
        lengths = [sum(fields[field].values()) for fields in documents.values()]
        mean = sum(lengths) / max(1, sum(length > 0 for length in lengths))
        for word, weight in weights.items():
            found = sum(word in fields[field] for fields in documents.values())
            rarity = math.log(1 + (len(documents) - found + 0.5) / (found + 0.5))
            for key, fields in documents.items():
                if times := fields[field].get(word, 0):
                    relative = sum(fields[field].values()) / mean
                    held_back = SETTINGS.k1 * (1 - SETTINGS.b + SETTINGS.b * relative)
                    scores[key][field] += weight * rarity * times / (times + held_back)
    return scores


def _fresh(contents: dict[str, Content]) -> Project:
    project = Project()
    project.write(contents, initial=True)
    project.level.finish(project.connection)
    return project


@given(st.lists(_step, max_size=12), st.booleans(), st.dictionaries(_path, _content))
@settings(derandomize=True, max_examples=60, deadline=None)
def test_any_order_of_changes_comes_to_what_a_rebuild_holds_and_scores(
    steps: list[Any], merge_always: bool, first: dict[str, Content]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if merge_always:
            patch.setattr("aifirst_memory.lexical.level.FEW_POSTINGS", 0)
        project = _fresh(first)
        reader = LexicalReader.load(project.connection, SETTINGS)
        for step in steps:
            if step[0] == "write":
                project.write({step[1]: step[2]})
            elif step[0] == "remove":
                project.remove(step[1])
            elif step[0] == "rename":
                project.rename(step[1], step[2])
            else:
                project.level.finish(project.connection)
            reader.refresh(project.connection)
    rebuilt = _fresh(project.contents)
    assert project.dump() == rebuilt.dump()
    weights = {"login": 1.0, "view": 2.0, "query": 0.5, "absent": 1.0}
    expected = _expected(project.contents, weights)
    loaded = LexicalReader.load(project.connection, SETTINGS)
    for scores in (_scores(project, reader, weights), _scores(project, loaded, weights)):
        assert scores.keys() == expected.keys()
        for key, value in expected.items():
            assert scores[key] == pytest.approx(value, rel=1e-5, abs=1e-7)


@given(st.lists(st.one_of(st.integers(0, 300), st.integers(0, 2**32 - 1)), max_size=300))
@settings(derandomize=True, max_examples=100)
def test_packed_numbers_come_back(numbers: list[int]) -> None:
    assert unpack_numbers(pack_numbers(np.array(numbers, np.uint32))).tolist() == numbers


def test_a_damaged_column_is_an_error_and_no_wrong_answer() -> None:
    packed = pack_numbers(np.arange(600, dtype=np.uint32))
    with pytest.raises(ValueError, match="shorter"):
        unpack_numbers((601).to_bytes(4, "little") + packed[4:])


@pytest.mark.parametrize("damage", [b"", bytes(9), bytes(99), None])
@pytest.mark.parametrize("part", ["keys", "sizes", "units", "counts", "lengths"])
def test_a_damaged_base_is_told_as_a_damaged_database(part: str, damage: bytes | None) -> None:
    project = _fresh({"a.py": (_unit("login view", "user"),), "b.py": (_unit("cache"),)})
    if damage is None:
        project.connection.execute("DELETE FROM lexical_base WHERE part = ?", (part,))
    else:
        project.connection.execute("UPDATE lexical_base SET data = ? WHERE part = ?", (damage, part))
    with pytest.raises(sqlite3.DatabaseError, match="aifirst index"):
        LexicalReader.load(project.connection)


def test_a_damaged_row_is_told_as_a_damaged_database() -> None:
    project = _fresh({"a.py": (_unit("login"),)})
    project.write({"a.py": (_unit("view"),)})
    project.connection.execute("UPDATE lexical_delta SET data = x'00'")
    with pytest.raises(sqlite3.DatabaseError, match="aifirst index"):
        LexicalReader.load(project.connection)


def _unit(code: str = "", glue: str = "", name: str = "") -> UnitWords:
    return UnitWords(
        *({word: text.split().count(word) for word in text.split()} for text in (code, glue, name))
    )


def test_a_first_build_of_many_batches_ends_with_one_base_and_no_rows_beside_it() -> None:
    contents = {f"file{i}.py": (_unit("login view"), _unit(f"word{i}", "why", "unit")) for i in range(4)}
    project = Project()
    for path, content in contents.items():
        project.write({path: content}, initial=True)
    project.level.finish(project.connection)
    assert project.connection.execute("SELECT COUNT(*) FROM lexical_delta").fetchone() == (0,)
    assert project.dump() == _fresh(contents).dump() != []


def test_a_change_of_one_file_leaves_the_base_alone() -> None:
    project = _fresh({f"file{i}.py": (_unit("login view " * 3),) for i in range(100)})
    before = project.connection.execute("SELECT part, data FROM lexical_base ORDER BY 1").fetchall()
    project.write({"file5.py": (_unit("redirect"),)})
    project.level.finish(project.connection)
    assert project.connection.execute("SELECT part, data FROM lexical_base ORDER BY 1").fetchall() == before
    assert project.connection.execute("SELECT COUNT(*) FROM lexical_delta").fetchone() == (1,)


def test_a_grown_delta_is_merged_into_the_base() -> None:
    project = _fresh({f"file{i}.py": (_unit("login view"),) for i in range(100)})
    reader = LexicalReader.load(project.connection)
    for i in range(60):
        project.write({f"file{i}.py": (_unit("redirect"),)})
    project.level.finish(project.connection)
    assert project.connection.execute("SELECT COUNT(*) FROM lexical_delta").fetchone() == (0,)
    assert reader.refresh(project.connection)
    assert reader.known(["redirect", "login", "nowhere"]) == {"redirect": (60, 60), "login": (40, 40)}
    assert not reader.refresh(project.connection)


def test_a_match_says_which_word_stands_in_which_field_and_what_it_adds() -> None:
    project = _fresh(
        {
            "shop/login.py": (_unit(), _unit("view redirect redirect", "view", "view")),
            "other.py": (_unit("view"),),
        }
    )
    reader = LexicalReader.load(project.connection)
    unit_id = project.stored["shop/login.py"].first_unit + 1
    weights = {"view": 1.0, "redirect": 1.0, "login": 1.0}
    matches = reader.matched(unit_id, weights)
    assert {(m.word, m.field, m.times) for m in matches} == {
        ("view", "code", 1), ("view", "glue", 1), ("view", "name", 1), ("redirect", "code", 2),
    }  # fmt: skip
    total = reader.score(weights).units.by_field[:, unit_id].sum()
    assert sum(m.score for m in matches) == pytest.approx(float(total), rel=1e-5)
    assert [(m.word, m.field) for m in reader.matched(unit_id - 1, weights)] == [("login", "path")]


def test_an_empty_index_and_an_empty_query_score_nothing() -> None:
    project = Project()
    reader = LexicalReader.load(project.connection)
    assert reader.score({"login": 1.0}).units.by_field.sum() == 0
    assert reader.known(["login"]) == {}
    full = LexicalReader.load(_fresh({"a.py": (_unit("login"),)}).connection)
    assert full.score({}).files.by_field.sum() == 0
    assert full.matched(7, {"login": 1.0}) == []


def test_a_count_over_what_a_byte_holds_is_clipped_and_its_length_is_not() -> None:
    project = _fresh({"a.py": (UnitWords({"login": 1000}, {}, {}),)})
    assert [line.split("\t")[-1] for line in project.dump() if "\tcode\t" in line] == ["255", "1000"]


def test_the_same_files_give_the_same_bytes() -> None:
    contents = {"a.py": (_unit("login view", "user"),), "b.py": (_unit("cache"),)}
    rows = [
        _fresh(dict(order)).connection.execute("SELECT * FROM lexical_base ORDER BY part").fetchall()
        for order in (contents.items(), contents.items())
    ]
    assert rows[0] == rows[1]
