"""The files that pairs are made of, project by project in turns, so that a run that is cut short has something of each.

What may be learned from is decided by the collecting of datasets: licences, secrets, generated code. Within a project the
order is that of the paths' hashes, the same every time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

from aifirst_codebase.discovery import Discovery, FoundFile
from aifirst_codebase.languages.registry import language_of_name

from aifirst_model.aiccl.codec import LANGUAGES
from aifirst_model.aiccl.pair import SourceText
from aifirst_model.dataset.collect.project_documents import (
    Collected,
    CollectSettings,
    Project,
    documents,
    find_files,
)  # fmt: skip

_TURN = 20
"""Files that a project gives before it is the next one's turn."""


def sources(
    projects: Sequence[Project], settings: CollectSettings, count: Collected, is_wanted: Callable[[str], bool]
) -> Iterator[SourceText]:
    """The files in languages that pairs are made of and that are `is_wanted` when their turn comes.

    `count` is brought up to date as they come. Raises `DatasetError` for what is no folder of a project.
    """
    waiting = [turn for project in projects for turn in _turns(project)]
    while waiting:
        further: list[tuple[Project, str, list[FoundFile]]] = []
        for project, language, files in waiting:
            if not is_wanted(language):
                continue
            turn = sorted(files[:_TURN], key=lambda file: file.path)
            for document in documents(project, Discovery(turn, []), settings, count):
                about = document.about
                if about.language in LANGUAGES:
                    yield SourceText(about.project, about.path, about.language, about.licence, document.text)
            if files[_TURN:]:
                further.append((project, language, files[_TURN:]))
        waiting = further


def _turns(project: Project) -> list[tuple[Project, str, list[FoundFile]]]:
    """The project's files of each language, apart, so that what is wanted of one does not move the others."""
    by_language: dict[str, list[FoundFile]] = {language: [] for language in LANGUAGES}
    for file in find_files(project).files:
        language = language_of_name(file.path.rpartition("/")[2])
        if language is not None and language.name in by_language:
            by_language[language.name].append(file)
    return [(project, language, sorted(files, key=_hash)) for language, files in by_language.items() if files]


def _hash(file: FoundFile) -> bytes:
    return hashlib.blake2b(file.path.encode("utf-8", "surrogateescape"), digest_size=16).digest()
