"""The whole way from projects to a dataset of pairs, resumable: files into the journal, then the set out of it.

Work goes on in `<out>.work`: the journal, what failed a proof (`failures.jsonl`), and a few pairs for a person to look at
(`review.md`). It stays there, so that a larger target costs only what is new.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from aifirst_model.aiccl.codec import Codec
from aifirst_model.aiccl.finish_pairs import FinishSettings, Helpers, finish_pairs, share_out
from aifirst_model.aiccl.journal import FileDone, Journal, Way
from aifirst_model.aiccl.make_pairs import make_pairs
from aifirst_model.aiccl.pair import DroppedPiece, Pair, SourceText
from aifirst_model.aiccl.pieces import PieceSizes
from aifirst_model.aiccl.review import write_review
from aifirst_model.aiccl.sources import sources
from aifirst_model.dataset.collect.project_documents import Collected, CollectSettings, Project
from aifirst_model.dataset.folder import DatasetWriter, Manifest, check_place
from aifirst_model.dataset.step_report import StepReport

VERSION = 1
_MARGIN = 1.15
"""Pairs that are made for each that is wanted, because repeats go and projects have a most."""
_SMALL = 40
"""More than that, for small targets."""


class PairsRun(msgspec.Struct, frozen=True):
    """What is asked for; equal runs over equal projects give equal datasets."""

    projects: tuple[Project, ...]
    out: Path
    collect: CollectSettings = CollectSettings()
    sizes: PieceSizes = PieceSizes()
    finish: FinishSettings = FinishSettings()


class Progress(msgspec.Struct, frozen=True):
    """How far it is: pairs that were made, of those that are wanted, and what is being done."""

    step: str
    done: int
    total: int


def run_pairs(
    run: PairsRun, codec: Codec, helpers: Helpers, symbols: frozenset[str], tell: Callable[[Progress], None]
) -> Manifest:
    """Make the dataset; its manifest has a report of every step. Raises `ModelError`; what was made is kept."""
    check_place(run.out)
    work = run.out.with_name(f"{run.out.name}.work")
    sizes = run.sizes
    way = Way(VERSION, run.finish.threshold, sizes.least, sizes.most, sizes.whole)
    wanted = {
        language: round(_MARGIN * share) + _SMALL for language, share in share_out(run.finish.target).items()
    }
    count = Collected()
    with Journal(work, way) as journal:

        def is_wanted(language: str) -> bool:
            return journal.by_language.get(language, 0) < wanted.get(language, 0)

        for file in sources(run.projects, run.collect, count, is_wanted):
            if is_wanted(file.language):
                _do_file(file, run, codec, symbols, journal)
            tell(
                Progress(
                    "making pairs",
                    min(sum(journal.by_language.values()), sum(wanted.values())),
                    sum(wanted.values()),
                )
            )
        tell(Progress("choosing pairs", 0, run.finish.target))
        _write_failures(journal, work / "failures.jsonl")
        write_review(journal, work / "review.md")
        with DatasetWriter(run.out) as out:
            return finish_pairs(
                journal, codec, out, run.finish, helpers, before=(_report_of_collecting(run, count),)
            )


def _do_file(
    file: SourceText, run: PairsRun, codec: Codec, symbols: frozenset[str], journal: Journal
) -> None:
    digest = hashlib.blake2b(file.text.encode("utf-8", "replace"), digest_size=8).hexdigest()
    key = f"{file.project}/{file.path}@{digest}"
    if key in journal.done:
        return
    start = time.process_time()
    made: list[Pair] = []
    dropped: list[DroppedPiece] = []
    for one in make_pairs(file, codec, run.sizes, symbols):
        if isinstance(one, Pair):
            made.append(one)
        else:
            dropped.append(one)
    journal.write(FileDone(key, file.language, tuple(made), tuple(dropped), time.process_time() - start))


def _report_of_collecting(run: PairsRun, count: Collected) -> StepReport:
    unknown = count.dropped["no licence found"]
    told = f"{unknown:,} files have no licence that is known and were left out; if they are yours, say so with --own"
    return StepReport(
        "collect", count.files, count.documents, dict(sorted(count.dropped.items())),
        parameters={"projects": [project.name for project in run.projects], "licences": list(run.collect.licences)},
        counts={"bytes": count.bytes, "files with a masked secret": count.masked, **dict(sorted(count.licences.items()))},
        told=(told,) if unknown else (),
    )  # fmt: skip


def _write_failures(journal: Journal, path: Path) -> None:
    """What failed a proof, a line each, so that it can be looked into and tried again."""
    failed: Sequence[tuple[str, DroppedPiece]] = [
        (file.key, piece) for file in journal.files() for piece in file.dropped if piece.source
    ]
    lines = [
        msgspec.json.encode({"file": key, **msgspec.to_builtins(piece)}) + b"\n" for key, piece in failed
    ]
    path.write_bytes(b"".join(lines))
