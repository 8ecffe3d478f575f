"""One map per project: versions, small edits, growth, and documents that fit it or not."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest
from aifirst_compiler.aiccl.errors import AicclError
from aifirst_compiler.aiccl.exact import ExactOptions, write
from aifirst_compiler.aiccl.exact.update_map import update_map
from aifirst_compiler.aiccl.expand import expand
from aifirst_compiler.aiccl.maps.project_map import load_project_map, make_project_map, save_project_map
from aifirst_compiler.aiccl.maps.version import fits
from aifirst_compiler.aiccl.notation import Entry, Map
from hypothesis import given, settings
from hypothesis import strategies as st

STDLIB = Path(sysconfig.get_paths()["stdlib"])
KEEP = ExactOptions(glue="keep")


def package(name: str) -> list[tuple[str, str]]:
    return [
        (path.relative_to(STDLIB).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted((STDLIB / name).glob("*.py"))
    ]


@pytest.fixture(scope="module")
def files() -> list[tuple[str, str]]:
    return package("json")


@pytest.fixture(scope="module")
def project(files: list[tuple[str, str]]) -> Map:
    return update_map(files, None, KEEP)


def test_a_small_edit_leaves_the_map_as_it_is(files: list[tuple[str, str]], project: Map) -> None:
    edited = [*files[:-1], (files[-1][0], files[-1][1] + "\n\ndef added(self):\n    return self.value\n")]
    assert update_map(edited, project, KEEP) == project
    assert expand(write(edited, KEEP, project=project).text) == edited


def test_new_code_adds_entries_behind_those_that_are_there(
    files: list[tuple[str, str]], project: Map
) -> None:
    new = "\n".join(
        f"    check_every_measurement_of(sensor_{n}, tolerance=limits.of_sensors)" for n in range(60)
    )
    grown = update_map([*files, ("new.py", f"def run():\n{new}\n")], project, KEEP)
    assert grown.entries[: len(project.entries)] == project.entries
    assert len(grown.entries) > len(project.entries)
    assert fits(grown, project.version)
    assert not fits(project, grown.version)
    older = write(files, KEEP, project=project, include_map=False)
    assert expand(older.text, [grown]) == files


def test_another_project_gets_a_map_of_the_next_generation(project: Map) -> None:
    other = update_map(package("asyncio")[:12], project, KEEP)
    assert other.version.startswith("2.")
    assert not fits(other, project.version)


def test_a_document_names_the_version_it_needs(files: list[tuple[str, str]], project: Map) -> None:
    document = write(files, KEEP, project=project, include_map=False)
    assert f'uses="project@{project.version}"' in document.text
    assert expand(document.text, [project]) == files
    with pytest.raises(AicclError, match="project is used and not there") as error:
        expand(document.text)
    assert error.value.next_step
    rebuilt = make_project_map(project.entries[1:], 2)
    with pytest.raises(AicclError, match="this is version 2") as error:
        expand(document.text, [rebuilt])
    assert "make the document again" in error.value.next_step


def test_a_shared_map_is_counted_apart(files: list[tuple[str, str]], project: Map) -> None:
    alone = write(files, KEEP, project=project, include_map=False)
    together = write(files, KEEP, project=project)
    assert alone.outer_map_tokens == pytest.approx(together.map_tokens - alone.map_tokens, abs=3)
    assert alone.ratio == pytest.approx(together.ratio, abs=0.01)
    assert alone.ratio_without_map > alone.ratio


def test_a_few_files_do_not_carry_the_whole_project_map(files: list[tuple[str, str]], project: Map) -> None:
    few = files[1:2]
    document = write(few, KEEP, project=project)
    assert document == write(few, KEEP)
    assert document.tokens < document.plain_tokens


signs = st.sampled_from(["self.", "return ", "词", "语", "文", "가", "\n", "x", "\r", " ", "    ", "é"])
texts = st.lists(signs, max_size=30).map("".join)


@settings(derandomize=True, max_examples=80, deadline=None)
@given(st.lists(texts, min_size=1, max_size=3), st.lists(texts, min_size=1, max_size=3))
def test_any_text_comes_back_through_any_map(known: list[str], written: list[str]) -> None:
    project = update_map([(str(n), text * 9) for n, text in enumerate(known)], None, KEEP)
    files = [(str(n), text) for n, text in enumerate(written)]
    document = write(files, KEEP, project=project, include_map=False)
    assert expand(document.text, [project]) == files
    assert document.tokens <= document.plain_tokens


def test_the_map_is_kept_in_a_file_in_the_notation(project: Map, tmp_path: Path) -> None:
    path = tmp_path / ".aifirst" / "aiccl.map"
    assert load_project_map(path) is None
    save_project_map(project, path)
    assert load_project_map(path) == project
    before = path.stat().st_mtime_ns
    save_project_map(project, path)
    assert path.stat().st_mtime_ns == before
    assert [entry.name for entry in path.parent.iterdir()] == ["aiccl.map"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("exact version", "version", "no entry of a map"),
        ("self", "this", "changed by hand"),
        ("<comp:map:project", "<comp:map:other", "does not hold one exact map"),
        ("</comp:map>", "", "not closed"),
    ],
)
def test_a_map_that_was_changed_by_hand_is_refused(
    old: str, new: str, said: str, project: Map, tmp_path: Path
) -> None:
    path = tmp_path / "aiccl.map"
    save_project_map(project, path)
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(AicclError, match=said) as error:
        load_project_map(path)
    assert error.value.next_step


def test_a_version_changes_with_every_entry() -> None:
    entries = (Entry("词", "ab"), Entry("语", "c"))
    versions = {
        make_project_map(other, 1).version
        for other in (
            entries,
            entries[:1],
            (Entry("词", "a"), Entry("语", "bc")),
            (Entry("词", "ab"), Entry("语", "c", True)),
        )
    }
    assert len(versions) == 4


@pytest.mark.parametrize(("data", "why"), [(b"<comp:map other\n", "is no map"), (b"\xff", "cannot be read")])
def test_a_file_that_holds_no_map_is_named_with_the_next_step(data: bytes, why: str, tmp_path: Path) -> None:
    (tmp_path / "broken.map").write_bytes(data)
    with pytest.raises(AicclError, match=rf"broken\.map {why}") as caught:
        load_project_map(tmp_path / "broken.map")
    assert "make the map again" in caught.value.next_step
