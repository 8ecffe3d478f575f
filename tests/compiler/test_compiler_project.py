"""A folder compiles into another one: the same bytes however it is done, nothing lost, nothing of others touched."""

import errno
from pathlib import Path

import aifirst_compiler
import pytest
from aifirst_compiler.compiled import CompileOptions
from aifirst_compiler.errors import CompileError
from aifirst_compiler.project import ProjectReport, ProjectRequest, compile_project, manifest, watch_project
from aifirst_compiler.project import write_file as writing
from aifirst_compiler.project.manifest import MANIFEST

FILES = {
    "pkg/__init__.py": '"""Package."""\n',
    "pkg/a.py": '"""A."""\n\n\ndef f():\n    """F."""\n    return 1  # one\n',
    "pkg/b.py": "from pkg.a import f\n\nprint(f.__doc__)\n",
    "web/a.js": "// why\nf(); // two\n",
    "broken.py": "def f(:\n",
    "README.md": "# Title\n",
    "data.bin": "\0\1\2",
}


def make(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "project"
    make(made, FILES)
    return made


def run(root: Path, out: Path | None = None, **given: object) -> ProjectReport:
    request = ProjectRequest(root, root, out or root.parent / "out", **{"jobs": 1, **given})  # type: ignore[arg-type]
    return compile_project(request)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_every_file_comes_out(root: Path) -> None:
    report = run(root)
    out = tree(root.parent / "out")
    assert out.pop(MANIFEST)
    assert out == {
        "pkg/__init__.py": b"",
        "pkg/a.py": b'def f():\n    """F."""\n    return 1\n',
        "pkg/b.py": FILES["pkg/b.py"].encode(),
        "web/a.js": b"f();\n",
        "broken.py": b"def f(:\n",
        "README.md": b"# Title\n",
        "data.bin": b"\0\1\2",
    }
    assert [(one.path, one.action) for one in report.outcomes if one.action != "compiled"] == [
        ("README.md", "copied"),
        ("broken.py", "copied"),
        ("data.bin", "copied"),
    ]
    assert [warned.code for warned in report.all_warnings] == ["does-not-parse"]
    assert report.exit_code == 0


def test_runs_are_equal_for_any_number_of_processes(root: Path) -> None:
    run(root, root.parent / "one")
    run(root, root.parent / "two", jobs=2)
    assert tree(root.parent / "one") == tree(root.parent / "two")


def test_second_run_makes_nothing_and_an_edit_only_its_file(root: Path) -> None:
    out = root.parent / "out"
    run(root)
    before = {name: (out / name).stat().st_mtime_ns for name in tree(out)}
    assert run(root).unchanged == len(FILES)
    (root / "web/a.js").write_text("f(); // three\ng();\n", encoding="utf-8")
    assert run(root).unchanged == len(FILES) - 1
    changed = {name for name in tree(out) if (out / name).stat().st_mtime_ns != before[name]}
    assert changed == {"web/a.js", MANIFEST}


def test_incremental_run_equals_a_clean_one(root: Path) -> None:
    run(root)
    (root / "pkg/b.py").write_text("from pkg import a\n\nprint(a.__doc__)\n", encoding="utf-8")
    (root / "README.md").unlink()
    make(root, {"new/c.py": "x = 1  # why\n"})
    report = run(root)
    run(root, root.parent / "clean")
    assert tree(root.parent / "out") == tree(root.parent / "clean")
    assert report.removed == ("README.md",)
    assert (root.parent / "out/pkg/a.py").read_bytes() == b'"""A."""\n\n\ndef f():\n    return 1\n'


def test_options_are_part_of_what_makes_an_output_current(root: Path) -> None:
    run(root)
    run(root, options=CompileOptions(keep_docstrings=True))
    assert b'"""A."""' in (root.parent / "out/pkg/a.py").read_bytes()


def test_compiling_the_output_changes_nothing(root: Path) -> None:
    run(root)
    out = root.parent / "out"
    run(out, root.parent / "again")
    first, second = tree(out), tree(root.parent / "again")
    del first[MANIFEST], second[MANIFEST]
    assert first == second


def test_check_tells_what_is_stale_and_writes_nothing(root: Path) -> None:
    out = root.parent / "out"
    assert {stale.why for stale in run(root, check=True).stale} == {"missing"}
    assert not out.exists()
    run(root)
    assert run(root, check=True).exit_code == 0
    (root / "web/a.js").write_text("g();\n", encoding="utf-8")
    (root / "README.md").unlink()
    before = tree(out)
    report = run(root, check=True)
    assert [(stale.out, stale.why) for stale in report.stale] == [
        ("README.md", "extra"),
        ("web/a.js", "different"),
    ]
    assert report.exit_code == 1
    assert tree(out) == before


def test_check_needs_no_manifest(root: Path) -> None:
    run(root)
    (root.parent / "out" / MANIFEST).unlink()
    assert run(root, check=True).exit_code == 0


def test_output_that_somebody_changed_is_made_again(root: Path) -> None:
    run(root)
    (root.parent / "out/web/a.js").write_text("changed", encoding="utf-8")
    run(root)
    assert (root.parent / "out/web/a.js").read_bytes() == b"f();\n"


def test_totals_are_by_language_and_counted_where_asked(root: Path) -> None:
    first = run(root, tokens=True)
    totals = {total.language: total for total in first.totals}
    assert totals["python"].files == 4
    assert totals["javascript"].lines == (2, 1)
    assert totals["javascript"].bytes == (19, 5)
    assert totals["javascript"].tokens[0] > totals["javascript"].tokens[1] > 0
    assert run(root, tokens=True).totals == first.totals
    assert {total.tokens for total in run(root).totals} == {(0, 0)}


def test_folder_of_somebody_else_is_not_written_into(root: Path) -> None:
    out = root.parent / "out"
    make(out, {"mine.txt": "mine"})
    with pytest.raises(CompileError, match="no compile of this project"):
        run(root)
    run(root, adopt=True)
    assert (out / "mine.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(("source", "out"), [(".", "."), ("pkg", "."), ("missing", "out")])
def test_folders_that_would_overwrite_each_other_are_refused(root: Path, source: str, out: str) -> None:
    with pytest.raises(CompileError) as told:
        compile_project(ProjectRequest(root, root / source, root / out, adopt=True))
    assert told.value.next_step


def test_output_inside_the_source_is_not_compiled_itself(root: Path) -> None:
    out = root / "build [x]"
    run(root, out)
    run(root, out)
    assert set(tree(out)) == {*FILES, MANIFEST}
    run(root, root.parent / "other")
    assert set(tree(root.parent / "other")) == {*FILES, MANIFEST}


def test_folder_below_the_project_is_compiled_with_what_the_project_reads(root: Path) -> None:
    out = root.parent / "out"
    compile_project(ProjectRequest(root, root / "pkg", out, jobs=1))
    assert set(tree(out)) == {"__init__.py", "a.py", "b.py", MANIFEST}
    assert b"F." in (out / "a.py").read_bytes()


def test_mode_bits_and_links_are_kept(root: Path) -> None:
    make(root, {"run.sh": "#!/bin/sh\n# why\nx\n"})
    (root / "run.sh").chmod(0o755)
    (root / "link.py").symlink_to("pkg/a.py")
    (root / "away.py").symlink_to("/etc/hostname")
    report = run(root)
    out = root.parent / "out"
    assert (out / "run.sh").stat().st_mode & 0o777 == 0o755
    assert (out / "link.py").readlink() == Path("pkg/a.py")
    assert not (out / "away.py").is_symlink()
    assert "link-outside" in {warned.code for warned in report.all_warnings}
    assert run(root).unchanged == len(FILES) + 2


def test_link_in_the_output_is_not_followed_out_of_it(root: Path) -> None:
    away = root.parent / "away"
    away.mkdir()
    run(root)
    out = root.parent / "out"
    (out / "web/a.js").unlink()
    (out / "web").rmdir()
    (out / "web").symlink_to(away)
    report = run(root)
    assert list(away.iterdir()) == []
    assert report.exit_code == 2


def test_file_that_cannot_be_read_is_told_and_the_rest_compiled(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Path.read_bytes

    def refused(self: Path) -> bytes:
        if self.name == "a.js":
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return read(self)

    monkeypatch.setattr(Path, "read_bytes", refused)
    report = run(root)
    assert [one.path for one in report.outcomes if one.action == "failed"] == ["web/a.js"]
    assert (root.parent / "out/pkg/a.py").exists()


def test_full_disk_is_told_with_what_to_do(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Path] = []
    replace = Path.replace

    def full(self: Path, target: Path) -> Path:
        if len(written) == 3 and target.name != MANIFEST:  # the first is the manifest
            raise OSError(errno.ENOSPC, "No space left on device", str(target))
        written.append(target)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(CompileError, match="No space left") as told:
        run(root)
    assert "make room" in told.value.next_step
    out = root.parent / "out"
    assert [name for name in tree(out) if ".tmp" in name] == []
    monkeypatch.undo()
    assert run(root).unchanged == 2


def test_interrupted_write_leaves_no_half_file(tmp_path: Path) -> None:
    def fill(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        writing._replace(tmp_path, tmp_path / "a.py", 0o644, fill)  # pyright: ignore[reportPrivateUsage] - the one place where it can stop
    assert list(tmp_path.iterdir()) == []


def test_ignored_files_stay_out(root: Path) -> None:
    make(root, {".gitignore": "*.log\n", "a.log": "x", "node_modules/x.js": "x"})
    run(root)
    assert "a.log" not in tree(root.parent / "out")
    assert not (root.parent / "out/node_modules").exists()


def test_watch_compiles_again_after_a_change(root: Path) -> None:
    request = ProjectRequest(root, root, root.parent / "out", jobs=1)
    began: list[int] = []
    reports = watch_project(request, begin=lambda: began.append(len(began)))
    assert next(reports).unchanged == 0
    (root / "web/a.js").write_text("h(); // four\n", encoding="utf-8")
    assert next(reports).unchanged == len(FILES) - 1
    assert began == [0, 1]
    reports.close()
    assert (root.parent / "out/web/a.js").read_bytes() == b"h();\n"


def test_documentation_that_a_crate_demands_stays(tmp_path: Path) -> None:
    root = tmp_path / "crate"
    make(
        root,
        {
            "src/lib.rs": "#![deny(missing_docs)]\n//! Crate.\npub mod a;\n",
            "src/a.rs": "//! Module.\n// why\npub fn f() {}\n",
        },
    )
    run(root)
    assert (root.parent / "out/src/a.rs").read_bytes() == b"//! Module.\npub fn f() {}\n"


def test_examples_stay_where_the_tests_of_the_project_run_them(tmp_path: Path) -> None:
    root = tmp_path / "project"
    make(root, {"pytest.ini": "[pytest]\naddopts = --doctest-modules\n", "a.py": '"""A.\n\n>>> 1\n1\n"""\n'})
    run(root)
    assert b">>>" in (root.parent / "out/a.py").read_bytes()


def test_an_output_is_of_its_own_source_and_a_map_of_its_own_place(root: Path) -> None:
    """Two folders that hold the same file, one of which keeps its documentation; an output that moved."""
    make(root, {"one/a.py": '"""A."""\n', "two/a.py": '"""A."""\n'})
    options = CompileOptions(keep=("one/a.py::*",), maps=True)
    out, clean = root.parent / "out", root.parent / "clean"
    compile_project(ProjectRequest(root, root / "one", out, options, jobs=1))
    compile_project(ProjectRequest(root, root / "two", out, options, jobs=1))
    compile_project(ProjectRequest(root, root / "two", clean, options, jobs=1))
    assert tree(out) == tree(clean)
    deeper = root.parent / "some" / "where"
    deeper.parent.mkdir()
    out.rename(deeper)
    (stale,) = compile_project(ProjectRequest(root, root / "two", deeper, options, jobs=1, check=True)).stale
    assert stale.out == "a.py"


def test_the_output_of_a_script_that_is_gone_goes_also_beside_one_of_typescript(root: Path) -> None:
    make(root, {"web/a.ts": "export const a: number = 1; // why\n"})
    options = CompileOptions(minify="bytes")
    run(root, options=options)
    (root / "web/a.js").unlink()
    assert "web/a.js" in tree(root.parent / "out")
    run(root, options=options)
    run(root, root.parent / "clean", options=options)
    assert tree(root.parent / "out") == tree(root.parent / "clean")


def test_a_manifest_of_somebody_else_harms_nothing(root: Path) -> None:
    out, victim = root.parent / "out", root.parent / "victim"
    make(victim, {"kept.txt": "kept"})
    out.mkdir()
    (out / "link").symlink_to(victim)
    names = ["../victim/kept.txt", str(victim / "kept.txt"), "..", "", "a\\u0000b", "link/kept.txt"]
    files = ",".join(f'{{"path":"x","out":"{name}","action":"compiled"}}' for name in names)
    (out / MANIFEST).write_text(f'{{"made_by":"x","key":"","files":[{files}]}}')
    (out / "pkg").symlink_to(victim)
    make(root, {"pkg/deep/er/c.py": "x = 1\n"})
    report = run(root)
    assert {one.path for one in report.outcomes if one.action == "failed"} >= {"pkg/deep/er/c.py", "pkg/a.py"}
    assert [path.name for path in victim.iterdir()] == ["kept.txt"]


def test_a_link_past_the_name_of_the_source_stays_inside_the_output(root: Path) -> None:
    (root / "pkg" / "link.py").symlink_to(f"../../{root.name}/pkg/a.py")
    run(root)
    link = root.parent / "out" / "pkg" / "link.py"
    assert link.resolve() == (root.parent / "out" / "pkg" / "a.py").resolve()


def test_a_source_too_large_to_be_compiled_is_told(root: Path) -> None:
    make(
        root, {"aifirst.toml": "[discovery]\nmax_file_bytes = 1024\n", "pkg/large.py": "x = 1  # so\n" * 200}
    )
    for _ in range(2):
        (large,) = [one for one in run(root).outcomes if one.path == "pkg/large.py"]
        assert (large.action, [one.code for one in large.warnings]) == ("copied", ["too-large"])


def nothing_done(*_: object) -> None:
    """What a process that was killed did."""


def test_a_run_that_was_killed_is_taken_up_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed before it could write down what it had made: no error is handled, nothing is cleaned up."""
    out = root.parent / "out"
    with monkeypatch.context() as patch:
        patch.setattr("aifirst_compiler.project.run._keep_manifest", nothing_done)
        run(root, options=CompileOptions(maps=True))
    (out / "pkg" / ".aifirst-999999999.tmp").write_text("half")
    (root / "pkg" / "a.py").unlink()
    run(root, options=CompileOptions(maps=True))
    run(root, root.parent / "clean", options=CompileOptions(maps=True))
    assert tree(out) == tree(root.parent / "clean")


def test_what_makes_outputs_is_a_part_of_their_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "aifirst_compiler"
    package.mkdir()
    (package / "__init__.py").write_text("")
    monkeypatch.setattr(aifirst_compiler, "__file__", str(package / "__init__.py"))
    keys: set[str] = set()
    for text in ("one = 1\n", "one = 2\n", "one = 2\n"):
        (package / "passes.py").write_text(text)
        manifest.program_digest.cache_clear()
        keys.add(manifest.key_of(CompileOptions(), ""))
    monkeypatch.undo()
    manifest.program_digest.cache_clear()
    keys.add(manifest.key_of(CompileOptions(), ""))
    assert len(keys) == 3
    assert manifest.key_of(CompileOptions(optimize=1), "") not in keys


def test_settings_of_typescript_that_cannot_be_read_are_told(root: Path) -> None:
    make(root, {"web/b.ts": "export const b: number = 1;\n", "web/tsconfig.json": "{ broken"})
    report = run(root, options=CompileOptions(minify="tokens"))
    (told,) = (one for one in report.all_warnings if one.code == "script-settings")
    assert told.path == "web/tsconfig.json"
    assert "without its settings" in told.message
    assert told.next_step
    assert report.exit_code == 0
    assert not [one for one in run(root).all_warnings if one.code == "script-settings"]
