"""The whole making: what goes in comes out clean, divided and mixed, and what was stopped goes on."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aifirst_model.dataset.check import check_dataset
from aifirst_model.dataset.chunks import ChunkSettings, cut_file
from aifirst_model.dataset.collect.project_documents import CollectSettings, Project
from aifirst_model.dataset.dataset_error import DatasetError
from aifirst_model.dataset.divide import DivideSettings, divide, group_of
from aifirst_model.dataset.folder import Dataset, DatasetWriter, open_dataset
from aifirst_model.dataset.gather import PairSettings
from aifirst_model.dataset.lines import SampleWriter
from aifirst_model.dataset.make import MakeSettings, make_dataset, mix_datasets
from aifirst_model.dataset.mixing import AI_FIRST, MixSettings, plan_mix
from aifirst_model.dataset.pairs.makers import MAKERS, OF_PROJECT
from aifirst_model.dataset.record import SPLITS, About, Sample, Split, Text, sample_id, texts_of
from aifirst_model.dataset.sample_file import SampleFile
from aifirst_model.dataset.settings_file import read_settings, settings_of, shares_of
from aifirst_model.dataset.show_report import show_manifest, show_survey
from aifirst_model.dataset.similar.shingles import TokenNumbers, jaccard, shingles_of
from aifirst_model.dataset.survey import survey
from aifirst_model.dataset.workshop import Workshop
from aifirst_model.errors import NeedsExtraError
from hypothesis import given, settings
from hypothesis import strategies as st

MIT = (
    "Permission is hereby granted, free of charge, to any person.\n"
    "The above copyright notice and this permission notice shall be included.\n"
)
SECRET = "ghp_" + "aB3dE6fG8hJ2kL5mN7pQ9rS1tU4vW6xY8zA2"
SOLUTION = (
    "def count_vowels(text):\n    total = 0\n    for letter in text.lower():\n        if letter in 'aeiou':\n"
    "            total += 1\n    return total\n"
)
VERBS = (
    "load",
    "write",
    "parse",
    "count",
    "merge",
    "split",
    "order",
    "check",
    "mark",
    "turn",
    "hold",
    "draw",
)
NOUNS = ("row", "page", "word", "tree", "file", "name", "user", "price", "edge", "token", "shape", "frame")


def _drawn(name: str) -> random.Random:
    return random.Random(name)  # noqa: S311 -- the same every time, and nobody's secret


def _function(draw: random.Random) -> str:
    """A documented function that no other is like."""
    verb, noun, other = draw.choice(VERBS), draw.choice(NOUNS), draw.choice(NOUNS)
    number = draw.randrange(10**6)
    name = f"{verb}_{noun}_{number}"
    lines = [
        f"    {draw.choice(NOUNS)}_{draw.randrange(99)} = {noun} * {draw.randrange(999)} + {other}"
        for _ in range(6)
    ]
    body = "\n".join([*lines, f"    return [{noun}, {other}, {number}]"])
    words = " ".join(draw.choice(NOUNS) for _ in range(6))
    return (
        f'def {name}({noun}, {other}):\n    """Take the {words} and {verb} it for the {other}."""\n{body}\n'
    )


def _project(folder: Path, name: str, files: int = 6, more: dict[str, str] | None = None) -> Project:
    draw = _drawn(name)
    root = folder / name
    texts = {
        f"part{number % 3}/module{number}.py": "\n\n".join(_function(draw) for _ in range(4))
        for number in range(files)
    }
    page = (
        "# Rules\n\n## Principles\n\n"
        + "It is the first of all the rules that there are to be followed here. " * 2
    )
    for path, text in {"LICENSE": MIT, "README.md": page + name, **texts, **(more or {})}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return Project(root, name)


def _samples(dataset: Dataset) -> Iterator[tuple[Split, Sample]]:
    for split in SPLITS:
        for sample in dataset.samples(split):
            yield split, sample


def _four(folder: Path) -> list[Project]:
    """Four projects: one holds a secret and a benchmark's answer, one a GPL file, one a copy of another's file."""
    shared = "\n\n".join(_function(_drawn(f"shared {number}")) for number in range(3))
    vowels = '"""Count."""\n\n\n' + SOLUTION.replace(":\n", ':\n    """Count the vowels of it."""\n', 1)
    gpl = "# SPDX-License-Identifier: GPL-3.0-only\n" + _function(_drawn("gpl"))
    leak = f'TOKEN = "{SECRET}"\n\n{_function(_drawn("leak"))}'
    return [
        _project(folder, "alpha", 8, {"leak.py": leak, "copy.py": shared}),
        _project(folder, "beta", 7, {"gpl.py": gpl}),
        _project(folder, "gamma", 3, {"same.py": shared, "vowels.py": vowels}),
        _project(folder, "delta", 2),
    ]


def _benchmark(folder: Path) -> Path:
    import json

    path = folder / "mbpp.jsonl"
    path.write_text(json.dumps({"task_id": 1, "text": "Count.", "code": SOLUTION}) + "\n")
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    pytest.importorskip("rensa")
    folder = tmp_path_factory.mktemp("made")
    wanted = MakeSettings(
        pairs=PairSettings(both_ways=True),
        divide=DivideSettings((60, 20, 20)),
        benchmarks=(str(_benchmark(folder)),),
    )
    make_dataset(_four(folder), folder / "data", wanted)
    return open_dataset(folder / "data")


def test_no_project_stands_in_two_splits_and_every_split_has_one(made: Dataset) -> None:
    projects: dict[str, set[str]] = defaultdict(set)
    for split, sample in _samples(made):
        projects[split].add(sample.about.project)
    assert set().union(*projects.values()) == {"alpha", "beta", "gamma", "delta"}
    assert sum(map(len, projects.values())) == 4
    assert set(projects) == set(SPLITS)


def test_nothing_over_the_border_is_nearly_the_same(made: Dataset) -> None:
    known = TokenNumbers()
    sets = [(split, shingles_of("\n".join(texts_of(sample)), known)) for split, sample in _samples(made)]
    alike = [
        (one[0], other[0])
        for at, one in enumerate(sets)
        for other in sets[at + 1 :]
        if one[0] != other[0] and jaccard(one[1], other[1]) >= 0.8
    ]
    assert alike == []
    report = next(step for step in made.manifest.steps if step.name == "deduplicate")
    assert sum(report.dropped[reason] for reason in report.dropped if "across splits" in reason) > 0


def test_what_must_not_come_out_does_not(made: Dataset) -> None:
    everything = "\n".join(text for _, sample in _samples(made) for text in texts_of(sample))
    assert SECRET not in everything
    assert "count_vowels(text):" not in everything
    assert not any(sample.about.path == "gpl.py" for _, sample in _samples(made))
    steps = {step.name: step for step in made.manifest.steps}
    assert steps["collect"].dropped["licence not allowed"] == 1
    assert steps["collect"].counts["secrets masked in files"] == 1
    assert steps["decontaminate"].counts == {"problems": 1, "problems found": 1}
    assert check_dataset(made.folder).problems == []


def test_every_step_says_what_came_in_and_where_it_went(made: Dataset) -> None:
    steps = made.manifest.steps
    assert [step.name for step in steps] == ["collect", "pairs", "divide", "deduplicate", "decontaminate"]
    for step in steps:
        if step.name != "pairs":
            assert step.came == step.went + sum(step.dropped.values()), step.name
    assert steps[-1].went == made.manifest.samples
    assert sum(steps[1].counts.values()) == steps[1].went
    shown = show_manifest(made.manifest) + show_survey(survey(made))
    assert "dropped: licence not allowed" in shown
    assert "docstring-to-body" in shown
    assert "100.00 % of them in English" in shown
    assert any("the share of no category and no level moved" in told for told in steps[3].told)


def test_tokens_are_counted_and_both_ways_are_made(made: Dataset) -> None:
    tasks = {sample.about.task for _, sample in _samples(made)}
    assert {
        "code",
        "fill",
        "docstring-to-body",
        "body-to-docstring",
        "project-question",
        "principle",
    } <= tasks
    assert all(sample.about.tokens > 5 for _, sample in _samples(made))
    assert all(sample.about.licence == "MIT" for _, sample in _samples(made))


def test_the_same_projects_give_the_same_bytes(made: Dataset, tmp_path: Path) -> None:
    wanted = MakeSettings(
        pairs=PairSettings(both_ways=True),
        divide=DivideSettings((60, 20, 20)),
        benchmarks=(str(_benchmark(tmp_path)),),
    )
    manifest = make_dataset(_four(tmp_path), tmp_path / "data", wanted)
    assert manifest.files == made.manifest.files


def _plain(near: bool = False, **fields: Any) -> MakeSettings:
    return MakeSettings(near=near, pairs=PairSettings(tasks=("code", "fill", "docstring-to-body")), **fields)


def test_one_project_is_divided_by_folder_so_that_no_file_is_in_two_splits(tmp_path: Path) -> None:
    project = _project(tmp_path, "only", 24)
    make_dataset([project], tmp_path / "data", _plain(divide=DivideSettings((60, 20, 20))))
    folders: dict[str, set[str]] = defaultdict(set)
    for split, sample in _samples(open_dataset(tmp_path / "data")):
        folders[sample.about.path.partition("/")[0]].add(split)
    assert sorted(folders) == ["part0", "part1", "part2"]
    assert all(len(splits) == 1 for splits in folders.values())


def test_a_run_that_was_stopped_goes_on_with_what_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    projects = [_project(tmp_path, name, 3) for name in ("one", "two", "three")]
    whole = make_dataset(projects, tmp_path / "whole", _plain())
    from aifirst_model.dataset import gather as gathering

    real = gathering.documents
    asked: list[str] = []

    def stopping(project: Project, *rest: Any) -> Iterator[Text]:
        asked.append(project.name)
        for number, document in enumerate(real(project, *rest)):
            if project.name == "two" and number == 1 and asked.count("two") == 1:
                raise KeyboardInterrupt
            yield document

    monkeypatch.setattr(gathering, "documents", stopping)
    with pytest.raises(KeyboardInterrupt):
        make_dataset(projects, tmp_path / "data", _plain())
    assert not (tmp_path / "data").exists()
    assert list((tmp_path / "data.work").glob("*.part")) == []
    manifest = make_dataset(projects, tmp_path / "data", _plain())
    assert asked == ["one", "two", "two", "three"]
    assert manifest.files == whole.files
    assert not (tmp_path / "data.work").exists()


def test_a_changed_file_is_read_again_and_a_half_written_step_is_not_taken(tmp_path: Path) -> None:
    projects = [_project(tmp_path, "one", 3)]
    first = make_dataset(projects, tmp_path / "data", _plain(), keep_work=True)
    for path in (tmp_path / "data.work").glob("*.jsonl"):
        path.write_bytes(path.read_bytes()[:-20])
    assert make_dataset(projects, tmp_path / "data", _plain(), keep_work=True).files == first.files
    draw = _drawn("new")
    (tmp_path / "one" / "part0" / "module0.py").write_text(_function(draw))
    assert make_dataset(projects, tmp_path / "data", _plain(), keep_work=True).files != first.files


KILLED = """
import sys
from pathlib import Path
from aifirst_model.dataset.chunks import ChunkSettings, cut_file
from aifirst_model.dataset.collect.project_documents import Project
from aifirst_model.dataset.gather import PairSettings
from aifirst_model.dataset.make import MakeSettings, make_dataset
folder = Path(sys.argv[1])
projects = [Project(folder / name, name) for name in ("one", "two", "three")]
tasks = ("code", "fill", "docstring-to-body")
make_dataset(projects, folder / "data", MakeSettings(near=False, pairs=PairSettings(tasks=tasks)))
"""


def test_a_killed_run_leaves_nothing_that_is_taken_for_a_dataset(tmp_path: Path) -> None:
    projects = [_project(tmp_path, name, 60) for name in ("one", "two", "three")]
    work = tmp_path / "data.work"
    with subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], start_new_session=True) as process:
        for _ in range(6000):
            if list(work.glob("one-documents-*.report")) or process.poll() is not None:
                break
            time.sleep(0.005)
        os.killpg(process.pid, signal.SIGKILL)
    assert not (tmp_path / "data").exists()
    with pytest.raises(DatasetError, match="is no folder"):
        open_dataset(tmp_path / "data")
    resumed = make_dataset(projects, tmp_path / "data", _plain())
    assert resumed.files == make_dataset(projects, tmp_path / "again", _plain()).files


def test_ctrl_c_ends_processes_that_are_in_the_middle_of_a_project(tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        _project(tmp_path, name, 200)
    program = Path(sys.executable).with_name("aifirst")
    command = [
        program,
        "model",
        "dataset",
        "make",
        "one",
        "two",
        "three",
        "-o",
        "data",
        "--exact-only",
        "--jobs",
        "2",
    ]
    work = tmp_path / "data.work"
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        while process.poll() is None and not list(work.glob("*.part")):
            time.sleep(0.002)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=100)
    assert process.returncode == 130, told
    assert b"the next run goes on from there" in told
    assert list(work.glob("*.part")) == []
    assert not (tmp_path / "data").exists()
    again = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert again.returncode == 0, again.stderr
    assert not work.exists()


def test_without_the_package_that_hashes_it_is_said_at_once_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rensa", None)
    projects = [_project(tmp_path, "one", 2)]
    with pytest.raises(
        NeedsExtraError, match=r"pip install 'aifirst\[train\]', or leave only exact .*--exact-only"
    ):
        make_dataset(projects, tmp_path / "data", _plain(near=True))
    assert not (tmp_path / "data.work").exists()
    assert make_dataset(projects, tmp_path / "data", _plain()).samples > 0


def test_two_runs_never_write_into_one_folder(tmp_path: Path) -> None:
    with Workshop(tmp_path / "data.work"), pytest.raises(DatasetError, match="in use by another run"):
        make_dataset([_project(tmp_path, "one", 2)], tmp_path / "data", _plain())


def test_several_processes_give_what_one_gives(tmp_path: Path) -> None:
    projects = [_project(tmp_path, name, 4) for name in ("one", "two", "three")]
    one = make_dataset(projects, tmp_path / "a", _plain())
    two = make_dataset(projects, tmp_path / "b", _plain(), jobs=2)
    assert one.files == two.files
    assert [(step.name, step.came, step.went, step.counts) for step in one.steps] == [
        (step.name, step.came, step.went, step.counts) for step in two.steps
    ]
    missing = [*projects, Project(tmp_path / "nowhere", "nowhere")]
    with pytest.raises(DatasetError, match="nowhere is no folder: give the folder"):
        make_dataset(missing, tmp_path / "c", _plain(), jobs=2)


def test_samples_made_elsewhere_are_added_divided_and_deduplicated(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    draw = _drawn("5")
    texts = [_function(draw) for _ in range(12)]
    with SampleWriter(path) as writer:
        for number, text in enumerate([*texts, texts[0]]):
            writer.write(
                Text(text, About(task="aiccl-expand", project=f"p{number % 4}", group=f"p{number % 4}"))
            )
    manifest = make_dataset([], tmp_path / "data", _plain(), sources=[SampleFile(path)])
    assert manifest.samples == 12
    assert manifest.steps[0].parameters == {"source": "mine.jsonl"}
    path.write_text(path.read_text() + '{"kind":"text"}\n')
    with pytest.raises(DatasetError, match=r"mine\.jsonl:14 is no sample"):
        make_dataset([], tmp_path / "data", _plain(), sources=[SampleFile(path)])
    assert open_dataset(tmp_path / "data").manifest.samples == 12, "the one before is still there"


def test_one_bad_line_is_told_by_its_place_or_passed_over_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    lines = [f'{{"kind":"text","text":"a text of some words {number}"}}' for number in range(30)]
    lines[7] = lines[7].replace("text", "txt")
    path.write_text("\n".join(lines), "utf-8-sig")  # with a byte order mark, without an end of the last line
    with pytest.raises(DatasetError, match=r"mine\.jsonl:8 is no sample: .*txt"):
        make_dataset([], tmp_path / "data", _plain(), sources=[SampleFile(path)])
    assert not (tmp_path / "data").exists()
    manifest = make_dataset(
        [], tmp_path / "data", _plain(), sources=[SampleFile(path, "skip")], keep_work=True
    )
    (added,) = [step for step in manifest.steps if step.name == "add"]
    assert (added.came, added.went, added.dropped) == (30, 29, {"no sample": 1})
    assert "mine.jsonl:8 is no sample" in added.told[0]
    again = make_dataset([], tmp_path / "data", _plain(), sources=[SampleFile(path, "skip")])
    assert again.steps[0].told == added.told, "what is taken from an earlier run says it too"


def test_nothing_to_learn_from_is_said_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "a.py").write_text(_function(_drawn("3")))
    with pytest.raises(DatasetError, match=r"no sample was made: .*say so with --own"):
        make_dataset([Project(tmp_path / "bare", "bare")], tmp_path / "data", _plain())
    own = _plain(collect=CollectSettings(is_own=True))
    assert make_dataset([Project(tmp_path / "bare", "bare")], tmp_path / "data", own).samples > 0
    with pytest.raises(DatasetError, match="two projects are called bare"):
        make_dataset([Project(tmp_path, "bare"), Project(tmp_path / "bare", "bare")], tmp_path / "data", own)


def _of(folder: Path, splits: dict[Split, list[Sample]]) -> Path:
    with DatasetWriter(folder) as writer:
        for split, samples in splits.items():
            for sample in samples:
                writer.write(split, sample)
        writer.finish()
    return folder


def _task(task: str, count: int) -> list[Sample]:
    draw = _drawn(task)
    return [Text(_function(draw), About(task=task, project="p")) for _ in range(count)]


def test_a_mix_has_the_shares_that_were_asked_for(tmp_path: Path) -> None:
    tasks = {"code": 60, "principle": 15, "pattern": 40, "project-question": 30, "aiccl-odd": 5}
    folder = _of(
        tmp_path / "a", {"train": [sample for task, count in tasks.items() for sample in _task(task, count)]}
    )
    plain = MakeSettings(near=False, mix=MixSettings(AI_FIRST))
    manifest = mix_datasets([folder], tmp_path / "b", plain)
    assert survey(open_dataset(tmp_path / "b")).by["task"] == {
        "code": 38, "pattern": 15, "principle": 15, "project-question": 8,
    }  # fmt: skip
    assert manifest.steps[-1].dropped["of no part that a share was asked for"] == 5
    repeated = MakeSettings(near=False, mix=MixSettings(AI_FIRST, total=120, most_repeats=2))
    manifest = mix_datasets([folder], tmp_path / "c", repeated)
    assert survey(open_dataset(tmp_path / "c")).by["task"] == {
        "code": 60, "pattern": 24, "principle": 24, "project-question": 12,
    }  # fmt: skip
    assert any("principles: 15 samples stand up to 2 times" in told for told in manifest.steps[-1].told)


def test_mixing_datasets_keeps_splits_and_drops_what_one_tests_and_another_trains(tmp_path: Path) -> None:
    first, second = _task("code", 10), _task("fill", 10)
    one = _of(tmp_path / "one", {"train": first[:8], "test": first[8:]})
    other = _of(tmp_path / "other", {"train": [*second, first[9]], "validation": first[:1]})
    mix_datasets([one, other], tmp_path / "both", MakeSettings(near=False))
    both = open_dataset(tmp_path / "both")
    found = {split: {sample_id(sample) for sample in both.samples(split)} for split in SPLITS}
    assert found["train"] == {sample_id(sample) for sample in [*first[:8], *second, first[9]]}
    assert found["test"] == {sample_id(first[8])}
    assert found["validation"] == set()


def test_a_check_finds_what_is_wrong_with_a_dataset(tmp_path: Path) -> None:
    same = _task("code", 2)
    leak = Text(f'T = "{SECRET}"\n', About(task="code", project="q", path="leak.py"))
    vowels = Text(SOLUTION, About(task="code", project="r"))
    folder = _of(tmp_path / "bad", {"train": [*same, leak], "test": [same[0], vowels]})
    outcome = check_dataset(folder, [_benchmark(tmp_path)])
    assert outcome.samples == 5
    assert sorted(problem.split(" ", 2)[2] for problem in outcome.problems) == [
        "(leak.py) holds a GitHub token", "holds mbpp:1 (solution)", "is of p, which stands in train too",
        "stands in train too",
    ]  # fmt: skip


@settings(derandomize=True, max_examples=80)
@given(
    st.dictionaries(st.text("abcdef", min_size=1, max_size=4), st.integers(1, 500), min_size=3, max_size=30)
)
def test_every_group_has_one_split_and_large_splits_are_near_their_shares(sizes: dict[str, int]) -> None:
    placed = divide(sizes, DivideSettings((80, 10, 10)))
    assert placed.keys() == sizes.keys()
    assert set(placed.values()) == set(SPLITS)
    assert placed == divide(dict(reversed(sizes.items())), DivideSettings((80, 10, 10)))
    total, largest = sum(sizes.values()), max(sizes.values())
    for split, share in zip(SPLITS, (0.8, 0.1, 0.1), strict=True):
        got = sum(size for group, size in sizes.items() if placed[group] == split)
        assert abs(got - share * total) <= 2 * largest


def test_larger_groups_are_placed_first_and_the_smallest_are_kept_for_measuring() -> None:
    sizes = {"a": 5, "b": 60, "c": 6, "d": 20, "e": 9}
    assert divide(sizes, DivideSettings((80, 10, 10))) == {
        "a": "validation", "b": "train", "c": "test", "d": "train", "e": "validation",
    }  # fmt: skip


def test_chunks_by_size_are_no_larger_and_together_they_are_the_file(tmp_path: Path) -> None:
    with SampleWriter(tmp_path / "mine.jsonl") as writer:
        for sample in _task("code", 50):
            writer.write(sample)
        writer.write(Text("x" * 9000))
    summary = cut_file(tmp_path / "mine.jsonl", tmp_path / "chunks", ChunkSettings(size=4000))
    paths = [tmp_path / "chunks" / chunk.name for chunk in summary.chunks]
    assert [path.stat().st_size for path in paths] == [chunk.bytes for chunk in summary.chunks]
    assert all(chunk.bytes <= 4000 for chunk in summary.chunks[:-1])
    assert all(one.bytes + 700 > 4000 for one in summary.chunks[:-2]), "no chunk ends before it is full"
    assert b"".join(path.read_bytes() for path in paths) == (tmp_path / "mine.jsonl").read_bytes()
    assert [(chunk.first, chunk.last) for chunk in summary.chunks][-1] == (51, 51)
    assert "larger than a chunk may be" in summary.told[0]


def test_a_commit_over_several_folders_is_of_no_folder() -> None:
    commit = Text("x", About(task="diff-to-message", project="p", path="src", group="p"))
    assert group_of(commit, "folder") == group_of(commit, "file") == ""
    assert group_of(commit, "project") == "p"
    assert group_of(Text("x", About(project="p", path="src/web/page/a.py")), "folder") == "p/src/web"
    assert group_of(Text("x", About(project="p", path="a.py")), "folder") == "p/"
    assert group_of(Text("x", About(project="p")), "folder") == "p/"


def test_samples_that_say_nothing_of_where_they_come_from_are_divided_too(tmp_path: Path) -> None:
    draw = _drawn("nowhere")
    with SampleWriter(tmp_path / "mine.jsonl") as writer:
        for _ in range(400):
            writer.write(Text(_function(draw)))
    manifest = make_dataset([], tmp_path / "data", _plain(), sources=[SampleFile(tmp_path / "mine.jsonl")])
    counts = [file.samples for file in manifest.files.values()]
    assert sum(counts) == 400
    assert all(count >= 10 for count in counts)


@settings(derandomize=True, max_examples=100)
@given(
    st.dictionaries(st.sampled_from(sorted(AI_FIRST)), st.integers(0, 400)),
    st.integers(0, 2000),
    st.integers(1, 4),
)
def test_a_mix_takes_no_more_than_there_is(there: dict[str, int], total: int, most_repeats: int) -> None:
    plans, told = plan_mix(there, MixSettings(AI_FIRST, total, most_repeats))
    for plan in plans:
        assert 0 < plan.taken <= there[plan.part] * most_repeats
    assert {plan.part for plan in plans} == {part for part in AI_FIRST if there.get(part)}
    if not total and plans:
        shares = sum(AI_FIRST[plan.part] for plan in plans)
        whole = sum(plan.taken for plan in plans)
        assert all(abs(plan.taken - whole * AI_FIRST[plan.part] / shares) <= len(plans) for plan in plans)
    assert len(told) >= sum(not there.get(part) for part in AI_FIRST)


def test_settings_come_from_a_file_with_the_options_over_them(tmp_path: Path) -> None:
    path = tmp_path / "make.toml"
    path.write_text('jaccard = 0.7\n[pairs]\ntasks = ["fill"]\ncommits = 3\n[divide]\nshares = [8, 1, 1]\n')
    found = read_settings(path, {"pairs": {"commits": 9}, "": {"near": False}})
    assert (found.jaccard, found.near, found.divide.shares) == (0.7, False, (8.0, 1.0, 1.0))
    assert found.pairs == PairSettings(("fill",), commits=9)
    assert shares_of("examples=50, fill = 5") == {"examples": 50.0, "fill": 5.0}
    assert shares_of("ai-first") == AI_FIRST
    every = dict.fromkeys({*MAKERS, *OF_PROJECT, "body-to-docstring"} - {"documents"}, 1.0)
    assert settings_of({"mix": {"shares": every}}, {}, "the options").mix.shares == every


@pytest.mark.parametrize(
    ("given_settings", "wrong"),
    [
        ({"pairs": {"tasks": ["fil"]}}, "no task 'fil'"),
        ({"paris": {}}, "unknown field `paris`"),
        ({"pairs": {"comits": 1}}, "unknown field `comits`"),
        ({"divide": {"shares": [1, 2]}}, "length 3"),
        ({"divide": {"shares": [-1, 2, 3]}}, "negative"),
        ({"mix": {"shares": {"examles": 1.0}}}, "no part 'examles'"),
        ({"jaccard": 0}, "cannot be"),
        ({"mix": {"most_repeats": 0}}, "give 1 or more"),
    ],
)
def test_a_setting_that_cannot_be_is_said(given_settings: dict[str, Any], wrong: str) -> None:
    with pytest.raises(DatasetError, match=wrong):
        settings_of(given_settings, {}, "the options")


def test_shares_that_cannot_be_read_are_said() -> None:
    for text in ("code", "code=much", "=5=6"):
        with pytest.raises(DatasetError, match="cannot be read"):
            shares_of(text)
