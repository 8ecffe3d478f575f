"""Pairs of code and AICCL: cut, proved, scored, chosen, split; cut runs go on; what is broken on disk is found again."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest
from aiccl_sources import SOURCES
from aifirst_cli.model_wiring.codec import CompilerCodec, map_symbols
from aifirst_codebase.tokens import get_counter
from aifirst_model.aiccl.check_pairs import check_pairs, samples_of_splits
from aifirst_model.aiccl.codec import LANGUAGES, CodecError, Document
from aifirst_model.aiccl.constructs import SetOfConstructs, constructs_of
from aifirst_model.aiccl.finish_pairs import (
    FinishSettings,
    Helpers,
    choose,
    share_out,
)  # fmt: skip
from aifirst_model.aiccl.make_pairs import failed_proof, make_pairs
from aifirst_model.aiccl.near_repeats import near_repeats
from aifirst_model.aiccl.pair import DroppedPiece, Pair, SourceText
from aifirst_model.aiccl.pieces import PieceSizes, cut_pieces
from aifirst_model.aiccl.quality import THRESHOLD, lost_lines, quality, readability
from aifirst_model.aiccl.run_pairs import PairsRun, Progress, run_pairs
from aifirst_model.aiccl.scored import Scored
from aifirst_model.aiccl.split_projects import report_of_splits, split_projects
from aifirst_model.dataset.collect.project_documents import CollectSettings, Project
from aifirst_model.dataset.folder import Manifest, open_dataset
from aifirst_model.dataset.record import SPLITS, Conversation, Message

CODEC = CompilerCodec()
COUNT = get_counter("o200k_base").count
SMALL = PieceSizes(least=10)
EXTENSIONS = {
    "python": "py",
    "javascript": "js",
    "typescript": "ts",
    "java": "java",
    "go": "go",
    "rust": "rs",
    "php": "php",
}


def _pair(**changed: object) -> Pair:
    given: dict[str, object] = {
        "language": "python", "resolution": "exact", "source": "x = 1\n", "clean": "x = 1\n",
        "document": "<comp:file unit.py>\nx=1\n", "source_tokens": 100, "tokens": 50, "project": "one", "path": "a.py",
        "name": "", "kind": "file",
    }  # fmt: skip
    return msgspec.convert(given | changed, Pair)


def test_the_threshold_asks_for_so_many_times_fewer_tokens_as_it_says() -> None:
    for resolution, tokens in (("exact", 80), ("medium", 53), ("low", 32)):
        assert quality(_pair(resolution=resolution, tokens=tokens - 1)) >= THRESHOLD, resolution
        assert quality(_pair(resolution=resolution, tokens=tokens + 1)) < THRESHOLD, resolution
    assert quality(_pair()) == pytest.approx(1.0)
    assert quality(_pair(drift=0.5), 0.5) == pytest.approx(0.85)
    assert quality(_pair(readability=0.5)) == pytest.approx(0.85)


def test_a_map_is_less_readable_where_it_cuts_words_nests_or_is_long() -> None:
    def read(written: str, *entries: tuple[str, str]) -> float:
        return readability(Document("unit.py", written, "", entries))

    assert read("अ + b") == 1.0
    assert read("अ + b\nअ\n", ("अ", "self.total")) == 1.0
    assert read("अs + अ\n", ("अ", "self.total")) == 0.5
    assert read("अ आ\n", ("अ", "self"), ("आ", "अ.total()")) == 0.5
    assert read("अ " * 31, *((chr(0x905 + number), "x") for number in range(31))) == pytest.approx(30 / 31)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_gives_pairs_that_are_proved_again_from_their_texts(language: str) -> None:
    source = SOURCES[language]
    lead = "<?php\n" if language == "php" else "package cart\n\n" if language == "go" else ""
    file = SourceText("cart", f"src/cart.{EXTENSIONS[language]}", language, "MIT", lead + source * 1)
    found = [one for one in make_pairs(file, CODEC, PieceSizes(least=10, whole=20)) if isinstance(one, Pair)]
    whole = [one for one in make_pairs(file, CODEC, SMALL) if isinstance(one, Pair)]
    assert found or whole
    for pair in [*found, *whole]:
        assert failed_proof(pair.source, pair.clean, pair.document, language, pair.resolution, CODEC) == ""
        assert pair.tokens == COUNT(pair.document) < pair.source_tokens == COUNT(pair.source)
        assert "The sum" not in pair.clean


def test_pieces_never_overlap_and_lose_their_indentation() -> None:
    text = "import os\n\n\nclass A:\n" + "".join(
        f"    def f{number}(self):\n        '''Say {number}.'''\n        return os.path.join(self.a, str({number}))\n\n"
        for number in range(30)
    )
    pieces = list(cut_pieces("a.py", text, PieceSizes(least=10, whole=100)))
    assert [piece.name for piece in pieces] == [f"A.f{number}" for number in range(30)]
    assert all(piece.text.startswith("def f") for piece in pieces)
    assert [piece.kind for piece in cut_pieces("a.py", text, PieceSizes(whole=5000, most=5000))] == ["file"]
    assert list(cut_pieces("a.py", "def f(:\n", SMALL)) == []


class _Liar(CompilerCodec):
    """A codec that writes another number."""

    def expand(self, text: str) -> str:
        return super().expand(text).replace("2", "3")


def test_a_document_of_another_program_is_kept_apart_with_the_reason() -> None:
    file = SourceText("cart", "cart.py", "python", "MIT", SOURCES["python"])
    (dropped,) = make_pairs(file, _Liar(), SMALL)
    assert isinstance(dropped, DroppedPiece)
    assert dropped.reason == "round trip: its syntax tree is another"
    assert dropped.source == SOURCES["python"]


def test_a_method_of_a_class_is_told_exactly_and_never_by_lines() -> None:
    method = "  total(rate) {\n    // c\n    return this.items.length * rate;\n  }\n"
    assert (
        CODEC.expand(CODEC.compress(method, "javascript").text)
        == "  total(rate) {\n    return this.items.length * rate;\n  }\n"
    )
    with pytest.raises(CodecError, match="with its class"):
        CODEC.compress(method, "javascript", "low")
    with pytest.raises(CodecError, match="does not parse"):
        CODEC.compress("def f(:", "python")
    with pytest.raises(CodecError, match="no codec for 'cobol'"):
        CODEC.compress("x", "cobol")
    assert not CODEC.is_same(method, method.replace("*", "+"), "javascript")
    odd = "def f(headers: list) -> None:\n    headers[:] = [1]\n"  # the grammar has an error in its smallest text
    assert CODEC.is_same(odd, CODEC.expand(CODEC.compress(odd, "python").text), "python")
    assert not CODEC.is_same("return\nx", "return x", "javascript")


def test_lines_of_documentation_do_not_count_as_lost() -> None:
    assert lost_lines("unit.py\n f()\n\t# Say it.\n\treturn 1\n", "unit.py\n f()\n\treturn  1\n") == 0.0
    assert lost_lines("unit.py\n f()\n\t# Say it.\n", "unit.py\n f()\n\t…\n") == 0.0
    assert lost_lines("a\nb\n", "a\nc\n") == 0.5
    source = "def f(a):\n    '''Say it.'''\n    g(a)\n    h(a)\n"
    document = CODEC.compress(source, "python", "medium", 0).text
    assert failed_proof(source, source.replace("'''Say it.'''", "g(b)"), document, "python", "medium", CODEC)


def test_constructs_that_are_told_otherwise_than_by_most_are_found() -> None:
    whole = SetOfConstructs()
    usual = constructs_of("x = f(a)  # c\n", "x=f(a)\n", "python")
    other = constructs_of("x = f(a)\n", "x = f(a)\n", "python")
    assert len(usual) == len(other) == 1
    assert usual[0].what == other[0].what
    for constructs in (usual, usual, other):
        whole.add(constructs)
    assert whole.consistency == (3, 2)
    assert (whole.agreement(usual), whole.agreement(other), whole.agreement([])) == (1.0, 0.0, 1.0)
    assert constructs_of("x = 1\n", "x = 2\n", "python") == []


def test_nearly_the_same_texts_are_found_and_the_first_stays() -> None:
    pytest.importorskip("rensa", reason="rensa is missing: pip install 'aifirst[train]'")
    words = [f"name{number}" for number in range(120)]
    texts = [
        " ".join(words),
        " ".join([*words[:60], "other", *words[61:]]),
        " ".join(words[::-1]),
        " ".join(words),
    ]
    assert near_repeats(iter(texts)) == {1, 3}


def test_languages_and_projects_get_their_shares_and_no_project_is_in_two_splits() -> None:
    assert sum(share_out(20_000).values()) == 20_000
    assert share_out(18_000)["python"] == 5000
    scored = [
        Scored(f"{language}{number:04}", language, f"{language}-{number % 12}", "exact", 0.9)
        for language in LANGUAGES if language != "rust" for number in range(600)
    ]  # fmt: skip
    chosen = choose(scored, 1800, reports := [])
    assert len(chosen) == 1800
    assert sum(one.language == "python" for one in chosen) == 500
    assert reports[0].told == ("rust has 100 pairs too few",)
    splits = split_projects(chosen, 0.05)
    for language in LANGUAGES[:-1]:
        assert {splits[one.project] for one in chosen if one.language == language} == set(SPLITS)
    one_each = split_projects(choose([Scored("k", "go", "only", "exact", 1.0)], 1, []), 0.05)
    assert one_each == {"only": "train"}


def test_of_few_projects_the_smallest_are_held_out_and_what_cannot_be_is_said() -> None:
    sizes = {"large": ("python", 60), "middle": ("python", 30), "small": ("python", 20), "other": ("go", 10)}
    chosen = [
        Scored(f"{name}{number}", language, name, "exact", 0.9)
        for name, (language, size) in sizes.items() for number in range(size)
    ]  # fmt: skip
    splits = split_projects(chosen, 0.05)
    assert splits == {"large": "train", "middle": "validation", "small": "test", "other": "train"}
    assert report_of_splits(chosen, splits).told == ()
    two = [one for one in chosen if one.project in ("large", "small")]
    assert split_projects(two, 0.05) == {"large": "train", "small": "test"}
    report = report_of_splits(two, split_projects(two, 0.05))
    assert report.told == ("no project could be held out for validation: give several of one language",)
    assert report.counts == {"projects of test": 1, "projects of train": 1, "test": 20, "train": 60}


@pytest.fixture
def projects(tmp_path: Path) -> tuple[Project, ...]:
    made: list[Project] = []
    for name in ("first", "second", "third"):
        root = tmp_path / name
        root.mkdir()
        (root / "LICENSE").write_text(
            "Permission is hereby granted, free of charge, to any person. The above copyright notice and this permission "
            "notice shall be included.\n"
        )
        for language, source in SOURCES.items():
            lead = "<?php\n" if language == "php" else f"package {name}\n\n" if language == "go" else ""
            text = (
                source.replace("Cart", f"{name.title()}Cart")
                .replace("rate", f"{name}_rate")
                .replace("items", f"{name}s")
            )
            (root / f"cart.{EXTENSIONS[language]}").write_text(lead + text)
        made.append(Project(root, name))
    (tmp_path / "closed").mkdir()
    (tmp_path / "closed/cart.py").write_text(SOURCES["python"])
    return (*made, Project(tmp_path / "closed", "closed"))


def _run(projects: tuple[Project, ...], out: Path, tell: object = None) -> Manifest:
    def told(progress: Progress) -> None:
        if callable(tell):
            tell(progress)

    run = PairsRun(projects, out, CollectSettings(), SMALL, FinishSettings(target=20))
    return run_pairs(run, CODEC, Helpers(_no_repeats, COUNT), frozenset(map_symbols(30)), told)


def _no_repeats(texts: Iterable[str]) -> set[int]:
    return {number for number, _ in enumerate(texts) if number < 0}


def test_a_cut_run_goes_on_and_makes_the_same_dataset(projects: tuple[Project, ...], tmp_path: Path) -> None:
    calls = 0

    def cut(progress: Progress) -> None:
        nonlocal calls
        calls += 1
        if calls == 8:
            raise KeyboardInterrupt

    _run(projects, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        _run(projects, tmp_path / "cut", cut)
    assert not (tmp_path / "cut").exists()
    journal = tmp_path / "cut.work/journal.jsonl"
    done = journal.read_bytes().count(b"\n") - 1
    assert 0 < done < 21
    journal.write_bytes(journal.read_bytes() + b'{"key":"half a li')
    manifest = _run(projects, tmp_path / "cut")
    assert (tmp_path / "cut/train.jsonl").read_bytes() == (tmp_path / "whole/train.jsonl").read_bytes()
    assert {step.name for step in manifest.steps} >= {
        "collect",
        "generate, expand, compare",
        "standardise",
        "choose",
    }
    assert "closed" not in (tmp_path / "cut/train.jsonl").read_text()
    assert (tmp_path / "cut.work/review.md").read_text().count("## ") >= 7


def test_a_journal_of_another_way_is_refused(projects: tuple[Project, ...], tmp_path: Path) -> None:
    _run(projects, tmp_path / "set")
    run = PairsRun(
        projects, tmp_path / "set", CollectSettings(), PieceSizes(least=11), FinishSettings(target=20)
    )
    with pytest.raises(CodecError, match="another way"):
        run_pairs(run, CODEC, Helpers(_no_repeats, COUNT), frozenset(), lambda _: None)


def test_pairs_are_proved_again_from_disk_and_a_changed_one_is_found(
    projects: tuple[Project, ...], tmp_path: Path
) -> None:
    manifest = _run(projects, tmp_path / "set")
    dataset = open_dataset(tmp_path / "set")
    samples = list(samples_of_splits(dataset.samples(split) for split in SPLITS))
    assert len(samples) == manifest.samples >= 24
    checked = check_pairs(samples, CODEC, COUNT)
    assert (checked.failed, checked.others) == (0, 0)
    assert all(row.ratio > 1 for row in checked.rows.values())
    for number, sample in enumerate(samples[:12]):
        assert isinstance(sample, Conversation)
        question, answer = (message.content for message in sample.messages)
        wrong = answer.replace("return", "raise").replace("for", "if") if "return" in answer else answer + "x"
        changed = msgspec.structs.replace(
            sample, messages=(Message("user", question), Message("assistant", wrong))
        )
        assert check_pairs([changed], CODEC, COUNT).failed == 1, (number, question, wrong)


def test_what_failed_is_written_down_to_be_tried_again(projects: tuple[Project, ...], tmp_path: Path) -> None:
    run = PairsRun(projects, tmp_path / "set", CollectSettings(), SMALL, FinishSettings(target=20))
    run_pairs(run, _Liar(), Helpers(_no_repeats, COUNT), frozenset(), lambda _: None)
    failed = [
        msgspec.json.decode(line) for line in (tmp_path / "set.work/failures.jsonl").read_bytes().splitlines()
    ]
    assert failed
    assert {one["reason"] for one in failed} == {"round trip: its syntax tree is another"}


def test_a_journal_that_was_changed_by_hand_is_refused(projects: tuple[Project, ...], tmp_path: Path) -> None:
    _run(projects, tmp_path / "set")
    journal = tmp_path / "set.work/journal.jsonl"
    journal.write_bytes(
        journal.read_bytes().replace(b'"pairs"', b'"pears"', 1).replace(b'"key"', b'"quay"', 1)
    )
    with pytest.raises(CodecError, match="was changed"):
        _run(projects, tmp_path / "set")
